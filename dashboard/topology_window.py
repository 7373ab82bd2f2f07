"""The 3D window of the page Topology: the cycle of one loop, or a void."""

import numpy as np
import streamlit as st

from dashboard import calls, session
from dashboard.layout import asked
from dashboard.loops import cycle_dataset, void_dataset
from dashboard.topology_complex import Complex
from dashboard.window import mount_window
from dashboard.window.data import glass_data
from symgnn.glass import Glass
from symgnn.homology import Cycles, GlassTopology
from symgnn.viewer3d.window_data import Dataset, frame_commands

GROUP = "topology"
HEIGHT, CAPTION = 560, 52  # px: of the window at most, and of the sentence below it


def show_loop(chosen: session.Selection, which: Complex, number) -> int | None:
    """The cycle of the chosen loop in 3D; returns the loop's number, which is chosen in the container `number`."""
    with number:
        row = choose_row(which)
    button = st.container()
    if row is None:
        st.info("No loop lives that long: move the slider to the left.")
        return None
    glass, loops = chosen.glass, which.loops
    cycle = loops.cycles.select([row])
    with button:
        if which.is_rips and not cycle.strict[0] and exact_is_wanted(glass, row):
            cycle = calls.exact_cycle(glass, row)
    window(chosen, which, cycle_dataset(glass, loops.edges, cycle), "cycle", cycle.vertices[0])
    st.caption(described(glass, which, cycle, row))
    return row


def show_void(chosen: session.Selection, topology: GlassTopology, which: Complex, number) -> None:
    """A void of the alpha complex in 3D: the atoms round its empty sphere."""
    voids, fillers = topology.alpha.persistence.diagrams[2], topology.alpha.persistence.fillers
    filled = np.flatnonzero(fillers[:, 0] >= 0)
    if not len(filled):
        st.info("This glass has no void that is filled.")
        return
    largest = filled[np.argsort(-voids[filled, 1], kind="stable")]
    session.seed("void", 1, session.whole_number(1, len(largest)))
    st.session_state["void"] = min(st.session_state["void"], len(largest))
    rank = number.number_input(
        "Void shown", 1, len(largest), key="void", persist_state="session", width=150,
        help="1 is the void with the largest empty sphere.",
    )  # fmt: skip
    session.publish(void=int(rank))
    row = largest[int(rank) - 1]
    corners = fillers[row]
    window(chosen, which, void_dataset(chosen.glass, which.loops.edges, corners), "void", corners)
    atoms = ", ".join(f"{chosen.glass.symbols[atom]} {atom}" for atom in corners)
    st.caption(
        f"Void {int(rank)}: an empty sphere {voids[row, 1]:.2f} Å wide (between the atoms' centres) touches {atoms}; "
        f"closed from {voids[row, 0]:.2f} Å on."
    )


def choose_row(which: Complex) -> int | None:
    """The number of the loop; each complex has its own. None where no loop lives long enough."""
    loops, key, rows = which.loops, which.loop_key, which.living.rows
    if not len(rows):
        return None
    last = len(loops.cycles) - 1
    session.seed(key, loops.most_persistent, session.whole_number(0, last))
    st.session_state[key] = min(st.session_state[key], last)
    row = st.number_input(
        "Loop shown", 0, last, key=key, persist_state="session", width=150,
        help="In the order of their births. A click on a point, a bar or a row of a table chooses it.",
    )  # fmt: skip
    session.publish(**{key: int(row)})
    return int(row)


def window(
    chosen: session.Selection, which: Complex, edges: Dataset, edge_set: str, atoms: np.ndarray
) -> None:
    """The glass, pale but for some atoms and the edges between them."""
    glass = chosen.glass
    dataset, _ = glass_data(
        chosen.checkpoint, glass, more=[which.living.column(len(glass))],
        more_key=f"{which.title} {which.living.lifetime}",
    )  # fmt: skip
    mount_window(
        "topology",
        dataset,
        frame_commands(glass),
        edges=edges,
        camera=f"topology-{glass.content_hash}",
        selected=chosen.atom,
        default={"color": "element", "edgeSet": edge_set, "top": 500, "wrap": "atom", "faded": True},
        height=HEIGHT,
        below=CAPTION,
        group=GROUP,
        fly=[int(atom) for atom in atoms],
        on_pick=session.pick,
    )


def exact_is_wanted(glass: Glass, row: int) -> bool:
    """A cycle that was searched for before is shown at once, another one at the press of a button."""
    return calls.exact_cycle_is_kept(glass, row) or asked(
        "Find the exact cycle", key="exact", icon=":material/target:"
    )


def described(glass: Glass, which: Complex, cycle: Cycles, row: int) -> str:
    """A sentence on the cycle shown."""
    loops = which.loops
    death = loops.deaths[row]
    dies = f"filled at {death:.2f} Å" if np.isfinite(death) else "never filled"
    kind = "goes round the cell" if cycle.winding[0] else "closes in space"
    text = (
        f"Loop {row}: {cycle.sizes[0]} atoms, {cycle.lengths[0]:.1f} Å around, born at "
        f"{loops.births[row]:.2f} Å, {dies}; it {kind}."
    )
    if not which.is_rips:
        return text
    if loops.cycles.strict[row]:
        return text
    if cycle.strict[0]:
        return f"{text} The exact cycle: the shortest one of its class ({loops.cycles.sizes[row]} atoms) fills later."
    if calls.exact_cycle_is_kept(glass, row):
        return f"{text} Not strict, and no exact cycle was found."
    return f"{text} Not strict: another cycle of its class is filled at that length, this one later."
