"""Page Topology: persistence diagram, one cycle in 3D, and how many cycles edges lie on, with controls.

The Rips or the alpha complex, by one control for all three.
"""

import numpy as np
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.layout import asked, chart, metrics
from dashboard.viewer import mount
from symgnn.analysis.cycle_counts import cycle_counts
from symgnn.analysis.cycle_enrichment import ExplainedCycles, explained_cycles
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods import title_of
from symgnn.homology import Cycles, edge_ids
from symgnn.homology.images import persistence_image
from symgnn.homology.persistence import COMPLETE_H2
from symgnn.plotting import topology_plots
from symgnn.plotting.persistence_plots import persistence_image_plot
from symgnn.viewer3d import views
from symgnn.viewer3d.cycle_images import cycle_images

DEFAULT_TOP, MOST_TOP = 40, 300
RIPS, ALPHA = "Rips", "Alpha (as in the paper)"
COMPLEXES = [RIPS, ALPHA]
Classes = tuple[np.ndarray, np.ndarray]  # births and deaths (K,) in Å of one dimension

chosen = session.selection()
glass, atom = chosen.glass, chosen.atom


def choose_complex() -> str:
    session.seed("complex", RIPS, session.one_of(COMPLEXES))
    which = st.segmented_control("Complex", COMPLEXES, key="complex", required=True, persist_state="session")
    session.publish(complex=which)
    return which


def summary() -> None:
    cycles, counts = loops.cycles, loops.participation
    metrics(
        {
            "Edges up to 4 Å" if which == RIPS else "Edges": f"{len(loops.edges):,}",
            "Loops (H1)": f"{len(cycles):,}",
            "Cycles round the cell": f"{cycles.winding.sum():,}",
            "Mean edges per cycle": f"{cycles.sizes.mean():.1f}" if len(cycles) else "none",
            "Mean cycles per edge": f"{counts.mean():.2f}" if len(counts) else "none",
        }
    )
    if which == RIPS and loops.edges.warning:
        st.warning(notices.plain(loops.edges.warning), icon=":material/warning:")


@st.fragment
def diagram() -> None:
    session.follow_pick()
    if not len(loops.cycles):
        st.info("This glass has no loops up to 4 Å.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Persistence diagram", anchor=False)
        place = st.empty()
        st.caption(
            "Click a loop (blue) to see its cycle. Far from the diagonal: open over a wide range of "
            + ("lengths." if which == RIPS else "sizes of the empty sphere (diameters).")
            + drawn_of_all()
        )
    with right:
        number, button = st.columns(2, vertical_alignment="bottom")
        with number:
            row = choose_row()
        cycle = loops.cycles.select([row])
        with button:
            if which == RIPS and not cycle.strict[0] and exact_is_wanted(row):
                cycle = calls.exact_cycle(glass, row)
        picture = views.cycle_in_space(glass, cycle.vertices[0], cycle_images(loops.edges, cycle, 0))
        mount(
            picture,
            key="cycle_view",
            camera=f"cycle-{glass.content_hash}-{which}-{row}",
            height=400,
            on_pick=session.pick,
        )
        st.caption(described(cycle, row))
    figure = topology_plots.persistence_diagram(
        (np.zeros(len(loops.component_deaths)), loops.component_deaths),
        (loops.births, loops.deaths),
        chosen=row,
        lasting=lasting,
    )
    with place:
        chart(figure, "diagram", on_select=choose_loop, selection_mode="points")


def choose_row() -> int:
    """The number of the loop; each complex has its own."""
    last = len(loops.cycles) - 1
    session.seed(loop_key, loops.most_persistent, session.whole_number(0, last))
    st.session_state[loop_key] = min(st.session_state[loop_key], last)
    row = st.number_input(
        "Loop shown", 0, last, key=loop_key, persist_state="session", help="In the order of their births"
    )
    session.publish(**{loop_key: int(row)})
    return int(row)


