"""Page Whole glass: what carries the barriers of all atoms, summed over their explanations."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import chart, metrics
from dashboard.viewer import mount
from dashboard.waiting import duration
from symgnn.errors import InputError
from symgnn.explanations.batch import BatchExplanation
from symgnn.explanations.maps import ImportanceMap
from symgnn.explanations.methods import fastest_method, title_of
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.inference.predict import Checkpoint
from symgnn.plotting import map_plots
from symgnn.plotting.downloads import map_zip
from symgnn.plotting.tables import map_table
from symgnn.stats import rank_correlation
from symgnn.viewer3d import views
from symgnn.viewer3d.map_view import IN_THOUSANDTHS, inside_cell, mapped_glass

MANY_ATOMS, DEFAULT_EDGES, MOST_EDGES, LISTED = 1000, 200, 2000, 50
IMPORTANCE, EFFECT = "Importance", "Effect (eV)"


def choose(checkpoint: Checkpoint, glass: Glass) -> tuple[str, str]:
    """Name of the method and text of the atoms (`parse_atoms`), bound to the link."""
    names, fastest = calls.methods(checkpoint), fastest_method(checkpoint)
    some = {
        "all": f"all {len(glass):,}",
        f"random:{min(500, len(glass))}": "500 at random",
        f"top:{min(100, len(glass) // 2)},bottom:{min(100, len(glass) // 2)}": "100 highest, 100 lowest barriers",
    }
    if len(glass) <= 500:
        del some[f"random:{len(glass)}"]
    session.seed("map_method", fastest, session.one_of(names))
    if st.session_state["map_method"] not in names:
        st.session_state["map_method"] = fastest
    default = "all" if len(glass) <= MANY_ATOMS else f"random:{min(500, len(glass))}"
    session.seed("atoms", default, session.one_of(list(some)))
    if st.session_state["atoms"] not in some:
        st.session_state["atoms"] = default
    left, right, _ = st.columns([1, 1, 1.5])
    method = left.selectbox("Method", names, key="map_method", format_func=title_of, persist_state="session")
    atoms = right.selectbox(
        "Atoms explained", list(some), key="atoms", format_func=some.get, persist_state="session"
    )
    session.publish(map_method=method, atoms=atoms)
    # taken from the link now: the page may stop before it gets to them
    session.seed("map_kind", IMPORTANCE, session.one_of([IMPORTANCE, EFFECT]))
    session.seed("edges", DEFAULT_EDGES, session.whole_number(1, MOST_EDGES))
    return method, atoms


def explained(checkpoint: Checkpoint, glass: Glass, method: str, atoms: str) -> bool:
    """Whether all atoms are explained, or somebody has asked for it; offers it otherwise."""
    missing, seconds = calls.to_explain(checkpoint, glass, method, atoms)
    if missing == 0:
        return True
    if not calls.explained_glass_is_asked(checkpoint, glass, method, atoms):
        offer = st.empty()
        with offer.container(border=True):
            st.markdown(
                f"**{missing:,} atoms** are to be explained by {title_of(method)}: about {duration(seconds)} on this "
                "machine. What is finished is kept: cancel at any time and go on later, here or on the command line."
            )
            if not st.button(f"Explain {missing:,} atoms", icon=":material/hub:", key="explain_all"):
                return False
        offer.empty()
    return True


def summary(batch: BatchExplanation, importance: ImportanceMap) -> None:
    metrics(
        {
            "Atoms explained": f"{len(batch.atoms):,}",
            "Edges of the glass": f"{len(importance.pair_importance):,}",
            "Median distance of the top 50 edges": f"{np.median(batch.distance):.1f} Å",
            "Importance carried by 10% of the edges": f"{_carried(importance, 0.1):.0f}%",
        }
    )


def _carried(importance: ImportanceMap, fraction: float) -> float:
    """Percent of all importance on that fraction of the edges, the most important ones."""
    values = np.sort(importance.pair_importance)[::-1]
    return 100 * values[: max(1, round(fraction * len(values)))].sum() / max(values.sum(), 1e-300)


@st.fragment
def view(glass: Glass, atom: int, predicted: np.ndarray, importance: ImportanceMap, graph: AtomGraph) -> None:
    """The strongest edges and the atoms in 3D, and the atoms against their own barriers."""
    session.follow_pick()
    kinds = [IMPORTANCE] if importance.pair_effect is None else [IMPORTANCE, EFFECT]
    if st.session_state["map_kind"] not in kinds:
        st.session_state["map_kind"] = kinds[0]
    left, right = st.columns([1, 1.6])
    kind = left.segmented_control("Colour by", kinds, key="map_kind", required=True, persist_state="session")
    most = min(MOST_EDGES, len(importance.pair_importance))
    st.session_state["edges"] = min(st.session_state["edges"], most)
    count = right.slider("Strongest edges drawn", 1, most, key="edges", persist_state="session")
    session.publish(map_kind=kind, edges=count)
    signed = kind == EFFECT
    of_pairs = importance.pair_effect if signed else importance.pair_importance
    of_atoms = importance.atom_effect if signed else importance.atom_importance
    strongest = np.argsort(-np.abs(of_pairs), kind="stable")[:count]
    pairs, images = graph.pair_atoms.numpy()[strongest], graph.pair_image.numpy()[strongest]
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        picture = mapped_glass(
            glass,
            of_atoms,
            pairs,
            images,
            of_pairs[strongest],
            signed=signed,
            selected=atom,
            shown=views.drawn_atoms(glass, selected=atom),
        )
        mount(picture, key="map_view", camera=f"map-{glass.content_hash}", height=560, on_pick=session.pick)
        crossing = int((~inside_cell(glass, pairs, images)).sum())
        st.caption(
            f"Of the {count} strongest edges {crossing} cross the boundary of the cell and are not drawn. Click an "
            "atom to select it; the page Explanation tells why its own barrier is what it is."
        )
    with right:
        name = "Effect (meV)" if signed else "Importance (10⁻³)"
        st.subheader("Atoms that matter, and their own barriers", anchor=False)
        chart(
            map_plots.importance_by_barrier(predicted, IN_THOUSANDTHS * of_atoms, glass.symbols, name),
            "by_barrier",
        )
        symbols = np.array(glass.symbols)
        ranks = ", ".join(
            f"{element} {rank_correlation(predicted[symbols == element], of_atoms[symbols == element]):+.2f}"
            for element in glass.elements
        )
        st.caption(f"Spearman's correlation within an element: {ranks}.")


def edges(table: pd.DataFrame) -> None:
    """Which edges carry the importance. table: `map_table` of the glass."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Which elements they join", anchor=False)
        chart(
            map_plots.fractions_by_pair(table["pair"].tolist(), table["importance"].to_numpy()),
            "pair_fractions",
        )
    with right:
        st.subheader("How long they are", anchor=False)
        chart(
            map_plots.importance_by_length(table["length_A"].to_numpy(), table["importance"].to_numpy()),
            "lengths",
        )
    st.caption(
        "Importance: the fraction that an explained atom gives to an edge, averaged over the atoms that the edge can "
        "reach. Length and elements explain much of it: compare edges of the same kind before reading more into one."
    )
    st.subheader(f"Top {LISTED} edges", anchor=False)
    number = st.column_config.NumberColumn
    st.dataframe(
        table.sort_values("importance", ascending=False).head(LISTED),
        hide_index=True,
        height=300,
        column_config={
            "length_A": number("length (Å)", format="%.3f"),
            "importance": number(format="%.2e"),
            "effect_eV": number("mean effect (eV)", format="%+.4f", help="> 0: the edge raises barriers"),
            "explanations": number(help="Explained atoms that the edge can reach"),
        },
    )


def show(chosen: session.Selection) -> None:
    glass = chosen.glass
    st.title(f"What carries the barriers of {notices.plain(glass.name)}?", anchor=False)
    if chosen.checkpoint is None:
        notices.no_checkpoint("Explanations")
        return
    try:
        predicted = calls.predicted(chosen.checkpoint, glass)
        method, atoms = choose(chosen.checkpoint, glass)
        if not explained(chosen.checkpoint, glass, method, atoms):
            return
        batch, importance, graph = calls.explained_glass(chosen.checkpoint, glass, method, atoms)
    except InputError as error:
        notices.problem(error)
        return
    summary(batch, importance)
    view(glass, chosen.atom, predicted, importance, graph)
    edges(map_table(glass, graph, importance))
    st.download_button(
        "Maps (ZIP: extended XYZ, CSV)",
        lambda: map_zip(glass, graph, batch),
        f"{chosen.glass_id}-{batch.method}-map.zip",
        "application/zip",
        icon=":material/download:",
    )


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
