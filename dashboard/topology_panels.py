"""What stands beside the window of the page Topology: diagram and barcode, cycles through an atom, sizes."""

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.layout import chart
from dashboard.topology_complex import Complex
from dashboard.topology_counts import Counted
from symgnn.homology import GlassTopology
from symgnn.plotting import topology_plots
from symgnn.plotting.downloads import topology_zip


def diagram(which: Complex, row: int | None) -> None:
    """Diagram and barcode; a click chooses a loop."""
    loops, rows = which.loops, which.living.rows
    births, deaths = loops.births[rows], loops.deaths[rows]
    marked = np.flatnonzero(rows == row)
    chosen = int(marked[0]) if len(marked) else None
    figure = topology_plots.persistence_diagram(
        (np.zeros(len(loops.component_deaths)), loops.component_deaths),
        (births, deaths),
        chosen=chosen,
        lasting=which.lasting,
        height=300,
    )
    chart(figure, "diagram", on_select=lambda: choose_loop(which, "diagram"), selection_mode="points")
    chart(
        topology_plots.barcode(births, deaths, chosen=chosen, lasting=which.lasting, height=190),
        "barcode",
        on_select=lambda: choose_loop(which, "barcode"),
        selection_mode="points",
    )
    scale = "lengths" if which.is_rips else "sizes of the empty sphere (diameters)"
    bars = min(len(rows), topology_plots.MOST_BARS)
    text = f"Far from the diagonal, or a long bar: a loop that is open over a wide range of {scale}. "
    text += f"Bars: the {bars} that live longest."
    if len(rows) > topology_plots.MOST_POINTS:
        text += f" The {topology_plots.MOST_POINTS:,} most persistent of {len(rows):,} are drawn."
    st.caption(text)


def choose_loop(which: Complex, plot: str) -> None:
    """Take over the loop that was clicked."""
    for point in st.session_state[plot].selection.points[:1]:
        place = clicked_class(plot, point, which.loops, which.living.rows)
        if place is not None:
            st.session_state[which.loop_key] = int(which.living.rows[place])


def clicked_class(plot: str, point: dict, loops, rows: np.ndarray) -> int | None:
    """Position in `rows` of the class that a clicked point of the diagram or bar of the barcode stands for."""
    if plot == "barcode":
        value = point["customdata"]
        return int(value[0] if isinstance(value, list) else value)
    if point["curve_number"] != topology_plots.H1_TRACE:
        return None
    return int(topology_plots.drawn_rows(loops.births[rows], loops.deaths[rows])[point["point_index"]])


def atom_and_edges(chosen: session.Selection, which: Complex) -> None:
    """The cycles through the selected atom, or through one of its edges; a click on a row shows the loop."""
    glass, atom, living = chosen.glass, chosen.atom, which.living
    ids = living.edges_of(atom)
    names = {-1: f"atom {atom} ({glass.symbols[atom]})"}
    for edge in ids:
        pair = living.loops.edges.pairs[edge]
        other = int(pair[0] if pair[1] == atom else pair[1])
        names[int(edge)] = (
            f"edge to atom {other} ({glass.symbols[other]}), {living.loops.edges.lengths[edge]:.2f} Å: "
            f"{living.participation[edge]} cycles"
        )
    if st.session_state.get("through") not in names:
        st.session_state["through"] = -1
    through = st.selectbox("Cycles through", list(names), key="through", format_func=names.get)
    rows = living.through_atom(atom) if through == -1 else living.through_edge(through)
    if not len(rows):
        st.info("It lies on none of these cycles. A click on an atom in 3D selects another one.")
        return
    loops = which.loops

    def chosen_row() -> None:
        for place in st.session_state["cycles_through"].selection.rows[:1]:
            st.session_state[which.loop_key] = int(rows[place])

    st.dataframe(
        {
            "loop": rows,
            "atoms": loops.cycles.sizes[rows],
            "born (Å)": loops.births[rows],
            "lives (Å)": (loops.deaths - loops.births)[rows],
            "around (Å)": loops.cycles.lengths[rows],
        },
        key="cycles_through",
        hide_index=True,
        height=330,
        on_select=chosen_row,
        selection_mode="single-row",
        column_config={
            name: st.column_config.NumberColumn(format="%.2f")
            for name in ("born (Å)", "lives (Å)", "around (Å)")
        },
    )
    st.caption(f"{len(rows)} cycles, the longest-lived first. A click on a row shows the cycle.")


def sizes(counted: Counted | None, which: Complex) -> None:
    marked = None if counted is None else counted.marked
    chart(topology_plots.participation_histogram(which.living.participation, marked), "participation")
    chart(topology_plots.cycle_sizes(which.loops.cycles.sizes[which.living.rows]), "sizes")


def download(topology: GlassTopology, name: str) -> None:
    st.download_button(
        "Diagrams, cycles, participation (ZIP)",
        lambda: topology_zip(topology),
        f"{name}-topology.zip",
        "application/zip",
        icon=":material/download:",
    )
