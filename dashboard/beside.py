"""Several methods for one atom, side by side: which are chosen, and how many edges they share beyond chance."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import calls, session
from dashboard.layout import signed, with_signs
from dashboard.method import is_wanted
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.overlap import Overlap, overlap, overlap_table
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.whatif.methods import title_of


def choose(model: Checkpoint, glass: Glass, method: str) -> list[str]:
    """The control; returns the names of the methods to stand beside `method`, bound to the link."""
    names = calls.methods_of_atom(model, glass)
    session.seed("beside", [], _list_of(names))
    st.session_state["beside"] = [name for name in st.session_state["beside"] if name in names]
    with st.popover("Compare methods", icon=":material/compare_arrows:"):
        st.multiselect(
            "Explain the atom also by",
            names,
            key="beside",
            format_func=title_of,
            persist_state="session",
            width=360,
            help="The edges of every method can be shown in the window (Edges), and their overlap is compared "
            "with that of random edges and of matched control edges. GNNExplainer and occlusion "
            "take seconds, the others less; relaxed swaps say first how long they take.",
        )
    session.publish(beside=",".join(st.session_state["beside"]))
    return [name for name in st.session_state["beside"] if name != method]


def finished(chosen: session.Selection, names: list[str]) -> list[Explanation]:
    """The explanations by these methods that are there already."""
    kept = [
        calls.finished_explanation(chosen.checkpoint, chosen.glass, chosen.atom, seed=0, method=name)
        for name in names
    ]
    return [one for one in kept if one is not None]


def computed(chosen: session.Selection, names: list[str]) -> list[Explanation]:
    """The explanations by all these methods, but for one that says first what it costs and is not asked for."""
    atom = chosen.checkpoint, chosen.glass, chosen.atom
    return [
        calls.explanation(*atom, seed=0, method=name)
        for name in names
        if is_wanted(*atom, name, key="swaps_beside")
    ]


def sentences(explained: Explanation, others: list[Explanation], glass: Glass, k: int) -> str:
    """One line for each of the others: what it shares with the explanation, beside chance."""
    return "  \n".join(_sentence(overlap(explained, other, glass, k=k)) for other in others)


def _sentence(result: Overlap) -> str:
    chance = result.k**2 / result.edges
    return (
        f"**{title_of(result.second)}** names {result.shared} of the same {result.k} edges; random edges would share "
        f"{chance:.1f} (Jaccard index {result.jaccard:.2f}, random {result.jaccard_chance:.2f}, matched control "
        f"{result.jaccard_matched:.2f}, p = {result.p_matched:.2g}). Ranks of all edges: correlation "
        f"{signed(result.rank_correlation, 2)}, matched control {signed(result.rank_correlation_matched, 2)}."
    )


def table(explanations: list[Explanation], glass: Glass, k: int) -> pd.DataFrame:
    """Every two of the explanations: what they share, beside chance."""
    rows = overlap_table(explanations, glass, k=k)
    for side in ("first", "second"):
        rows[side] = rows[side].map(title_of)
    return rows


def show_table(explanations: list[Explanation], glass: Glass, k: int) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        with_signs(table(explanations, glass, k), {"rank_correlation": 2, "rank_correlation_matched": 2}),
        hide_index=True,
        column_config={
            "first": "method", "second": "and", "k": "top k", "edges": "edges in all",
            "jaccard": number("Jaccard index", format="%.2f", help="Shared edges divided by edges in either set"),
            "jaccard_chance": number("for random edges", format="%.2f"),
            "jaccard_matched": number("for matched control", format="%.2f", help="Same lengths, elements and hops"),
            "p_matched": number("p", format="%.2g", help="Probability that matched control edges share as many"),
            "rank_correlation": number("Spearman", help="Of the importance of all edges"),
            "rank_correlation_matched": number("for matched control"),
        },
    )  # fmt: skip


def _list_of(names: list[str]):
    def read(text: str) -> list[str]:
        listed = [name for name in text.split(",") if name]
        if not set(listed) <= set(names):
            raise ValueError(text)
        return listed

    return read
