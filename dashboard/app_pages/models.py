"""Page Models: the leaderboard, and of the selected checkpoint its errors, learning curve and card."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, leaderboard, notices, session
from dashboard.layout import chart, metrics, signed, title
from dashboard.window import mount_window
from dashboard.window.data import glass_data
from symgnn.benchmark.leaderboard import Row, by_test, role
from symgnn.benchmark.report import reproduction, selected_epochs, small
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.metrics import mae, pearson
from symgnn.plotting import model_plots
from symgnn.plotting.downloads import csv_bytes
from symgnn.plotting.model_tables import card_sections, leaderboard_table, seed_table
from symgnn.viewer3d.window_data import frame_commands

ROLES = {
    "train": "This checkpoint was trained on this glass: its errors here say nothing about new glasses.",
    "validation": "This checkpoint was selected on this glass.",
    "test": "This glass played no part in training or selection.",
}

BOARD, SCORES, ERRORS = "Leaderboard", "Ours and the paper's", "Errors in 3D"
ENVIRONMENTS, CURVES, CARD = "Errors by environment", "Learning curves", "Card"
PARTS = [BOARD, SCORES, ERRORS, ENVIRONMENTS, CURVES, CARD]

EXPANDED = ("Model",)
RIGHT = ("Training", "Target", "Split", "Data hashes")


@st.fragment
def curves(ranked: list[Row], row: Row) -> None:
    """Learning curve of the selected checkpoint, and of others to compare it with."""
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
    """A reader for names with commas between them, as they are in the link."""

    def read(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        if any(name not in known for name in names):
            raise ValueError(text)
        return names

    return read


def summary(row: Row) -> None:
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
        numbers["Labels in the 68% and 95% interval"] = " and ".join(
            f"{fraction.mean:.0%}" for fraction in inside
        )
    metrics(numbers)
    if paper and paper.reason:
        st.caption(notices.plain(f"Why it differs from the paper: {paper.reason}"))


@st.fragment
def window(chosen: session.Selection) -> None:
    """Residuals in 3D beside the parity plot; what is picked in one is picked in the other, and on all pages."""
    session.follow_pick()
    dataset, _ = glass_data(chosen.checkpoint, chosen.glass)
    mount_window(
        "models",
        dataset,
        frame_commands(chosen.glass),
        camera=f"glass-{chosen.glass.content_hash}",
        selected=chosen.atom,
        default={"color": "residual", "tab": "scatter"},
        on_pick=session.pick,
    )


def errors(chosen: session.Selection, row: Row) -> None:
    """Parity and residuals on the glass of the sidebar, where its barriers are known."""
    if (predicted := labelled(chosen)) is None:
        return
    glass = chosen.glass
    st.caption(
        f"On {notices.plain(glass.name)}: Pearson r = {pearson(predicted, glass.barriers):.3f}, mean absolute error "
        f"{mae(predicted, glass.barriers):.3f} eV, mean error {signed(np.mean(predicted - glass.barriers), 3)} eV over "
        f"{len(glass):,} atoms. {ROLES.get(role(row.card, glass), 'This glass was not used for this checkpoint.')}"
    )
    window(chosen)


def environments(chosen: session.Selection, row: Row) -> None:
    """Errors by element and coordination number."""
    if (predicted := labelled(chosen)) is None:
        return
    glass = chosen.glass
    chart(
        model_plots.residual_boxes(predicted - glass.barriers, glass.symbols, calls.coordination(glass)),
        "residuals",
    )
    st.caption(
        f"Errors by element and coordination on {notices.plain(glass.name)}. Box: half of the atoms; whiskers: 90%. "
        f"Coordination: atoms within {calls.COORDINATION_CUTOFF} Å. Groups of fewer than {model_plots.FEWEST} atoms "
        f"are left out. {ROLES.get(role(row.card, glass), 'This glass was not used for this checkpoint.')}"
    )


def labelled(chosen: session.Selection) -> np.ndarray | None:
    """(N,) predicted barriers in eV of a glass whose barriers are known; None, with a message, of another."""
    if chosen.glass.barriers is None:
        no_labels(chosen.glass)
        return None
    if chosen.checkpoint is None:
        return None
    try:
        return calls.predicted(chosen.checkpoint, chosen.glass)
    except InputError as error:
        notices.problem(error)
        return None


def no_labels(glass: Glass) -> None:
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


def card(row: Row, ranked: list[Row]) -> None:
    """What the card of the checkpoint says, and files of it and of the leaderboard."""
    if len(row.cards) > 1:
        st.dataframe(seed_table(row), hide_index=True, height="content", placeholder="–")
    if command := reproduction(row.name, row.card):
        st.code(command, language="bash", wrap_lines=True)
    left, right = st.columns(2, gap="medium")
    for name, values in card_sections(row.card).items():
        with right if name in RIGHT else left, st.expander(name, expanded=name in EXPANDED):
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


def show(chosen: session.Selection) -> None:
    rows, problems = calls.models()
    ranked = by_test(rows)
    row = next((line for line in ranked if line.name == st.session_state.get("checkpoint")), None)
    title("Models", [f"checkpoint {row.name}"] if row else [])
    for problem in problems:
        notices.problem(problem)
    if not ranked:
        if not problems:
            notices.no_checkpoint("The leaderboard and its plots")
        return
    session.seed("about", BOARD, session.one_of(PARTS))
    part = st.segmented_control(
        "Part", PARTS, key="about", required=True, label_visibility="collapsed", persist_state="session"
    )
    session.publish(about=part)
    if part == BOARD:
        leaderboard.table(ranked, row)
    elif part == SCORES:
        leaderboard.scores(ranked, row)
    elif row is None:
        st.info("Choose a checkpoint of the leaderboard.")
    elif part == ERRORS:
        errors(chosen, row)
    elif part == ENVIRONMENTS:
        environments(chosen, row)
    elif part == CURVES:
        curves(ranked, row)
    else:
        summary(row)
        card(row, ranked)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
