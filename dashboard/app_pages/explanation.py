"""Page Explanation: the edges on which the selected atom's predicted barrier rests, in 3D and in numbers."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.layout import chart, metrics, with_uncertainty
from dashboard.viewer import mount
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.plotting import plots
from symgnn.plotting.downloads import csv_bytes, explanation_json
from symgnn.plotting.tables import edge_table
from symgnn.viewer3d import views

DEFAULT_TOP, MOST_SHOWN = 40, 300


def summary(glass: Glass, explained: Explanation, sigma: np.ndarray | None) -> None:
    """Barriers of the explained atom, and how it was explained."""
    atom = explained.atom
    label = f"{glass.barriers[atom]:.2f} eV" if glass.barriers is not None else "not known"
    metrics(
        {
            "Predicted barrier": with_uncertainty(
                explained.prediction, None if sigma is None else sigma[atom]
            ),
            "Labelled barrier": label,
            "Edges that can matter": f"{len(explained.importance):,}",
            "Seed": str(explained.seed),
        }
    )


def structural_descriptors(glass: Glass, atom: int) -> None:
    """Voronoi index, coordination and so on of the atom."""
    try:
        descriptors = calls.surroundings(glass).describe(atom)
    except InputError as error:
        st.caption(f"Local structure: {notices.plain(error)}")
        return
    with st.container(border=True):
        metrics(descriptors)


@st.fragment
def view(
    chosen: session.Selection, explained: Explanation, edges: pd.DataFrame, predicted: np.ndarray
) -> None:
    """The most important edges in 3D, in plots and as a table. edges: `edge_table` of the explanation."""
    session.follow_pick()
    glass, atom = chosen.glass, chosen.atom
    most = min(MOST_SHOWN, len(explained.importance))
    if most < 2:
        st.info("Too few edges reach this atom: there is nothing to rank.")
        return
    start = min(DEFAULT_TOP, most)
    session.seed("k", start, session.whole_number(1, most))
    st.session_state["k"] = min(st.session_state["k"], most)
    k = st.slider("Most important edges shown (top k)", 1, most, key="k", persist_state="session", width=640)
    session.publish(k=k)
    top = np.asarray(explained.top(k), dtype=np.int64)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        picture = views.explained_atom(
            glass,
            atom,
            explained.pairs[top],
            explained.images[top],
            explained.importance[top],
            predicted=predicted,
            effect=None if explained.effect is None else explained.effect[top],
        )
        mount(picture, key="explanation_view", camera="explanation", height=520, on_pick=session.pick)
        st.caption(
            "The explained atom is in the middle; a bond across the periodic boundary leads to the nearest copy. Pale "
            "atoms are on none of these edges. Click another atom to explain it."
        )
    with right:
        rank = np.arange(k)
        distance, importance = edges["distance_A"].to_numpy(), edges["importance"].to_numpy()
        st.subheader("Where the important edges are", anchor=False)
        chart(plots.importance_by_distance(distance, importance, rank), "by_distance")
        st.caption(
            f"Median distance: top {k} {np.median(distance[:k]):.1f} Å, "
            f"all {len(distance):,} edges (control) {np.median(distance):.1f} Å."
        )
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Which elements they join", anchor=False)
        chart(plots.importance_by_pair(edges["pair"].tolist(), importance, rank), "by_pair")
    with right:
        fidelity(explained)
    table(edges, k, f"{chosen.glass_id}-atom{atom}-{explained.method}", explained)


def fidelity(explained: Explanation) -> None:
    """How the prediction changes without the important edges, beside matched controls."""
    values = explained.fidelity
    if not values.get("k"):
        return
    st.subheader("Does the explanation hold?", anchor=False)
    tests = {
        "mask_keep": "mask kept ↓",
        "mask_remove": "mask removed ↑",
        "keep_top": f"top {values['k']:.0f} kept ↓",
        "remove_top": f"top {values['k']:.0f} removed ↑",
    }
    measures = {
        f"{title}<br>p = {values[f'{name}_p']:.2f}": (values[name], values[f"{name}_matched"])
        for name, title in tests.items()
        if name in values
    }
    chart(plots.fidelity_bars(measures), "fidelity")
    st.caption(
        "How far the prediction moves when only these edges are kept (less is better, ↓) or when they are removed "
        "(more is better, ↑), beside matched controls: other edges of the same lengths, elements and hops, which exist "
        f"for {values['k_others']:.0f} of the {values['k']:.0f}. p: fraction of random draws of such edges, the "
        f"important ones included, that do as well. Without any edge it moves by {values['keep_none']:.3f} eV."
    )


def table(edges: pd.DataFrame, k: int, name: str, explained: Explanation) -> None:
    """The top k edges, and all of them as files called by `name`."""
    st.subheader(f"Top {k} edges", anchor=False)
    number = st.column_config.NumberColumn
    st.dataframe(
        edges.head(k),
        hide_index=True,
        height=300,
        column_config={
            "length_A": number("length (Å)", format="%.3f"),
            "distance_A": number("distance from the atom (Å)", format="%.2f"),
            "importance": st.column_config.ProgressColumn(
                "importance", format="%.3f", min_value=0, max_value=1
            ),
            "mask": None,
            "effect_eV": number("effect (eV)", format="%+.4f", help="> 0: the edge raises the barrier"),
            **{f"image_{axis}": None for axis in "abc"},
        },
    )
    buttons = st.container(horizontal=True)
    buttons.download_button(
        "All edges (CSV)", lambda: csv_bytes(edges), f"{name}.csv", "text/csv", icon=":material/download:"
    )
    buttons.download_button(
        "Explanation (JSON)",
        lambda: json.dumps(explanation_json(explained), indent=1),
        f"{name}.json",
        "application/json",
        icon=":material/download:",
    )


def show(chosen: session.Selection) -> None:
    glass, atom = chosen.glass, chosen.atom
    st.title(
        f"Why this barrier? Atom {atom} ({glass.symbols[atom]}) of {notices.plain(glass.name)}", anchor=False
    )
    if chosen.checkpoint is None:
        notices.no_checkpoint("Explanations")
        return
    try:
        predicted = calls.predicted(chosen.checkpoint, glass)
        sigma = calls.uncertainty(chosen.checkpoint, glass)
        explained = calls.explanation(
            chosen.checkpoint, glass, atom, seed=0, method=method.choose(chosen.checkpoint)
        )
    except InputError as error:
        notices.problem(error)
        return
    summary(glass, explained, sigma)
    structural_descriptors(glass, atom)
    view(chosen, explained, edge_table(glass, explained), predicted)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
