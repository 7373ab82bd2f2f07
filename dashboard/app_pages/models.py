"""Page Models: the leaderboard, and of the selected checkpoint its errors, learning curve and card."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import chart, metrics
from symgnn.benchmark.leaderboard import TEST, Row, by_test, role
from symgnn.benchmark.published import IN_GENERAL, REFERENCES
from symgnn.benchmark.report import reproduction, selected_epochs, small
from symgnn.errors import InputError
from symgnn.metrics import mae, pearson
from symgnn.plotting import model_plots, plots
from symgnn.plotting.downloads import csv_bytes
from symgnn.plotting.model_tables import card_sections, leaderboard_table, seed_table

ROLES = {
    "train": "This checkpoint was trained on this glass: its errors here say nothing about new glasses.",
    "validation": "This checkpoint was selected on this glass.",
    "test": "This glass played no part in training or selection.",
}

HEIGHT_OF_LINE = 33  # px

chosen = session.selection()
glass, atom = chosen.glass, chosen.atom
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
    "spearman": number("Spearman", format="%.3f", width=78, help="On the test glasses"),
    "mae_eV": number("MAE (eV)", format="%.3f", width=74, help="On the test glasses"),
    "auc_top5": number("AUC top", format="%.3f", width=68, help="Finding the 5% with the highest barriers"),
    "auc_bottom5": number("AUC low", format="%.3f", width=68, help="Finding the 5% with the lowest barriers"),
    "coverage_68": number("in 68%", format="%.2f", width=60, help="Share of test labels in the 68% interval"),
    "coverage_95": number("in 95%", format="%.2f", width=60, help="Share of test labels in the 95% interval"),
    "largest_change_eV": number(
        "turned (eV)",
        format="%.3f",
        width=84,
        help="Largest change of a prediction when the glass is turned or mirrored; 0.000: none but rounding",
    ),
    "training_s": number("train (s)", format="%.0f", width=70, help="On the device that the card states"),
    "inference_s": number("infer (s)", format="%.2f", width=70, help="3000 atoms, graph included"),
    "parameters": number("parameters", format="localized", width=82),
    "seeds": number("seeds", width=52),
}
EXPANDED = ("Model", "Training", "Uncertainty")
RIGHT = ("Training", "Target", "Split", "Data hashes")


def table() -> None:
    """The leaderboard; its selected line is the sidebar's checkpoint."""
    found = leaderboard_table(ranked)
    lines = [row.name for row in ranked]
    st.session_state["leaderboard"] = {
        "selection": {"rows": [lines.index(row.name)] if row else [], "columns": [], "cells": []}
    }
    st.dataframe(
        found,
        key="leaderboard",
        hide_index=True,
        height=HEIGHT_OF_LINE * (len(found) + 1) + 18,  # and a scroll bar
        row_height=HEIGHT_OF_LINE,
        column_order=[name for name in COLUMNS if name in found],
        column_config=COLUMNS,
        placeholder="–",
        on_select=choose_line,
        selection_mode="single-row-required",
    )
    glasses = sorted({name for line in ranked for name in line.test_glasses}, key=TEST.index)
    tested = (
        f"r test is over the atoms of {' and '.join(glasses)}" if glasses else "No test glass is scored yet"
    )
    st.caption(
        f"{tested}; click a heading to sort, a line to select its checkpoint. Labels carry noise of about 0.14 eV: "
        f"r cannot much exceed 0.88. {IN_GENERAL}"
    )


def choose_line() -> None:
    """Select the checkpoint of the line that was clicked."""
    for line in st.session_state["leaderboard"]["selection"]["rows"][:1]:
        st.session_state["checkpoint"] = ranked[line].name


def scores() -> None:
    def means(over_seeds) -> list[float | None]:
        return [score.mean if score else None for score in over_seeds]

    tests = [line.test("pearson") for line in ranked]
    figure = model_plots.scores_of_models(
        [line.name for line in ranked],
        means(tests),
        [score.standard_deviation if score else None for score in tests],
        means(line.validation() for line in ranked),
        [line.published.r if line.published else None for line in ranked],
        chosen=row.name if row else None,
        lines={f"paper: {name}": r for name, r in REFERENCES.items()},
    )
    st.subheader("Ours and the paper's", anchor=False)
    chart(figure, "scores")


@st.fragment
def curves() -> None:
    """Learning curve of the selected checkpoint, and of others to compare it with."""
    st.subheader("Learning curves", anchor=False)
    by = "penalty" if any("penalty" in point for point in row.card.curve) else "epoch"
    others = {line.name: line for line in ranked if line.name != row.name}
    session.seed("curves", [], read_names(list(others)))
    st.session_state["curves"] = [name for name in st.session_state["curves"] if name in others]
    names = st.multiselect(
        "Compare with", list(others), key="curves", persist_state="session", placeholder="Other checkpoints"
    )
    session.publish(curves=",".join(names))
    shown = {line.name: line for line in (row, *(others[name] for name in names))}
    figure = model_plots.learning_curves(
        {name: [card.curve for card in line.cards.values()] for name, line in shown.items()},
        selected={
            name: [getattr(card.selected, by) for card in line.cards.values()] for name, line in shown.items()
        },
        by=by,
    )
    chart(figure, "curves_plot")
    st.caption("The ring marks what was selected, by validation r. Further seeds of a row are thin.")


