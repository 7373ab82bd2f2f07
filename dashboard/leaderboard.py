"""The leaderboard on the page Models: a table whose lines select a checkpoint, and its scores as a plot."""

from __future__ import annotations

import streamlit as st

from dashboard.layout import chart
from symgnn.benchmark.leaderboard import TEST, Row
from symgnn.benchmark.published import IN_GENERAL, REFERENCES
from symgnn.plotting import model_plots
from symgnn.plotting.model_tables import leaderboard_table

HEIGHT_OF_LINE = 33  # px

MOST_LINES = 15  # shown without scrolling

number = st.column_config.NumberColumn
COLUMNS = {
    "checkpoint": st.column_config.TextColumn("checkpoint", pinned=True, width=128),
    "r_test": number(
        "r test", format="%.3f", width=60, help="Pearson's r on the test glasses, mean over seeds"
    ),
    "r_test_sd": number(
        "± seeds", format="%.3f", width=66, help="Sample standard deviation of r test over seeds"
    ),
    "r_paper": number("r paper", format="%.3f", width=64, help="As published: test0 and test1 together"),
    "r_validation": number("r val.", format="%.3f", width=58, help="On the validation glass, which selects"),
    "mae_eV": number("MAE (eV)", format="%.3f", width=74, help="On the test glasses"),
    "auc_top5": number("AUC top", format="%.3f", width=68, help="Finding the 5% with the highest barriers"),
    "auc_bottom5": number("AUC low", format="%.3f", width=68, help="Finding the 5% with the lowest barriers"),
    "coverage_68": number(
        "in 68%", format="%.2f", width=60, help="Fraction of the test labels in the 68% interval"
    ),
    "largest_change_eV": number(
        "turned (eV)",
        format="%.3f",
        width=84,
        help="Largest change of a prediction when the glass is turned or mirrored; 0.000: none but rounding",
    ),
    "training_s": number("train (s)", format="%.0f", width=70, help="On the device that the card states"),
    "inference_s": number("infer (s)", format="%.2f", width=70, help="3000 atoms, graph included"),
}


def table(ranked: list[Row], selected: Row | None) -> None:
    """The models in this order; the selected line is the sidebar's checkpoint."""

    def choose_line() -> None:
        for line in st.session_state["leaderboard"]["selection"]["rows"][:1]:
            st.session_state["checkpoint"] = ranked[line].name

    values = leaderboard_table(ranked)
    lines = [row.name for row in ranked]
    st.session_state["leaderboard"] = {
        "selection": {"rows": [lines.index(selected.name)] if selected else [], "columns": [], "cells": []}
    }
    st.dataframe(
        values,
        key="leaderboard",
        hide_index=True,
        height=HEIGHT_OF_LINE * (min(len(values), MOST_LINES) + 1) + 18,  # and a scroll bar
        row_height=HEIGHT_OF_LINE,
        column_order=[name for name in COLUMNS if name in values],
        column_config=COLUMNS,
        placeholder="–",
        on_select=choose_line,
        selection_mode="single-row-required",
    )
    glasses = {name for line in ranked for name in line.test_glasses}
    glasses = [*(name for name in TEST if name in glasses), *sorted(glasses - set(TEST))]
    tested = (
        f"r test is over the atoms of {' and '.join(glasses)}" if glasses else "No test glass is scored yet"
    )
    st.caption(
        f"{tested}; click a heading to sort, a line to select its checkpoint. Labels carry noise of about 0.14 eV: "
        f"r cannot much exceed 0.88. The CSV of the part Card has further columns. {IN_GENERAL}"
    )


def scores(ranked: list[Row], selected: Row | None) -> None:
    """Pearson's r of every model beside the paper's."""

    def means(over_seeds) -> list[float | None]:
        return [each.mean if each else None for each in over_seeds]

    tests = [line.test("pearson") for line in ranked]
    figure = model_plots.scores_of_models(
        [line.name for line in ranked],
        means(tests),
        [each.standard_deviation if each else None for each in tests],
        means(line.validation() for line in ranked),
        [line.published.r if line.published else None for line in ranked],
        chosen=selected.name if selected else None,
        lines={f"paper: {name}": r for name, r in REFERENCES.items()},
    )
    chart(figure, "scores")
