"""Page What if: what would have to be different for the selected atom to be easier or harder to move."""

from __future__ import annotations

import streamlit as st

from dashboard import calls, notices, session
from dashboard.jobs_of_page import JobsOfPage
from dashboard.layout import head, title, with_uncertainty
from dashboard.what_if import Choice, chain_text, read_chain
from dashboard.what_if_choice import Shown, chain_box, change_box, chosen_change, strongest
from dashboard.what_if_files import files_panel
from dashboard.what_if_jobs import design_panel, physics_panel
from dashboard.what_if_panels import before_panel, ranked_panel
from dashboard.what_if_windows import one_window, two_windows
from symgnn.errors import InputError
from symgnn.whatif import WhatIf
from symgnn.whatif.candidates import KINDS, WITHIN

LEAST_WITHIN, MOST_WITHIN = 2.5, 8.0  # Å
UNRELAXED = "no"
RELAXED = {UNRELAXED: "Unrelaxed", "yes": "Relaxed"}
WIDTHS = {False: (1.25, 1), True: (1.6, 1)}  # of the views and the panel beside them; True: of two views
RANKED, BEFORE, PHYSICS, DESIGN, FILES = "ranked", "before", "physics", "design", "files"
TABS = {RANKED: "Ranked", BEFORE: "Before / after", PHYSICS: "Physics", DESIGN: "Design", FILES: "Files"}


def choose(chosen: session.Selection) -> Choice:
    """The controls, bound to the link, and the chain of this glass."""
    session.seed("change_kind", KINDS[0], session.one_of(list(KINDS)))
    kind = st.segmented_control(
        "Change",
        list(KINDS),
        key="change_kind",
        required=True,
        format_func=str.capitalize,
        persist_state="session",
        help="**Swap**: a neighbour becomes the other element. **Exchange**: two unlike neighbours within 3.8 Å of "
        "each other take each other's element; the composition stays.",
    )
    session.seed("within", WITHIN, _distance)
    within = st.number_input(
        "Within (Å)", LEAST_WITHIN, MOST_WITHIN, key="within", step=0.5, persist_state="session", width=110,
        help="Changes of atoms nearer than this to the selected atom.",
    )  # fmt: skip
    session.seed("relaxed", UNRELAXED, session.one_of(list(RELAXED)))
    possible = calls.can_relax()
    if not possible:
        st.session_state["relaxed"] = UNRELAXED
    relaxed = st.segmented_control(
        "Glasses",
        list(RELAXED),
        key="relaxed",
        required=True,
        format_func=RELAXED.get,
        disabled=not possible,
        persist_state="session",
        help="**Relaxed**: every changed glass is relaxed under the potential before it is predicted. Takes about a "
        "second for each change, and agrees better with barriers by physics.",
    )
    chain = _chain(chosen)
    session.publish(change_kind=kind, within=f"{within:g}", relaxed=relaxed, chain=chain_text(chain))
    return Choice(kind, float(within), relaxed != UNRELAXED, chain)


def _distance(text: str) -> float:
    value = float(text)
    if not LEAST_WITHIN <= value <= MOST_WITHIN:
        raise ValueError(text)
    return value


def _chain(chosen: session.Selection) -> tuple[str, ...]:
    """The changes applied to this glass; another glass starts without any."""
    state, own = st.session_state, chosen.glass.content_hash
    text = session.arrived("chain")
    if text is not None:
        try:
            state["_chain"] = own, read_chain(text)
        except InputError:
            state["_chain"] = own, ()
            session.tell(notices.not_found, "chain =", text, "The page starts without changes.")
    elif state.get("_chain", ("",))[0] != own:
        state["_chain"] = own, ()
    return state["_chain"][1]


def facts(shown: Shown) -> list[str]:
    now = float(calls.predicted(shown.model, shown.glass)[shown.atom])
    sigma = calls.uncertainty(shown.model, shown.glass)
    return [f"predicted {with_uncertainty(now, None if sigma is None else float(sigma[shown.atom]))}"]


def compute(shown: Shown, chosen: session.Selection, jobs: JobsOfPage, tab: str) -> None:
    """Unrelaxed changes, the one that is chosen, then relaxed changes: as far as they are there by now. On the tabs of
    one change no relaxed changes are computed, so that what is asked for there need not wait for them."""
    choice = shown.choice
    asked = shown.model, shown.glass, shown.atom

    def ask(change: str | None) -> WhatIf | None:
        if change is None:
            return None
        return jobs.ask(calls.change_job(shown.model, shown.glass, change, shown.atom, choice.relax))

    shows_applied = tab == BEFORE and bool(choice.chain)  # until a next change is chosen

    def default() -> str | None:
        return None if shows_applied else strongest(shown)

    shown.unrelaxed = jobs.ask(calls.scan_job(*asked, choice.kind, choice.within, False))
    first = chosen_change(shown) or default()
    result = ask(first)
    if choice.relax and shown.unrelaxed is not None:
        relaxed = calls.scan_job(*asked, choice.kind, choice.within, True)
        shown.relaxed = jobs.ask(relaxed) if tab == RANKED else jobs.peek(relaxed)
    shown.change = change_box(shown, chosen, default())
    shown.result = result if shown.change == first else ask(shown.change)


def show(chosen: session.Selection) -> None:
    glass, atom = chosen.glass, chosen.atom
    question = f"What if, around {glass.symbols[atom]} {atom}?"
    if chosen.checkpoint is None:
        title(question, [])
        notices.no_checkpoint("Changes")
        return
    top, words = head()
    slot = words.empty()
    with slot.container():
        title(question, [])
    with top:
        choice = choose(chosen)
    bar = st.container()
    if not calls.can_relax():
        st.caption("Unrelaxed only. Relaxed changes and barrier searches: `pip install symgnn[physics]`")
    try:
        chain = calls.chain_of(chosen.checkpoint, glass, choice.chain, atom, choice.relax)
        shown = Shown(chosen.checkpoint, glass, chain, calls.atom_of(chain, atom), choice)
        with slot.container():
            title(question, facts(shown))
    except InputError as error:
        notices.problem(error)
        chain_box(chosen, choice, None)
        return
    jobs = JobsOfPage(bar)
    left, right = st.columns(WIDTHS[st.session_state.get("what_if") == BEFORE], gap="small")
    with right:
        above = st.container()
        tab = open_tab()
        with above:
            try:
                compute(shown, chosen, jobs, tab)
            except InputError as error:
                notices.problem(error)
        panel(shown, chosen, tab, jobs)
        jobs.end()
    with left:
        result, chain = shown.compared
        if tab == BEFORE and result is not None:
            two_windows(shown, result, chain)
        else:
            one_window(shown, is_shift=tab == PHYSICS)


def panel(shown: Shown, chosen: session.Selection, tab: str, jobs: JobsOfPage) -> None:
    """What the open tab shows."""
    try:
        if tab == RANKED:
            ranked_panel(shown)
        elif tab == BEFORE:
            before_panel(shown)
        elif tab == PHYSICS:
            physics_panel(shown, jobs)
        elif tab == DESIGN:
            design_panel(shown, chosen, jobs)
        else:
            files_panel(shown, chosen, jobs)
    except InputError as error:
        notices.problem(error)


def open_tab() -> str:
    session.seed("what_if", RANKED, session.one_of(list(TABS)))
    tab = st.segmented_control(
        "Panel", list(TABS), key="what_if", format_func=TABS.get, required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    session.publish(what_if=tab)
    return tab


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
