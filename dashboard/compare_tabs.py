"""What stands below the panels of the page Compare: numbers, and explanations, barriers and loops overlaid."""

from collections.abc import Sequence
from itertools import combinations

import streamlit as st

from dashboard import calls, differences, notices
from dashboard.differences import Panel
from dashboard.layout import asked, chart, with_signs
from symgnn.errors import InputError
from symgnn.plotting import comparison_plots
from symgnn.whatif.methods import title_of


def numbers(panels: list[Panel], k: int) -> None:
    """The table, and the differences of every two panels."""
    st.dataframe(differences.table(panels, k), hide_index=True, height="content")
    decimals = st.column_config.NumberColumn
    shifts, shared = differences.barrier_shifts(panels), differences.overlaps(panels, k)
    if len(shifts):
        st.markdown("**Shift of barriers** (eV)")
        st.dataframe(
            with_signs(shifts, dict.fromkeys(shifts.columns[1:4], 3)),
            hide_index=True,
            height="content",
            column_config={
                "mean change of an atom": decimals(
                    format="%.3f", help="Mean absolute difference of an atom's barriers; for one glass only."
                )
            },
        )
    if len(shared):
        st.markdown(f"**Overlap of the top {k} edges against chance**")
        st.dataframe(
            shared,
            hide_index=True,
            height="content",
            column_config={
                "Jaccard index": decimals(
                    format="%.2f",
                    help="Edges in both explanations divided by edges in either: 1 for the same edges.",
                ),
                "chance": decimals(
                    format="%.2f", help="Expected where the second explanation is random edges."
                ),
                "matched chance": decimals(
                    format="%.2f",
                    help="Expected for random edges of the same lengths, elements and hops as the second's.",
                ),
                "p": decimals(format="%.3g", help="Probability that matched random edges share as many."),
                "rank correlation": decimals(
                    format="%.2f", help="Spearman's, of the importance of all edges."
                ),
                "matched, shuffled": decimals(
                    format="%.2f",
                    help="Rank correlation expected when importance is shuffled among matched edges.",
                ),
            },
        )
    elif sum(panel.explained is not None for panel in panels) > 1:
        st.caption("Panels of one glass and atom have their explanations' overlap here, against chance.")


def explanations(panels: list[Panel]) -> None:
    panels = [panel for panel in panels if panel.explained is not None and len(panel.explained.importance)]
    methods = [title_of(panel.explained.method) for panel in panels]
    tables = [
        (title, differences.edge_table(panel.which.glass, panel.explained))
        for title, panel in zip(names(panels, methods), panels, strict=True)
    ]
    if not tables:
        st.info("No panel has an explanation.")
        return
    series = [
        (title, table["distance_A"].to_numpy(), table["importance"].to_numpy()) for title, table in tables
    ]
    chart(comparison_plots.explanation_reach(series, colors(panels)), "reach")
    st.caption(
        "How much of an explanation's importance lies within a distance of its atom. Dashed: the fraction of all its "
        "edges there, which is what an explanation that knows nothing would give."
    )


def barriers(panels: list[Panel]) -> None:
    known = {}
    for panel in panels:  # those of one glass and checkpoint have one curve
        if panel.predicted is not None:
            key = (panel.which.glass.content_hash, panel.checkpoint)
            known.setdefault(key, panel)
    if not known:
        st.info("No panel has predicted barriers.")
        return
    shown = list(known.values())
    series = [
        (title, panel.predicted, panel.which.glass.symbols)
        for title, panel in zip(names(shown), shown, strict=True)
    ]
    chart(comparison_plots.barrier_distributions(series, colors(shown)), "barriers")
    st.caption("Panels of one glass and checkpoint share one curve.")


def loops(panels: list[Panel]) -> None:
    """Diagrams over each other, and their distances; the one that takes seconds at the press of a button."""
    glasses = {panel.which.glass.content_hash: panel for panel in reversed(panels)}
    panels = [panel for panel in panels if glasses[panel.which.glass.content_hash] is panel]
    try:
        diagrams = [
            (panel.which.glass.name, calls.topology(panel.which.glass).persistence.h1) for panel in panels
        ]
    except InputError as error:
        st.info(notices.plain(error))
        return
    named = [
        (f"{panel.letter} {title}", h1.birth, h1.death)
        for panel, (title, h1) in zip(panels, diagrams, strict=True)
    ]
    chart(comparison_plots.loops_overlaid(named, colors(panels)), "loops")
    pairs = list(combinations(panels, 2))
    if not pairs:
        st.caption("All panels show one glass: there is no distance of diagrams.")
        return
    rows = [distance(first, second) for first, second in pairs]
    table = st.container()
    waiting = [pair for pair in pairs if not calls.wasserstein_distance_is_kept(*glasses_of(pair))]
    if not waiting or asked(
        "Compute the Wasserstein distances", key="wasserstein", icon=":material/compare_arrows:"
    ):
        for row, pair in zip(rows, pairs, strict=True):
            row["Wasserstein (Å per atom)"] = wasserstein(pair)
    decimals = st.column_config.NumberColumn
    table.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            "bottleneck (Å)": decimals(
                format="%.3f",
                help="Loops of one glass are matched with those of the other or with the diagonal: the longest step "
                "of the best matching.",
            ),
            "Wasserstein (Å per atom)": decimals(
                format="%.4f",
                help="The sum of the steps of the best matching, per atom, so that glasses of any size compare.",
            ),
        },
    )


def glasses_of(pair: tuple[Panel, Panel]):
    return pair[0].which.glass, pair[1].which.glass


def distance(first: Panel, second: Panel) -> dict[str, object]:
    row: dict[str, object] = {"panels": f"{first.letter} and {second.letter}"}
    try:
        row["bottleneck (Å)"] = calls.loop_distance(*glasses_of((first, second)))
    except InputError as error:
        row["remark"] = str(error)
    return row


def wasserstein(pair: tuple[Panel, Panel]) -> float | None:
    try:
        return calls.wasserstein_distance(*glasses_of(pair))
    except InputError as error:
        st.info(notices.plain(error))
        return None


def colors(panels: list[Panel]) -> list[str]:
    return [panel.color for panel in panels]


def names(panels: list[Panel], methods: Sequence[str] = ()) -> list[str]:
    """In legends: letter, glass and atom of each, and checkpoint and method (titles, one for each panel) where the
    panels differ in them."""
    more = [[panel.checkpoint or "" for panel in panels], list(methods)]
    differing = [parts for parts in more if len(set(parts)) > 1]
    return [
        ", ".join([f"{panel.letter} {panel.which.glass.name} {panel.which.atom}", *parts])
        for panel, *parts in zip(panels, *differing, strict=True)
    ]
