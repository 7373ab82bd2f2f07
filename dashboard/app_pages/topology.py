"""Page Topology: persistence diagram, one cycle in 3D, and how many cycles edges lie on, with controls."""

import numpy as np
import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import chart, metrics
from dashboard.viewer import mount
from symgnn.errors import InputError
from symgnn.pictures import topology_plots, views
from symgnn.pictures.cycle_images import cycle_images
from symgnn.pictures.persistence_plots import persistence_image_plot
from symgnn.topology import Filtration, ParticipationComparison, compare_participation, edge_ids
from symgnn.topology.images import persistence_image
from symgnn.topology.persistence import COMPLETE_H2

DEFAULT_TOP, MOST_TOP = 40, 300
RIPS, ALPHA = "Rips", "Alpha (as in the paper)"
COMPLEXES = [RIPS, ALPHA]

chosen = session.selection()
glass, atom = chosen.glass, chosen.atom


def summary() -> None:
    h1 = topology.persistence.h1
    numbers = topology.describe()
    metrics(
        {
            "Edges up to 4 Å": f"{len(topology.filtration):,}",
            "Loops (H1)": f"{len(h1):,}",
            "Cycles round the cell": str(numbers["winding cycles"]),
            "Mean edges per cycle": f"{numbers['mean cycle size']:.1f}" if len(h1) else "none",
            "Mean cycles per edge": f"{topology.participation.mean():.2f}"
            if len(topology.participation)
            else "none",
        }
    )
    if numbers["warning"]:
        st.warning(notices.plain(numbers["warning"]), icon=":material/warning:")


@st.fragment
def diagram() -> None:
    session.follow_pick()
    h0, h1, cycles = topology.persistence.h0, topology.persistence.h1, topology.cycles
    if not len(h1):
        st.info("This glass has no loops up to 4 Å.")
        return
    most_persistent = int(np.argmax(np.where(h1.finite & ~cycles.winding, h1.persistence, -1)))
    session.seed("loop", most_persistent, session.whole_number(0, len(h1) - 1))
    st.session_state["loop"] = min(st.session_state["loop"], len(h1) - 1)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Persistence diagram", anchor=False)
        place = st.empty()
        st.caption(
            "Click a loop (blue) to see its cycle. Far from the diagonal: open over a wide range of lengths."
        )
    with right:
        row = int(
            st.number_input(
                "Loop shown",
                0,
                len(h1) - 1,
                key="loop",
                persist_state="session",
                help="Row of the H1 diagram",
            )
        )
        session.publish(loop=row)
        picture = views.cycle_in_space(
            glass, cycles.vertices[row], cycle_images(topology.filtration, cycles, row)
        )
        mount(
            picture,
            key="cycle_view",
            camera=f"cycle-{glass.content_hash}-{row}",
            height=400,
            on_pick=session.pick,
        )
        dies = f"filled at {h1.death[row]:.2f} Å" if h1.finite[row] else "open at the cutoff"
        kind = "goes round the cell" if cycles.winding[row] else "closes in space"
        strict = (
            "" if cycles.strict[row] else " Another cycle of its class closes it: this one is not strict."
        )
        st.caption(
            f"Loop {row}: {cycles.sizes[row]} atoms, {cycles.lengths[row]:.1f} Å around, born at "
            f"{h1.birth[row]:.2f} Å, {dies}; it {kind}.{strict}"
        )
    figure = topology_plots.persistence_diagram((h0.birth, h0.death), (h1.birth, h1.death), chosen=row)
    with place:
        chart(figure, "diagram", on_select=choose_loop, selection_mode="points")


def choose_loop() -> None:
    """Take over the loop that was clicked in the diagram."""
    points = st.session_state["diagram"].selection.points
    rows = [int(point["point_index"]) for point in points if point["curve_number"] == topology_plots.H1_TRACE]
    if rows:
        st.session_state["loop"] = rows[0]


