"""Page Explanation: the edges on which the selected atom's predicted barrier rests, in 3D and in numbers."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.layout import chart, title, with_uncertainty
from dashboard.window import mount_window
from dashboard.window.data import explanation_data, glass_data
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.plotting import plots
from symgnn.plotting.downloads import csv_bytes, explanation_json
from symgnn.plotting.tables import edge_table
from symgnn.viewer3d.window_data import frame_commands

DEFAULT_TOP, MOST_SHOWN = 40, 300
NEAR = 9.0  # Å round the explained atom, of what is drawn at first


def summary(glass: Glass, explained: Explanation, sigma: np.ndarray | None) -> list[str]:
    """Barriers of the explained atom, and how it was explained, in a few words each."""
    atom = explained.atom
    known = with_uncertainty(explained.prediction, None if sigma is None else sigma[atom])
    label = "no label" if glass.barriers is None else f"label {glass.barriers[atom]:.2f} eV"
    edges = f"{len(explained.importance):,} edges can matter"
    return [f"predicted {known}", label, edges, f"seed {explained.seed}"]


@st.fragment
def window(chosen: session.Selection, explained: Explanation) -> None:
    """The atom and its edges in the linked window. What is chosen there, an atom or another k, is the page's choice."""
    session.follow_pick()
    glass = chosen.glass
    dataset, _ = glass_data(chosen.checkpoint, glass)
    mount_window(
        "explanation",
        dataset,
        frame_commands(glass),
        edges=explanation_data(explained.key, glass, explained),
        camera="explanation",
        selected=chosen.atom,
        default={
            "color": "barrier",
            "edgeSet": "importance" if explained.effect is None else "effect",
            "top": st.session_state["k"],
            "wrap": "atom",
            "clip": NEAR,
            "tab": "edges",
        },
        on_pick=session.pick,
        on_settle=settled,
    )


def settled(view: dict) -> None:
    """The window's k becomes that of all pages."""
    st.session_state["k"] = int(view["top"])
    st.session_state["_picked"] = True


def evidence(chosen: session.Selection, explained: Explanation, edges: pd.DataFrame) -> None:
    """Which elements the important edges join, whether the explanation holds, and the edges as a table."""
    k = min(st.session_state["k"], len(edges))
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Which elements they join", anchor=False)
        importance = edges["importance"].to_numpy()
        chart(plots.importance_by_pair(edges["pair"].tolist(), importance, np.arange(k)), "by_pair")
        distance = edges["distance_A"].to_numpy()
        st.caption(
            f"Median distance: top {k} {np.median(distance[:k]):.1f} Å, "
            f"all {len(distance):,} edges (control) {np.median(distance):.1f} Å."
        )
    with right:
        fidelity(explained)
    table(edges, k, f"{chosen.glass_id}-atom{chosen.atom}-{explained.method}", explained)


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
    question = f"Why this barrier? Atom {atom} ({glass.symbols[atom]}) of {glass.name}"
    if chosen.checkpoint is None:
        title(question, [])
        notices.no_checkpoint("Explanations")
        return
    top = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    words = top.container(width="stretch")
    try:
        sigma = calls.uncertainty(chosen.checkpoint, glass)
        with top:
            name = method.choose(chosen.checkpoint)
        explained = calls.explanation(chosen.checkpoint, glass, atom, seed=0, method=name)
    except InputError as error:
        with words:
            title(question, [])
        notices.problem(error)
        return
    with words:
        title(question, summary(glass, explained, sigma))
    if len(explained.importance) < 2:
        st.info("Too few edges reach this atom: there is nothing to rank.")
        return
    most = min(MOST_SHOWN, len(explained.importance))
    session.seed("k", min(DEFAULT_TOP, most), session.whole_number(1, most))
    st.session_state["k"] = min(st.session_state["k"], most)
    session.publish(k=st.session_state["k"])
    window(chosen, explained)
    evidence(chosen, explained, edge_table(glass, explained))


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
