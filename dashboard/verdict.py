"""What an explanation comes to, in one sentence on the page: do the edges that are shown matter?"""

from __future__ import annotations

import streamlit as st

from dashboard import session
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import DRAWS
from symgnn.explanations.verdict import verdict

MORE_DRAWS = (DRAWS, 200, 1000)
_COLORS = {"yes": "green", "no": "orange", "undecided": "gray"}
_HELP = (
    "The shown edges are removed, and so are random edges of the same lengths, elements and hops (matched control). p: "
    "fraction of these draws that move the barrier as much; more draws settle a close case."
)


def choose_draws() -> int:
    """The control for the number of draws, bound to the link."""
    session.seed("draws", DRAWS, _read)
    draws = st.selectbox(
        "Draws",
        MORE_DRAWS,
        key="draws",
        format_func="{} draws".format,
        persist_state="session",
        width=130,
        label_visibility="collapsed",
    )
    session.publish(draws=draws)
    return draws


def show(tested: Explanation) -> None:
    """The verdict, with more draws where they decide. tested: as `calls.tested` gives it for the edges shown."""
    result = verdict(tested)
    more = next((draws for draws in MORE_DRAWS if draws > result.draws), None)
    badge, color = result.answer, _COLORS[result.answer]
    if result.is_open and result.answer == "yes":
        badge, color = "yes, at the limit", _COLORS["undecided"]
    line = st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdict")
    line.markdown(f":{color}-badge[{badge}] {result.text}", help=_HELP, width="stretch")
    if result.is_open and more is not None:
        line.button(
            f"{more} draws", icon=":material/casino:", key="more_draws", type="tertiary", on_click=_choose,
            args=(more,), help="Repeat the test with more random draws: they decide a close case.",
        )  # fmt: skip


def _choose(draws: int) -> None:
    """Called before the script runs, hence free to set the control."""
    st.session_state["draws"] = draws


def _read(text: str) -> int:
    if text not in map(str, MORE_DRAWS):
        raise ValueError(text)
    return int(text)
