"""Page Your glass: a file of one's own, whether models can be trusted on it, and all that is known of it."""

import numpy as np
import streamlit as st

from dashboard import calls, glass_check, notices, session, sharing, upload
from dashboard.app_pages.structure import header
from dashboard.glass_names import file_of, stem_of
from dashboard.layout import chart, metrics, title
from dashboard.window import mount_window
from dashboard.window.data import checked_data
from symgnn.check import ValidationReport
from symgnn.errors import InputError
from symgnn.io.structures import reading_notes
from symgnn.plotting.check_plots import frames_plot
from symgnn.viewer3d.window_data import frame_commands

CHECK, VIEW, FRAMES, FILES = "Check", "3D", "Frames", "Files"


def frame_slider(glass_id: str, opened: upload.Opened) -> None:
    """Which frame of the file is the glass of all pages."""

    def turn() -> None:
        upload.turn_to(glass_id, st.session_state["frame"])

    st.session_state["frame"] = opened.shown
    st.slider(
        f"Frame, of {len(opened.frames):,} (from 0)",
        0,
        len(opened.frames) - 1,
        key="frame",
        on_change=turn,
        help="All pages show this frame of the file.",
    )


@st.fragment
def view(chosen: session.Selection, report: ValidationReport) -> None:
    """The glass in the linked window, coloured by how far surroundings are from the training data."""
    session.follow_pick()
    dataset = checked_data(chosen.checkpoint, chosen.glass, report)
    mount_window(
        "your_glass",
        dataset,
        frame_commands(chosen.glass),
        camera=f"glass-{chosen.glass.content_hash}",
        selected=chosen.atom,
        default={
            "color": "element" if report.percentile is None else "training_percentile",
            "tab": "histogram",
        },
        on_pick=session.pick,
    )


def frames(chosen: session.Selection, opened: upload.Opened) -> None:
    """The mean barrier of each frame; a click on a point shows that frame."""
    if chosen.checkpoint is None:
        notices.no_checkpoint("Barriers")
        return
    try:
        table = calls.frame_barriers(chosen.checkpoint, opened.file)
    except InputError as error:
        notices.problem(error)
        return

    def turn() -> None:
        for point in st.session_state["frames_plot"].selection.points[:1]:
            upload.turn_to(chosen.glass_id, int(point["x"]))

    chart(frames_plot(table, opened.shown), "frames_plot", on_select=turn, selection_mode="points")
    line = table.iloc[opened.shown]
    st.caption(
        f"Frame {opened.shown}: mean predicted barrier {line['mean_barrier_eV']:.3f} eV, standard deviation over atoms "
        f"{line['standard_deviation_eV']:.3f} eV, {line['lowest_eV']:.2f} to {line['highest_eV']:.2f} eV. "
        "Bars: standard deviation over atoms. Click a point to show its frame on all pages."
    )
    st.download_button(
        "Barriers of the frames (CSV)",
        table.to_csv(index=False, float_format="%.6f").encode(),
        "frames.csv",
        "text/csv",
        icon=":material/download:",
    )


def files(chosen: session.Selection, opened: upload.Opened | None) -> None:
    """What can be given away."""
    if chosen.checkpoint is None:
        notices.no_checkpoint("Reports")
        return
    file, name = file_of(chosen.glass_id), stem_of(chosen.glass_id)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown("**One HTML file**")
        st.caption(
            "Predicted barriers in 3D that turns, the check, the signed map, and the commands that give the same "
            "numbers. It opens in every browser without a network."
        )
        sharing.report_of_glass(chosen.checkpoint, chosen.glass, file=file, name=name)
    with right, st.container(border=True):
        st.markdown("**Everything**")
        more = ", the barriers of all frames" if opened else ""
        st.caption(
            "A zip with predicted barriers (extended XYZ and CSV), the check, diagrams and cycles, the HTML report"
            f"{more}."
        )
        sharing.everything(
            chosen.checkpoint,
            chosen.glass,
            opened.file if opened else None,
            file=file,
            name=name,
        )


def numbers(chosen: session.Selection, report: ValidationReport) -> None:
    """Four numbers that say most."""
    barriers = "not known"
    if chosen.checkpoint is not None:
        try:
            predicted = calls.predicted(chosen.checkpoint, chosen.glass)
            barriers = f"{np.mean(predicted):.3f} eV"
        except InputError as error:
            notices.problem(error)
    metrics({"Mean predicted barrier": barriers, **glass_check.numbers(report)})


def show(chosen: session.Selection | None) -> None:
    top, control = st.container(), st.container()
    with control:
        refused = upload.chooser()
    if refused is not None:
        with top:
            title("Your glass", ["not shown"])
        refused.tell()
        return
    if chosen is None:
        with top:
            title("Your glass", [])
        st.caption("Open a structure file: extended XYZ, LAMMPS, CIF, POSCAR, ASE trajectories and others.")
        return
    glass, opened = chosen.glass, upload.opened(chosen.glass_id)
    with top:
        header(glass)
    for note in reading_notes(glass):
        st.caption(f":material/info: {notices.plain(note)}")
    if opened is not None:
        frame_slider(chosen.glass_id, opened)
    parts = [CHECK, VIEW, *([FRAMES] if opened else []), FILES]
    session.seed("part", CHECK, session.one_of([CHECK, VIEW, FRAMES, FILES]))
    if st.session_state["part"] not in parts:
        st.session_state["part"] = CHECK
    part = st.segmented_control(
        "Part", parts, key="part", required=True, label_visibility="collapsed", persist_state="session"
    )
    session.publish(part=part)
    try:
        report = calls.validation(glass)
    except InputError as error:
        notices.problem(error)
        return
    if part == CHECK:
        numbers(chosen, report)
        glass_check.show(report)
    elif part == VIEW:
        view(chosen, report)
    elif part == FRAMES:
        frames(chosen, opened)
    else:
        files(chosen, opened)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
