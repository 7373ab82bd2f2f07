"""The guided tour: ten steps through the pages on a shipped glass, in the sidebar. About three minutes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import calls
from dashboard.pages import PAGES

GLASS, ATOM = "Cu64Zr36_500_1e12", 77
"""What the tour is about, where it is listed; elsewhere it goes along with what is chosen."""


@dataclass(frozen=True)
class Step:
    """One step: the page that it opens, and what to look at there."""

    page: str
    title: str
    words: str


STEPS = (
    Step(
        "structure",
        "The glass",
        "Each sphere is an atom, coloured by its predicted energy barrier: how hard it is to move. Drag to turn, "
        "scroll to come nearer. The ring is the selected atom; its card stands beside the view.",
    ),
    Step(
        "structure",
        "Find atoms",
        "Write `percentile(barrier) >= 98` into the filter: the hardest 2% stay. The tab *Table* lists them; click "
        "a line and the ring moves. *Histogram* and *Scatter* select too. Empty the filter before you go on.",
    ),
    Step(
        "explanation",
        "Why this barrier",
        "The lines are the edges on which the prediction for the atom rests. Where the bar of the edges has two sides, "
        "red edges raise the barrier and blue ones lower it. The slider *Top* shows more or fewer.",
    ),
    Step(
        "explanation",
        "Does it hold?",
        "The verdict compares these edges with matched controls: others of the same length, elements and hops. Only a "
        "difference from them is an explanation; often there is none, and then the page says so.",
    ),
    Step(
        "whole_glass",
        "All atoms at once",
        "The signed map: what each edge does to the barriers of all atoms. One bar for the edges, one for the atoms.",
    ),
    Step(
        "what_if",
        "What would change it",
        "A bar is a neighbour that becomes the other element: red raises the barrier, blue lowers it. Click one; "
        "*Before / after* shows the glass without and with that change, *Apply* goes on from there.",
    ),
    Step(
        "topology",
        "Loops",
        "A point of the diagram is a loop of atoms: born at one length, filled at another. Click one to see it in the "
        "glass. The tab of cycles per edge asks whether important edges lie on more loops than matched ones.",
    ),
    Step(
        "compare",
        "Side by side",
        "*Ready-made* sets up comparisons: quench rates, methods, checkpoints. *Add to comparison* in the sidebar of "
        "any page pins what you see.",
    ),
    Step(
        "physics",
        "Is it true?",
        "Barriers of this atom by searching saddles under the potential, beside the predicted one. Each point is a way "
        "out of the minimum: click one and press play to see it.",
    ),
    Step(
        "your_glass",
        "Your own glass",
        "Open a file here. It is first checked against the training data: a barrier is only as good as the likeness of "
        "its surroundings to what the model has seen.",
    ),
)


def is_on() -> bool:
    """Whether the tour has been started and not ended."""
    return st.session_state.get("_tour") is not None


def show() -> None:
    """The button that starts the tour, or its present step. Call it in the sidebar."""
    number = st.session_state.get("_tour")
    if number is None:
        st.button(
            "Guided tour (3 minutes)",
            key="tour_start",
            icon=":material/route:",
            on_click=_to,
            args=(0,),
            help="Ten steps through the pages.",
        )
        return
    step, last = STEPS[number], len(STEPS) - 1
    with st.container(border=True):
        st.markdown(f"**{number + 1} of {len(STEPS)}: {step.title}**  \n{step.words}")
        with st.container(horizontal=True, gap="small"):
            st.button("Back", key="tour_back", disabled=not number, on_click=_to, args=(number - 1,))
            following = None if number == last else number + 1
            label = "Next" if number < last else "Done"
            st.button(label, key="tour_next", type="primary", on_click=_to, args=(following,))
            st.button("End", key="tour_end", on_click=_to, args=(None,))


def open_page() -> None:
    """Change to the page of a step that has just been pressed."""
    wanted = st.session_state.pop("_tour_page", None)
    if wanted is not None:
        st.switch_page(next(page.path for page in PAGES if page.name == wanted))


def _to(number: int | None) -> None:
    """Go to a step, None for none. Called before the script runs, hence free to set the sidebar's choices."""
    state = st.session_state
    if number == 0 and GLASS in calls.glass_files():
        state["glass"], state["atom"] = GLASS, ATOM
    if number is not None:
        state["_tour_page"] = STEPS[number].page
    state["_tour"] = number
