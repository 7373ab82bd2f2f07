"""Page Check against physics: events around the selected atom, searched now, beside its predicted barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.event_panels import ROOM, barriers_plot, event_table, files, overlap_panel
from dashboard.layout import title, with_uncertainty
from dashboard.physics_check import agreement_badge, refused
from dashboard.waiting import ask_again, follow, is_cancelled, is_finished
from dashboard.window.event import mount_event
from symgnn.analysis.event_overlap import important_atoms
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.viewer3d.event_data import event_dataset
from symgnn.whatif.methods import method_class

if TYPE_CHECKING:
    from symgnn.simulate import AtomBarriers, EnergyPath, Event

DEFAULT_EVENTS, MOST_EVENTS = 10, 200
BAR = 430  # px, of the progress of a search
QUICK = 3  # passes through the model up to which an atom is explained without being asked
HELP = (
    "Events are different ways out of this minimum over a saddle, each from a random push of the atom: about a second "
    "each, in a process of its own. Tries are numbered, so that asking for more events goes on where the search ended."
)
EVENTS, OVERLAP, FILES = "events", "overlap", "files"
TABS = {EVENTS: "Events", OVERLAP: "Moving and important", FILES: "Files"}


def controls(
    chosen: session.Selection, known: AtomBarriers | None, line, bar
) -> tuple[AtomBarriers | None, bool]:
    """The number of events, and the button that searches, in `line`; progress in `bar`. What is known by now, and
    whether a search goes on."""
    from symgnn.simulate import is_enough

    line.markdown(":small[Events]", width="content")
    wanted = line.number_input(
        "Events", 1, MOST_EVENTS, key="events", step=1, persist_state="session", width=120,
        label_visibility="collapsed",
    )  # fmt: skip

    def done() -> None:
        line.button("Search", disabled=True, icon=":material/check:", key="search_done", help=HELP)

    job = calls.search_job(chosen.glass, chosen.atom, wanted, known)
    searched: set = st.session_state.setdefault("_searched", set())
    if known is not None and is_enough(known, wanted):
        searched.discard(job.key)
        done()
        return known, False
    if job.key not in searched or is_cancelled(job):
        label = f"Search {wanted - len(known.events) if known else wanted}{' more' if known else ' events'}"

        def start() -> None:
            searched.add(job.key)
            ask_again(job)

        line.button(
            label, icon=":material/search:", key="search_events", type="primary", on_click=start, help=HELP
        )
        if is_cancelled(job):
            bar.caption("Cancelled; what is finished is kept.")
        return known, False
    with bar:
        answer = follow(job)
    if answer is None:
        is_searching = not is_cancelled(job)
        if is_searching:
            line.button("Searching", disabled=True, icon=":material/search:", key="search_goes_on", help=HELP)
        return known, is_searching
    done()
    return (answer if known is None or answer.tries >= known.tries else known), False


def choose_event(known: AtomBarriers | None) -> Event | None:
    """The event that is shown, by the number of its try, which the link names: one that is not known yet is shown when
    it is."""
    by_attempt = {event.attempt: event for event in known.events} if known else {}
    if (text := session.arrived("event")) is not None:
        st.session_state["event"] = int(text) if text.isascii() and text.isdecimal() else None
        if by_attempt and st.session_state["event"] not in by_attempt:
            session.tell(notices.not_found, "event =", text, "The page shows the first event instead.")
    if not by_attempt:
        return None
    event = by_attempt.get(st.session_state.get("event"), known.events[0])
    session.publish(event=event.attempt)
    return event


def explanation(chosen: session.Selection) -> Explanation | None:
    """That of the page Explanation's method; None where it would take long, or there is none."""
    if chosen.checkpoint is None:
        return None
    try:
        name = method.chosen(chosen.checkpoint, chosen.glass)
        how = {"seed": 0, "method": name}
        quick = method_class(name).passes <= QUICK
        if not quick and not calls.explanation_is_kept(chosen.checkpoint, chosen.glass, chosen.atom, **how):
            return None
        return calls.explanation(chosen.checkpoint, chosen.glass, chosen.atom, **how)
    except InputError:  # the page Explanation says why
        return None