def choose_loop() -> None:
    """Take over the loop that was clicked in the diagram."""
    points = st.session_state["diagram"].selection.points
    places = [point["point_index"] for point in points if point["curve_number"] == topology_plots.H1_TRACE]
    if places:
        rows = topology_plots.drawn_rows(loops.births, loops.deaths)
        st.session_state[loop_key] = int(rows[places[0]])


def exact_is_wanted(row: int) -> bool:
    """A cycle that was sought before is shown at once, another one at the press of a button."""
    return calls.exact_cycle_is_kept(glass, row) or asked(
        "Find the exact cycle", key="exact", icon=":material/target:"
    )


def described(cycle: Cycles, row: int) -> str:
    """The cycle shown, in words."""
    death = loops.deaths[row]
    dies = f"filled at {death:.2f} Å" if np.isfinite(death) else "never filled"
    kind = "goes round the cell" if cycle.winding[0] else "closes in space"
    text = (
        f"Loop {row}: {cycle.sizes[0]} atoms, {cycle.lengths[0]:.1f} Å around, born at "
        f"{loops.births[row]:.2f} Å, {dies}; it {kind}."
    )
    if which == ALPHA:
        return text
    if loops.cycles.strict[row]:
        return text
    if cycle.strict[0]:
        return f"{text} The exact cycle: the shortest one of its class ({loops.cycles.sizes[row]} atoms) fills later."
    if calls.exact_cycle_is_kept(glass, row):
        return f"{text} Not strict, and no exact cycle was found."
    return f"{text} Not strict: another cycle of its class is filled at that length, this one later."


def drawn_of_all() -> str:
    """A sentence where the diagram does not hold all loops."""
    count, drawn = len(loops.cycles), topology_plots.MOST_POINTS
    return f" The {drawn:,} most persistent of {count:,} are drawn." if count > drawn else ""


def participation() -> None:
    """How many cycles edges lie on."""
    st.subheader("How many cycles edges lie on", anchor=False)
    filtration, counts, cycles = loops.edges, loops.participation, loops.cycles
    marked, compared = None, None
    above, below = st.columns(2, gap="medium"), st.columns(2, gap="medium")
    with below[1]:
        if chosen.checkpoint is not None:
            st.subheader(f"The edges that explain atom {atom}, against matched controls", anchor=False)
            explained = explanation_here()
            if explained is not None:
                k = st.session_state["k"]
                ids = edge_ids(filtration, explained.pairs, explained.images)[explained.top(k)]
                marked = ids[ids >= 0]
                cycles_of = cycle_counts(which, filtration, counts, explained.pairs, explained.images)
                compared = explained_cycles(explained, glass, cycles_of, k)
                if compared is None:
                    st.info("None of these edges has a matched control: there is nothing to compare with.")
        if compared is not None:
            comparison(compared)
    with above[0]:
        chart(topology_plots.participation_by_length(filtration.lengths, counts, marked), "len")
        st.caption("Short edges lie on more cycles: compare edges of equal length only.")
    with above[1]:
        chart(topology_plots.participation_histogram(counts, marked), "participation")
    with below[0]:
        st.subheader("Sizes of cycles", anchor=False)
        chart(topology_plots.cycle_sizes(cycles.sizes), "sizes")


