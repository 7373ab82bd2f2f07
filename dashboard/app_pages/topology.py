"""Page Topology: one loop in 3D, beside tabs: diagram and barcode, cycles per edge with controls, voids, surroundings.

The Rips or the alpha complex, by one control for all; loops that live too short, by one slider for all.
"""

import streamlit as st

from dashboard import calls, layout, notices, session
from dashboard.glass_names import stem_of
from dashboard.persistence import alpha_voids, image, neighborhood, rips_voids
from dashboard.topology_complex import choose_complex, facts
from dashboard.topology_counts import count, cycles_per_edge, statistics
from dashboard.topology_panels import atom_and_edges, diagram, download, sizes
from dashboard.topology_size import is_wanted
from dashboard.topology_window import GROUP, show_loop, show_void
from dashboard.window import mount_group
from symgnn.errors import InputError

LOOPS, EDGES, AROUND, SIZES, VOIDS, BALL = (
    "Loops", "Cycles per edge", "Atom", "Sizes", "Voids", "Around",
)  # fmt: skip


def show(chosen: session.Selection) -> None:
    heading = st.container()
    if not is_wanted(chosen):
        with heading:
            layout.title(f"Topology of {chosen.glass.name}", [])
        return
    try:
        topology = calls.topology(chosen.glass)
    except InputError as error:
        with heading:
            layout.title(f"Topology of {chosen.glass.name}", [])
        notices.problem(error)
        return
    left, middle, right = st.columns([1.5, 0.8, 1.6], gap="medium", vertical_alignment="bottom")
    which = choose_complex(topology, left, right)
    with heading:
        layout.title(f"Topology of {chosen.glass.name}", facts(which) if which else [])
    if which is None:
        return
    if which.is_rips and which.loops.edges.warning:
        st.warning(notices.plain(which.loops.edges.warning), icon=":material/warning:")
    counted = count(chosen, which)
    mount_group(GROUP)
    left, right = st.columns(2, gap="medium")
    with right:
        tab = layout.tabs("shown", [LOOPS, EDGES, AROUND, SIZES, VOIDS, BALL])
        statistics(counted, which)
    with left:
        if tab == VOIDS and not which.is_rips:
            show_void(chosen, topology, which, middle)
            row = None
        else:
            row = show_loop(chosen, which, middle)
        download(topology, stem_of(chosen.glass_id))
    with right:
        if tab == LOOPS:
            diagram(which, row)
        elif tab == EDGES:
            cycles_per_edge(counted, which)
        elif tab == AROUND:
            atom_and_edges(chosen, which)
        elif tab == SIZES:
            sizes(counted, which)
        elif tab == VOIDS:
            if which.is_rips:
                rips_voids(chosen.glass)
            else:
                alpha_voids(topology)
        else:
            neighborhood(topology, chosen.atom)
            image(topology)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