def view(
    chosen: session.Selection, event: Event | None, path: EnergyPath | None, explained: Explanation | None
) -> None:
    """The event in 3D, with as many important atoms marked as move in it."""
    importance, important = None, None
    if explained is not None:
        atoms, importance = np.unique(explained.pairs), np.full(len(chosen.glass), np.nan)
        importance[atoms] = explained.atom_importance(len(chosen.glass))[atoms]
        m = 10 if event is None else event.n_moving
        important = important_atoms(explained, m)
    mount_event(
        "event_view",
        event_dataset(
            chosen.glass, chosen.atom, event, path=path, importance=importance, important=important
        ),
    )


def prediction(chosen: session.Selection) -> tuple[float, float | None] | None:
    """Predicted barrier of the atom and its standard deviation, eV; None, with a message, where there is none."""
    if chosen.checkpoint is None:
        return None
    try:
        values = calls.predicted(chosen.checkpoint, chosen.glass)
        sigma = calls.uncertainty(chosen.checkpoint, chosen.glass)
    except InputError as error:
        notices.problem(error)
        return None
    return float(values[chosen.atom]), None if sigma is None else float(sigma[chosen.atom])


def facts(glass: Glass, atom: int, predicted: tuple[float, float | None] | None) -> list[str]:
    parts = [] if predicted is None else [f"predicted {with_uncertainty(*predicted)}"]
    return [*parts, "no label" if glass.barriers is None else f"label {glass.barriers[atom]:.2f} eV"]


def completed(
    glass: Glass, event: Event | None, is_searching: bool
) -> tuple[Event | None, EnergyPath | None]:
    """The event with all its displacements and the energies along its way, as soon as a worker has them."""
    if event is None:
        return None, None
    job = calls.event_job(glass, event)
    if is_searching and not is_finished(job):  # the worker is at the search
        return event, None
    try:
        answer = follow(job)
    except InputError as error:
        notices.problem(error)
        return event, None
    return answer or (event, None)


def show(chosen: session.Selection) -> None:
    glass, atom = chosen.glass, chosen.atom
    top = st.container(horizontal=True, vertical_alignment="center", gap="small")
    words = top.container(width="stretch").empty()
    question = f"Atom {atom} ({glass.symbols[atom]}) against physics"
    with words.container():
        title(question, [])
    session.seed("events", DEFAULT_EVENTS, session.whole_number(1, MOST_EVENTS))
    session.publish(events=st.session_state["events"])
    if refused(chosen):
        return
    predicted = prediction(chosen)
    with words.container():
        title(question, facts(glass, atom, predicted))
    sentence = st.container(horizontal=True, vertical_alignment="center", key="sentence_of_events")
    badge, bar = sentence.container(width="stretch"), sentence.container(width=BAR)
    try:
        known = calls.known_events(chosen.glass_id, glass, atom)
        known, is_searching = controls(chosen, known, top, bar)
    except InputError as error:
        notices.problem(error)
        return
    with badge:
        agreement_badge(known, predicted)
    event = choose_event(known)
    explained = explanation(chosen)
    left, right = st.columns([1.45, 1], gap="small")
    with right:
        plot = st.container()
        session.seed("of_events", EVENTS, session.one_of(list(TABS)))
        tab = st.segmented_control(
            "Of the events", list(TABS), key="of_events", format_func=TABS.get, required=True, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        session.publish(of_events=tab)
        panel = st.container(height=ROOM, border=False)
        below = st.container()
    with below:
        event, path = completed(glass, event, is_searching)
    with left:
        view(chosen, event, path, explained)
    label = None if glass.barriers is None else float(glass.barriers[atom])
    with plot:
        barriers_plot(known, predicted, label, event)
    with panel:
        if tab == EVENTS:
            event_table(known, event)
        elif tab == OVERLAP:
            overlap_panel(chosen, known, event, explained)
        else:
            files(chosen, known, event)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
