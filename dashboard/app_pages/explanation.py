"""Page Explanation: the edges on which the selected atom's predicted barrier rests, in 3D and in numbers."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import beside, calls, method, notices, session, sharing, verdict
from dashboard.glass_names import file_of, stem_of
from dashboard.jobs_of_page import JobsOfPage
from dashboard.layout import chart, cost_accepted, head, title, with_signs, with_uncertainty
from dashboard.waiting import duration
from dashboard.window import mount_window
from dashboard.window.data import explanation_data, glass_data
from symgnn.errors import InputError
from symgnn.explanations.explain import TOP_EDGES
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.unattributed import unattributed
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.models.committee import Committee
from symgnn.plotting import plots
from symgnn.plotting.downloads import csv_bytes, explanation_json
from symgnn.plotting.tables import edge_table
from symgnn.viewer3d.window_data import frame_commands
from symgnn.whatif.methods import method_class, title_of
from symgnn.whatif.relaxed_swap import RelaxedSwap

DEFAULT_TOP, MOST_SHOWN = TOP_EDGES, 300
COSTLY = 3.0  # s, of a committee: it is asked for
HOLDS, METHODS, ELEMENTS, EDGES = "holds", "methods", "elements", "edges"
EVIDENCE = {
    HOLDS: "Does it hold?",
    METHODS: "Methods side by side",
    ELEMENTS: "Which elements they join",
    EDGES: "Table of edges",
}
NEAR = 9.0  # Å round the explained atom, of what is drawn at first


def summary(glass: Glass, atom: int, prediction: float, sigma: np.ndarray | None) -> list[str]:
    """Barriers of the explained atom, in a few words each."""
    known = with_uncertainty(prediction, None if sigma is None else sigma[atom])
    label = "no label" if glass.barriers is None else f"label {glass.barriers[atom]:.2f} eV"
    return [f"predicted {known}", label]


@st.fragment
def window(chosen: session.Selection, name: str, explanations: list[Explanation]) -> None:
    """The atom and its edges in the linked window, by the method of that name first; without edges while they are
    computed. What is chosen there, an atom or another k, is the page's choice."""
    session.follow_pick()
    glass = chosen.glass
    dataset, _ = glass_data(chosen.checkpoint, glass)
    edges = None
    if explanations:
        keys = " ".join(one.key for one in explanations)
        edges = explanation_data(keys, glass, explanations[0], tuple(explanations[1:]))
    mount_window(
        "explanation",
        dataset,
        frame_commands(glass),
        edges=edges,
        camera="explanation",
        selected=chosen.atom,
        default={
            "color": "barrier",
            "edgeSet": "effect" if method_class(name).signed else "importance",
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


def evidence(
    chosen: session.Selection, explained: Explanation, tested: Explanation, others: list[Explanation], k: int
) -> None:
    """Whether the explanation holds, beside other methods, which elements the important edges join, and all edges."""
    session.seed("evidence", HOLDS, session.one_of(list(EVIDENCE)))
    part = st.segmented_control(
        "Evidence",
        list(EVIDENCE),
        key="evidence",
        format_func=EVIDENCE.get,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    session.publish(evidence=part)
    edges = edge_table(chosen.glass, explained)
    if part == HOLDS:
        fidelity(tested)
    elif part == METHODS and others:
        beside.show_table([explained, *others], chosen.glass, k)
    elif part == METHODS:
        st.info("Choose other methods under **Compare methods** above.", icon=":material/compare_arrows:")
    elif part == ELEMENTS:
        elements(edges, k)
    else:
        name = f"{stem_of(chosen.glass_id)}-atom{chosen.atom}-{explained.method}"
        table(edges, k, name, tested)
        file = file_of(chosen.glass_id)
        sharing.report_of_atom(chosen.checkpoint, chosen.glass, explained, k, file=file, name=name)


def elements(edges: pd.DataFrame, k: int) -> None:
    """Which elements the top k edges join, beside all edges."""
    importance = edges["importance"].to_numpy()
    chart(plots.importance_by_pair(edges["pair"].tolist(), importance, np.arange(k)), "by_pair")
    distance = edges["distance_A"].to_numpy()
    st.caption(
        f"Median distance: top {k} {np.median(distance[:k]):.1f} Å, "
        f"all {len(distance):,} edges (control) {np.median(distance):.1f} Å."
    )


def fidelity(explained: Explanation) -> None:
    """How the prediction changes without the important edges, beside matched controls."""
    values = explained.fidelity
    if not values.get("k"):
        return
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
        f"{len(explained.importance):,} edges can matter; seed {explained.seed}. "
        "How far the prediction moves when only these edges are kept (less is better, ↓) or when they are removed "
        "(more is better, ↑), beside matched controls: other edges of the same lengths, elements and hops; "
        f"{values['k_others']:.0f} of the {values['k']:.0f} have one. p: fraction of random draws of such edges, the "
        f"important ones included, that do as well. Without any edge it moves by {values['keep_none']:.3f} eV."
    )


def table(edges: pd.DataFrame, k: int, name: str, explained: Explanation) -> None:
    """The top k edges, and all of them as files called by `name`."""
    number = st.column_config.NumberColumn
    st.dataframe(
        with_signs(edges.head(k), {"effect_eV": 4}),
        hide_index=True,
        height=300,
        column_config={
            "length_A": number("length (Å)", format="%.3f"),
            "distance_A": number("distance from the atom (Å)", format="%.2f"),
            "importance": st.column_config.ProgressColumn(
                "importance", format="%.3f", min_value=0, max_value=1
            ),
            "mask": None,
            "effect_eV": number("effect (eV)", help="> 0: the edge raises the barrier"),
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


def is_wanted(model: Checkpoint, glass: Glass, atom: int, name: str) -> bool:
    """Whether the explanation may start: that of a committee, or by relaxed swaps, says first what it costs."""
    if name == RelaxedSwap.name:
        return method.is_wanted(model, glass, atom, name, key="explain_by_swaps")
    if not isinstance(model.model, Committee) or calls.explanation_is_kept(
        model, glass, atom, seed=0, method=name
    ):
        return True
    seconds = calls.seconds_to_explain(model, glass, atom, name)
    if seconds < COSTLY:
        return True
    return cost_accepted(
        f"**{notices.plain(model.full_name)}** is a committee of {len(model.model.members)} models: to explain this "
        f"atom by {title_of(name)} takes about {duration(seconds)}. A single model, chosen in the sidebar, takes less.",
        f"Explain atom {atom}",
        "explain_by_committee",
        ":material/hub:",
    )


def show(chosen: session.Selection) -> None:
    glass, atom = chosen.glass, chosen.atom
    question = f"Why this barrier? Atom {atom} ({glass.symbols[atom]})"
    if chosen.checkpoint is None:
        title(question, [])
        notices.no_checkpoint("Explanations")
        return
    top, words = head()
    words = words.empty()
    with words.container():
        title(question, [])
    try:
        sigma = calls.uncertainty(chosen.checkpoint, glass)
        with top:
            name = method.choose(chosen.checkpoint, glass)
            names = beside.choose(chosen.checkpoint, glass, name)
            draws = verdict.choose_draws()
        if not is_wanted(chosen.checkpoint, glass, atom, name):
            return
        session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_SHOWN))
        prediction = calls.predicted(chosen.checkpoint, glass)[atom]
        with words.container():
            title(question, summary(glass, atom, prediction, sigma))
        sentence = st.container(key="sentence")
        jobs = JobsOfPage(sentence)
        explained = jobs.ask(calls.explanation_job(chosen.checkpoint, glass, atom, seed=0, method=name))
        jobs.end()
    except InputError as error:
        notices.problem(error)
        return
    if explained is None:  # the window stays in sight meanwhile
        window(chosen, name, [])
        session.waits()
        return
    if len(explained.importance) < 2:
        st.info("Too few edges reach this atom: there is nothing to rank.")
        return
    most = min(MOST_SHOWN, len(explained.importance))
    k = st.session_state["k"] = max(1, min(st.session_state["k"], most))
    session.publish(k=k)
    others = beside.finished(chosen, names)
    window(chosen, name, [explained, *others])
    below = st.container()
    try:
        with sentence:  # the window stays in sight while these are computed
            tested = calls.tested(chosen.checkpoint, glass, explained, k=k, draws=draws)
            verdict.show(tested)
            now = beside.computed(chosen, names)
            if now:
                st.caption(beside.sentences(explained, now, glass, k))
            if note := unattributed(chosen.checkpoint):
                st.caption(notices.plain(note))
    except InputError as error:
        notices.problem(error)
        return
    if len(now) > len(others):  # for the window
        session.run_again()
    with below:
        evidence(chosen, explained, tested, now, k)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
