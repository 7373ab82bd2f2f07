"""Page Whole glass: which edges carry the barriers of all atoms.

It opens with the exact signed map, and offers the importance, which explains every atom by itself, as the long job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, notices, session
from dashboard.glass_names import stem_of
from dashboard.layout import chart, head, signed, title, with_signs
from dashboard.waiting import duration
from dashboard.window import mount_window
from dashboard.window.data import glass_data, map_data
from symgnn.errors import InputError
from symgnn.explanations.methods import fastest_method, title_of
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.plotting import map_plots
from symgnn.plotting.downloads import map_zip, signed_map_zip
from symgnn.plotting.tables import map_table
from symgnn.stats import rank_correlation
from symgnn.viewer3d.columns import Column
from symgnn.viewer3d.map_data import (
    IN_THOUSANDTHS,
    MappedEdges,
    importance_columns,
    importance_edges,
    signed_map_columns,
    signed_map_edges,
)
from symgnn.viewer3d.window_data import frame_commands

MANY_ATOMS, SOME_ATOMS = 1000, 500
TOP_EDGES, LISTED = 200, 50
EFFECT, IMPORTANCE = "effect", "importance"
KINDS = {EFFECT: "Signed effect", IMPORTANCE: "Importance"}
_READY = "_map_ready"


@dataclass(frozen=True, eq=False)
class Choice:
    """kind: EFFECT or IMPORTANCE; method: by name; atoms: which are explained, text for `parse_atoms`."""

    kind: str
    method: str
    atoms: str


@dataclass(frozen=True, eq=False)
class Shown:
    """A map as the page shows it. key: stands for its content. archive: makes its files, in one ZIP."""

    kind: str
    key: str
    method: str
    facts: list[str]
    columns: tuple[Column, ...]
    edges: MappedEdges
    archive: Callable[[], bytes]


# ---- what is asked for ------------------------------------------------------------------------------------


def choose(checkpoint: Checkpoint, glass: Glass) -> Choice:
    """The controls, bound to the link. Raises InputError for a model without edges."""
    fastest_method(checkpoint)  # refuses a model without edges
    session.seed("map_kind", EFFECT, session.one_of(list(KINDS)))
    kind = st.segmented_control(
        "Colour by",
        list(KINDS),
        key="map_kind",
        format_func=KINDS.get,
        required=True,
        persist_state="session",
        help="**Signed effect**: how much an edge raises or lowers all barriers together, exact and at once: the "
        "derivative of their sum. **Importance**: the mean fraction that explanations of single atoms give to it; "
        "every atom is explained by itself, which takes long.",
    )
    names = calls.methods_of_maps(checkpoint) if kind == EFFECT else calls.methods(checkpoint)
    fastest = calls.methods_of_maps(checkpoint)[0]
    session.seed("map_method", fastest, session.one_of(calls.methods(checkpoint)))
    if st.session_state["map_method"] not in names:
        st.session_state["map_method"] = fastest
    method = st.selectbox(
        "Method", names, key="map_method", format_func=title_of, persist_state="session", width=230
    )
    some = choices_of_atoms(glass)
    default = "all" if len(glass) <= MANY_ATOMS else f"random:{SOME_ATOMS}"
    session.seed("atoms", default, session.one_of(list(some)))
    if st.session_state["atoms"] not in some:
        st.session_state["atoms"] = default
    atoms = st.session_state["atoms"]
    if kind == IMPORTANCE:
        atoms = st.selectbox(
            "Atoms explained",
            list(some),
            key="atoms",
            format_func=some.get,
            persist_state="session",
            width=230,
        )
    session.publish(map_kind=kind, map_method=method, atoms=atoms)
    return Choice(kind, method, atoms)


def choices_of_atoms(glass: Glass) -> dict[str, str]:
    """Texts for `parse_atoms`, and what they are called."""
    ends = min(100, len(glass) // 2)
    some = {
        "all": f"all {len(glass):,}",
        f"random:{SOME_ATOMS}": f"{SOME_ATOMS} at random",
        f"top:{ends},bottom:{ends}": f"{ends} highest, {ends} lowest barriers",
    }
    if len(glass) <= SOME_ATOMS:
        del some[f"random:{SOME_ATOMS}"]
    return some


def is_ready(chosen: session.Selection, choice: Choice) -> bool | None:
    """Whether the importance is there; None where nobody has asked for it: it is offered then."""
    asked = chosen.checkpoint, chosen.glass, choice.method, choice.atoms
    missing, seconds = calls.to_explain(*asked)
    if missing == 0 or st.session_state.get(_READY) == _key(chosen, choice):
        return True
    if calls.explained_glass_is_asked(*asked):
        return False
    offer = st.empty()
    with offer.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{missing:,} atoms** are to be explained by {title_of(choice.method)}: about {duration(seconds)} on "
            "this machine. What is finished is kept: cancel at any time and go on later. Until then the signed effect "
            "is shown.",
            width="stretch",
        )
        pressed = st.button(f"Explain {missing:,} atoms", icon=":material/hub:", key="explain_all")
    if not pressed:
        return None
    offer.empty()
    return False


def _key(chosen: session.Selection, choice: Choice) -> str:
    return " ".join(
        [chosen.checkpoint.key, chosen.glass.content_hash, choice.kind, choice.method, choice.atoms]
    )


# ---- what is shown ----------------------------------------------------------------------------------------


def effect_of(chosen: session.Selection, method: str) -> Shown:
    """The exact signed map."""
    result = calls.signed_map(chosen.checkpoint, chosen.glass, method)
    facts = [
        f"exact effect of {len(result.pairs):,} edges on the sum of all barriers",
        f"the strongest tenth has {carried(result.pair_effect):.0%} of it",
    ]
    return Shown(
        kind=EFFECT,
        key=f"{result.checkpoint_key} {result.glass_key} {result.method} effect",
        method=result.method,
        facts=facts,
        columns=signed_map_columns(result, chosen.glass),
        edges=signed_map_edges(result),
        archive=lambda: signed_map_zip(chosen.glass, result),
    )


def importance_of(chosen: session.Selection, choice: Choice) -> Shown:
    """What many explanations say of the glass."""
    glass = chosen.glass
    batch, importance, graph = calls.explained_glass(chosen.checkpoint, glass, choice.method, choice.atoms)
    facts = [
        f"{len(batch.atoms):,} atoms explained",
        f"{len(importance.pair_importance):,} edges, the strongest tenth has "
        f"{carried(importance.pair_importance):.0%} of all importance",
    ]
    return Shown(
        kind=IMPORTANCE,
        key=_key(chosen, choice),
        method=batch.method,
        facts=facts,
        columns=importance_columns(importance),
        edges=importance_edges(graph, importance, title=f"{len(batch.atoms):,} atoms, {batch.method}"),
        archive=lambda: map_zip(glass, graph, batch),
    )


def carried(values: np.ndarray, fraction: float = 0.1) -> float:
    """Fraction of all magnitude that the largest `fraction` of the values has; 0 where all are 0."""
    sizes = np.sort(np.abs(values))[::-1]
    return float(sizes[: max(1, round(fraction * len(sizes)))].sum() / max(sizes.sum(), 1e-300))


@st.fragment
def window(chosen: session.Selection, shown: Shown) -> None:
    """The glass and its strongest edges in the linked window, beside the atoms against their own barriers."""
    session.follow_pick()
    dataset, _ = glass_data(chosen.checkpoint, chosen.glass, more=shown.columns, more_key=shown.key)
    mount_window(
        f"whole_glass_{shown.kind}",
        dataset,
        frame_commands(chosen.glass),
        edges=map_data(shown.key, chosen.glass, shown.edges),
        camera=f"glass-{chosen.glass.content_hash}",
        selected=chosen.atom,
        default={
            "color": shown.kind,
            "edgeSet": shown.kind,
            "top": TOP_EDGES,
            "tab": "scatter",
            "across": "barrier",
            "up": shown.kind,
        },
        on_pick=session.pick,
    )


def evidence(chosen: session.Selection, shown: Shown) -> None:
    """Which edges they are, in numbers."""
    glass, first = chosen.glass, shown.edges.sets[0]
    is_signed = shown.kind == EFFECT
    unit = 1.0 if is_signed else IN_THOUSANDTHS
    values = {_column_name(one.name): one.values / unit for one in shown.edges.sets}
    table = map_table(glass, shown.edges.pairs, shown.edges.lengths, values)
    sizes, quantity = np.abs(first.values), "|effect|" if is_signed else "importance"
    which, edges = st.tabs(["Which edges they are", f"Strongest {LISTED} edges"])
    with which:
        left, right = st.columns(2, gap="medium")
        with left:
            chart(map_plots.fractions_by_pair(table["pair"].tolist(), sizes, quantity), "pair_fractions")
        with right:
            chart(map_plots.importance_by_length(table["length_A"].to_numpy(), sizes, quantity), "lengths")
        st.caption(f"{ranks(chosen, shown)} {_READING[shown.kind]}")
    with edges:
        strongest_edges(table.iloc[np.argsort(-sizes, kind="stable")[:LISTED]])
        st.download_button(
            "Map (ZIP: extended XYZ, CSV)",
            shown.archive,
            f"{stem_of(chosen.glass_id)}-{shown.method}-{shown.kind}-map.zip",
            "application/zip",
            icon=":material/download:",
        )


_CARE = "Length and elements explain much of it: compare edges of the same kind before reading more into one."
_READING = {
    EFFECT: f"|effect|: how much the edge moves the sum of all barriers, either way. {_CARE}",
    IMPORTANCE: "Importance: the fraction that an explained atom gives to an edge, averaged over the atoms that the "
    f"edge can reach. {_CARE}",
}


def ranks(chosen: session.Selection, shown: Shown) -> str:
    """How the atoms' values go with their own barriers."""
    predicted = calls.predicted(chosen.checkpoint, chosen.glass)
    symbols, values = np.array(chosen.glass.symbols), shown.columns[0].values
    of_elements = ", ".join(
        f"{element} {signed(rank_correlation(predicted[symbols == element], values[symbols == element]), 2)}"
        for element in chosen.glass.elements
    )
    return f"Spearman's correlation of the atoms' {shown.kind} with their barriers, within an element: {of_elements}."


