"""Page Topology: persistence diagram, one cycle in 3D, and how many cycles edges lie on, with controls.

The Rips or the alpha complex, by one control for all three.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.layout import asked, chart, metrics
from dashboard.persistence import ALIVE, NEVER_FILLED, alpha_voids, neighborhood, rips_voids
from dashboard.viewer import mount
from symgnn.analysis.cycle_counts import cycle_counts
from symgnn.analysis.cycle_enrichment import ExplainedCycles, explained_cycles
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods import title_of
from symgnn.glass import Glass
from symgnn.homology import Cycles, GlassTopology, edge_ids
from symgnn.homology.summary import Loops
from symgnn.plotting import topology_plots
from symgnn.plotting.downloads import topology_zip
from symgnn.viewer3d import views
from symgnn.viewer3d.cycle_images import cycle_images

DEFAULT_TOP, MOST_TOP = 40, 300
RIPS, ALPHA = "Rips", "Alpha (as in the paper)"
COMPLEXES = [RIPS, ALPHA]


@dataclass(frozen=True, eq=False)
class Complex:
    """The complex that is shown: its loops, the key of the loop's number, and how classes are called that never die."""

    title: str
    loops: Loops
    loop_key: str
    lasting: str

    @property
    def is_rips(self) -> bool:
        return self.title == RIPS


def choose_complex(topology: GlassTopology) -> Complex | None:
    """The control; None, with a message, where the glass has no such complex."""
    session.seed("complex", RIPS, session.one_of(COMPLEXES))
    title = st.segmented_control("Complex", COMPLEXES, key="complex", required=True, persist_state="session")
    session.publish(complex=title)
    if title == RIPS:
        return Complex(title, topology.loops, "loop", ALIVE)
    if topology.alpha is None:
        st.info(notices.plain(topology.alpha_problem))
        return None
    return Complex(title, topology.alpha.loops, "alpha_loop", NEVER_FILLED)


def summary(which: Complex) -> None:
    loops = which.loops
    cycles, counts = loops.cycles, loops.participation
    metrics(
        {
            "Edges up to 4 Å" if which.is_rips else "Edges": f"{len(loops.edges):,}",
            "Loops (H1)": f"{len(cycles):,}",
            "Cycles round the cell": f"{cycles.winding.sum():,}",
            "Mean edges per cycle": f"{cycles.sizes.mean():.1f}" if len(cycles) else "none",
            "Mean cycles per edge": f"{counts.mean():.2f}" if len(counts) else "none",
        }
    )
    if which.is_rips and loops.edges.warning:
        st.warning(notices.plain(loops.edges.warning), icon=":material/warning:")


@st.fragment
def diagram(glass: Glass, which: Complex) -> None:
    """The persistence diagram, and the cycle of one of its loops in 3D."""
    session.follow_pick()
    loops = which.loops
    if not len(loops.cycles):
        st.info("This glass has no loops up to 4 Å.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Persistence diagram", anchor=False)
        plot = st.empty()
        st.caption(
            "Click a loop (blue) to see its cycle. Far from the diagonal: open over a wide range of "
            + ("lengths." if which.is_rips else "sizes of the empty sphere (diameters).")
            + drawn_of_all(loops)
        )
    with right:
        number, button = st.columns(2, vertical_alignment="bottom")
        with number:
            row = choose_row(which)
        cycle = loops.cycles.select([row])
        with button:
            if which.is_rips and not cycle.strict[0] and exact_is_wanted(glass, row):
                cycle = calls.exact_cycle(glass, row)
        picture = views.cycle_in_space(glass, cycle.vertices[0], cycle_images(loops.edges, cycle, 0))
        mount(
            picture,
            key="cycle_view",
            camera=f"cycle-{glass.content_hash}-{which.title}-{row}",
            height=400,
            on_pick=session.pick,
        )
        st.caption(described(glass, which, cycle, row))
    figure = topology_plots.persistence_diagram(
        (np.zeros(len(loops.component_deaths)), loops.component_deaths),
        (loops.births, loops.deaths),
        chosen=row,
        lasting=which.lasting,
    )
    with plot:
        chart(figure, "diagram", on_select=lambda: choose_loop(which), selection_mode="points")


