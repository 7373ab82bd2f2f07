"""Cycles per edge on the page Topology: of the edges that explain the atom, of their matched controls, of all."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import calls, method, notices, session
from dashboard.layout import asked, chart
from dashboard.topology_complex import Complex
from symgnn.analysis.cycle_counts import cycle_counts
from symgnn.analysis.cycle_enrichment import ExplainedCycles, explained_cycles
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.homology import edge_ids
from symgnn.plotting import topology_plots
from symgnn.whatif.methods import method_class, title_of

DEFAULT_TOP, MOST_TOP = 40, 300
QUICK = 3  # passes through the model up to which an atom is explained without being asked


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


def explanation_here(chosen: session.Selection) -> Explanation | None:
    """The explanation of the selected atom; None where it takes long and nobody has asked for it yet."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))  # the slider of the page Explanation
    session.publish(k=st.session_state["k"])
    glass, atom = chosen.glass, chosen.atom
    try:
        name = method.chosen(chosen.checkpoint, chosen.glass)
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