def _column_name(name: str) -> str:
    return "effect_eV" if name == EFFECT else name


def strongest_edges(table: pd.DataFrame) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        with_signs(table, {"effect_eV": 4}),
        hide_index=True,
        height=300,
        column_config={
            "length_A": number("length (Å)", format="%.3f"),
            "importance": number(format="%.2e"),
            "effect_eV": number("effect (eV)", help="> 0: the edge raises barriers"),
        },
    )


def show(chosen: session.Selection) -> None:
    question = "What carries all barriers?"
    if chosen.checkpoint is None:
        title(question, [])
        notices.no_checkpoint("Explanations")
        return
    top, words = head()
    slot = st.container()
    ready: bool | None = True
    try:
        calls.predicted(chosen.checkpoint, chosen.glass)
        with top:
            choice = choose(chosen.checkpoint, chosen.glass)
        if choice.kind == IMPORTANCE:
            with slot:
                ready = is_ready(chosen, choice)
        if choice.kind == IMPORTANCE and ready:
            shown = importance_of(chosen, choice)
        else:
            possible = calls.methods_of_maps(chosen.checkpoint)
            method = choice.method if choice.method in possible else possible[0]
            shown = effect_of(chosen, method)
    except InputError as error:
        with words:
            title(question, [])
        notices.problem(error)
        return
    with words:
        title(question, shown.facts)
    window(chosen, shown)
    evidence(chosen, shown)
    if ready is False:  # the map stays in sight meanwhile
        with slot:
            calls.explained_glass(chosen.checkpoint, chosen.glass, choice.method, choice.atoms)
        st.session_state[_READY] = _key(chosen, choice)
        session.run_again()


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