def choose_row(which: Complex) -> int:
    """The number of the loop; each complex has its own."""
    loops, key = which.loops, which.loop_key
    last = len(loops.cycles) - 1
    session.seed(key, loops.most_persistent, session.whole_number(0, last))
    st.session_state[key] = min(st.session_state[key], last)
    row = st.number_input(
        "Loop shown", 0, last, key=key, persist_state="session", help="In the order of their births"
    )
    session.publish(**{key: int(row)})
    return int(row)


def choose_loop(which: Complex) -> None:
    """Take over the loop that was clicked in the diagram."""
    points = st.session_state["diagram"].selection.points
    clicked = [point["point_index"] for point in points if point["curve_number"] == topology_plots.H1_TRACE]
    if clicked:
        rows = topology_plots.drawn_rows(which.loops.births, which.loops.deaths)
        st.session_state[which.loop_key] = int(rows[clicked[0]])


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


def drawn_of_all(loops: Loops) -> str:
    """A sentence where the diagram does not hold all loops."""
    count, drawn = len(loops.cycles), topology_plots.MOST_POINTS
    return f" The {drawn:,} most persistent of {count:,} are drawn." if count > drawn else ""


def participation(chosen: session.Selection, which: Complex) -> None:
    """How many cycles edges lie on."""
    glass, atom, loops = chosen.glass, chosen.atom, which.loops
    st.subheader("How many cycles edges lie on", anchor=False)
    filtration, counts, cycles = loops.edges, loops.participation, loops.cycles
    marked, compared = None, None
    above, below = st.columns(2, gap="medium"), st.columns(2, gap="medium")
    with below[1]:
        if chosen.checkpoint is not None:
            st.subheader(f"The edges that explain atom {atom}, against matched controls", anchor=False)
            explained = explanation_here(chosen)
            if explained is not None:
                k = st.session_state["k"]
                ids = edge_ids(filtration, explained.pairs, explained.images)[explained.top(k)]
                marked = ids[ids >= 0]
                cycles_of = cycle_counts(which.title, filtration, counts, explained.pairs, explained.images)
                compared = explained_cycles(explained, glass, cycles_of, k)
                if compared is None:
                    st.info("None of these edges has a matched control: there is nothing to compare with.")
        if compared is not None:
            comparison(compared, which)
    with above[0]:
        chart(topology_plots.participation_by_length(filtration.lengths, counts, marked), "len")
        st.caption("Short edges lie on more cycles: compare edges of equal length only.")
    with above[1]:
        chart(topology_plots.participation_histogram(counts, marked), "participation")
    with below[0]:
        st.subheader("Sizes of cycles", anchor=False)
        chart(topology_plots.cycle_sizes(cycles.sizes), "sizes")


def explanation_here(chosen: session.Selection) -> Explanation | None:
    """The explanation of the selected atom; None where nobody has asked for it yet."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))  # the slider of the page Explanation
    session.publish(k=st.session_state["k"])
    glass, atom = chosen.glass, chosen.atom
    try:
        name = method.chosen(chosen.checkpoint)
        how = {"seed": 0, "method": name}
        if not calls.explanation_is_kept(chosen.checkpoint, glass, atom, **how):
            st.caption(
                f"Do they lie on more cycles than others? To explain the atom by {title_of(name)} takes some seconds; "
                f"{method.ELSEWHERE}."
            )
            if not asked(f"Explain atom {atom}", key="explain_here", icon=":material/hub:"):
                return None
        explained = calls.explanation(chosen.checkpoint, glass, atom, **how)
    except InputError as error:
        notices.problem(error)
        return None
    st.caption(f"Explained by {title_of(name)}; {method.ELSEWHERE}.")
    return explained


def comparison(compared: ExplainedCycles, which: Complex) -> None:
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
        f"{text}: edges of the same length and elements in the receptive field; the bar holds 95% of random draws "
        f"of them. Of the compared edges, {100 * one.absent:.0f}% {outside} and lie on no cycle; {one.n_unmatched} "
        "more have no matched control. One atom is no test, since edges close together share cycles: "
        "`symgnn findings` tests the same ratio over many."
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
    glass = chosen.glass
    st.title(f"Topology of {notices.plain(glass.name)}", anchor=False)
    try:
        topology = calls.topology(glass)
    except InputError as error:
        notices.problem(error)
        return
    which = choose_complex(topology)
    if which is None:
        return
    summary(which)
    diagram(glass, which)
    participation(chosen, which)
    neighborhood(topology, chosen.atom)
    if which.is_rips:
        rips_voids(glass)
    else:
        alpha_voids(topology)
    download(topology, chosen.glass_id)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
