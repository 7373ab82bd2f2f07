"""The jobs of a page that goes on without their answers: one after the other, under one bar."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.waiting import ask_again, follow, is_cancelled, is_finished, no_bar
from dashboard.workers.jobs import Job


class JobsOfPage:
    """place: where the bar is shown. What is asked for while another job is at work waits for the next run."""

    def __init__(self, place):
        self._place = place
        self._waits = False

    def ask(self, job: Job) -> Any:
        """The answer where it is there; None where it is not yet, or was cancelled: then it is offered again.

        Raises InputError where the job refuses its input or fails.
        """
        if self._waits:
            return None
        with self._place:
            if is_cancelled(job):
                self._offer(job)
                return None
            answer = follow(job)
            self._waits = answer is None
        return answer

    def peek(self, job: Job) -> Any:
        """The answer where it is there; None where it is not, which starts nothing."""
        return self.ask(job) if is_finished(job) else None

    def end(self) -> None:
        """Call it when nothing more is asked for."""
        if not self._waits:
            with self._place:
                no_bar()

    def _offer(self, job: Job) -> None:
        kept = " What is finished is kept." if job.resumes else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{job.title}: cancelled.{kept}", width="stretch")
            st.button(
                "Go on" if job.resumes else "Start again",
                icon=":material/play_arrow:",
                key=f"go_on_{job.kind}",
                on_click=ask_again,
                args=(job,),
            )
