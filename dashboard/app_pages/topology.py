"""Page Topology: one loop in 3D, beside tabs: diagram and barcode, cycles per edge with controls, voids, surroundings.

The Rips or the alpha complex, by one control for all; loops that live too short, by one slider for all.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import calls, layout, method, notices, session
from dashboard.layout import asked, chart
from dashboard.loops import LivingLoops, cycle_dataset, void_dataset
from dashboard.persistence import ALIVE, NEVER_FILLED, alpha_voids, image, neighborhood, rips_voids
from dashboard.window import mount_group, mount_window
from dashboard.window.data import glass_data
from symgnn.analysis.cycle_counts import cycle_counts
from symgnn.analysis.cycle_enrichment import ExplainedCycles, explained_cycles
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods import method_class, title_of
from symgnn.glass import Glass
from symgnn.homology import Cycles, GlassTopology, edge_ids
from symgnn.plotting import topology_plots
from symgnn.plotting.downloads import topology_zip
from symgnn.viewer3d.window_data import Dataset, frame_commands

DEFAULT_TOP, MOST_TOP = 40, 300
RIPS, ALPHA = "Rips", "Alpha (as in the paper)"
COMPLEXES = [RIPS, ALPHA]
LOOPS, EDGES, AROUND, SIZES, VOIDS, BALL = (
    "Loops", "Cycles per edge", "Atom", "Sizes", "Voids", "Around",
)  # fmt: skip
GROUP = "topology"
HEIGHT, CAPTION = 560, 52  # px: of the window at most, and of the sentence below it
QUICK = 3  # passes through the model up to which an atom is explained without being asked


@dataclass(frozen=True, eq=False)
class Complex:
    """The complex that is shown: its loops that live long enough, the key of the loop's number, and how classes are
    called that never die."""

    title: str
    living: LivingLoops
    loop_key: str
    lasting: str

    @property
    def loops(self):
        return self.living.loops

    @property
    def is_rips(self) -> bool:
        return self.title == RIPS


def choose_complex(topology: GlassTopology, left, right) -> Complex | None:
    """The controls of all tabs; None, with a message, where the glass has no such complex."""
    with left:
        session.seed("complex", RIPS, session.one_of(COMPLEXES))
        title = st.segmented_control(
            "Complex", COMPLEXES, key="complex", required=True, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        session.publish(complex=title)
    if title == ALPHA and topology.alpha is None:
        st.info(notices.plain(topology.alpha_problem))
        return None
    loops = topology.loops if title == RIPS else topology.alpha.loops
    with right:
        living = LivingLoops(loops, choose_lifetime(loops.deaths - loops.births))
    if title == RIPS:
        return Complex(title, living, "loop", ALIVE)
    return Complex(title, living, "alpha_loop", NEVER_FILLED)


def choose_lifetime(lives: np.ndarray) -> float:
    """Loops that live shorter are left out of everything on the page."""
    known = lives[np.isfinite(lives)]
    most = np.floor(100 * known.max(initial=0.0)) / 100
    session.seed("lifetime", 0.0, lifetime_of_link)
    st.session_state["lifetime"] = min(st.session_state["lifetime"], most)
    if not most:
        return 0.0
    lifetime = st.slider(
        "Loops that live at least (Å)", 0.0, float(most), step=0.01, key="lifetime", persist_state="session",
        help="Lifetime: death minus birth. Loops that live shorter are left out of the diagram, the barcode and all "
        "counts of cycles.",
    )  # fmt: skip
    session.publish(lifetime=f"{lifetime:.2f}")
    return lifetime


def lifetime_of_link(text: str) -> float:
    value = float(text)
    if not 0 <= value < 100:
        raise ValueError(text)
    return value


def facts(which: Complex) -> list[str]:
    """What stands behind the title."""
    loops, rows, cycles = which.loops, which.living.rows, which.loops.cycles
    listed = [
        f"{len(loops.edges):,} edges" + (" up to 4 Å" if which.is_rips else ""),
        f"{len(rows):,} of {len(cycles):,} loops" if len(rows) < len(cycles) else f"{len(cycles):,} loops",
    ]
    if round_cell := int(cycles.winding[rows].sum()):
        listed.append(f"{round_cell} round the cell")
    return listed


# ---- the window -------------------------------------------------------------------------------------------


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


# ---- tabs -------------------------------------------------------------------------------------------------


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


def explanation_here(chosen: session.Selection) -> Explanation | None:
    """The explanation of the selected atom; None where it takes long and nobody has asked for it yet."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))  # the slider of the page Explanation
    session.publish(k=st.session_state["k"])
    glass, atom = chosen.glass, chosen.atom
    try:
        name = method.chosen(chosen.checkpoint)
        how = {"seed": 0, "method": name}
        quick = method_class(name).passes <= QUICK
        if not quick and not calls.explanation_is_kept(chosen.checkpoint, glass, atom, **how):
            st.caption(
                f"Do the important edges lie on more cycles than others? To explain the atom by {title_of(name)} takes "
                f"some seconds; {method.ELSEWHERE}."
            )
            if not asked(f"Explain atom {atom}", key="explain_here", icon=":material/hub:"):
                return None
        return calls.explanation(chosen.checkpoint, glass, atom, **how)
    except InputError as error:
        notices.problem(error)
        return None