def explanation_here() -> Explanation | None:
    """The explanation of the selected atom; None where nobody has asked for it yet."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))  # the slider of the page Explanation
    session.publish(k=st.session_state["k"])
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


def comparison(compared: ExplainedCycles) -> None:
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
    outside = "are longer than 4 Å" if which == RIPS else "are not in the complex"
    st.caption(
        f"{text}: edges of the same length and elements in the receptive field; the bar holds 95% of random draws "
        f"of them. Of the compared edges, {100 * one.absent:.0f}% {outside} and lie on no cycle; {one.n_unmatched} "
        "more have no matched control. One atom is no test, since edges close together share cycles: "
        "`symgnn findings` tests the same ratio over many."
    )


def neighborhood() -> None:
    """The diagram of the selected atom's surroundings beside that of the whole glass."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(f"Around atom {atom}", anchor=False)
        try:
            local = calls.local_diagrams(glass, atom)
        except InputError as error:
            st.info(notices.plain(error))
        else:
            h0, h1 = local.persistence.h0, local.persistence.h1
            chart(
                topology_plots.persistence_diagram((h0.birth, h0.death), (h1.birth, h1.death), height=420),
                "local_diagram",
            )
            st.caption(
                f"Rips complex of the {len(local.atoms)} atoms within {local.radius:g} Å. The ball has a surface where "
                "loops open that are closed in the glass: "
                f"{int(local.interior(h1).sum())} of the {len(h1)} loops lie a cutoff below it."
            )
    with right:
        st.subheader("Persistence image of the loops", anchor=False)
        image = persistence_image(topology.persistence.h1, n_atoms=len(glass))
        chart(persistence_image_plot(image, height=420), "image")
        st.caption(
            "The Rips diagram as a picture of fixed size, to compare glasses with: every loop is a Gaussian of "
            f"{image.sigma:g} Å weighted by its persistence."
        )


def voids() -> None:
    st.subheader("Voids (H2)", anchor=False)
    if which == ALPHA:
        h0, h1, h2 = (diagram.T for diagram in topology.alpha.persistence.diagrams)
        draw_voids(h0, h1, h2)
        return
    if not calls.voids_are_kept(glass):
        st.caption(f"Needs edges up to {COMPLETE_H2:g} Å: about a second per 3000 atoms.")
        if not asked("Compute the voids", key="compute_voids", icon=":material/bubble_chart:"):
            return
    try:
        found = calls.voids(glass)
    except InputError as error:
        st.info(notices.plain(error))
        return
    if found.warning:
        st.warning(notices.plain(found.warning), icon=":material/warning:")
    draw_voids(*((diagram.birth, diagram.death) for diagram in found.diagrams))


def draw_voids(h0: Classes, h1: Classes, h2: Classes) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        chart(topology_plots.persistence_diagram(h0, h1, h2=h2, lasting=lasting), "voids")
    with right:
        lives = h2[1] - h2[0]
        lives = lives[np.isfinite(lives)]
        metrics(
            {
                "Voids": f"{len(h2[0]):,}",
                "Per atom": f"{len(h2[0]) / len(glass):.2f}",
                "Never filled" if which == ALPHA else "Alive at the cutoff": f"{len(h2[0]) - len(lives):,}",
                "Mean persistence": f"{lives.mean():.2f} Å" if len(lives) else "none",
                "Greatest persistence": f"{lives.max():.2f} Å" if len(lives) else "none",
            }
        )
        text = "A void is a closed surface of triangles: born when its last triangle closes it, gone when it is filled."
        if max(len(h1[0]), len(h2[0])) > topology_plots.MOST_POINTS:
            text += f" The {topology_plots.MOST_POINTS:,} most persistent loops and voids are drawn."
        st.caption(text)


def download() -> None:
    from symgnn.plotting.downloads import topology_zip

    st.download_button(
        "Diagrams, cycles, participation (ZIP)",
        lambda: topology_zip(topology),
        f"{chosen.glass_id}-topology.zip",
        "application/zip",
        icon=":material/download:",
    )


st.title(f"Topology of {notices.plain(glass.name)}", anchor=False)
try:
    topology = calls.topology(glass)
except InputError as error:
    notices.problem(error)
    st.stop()
which = choose_complex()
if which == ALPHA and topology.alpha is None:
    st.info(notices.plain(topology.alpha_problem))
    st.stop()
loops = topology.loops if which == RIPS else topology.alpha.loops
loop_key, lasting = ("loop", "alive at the cutoff") if which == RIPS else ("alpha_loop", "never filled")
summary()
diagram()
participation()
neighborhood()
voids()
download()