def participation() -> None:
    """How many cycles edges lie on, in the Rips filtration or in the alpha complex."""
    st.subheader("How many cycles edges lie on", anchor=False)
    session.seed("complex", COMPLEXES[0], session.one_of(COMPLEXES))
    which = st.segmented_control(
        "Complex",
        COMPLEXES,
        key="complex",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    session.publish(complex=which)
    filtration, counts, cycles = topology.filtration, topology.participation, topology.cycles
    if which == ALPHA:
        if topology.alpha is None:
            st.info(notices.plain(topology.alpha_problem))
            return
        filtration, counts = topology.alpha.complex.edges, topology.alpha.participation
        cycles = topology.alpha.cycles
    marked, compared = None, None
    if chosen.checkpoint is not None:
        ids, candidates = explained_edges(filtration)
        if ids is not None:
            marked = np.unique(ids[ids >= 0])
            try:
                compared = compare_participation(
                    filtration, glass, counts, ids, seed=0, candidates=candidates
                )
            except InputError as error:
                st.info(notices.plain(error))
    left, right = st.columns(2, gap="medium")
    with left:
        chart(topology_plots.participation_by_length(filtration.lengths, counts, marked), "len")
        st.caption("Short edges lie on more cycles: compare edges of equal length only.")
    with right:
        chart(topology_plots.participation_histogram(counts, marked), "participation")
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Sizes of cycles", anchor=False)
        chart(topology_plots.cycle_sizes(cycles.sizes), "sizes")
    with right:
        if compared is not None:
            beyond = "are longer than 4 Å and lie" if which == RIPS else "are not in the complex and lie"
            comparison(compared, beyond)


def explained_edges(filtration: Filtration) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Edge ids of the top edges of the selected atom's explanation, and of its whole receptive field."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))  # the slider of the page Explanation
    session.publish(k=st.session_state["k"])
    if not calls.explanation_is_kept(chosen.checkpoint, glass, atom, seed=0):
        with st.container(border=True):
            st.markdown(f"Are the edges that explain atom {atom} special? Explain the atom to compare them.")
            if not st.button(f"Explain atom {atom}", key="explain_here", icon=":material/hub:"):
                return None, None
    try:
        explained = calls.explanation(chosen.checkpoint, glass, atom, seed=0)
    except InputError as error:
        notices.problem(error)
        return None, None
    ids = edge_ids(filtration, explained.pairs, explained.images)
    top = np.asarray(explained.top(st.session_state["k"]), dtype=np.int64)
    return ids[top], ids


def comparison(compared: ParticipationComparison, beyond: str) -> None:
    st.subheader(f"The edges that explain atom {atom}, against their like", anchor=False)
    chart(
        topology_plots.matched_comparison(
            compared.selected_mean,
            compared.matched_mean,
            compared.matched_band,
            compared.all_mean,
            compared.n_selected,
        ),
        "matched",
    )
    st.caption(
        f"p = {compared.p_value:.3f}: permutation test, {compared.n_matched_draws} draws of edges of the "
        "same length and elements in the receptive field; the bar holds 95% of them. Of the top edges, "
        f"{compared.n_beyond_cutoff} {beyond} on no cycle, {compared.n_unmatched} have no "
        "like to compare with. One atom proves little: edges close together share cycles."
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
                f"The {len(local.atoms)} atoms within {local.radius:g} Å. The ball has a surface where loops open "
                f"that are closed in the glass: {int(local.interior(h1).sum())} of the {len(h1)} loops lie a cutoff "
                "below it."
            )
    with right:
        st.subheader("Persistence image of the loops", anchor=False)
        image = persistence_image(topology.persistence.h1, n_atoms=len(glass))
        chart(persistence_image_plot(image, height=420), "image")
        st.caption(
            "The diagram as a picture of fixed size, to compare glasses with: every loop is a Gaussian of "
            f"{image.sigma:g} Å weighted by its persistence."
        )


def voids() -> None:
    st.subheader("Voids (H2)", anchor=False)
    if not calls.voids_are_kept(glass):
        st.caption(f"Needs edges up to {COMPLETE_H2:g} Å: about a second per 3000 atoms.")
        if not st.button("Compute the voids", icon=":material/bubble_chart:"):
            return
    try:
        found = calls.voids(glass)
    except InputError as error:
        st.info(notices.plain(error))
        return
    if found.warning:
        st.warning(notices.plain(found.warning), icon=":material/warning:")
    figure = topology_plots.persistence_diagram(
        *((diagram.birth, diagram.death) for diagram in (found.h0, found.h1)),
        h2=(found.h2.birth, found.h2.death),
    )
    chart(figure, "voids")


def download() -> None:
    from symgnn.pictures.downloads import topology_zip

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
summary()
diagram()
participation()
neighborhood()
voids()
download()