@dataclass(frozen=True, eq=False)
class Counted:
    """Cycles per edge: of the k edges that explain the atom, of their matched controls, and so on."""

    explained: Explanation
    k: int
    marked: np.ndarray  # numbers of these edges in the complex
    compared: ExplainedCycles | None


def count(chosen: session.Selection, which: Complex) -> Counted | None:
    """None where there is no explanation."""
    if chosen.checkpoint is None:
        return None
    explained = explanation_here(chosen)
    if explained is None:
        return None
    k, edges = st.session_state["k"], which.loops.edges
    ids = edge_ids(edges, explained.pairs, explained.images)[explained.top(k)]
    counts = cycle_counts(which.title, edges, which.living.participation, explained.pairs, explained.images)
    return Counted(explained, k, ids[ids >= 0], explained_cycles(explained, chosen.glass, counts, k))


def statistics(counted: Counted | None, which: Complex) -> None:
    """Mean cycles per edge in one line: important, matched, random, all."""
    counts = which.living.participation
    everywhere = f"all edges {counts.mean():.2f}" if len(counts) else "no edges"
    if counted is None:
        st.markdown(f"**Cycles per edge** · {everywhere}")
        return
    if counted.compared is None:
        st.markdown(f"**Cycles per edge** · {everywhere} · no important edge has a matched control")
        return
    one, (low, high) = counted.compared.enrichment, counted.compared.control_interval
    st.markdown(
        f"**Cycles per edge** · important :red[**{one.important:.2f}**] · matched **{one.matched:.2f}** "
        f"({low:.2f} to {high:.2f}) · random {one.field:.2f} · {everywhere}",
        help="Important: the top edges of the selected atom's explanation. Matched: edges of the same length and "
        "elements that can matter for it too, with 95% of random draws. Random: all edges that can matter.",
    )


def cycles_per_edge(counted: Counted | None, which: Complex) -> None:
    loops, counts = which.loops, which.living.participation
    if counted is not None and counted.compared is not None:
        comparison(counted, which)
    marked = None if counted is None else counted.marked
    chart(topology_plots.participation_by_length(loops.edges.lengths, counts, marked), "len")
    st.caption("Short edges lie on more cycles: compare edges of equal length only.")


def comparison(counted: Counted, which: Complex) -> None:
    compared = counted.compared
    one = compared.enrichment
    ratio, text = one.against_matched.ratio, "They lie on cycles and none of the matched controls does"
    if np.isfinite(ratio):
        text = f"{ratio:.2f} times as many cycles as matched controls"
    elif one.important == 0:
        text = "Neither they nor matched controls lie on cycles"
    chart(
        topology_plots.matched_comparison(
            one.important, one.matched, compared.control_interval, one.field, one.n_edges
        ),
        "matched",
    )
    outside = "are longer than 4 Å" if which.is_rips else "are not in the complex"
    st.caption(
        f"{text}. Explained by {title_of(counted.explained.method)}; {method.ELSEWHERE}. Of the compared edges, "
        f"{100 * one.absent:.0f}% {outside} and lie on no cycle; {one.n_unmatched} more have no matched control. "
        "One atom is no test, since edges close together share cycles: `symgnn findings` tests the ratio over many."
    )


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


def download(topology: GlassTopology, name: str) -> None:
    st.download_button(
        "Diagrams, cycles, participation (ZIP)",
        lambda: topology_zip(topology),
        f"{name}-topology.zip",
        "application/zip",
        icon=":material/download:",
    )


def show(chosen: session.Selection) -> None:
    heading = st.container()
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
        download(topology, chosen.glass_id)
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
