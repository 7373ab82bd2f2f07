"""The answer to a job, on a page: at once, or after a bar that says how far it is, with a button that cancels it.

While it is computed the page stops where the answer is needed; what stands above stays alive, and so does the sidebar.
Outside of Streamlit `answer` simply waits.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Hashable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import session
from dashboard.workers.jobs import Job
from dashboard.workers.pool import shared_pool
from dashboard.workers.ticket import QUEUED, Ticket

PATIENCE = 2.0  # s before a bar takes the place of what is drawn, which takes another second to draw again
GLANCE = 0.2  # s of it after which a newer click is heard
POLL = 0.5  # s between two looks at a job


def answer(job: Job) -> Any:
    """The answer. Raises InputError where the job refuses its input or fails."""
    if get_script_run_ctx(suppress_warning=True) is None:
        ticket = shared_pool().ask(job, visitor="")
        while not ticket.wait(60):
            pass
        return ticket.result()
    if job.key in _cancelled():
        session.waits()
        _offer_again(job)
        st.stop()
    ticket = shared_pool().ask(job, _visitor())
    if not _soon(ticket):
        session.waits()
        _bar(ticket, _visitor())
        st.stop()
    return ticket.result()


def follow(job: Job) -> Any:
    """The answer where it is there; else None, under a bar. The page goes on, and runs again when the answer is there,
    and whenever the job has a new step to tell. None, too, where this session has cancelled it.

    Raises InputError where the job refuses its input or fails.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return answer(job)
    if job.key in _cancelled():
        return None
    ticket = shared_pool().ask(job, _visitor())
    if _soon(ticket):
        return ticket.result()
    _bar(ticket, _visitor(), ticket.what)
    return None


def _soon(ticket: Ticket) -> bool:
    """Whether the answer is there before patience ends; a newer click ends the run meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not ticket.wait(min(GLANCE, PATIENCE)):
        if time.monotonic() >= deadline:
            return False
        _cancelled()  # Streamlit looks for newer clicks where the session's state is read
    return True


def ask_again(job: Job) -> None:
    """Let a job be asked for that this session has cancelled."""
    _cancelled().discard(job.key)


def is_cancelled(job: Job) -> bool:
    """Whether this session has cancelled it."""
    return job.key in _cancelled()


def is_asked(job: Job) -> bool:
    """Whether the answer is there, or somebody has asked for it, or this session has cancelled it and may ask again."""
    if shared_pool().is_known(job.key):
        return True
    return get_script_run_ctx(suppress_warning=True) is not None and job.key in _cancelled()


def is_finished(job: Job) -> bool:
    """Whether the answer is there."""
    return job.key in shared_pool().kept


def duration(seconds: float) -> str:
    """'12 s', '5 min'."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def state_of(ticket: Ticket) -> str:
    """What the bar says: 'Explaining atom 5: step 30 of 150, about 12 s left'."""
    if ticket.status == QUEUED:
        before = f"{ticket.ahead} before it" if ticket.ahead else "it is next"
        return f"{ticket.job.title}: waiting for a free process, {before}"
    text = f"{ticket.job.title}: {ticket.what}" if ticket.what else ticket.job.title
    left = ticket.remaining()
    return text if left is None else f"{text}, about {duration(left)} left"


def no_bar() -> None:
    """What stands where a bar stood. A browser that is slow asks once more for a bar that is gone, and a click that
    comes at that moment would be lost with the answer that there is none."""
    st.fragment(_progress)(None, "")


def _progress(ticket: Ticket | None, visitor: str, step: str | None = None) -> None:
    """step: what the job told when the page was drawn, where a new step is to be drawn by the page."""
    if ticket is None:
        return
    if ticket.finished or ticket.job.key in _cancelled() or (step is not None and ticket.what != step):
        session.run_again()
    shared_pool().look(ticket, visitor)
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.progress(ticket.fraction, state_of(ticket))
    right.button("Cancel", icon=":material/stop:", key="cancel_job", on_click=_cancel, args=(ticket, visitor))


_bar = st.fragment(_progress, run_every=POLL)


def _cancel(ticket: Ticket, visitor: str) -> None:
    _cancelled().add(ticket.job.key)
    shared_pool().leave(ticket, visitor)


def _offer_again(job: Job) -> None:
    with st.container(border=True):
        kept = " What is finished is kept." if job.resumes else ""
        st.markdown(f"**{job.title}** was cancelled.{kept}")
        st.button(
            "Start again",
            icon=":material/play_arrow:",
            key="start_again",
            on_click=_cancelled().discard,
            args=(job.key,),
        )


def _cancelled() -> set[Hashable]:
    """Keys of the jobs that this session has cancelled."""
    return st.session_state.setdefault("_cancelled", set())


def _visitor() -> str:
    return st.session_state.setdefault("_visitor", uuid.uuid4().hex)