def read_names(known: list[str]):
    """A reader for names with commas between them, as they stand in the address."""

    def read(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        if any(name not in known for name in names):
            raise ValueError(text)
        return names

    return read


def summary() -> None:
    st.header(notices.plain(row.name), anchor=False)
    r, paper = row.test("pearson"), row.published
    invariance = row.card.invariance
    numbers = {
        f"r {' + '.join(row.test_glasses) or 'test'}": str(r) if r else "not scored",
        "r in the paper": str(paper) if paper else "not in it",
        "r validation": str(row.validation() or "not scored"),
        "MAE": f"{mae_.mean:.3f} eV" if (mae_ := row.test("mae_eV")) else "not scored",
        "Largest change when turned": f"{small(invariance.largest)} eV" if invariance else "not evaluated",
        "Selected" if row.card.selected.penalty is not None else "Selected epoch": selected_epochs(row),
    }
    inside = [row.coverage(level) for level in ("68%", "95%")]
    if all(inside):
        numbers["Labels in the 68% and 95% interval"] = " and ".join(f"{share.mean:.0%}" for share in inside)
    metrics(numbers)
    if paper and paper.reason:
        st.caption(notices.plain(f"Why it differs from the paper: {paper.reason}"))


def errors() -> None:
    """Parity and residuals on the glass of the sidebar, where its barriers are known."""
    if glass.barriers is None:
        no_labels()
        return
    try:
        predicted = calls.predicted(chosen.checkpoint, glass)
        coordination = calls.coordination(glass)
    except InputError as error:
        notices.problem(error)
        return
    st.subheader(f"On {notices.plain(glass.name)}", anchor=False)
    st.caption(
        f"Pearson r = {pearson(predicted, glass.barriers):.3f}, mean absolute error "
        f"{mae(predicted, glass.barriers):.3f} eV, mean error {np.mean(predicted - glass.barriers):+.3f} eV over "
        f"{len(glass):,} atoms. {ROLES.get(role(row.card, glass), 'This checkpoint has not met this glass.')}"
    )
    left, right = st.columns([1, 1.35], gap="medium")
    with left:
        st.markdown("**Prediction against label**")
        figure = plots.parity(glass.barriers, predicted, glass.symbols, atom)
        chart(figure, "models_parity", on_select=choose_atom, selection_mode="points")
    with right:
        st.markdown("**Errors by element and coordination**")
        chart(
            model_plots.residual_boxes(predicted - glass.barriers, glass.symbols, coordination), "residuals"
        )
        st.caption(
            f"Box: half of the atoms; whiskers: 90%. Coordination: atoms within {calls.COORDINATION_CUTOFF} Å. "
            f"Groups of fewer than {model_plots.FEWEST} atoms are left out."
        )


def no_labels() -> None:
    """What to do to see predictions beside labels."""
    labelled = [name for name, path in calls.glass_files().items() if path.suffix == ".pickle"]
    with st.container(border=True):
        st.markdown(
            f"#### :material/label_off: No labelled barriers in {notices.plain(glass.name)}\n"
            "Parity plot and errors by environment need a glass whose barriers are known: one of the paper's, or a "
            "file of your own, extended XYZ with a column `barrier` in eV."
        )
        if labelled:
            first = next((name for name in labelled if name.startswith("test")), labelled[-1])
            st.button(f"Show {first}", on_click=choose_glass, args=(first,), key="show_labelled")
        else:
            st.code("symgnn data fetch", language="bash")


def choose_glass(name: str) -> None:
    st.session_state["glass"] = name


def choose_atom() -> None:
    """Select the atom whose point was clicked."""
    for point in st.session_state["models_parity"].selection.points[:1]:
        picked = plots.parity_atom(glass.symbols, point["curve_number"], point["point_index"])
        if picked is not None:
            session.pick(picked)


def card() -> None:
    st.subheader("Card", anchor=False)
    if len(row.cards) > 1:
        st.dataframe(seed_table(row), hide_index=True, height="content", placeholder="–")
    if command := reproduction(row.name, row.card):
        st.code(command, language="bash", wrap_lines=True)
    left, right = st.columns(2, gap="medium")
    for title, values in card_sections(row.card).items():
        with right if title in RIGHT else left, st.expander(title, expanded=title in EXPANDED):
            st.dataframe(values, hide_index=True, height="content")
    buttons = st.container(horizontal=True)
    buttons.download_button(
        "Card (JSON)",
        row.card.to_json,
        f"{row.name}.card.json",
        "application/json",
        icon=":material/download:",
    )
    buttons.download_button(
        "Learning curve (CSV)",
        lambda: csv_bytes(pd.DataFrame(row.card.curve)),
        f"{row.name}.curve.csv",
        "text/csv",
        icon=":material/download:",
    )
    buttons.download_button(
        "Leaderboard (CSV)",
        lambda: csv_bytes(leaderboard_table(ranked)),
        "leaderboard.csv",
        "text/csv",
        icon=":material/download:",
    )


rows, problems = calls.models()
ranked: list[Row] = by_test(rows)
row = next((line for line in ranked if line.name == st.session_state.get("checkpoint")), None)
st.title("Models", anchor=False)
for problem in problems:
    notices.problem(problem)
if not ranked:
    if not problems:
        notices.no_checkpoint("The leaderboard and its plots")
    st.stop()
table()
left, right = st.columns(2, gap="medium")
with left:
    scores()
if row is None:
    st.stop()
with right:
    curves()
summary()
if chosen.checkpoint is not None:
    errors()
card()
