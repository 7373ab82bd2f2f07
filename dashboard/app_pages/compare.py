"""Page Compare: two to six glasses, atoms, checkpoints or methods side by side in linked windows, and in numbers."""

import streamlit as st

from dashboard import calls, comparison, layout, notices, session
from dashboard.compare_panels import compute, show_panels, tell
from dashboard.compare_tabs import barriers, explanations, loops, numbers
from dashboard.comparison import Pin
from symgnn.errors import InputError
from symgnn.inference.predict import list_checkpoints

DEFAULT_TOP, MOST_TOP = 40, 300
LETTERS = "ABCDEF"
READY_MADE = "ready_made"
NUMBERS, EXPLANATIONS, BARRIERS, LOOPS = "Numbers", "Explanations", "Barriers", "Loops"


def choose(chosen: session.Selection) -> list[Pin]:
    """What is compared: the choice of the sidebar and the pinned ones, by default one other glass; and the controls."""
    names = [*calls.glass_files(), *session.uploads()]
    comparison.arrive(names, list_checkpoints() if chosen.checkpoint is not None else [])
    pinned = comparison.pins()
    session.publish(**{comparison.PARAMETER: comparison.text()})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Compare", anchor=False, width="content")
        with st.popover(
            "Ready-made", icon=":material/auto_awesome_motion:", key=READY_MADE, on_change="rerun"
        ):
            for position, one in enumerate(comparison.ready_made(chosen)):
                st.button(one.title, key=f"ready{position}", on_click=take, args=(one,), help=one.words)
        st.button(
            "Add a panel",
            key="add_panel",
            icon=":material/add:",
            disabled=len(pinned) >= comparison.MOST_PINS,
            on_click=add,
            args=(chosen, names),
            help="Adds another glass; its menu changes glass, atom, checkpoint and method.",
        )
        if pinned:
            st.button("Clear", key="clear", icon=":material/delete:", on_click=pinned.clear)
    return [Pin(chosen.glass_id, chosen.atom), *(pinned or [another(chosen, names)])]


def take(one: comparison.Ready) -> None:
    """Show a ready-made comparison and close the list of them."""
    comparison.take(one)
    st.session_state[READY_MADE] = False


def another(chosen: session.Selection, names: list[str]) -> Pin:
    """What stands beside the choice of the sidebar before anything is pinned: another glass, where there is one."""
    other = next((name for name in names if name != chosen.glass_id), chosen.glass_id)
    return Pin(other, chosen.atom)


def add(chosen: session.Selection, names: list[str]) -> None:
    """Pin what the page shows already, and one more."""
    pinned = comparison.pins()
    if not pinned:
        pinned.append(another(chosen, names))
    used = {chosen.glass_id, *(one.glass_id for one in pinned)}
    free = next((name for name in names if name not in used), pinned[-1].glass_id)
    pinned.append(Pin(free, chosen.atom))


def number_of_edges() -> int:
    """The k of all pages, which the slider over the panels sets."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))
    session.publish(k=st.session_state["k"])
    return st.session_state["k"]


def show(chosen: session.Selection) -> None:
    pins = choose(chosen)
    if chosen.checkpoint is None:
        notices.no_checkpoint("Explanations")
    try:
        panels = [compute(letter, pin, chosen) for letter, pin in zip(LETTERS, pins, strict=False)]
    except InputError as error:
        notices.problem(error)
        return
    tell(panels)
    k = number_of_edges()
    show_panels(panels, len(comparison.pins()), k)
    tab = layout.tabs("compared", [NUMBERS, EXPLANATIONS, BARRIERS, LOOPS])
    if tab == NUMBERS:
        numbers(panels, k)
    elif tab == EXPLANATIONS:
        explanations(panels)
    elif tab == BARRIERS:
        barriers(panels)
    else:
        loops(panels)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
