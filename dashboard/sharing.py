"""Buttons that give a view away: a report as one HTML file, everything as a zip. Files are made when asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import calls, notices
from dashboard.calls.reports import File
from dashboard.layout import asked
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint

HTML = "text/html"


def report_of_atom(
    model: Checkpoint, glass: Glass, explained: Explanation, k: int, *, file: str, name: str
) -> None:
    """The explanation with its k top edges as one HTML file. file: name of the structure file; name: of the report."""
    question = (model, glass, explained, k, file)
    _made(
        "HTML report", "report_atom", f"{name}.html", HTML, ":material/description:",
        lambda: calls.html_of_atom_is_asked(*question), lambda: calls.html_of_atom(*question),
    )  # fmt: skip


def report_of_glass(model: Checkpoint, glass: Glass, *, file: str, name: str) -> None:
    """Barriers, check and signed map of a glass as one HTML file."""
    question = (model, glass, file)
    _made(
        "HTML report", "report_glass", f"{name}.html", HTML, ":material/description:",
        lambda: calls.html_of_glass_is_asked(*question), lambda: calls.html_of_glass(*question),
    )  # fmt: skip


def everything(model: Checkpoint, glass: Glass, frames: File | None, *, file: str, name: str) -> None:
    """All that is known of a glass, and of the frames of its file, as a zip."""
    question = (model, glass, file, frames)
    _made(
        "Everything (zip)", "everything", f"{name}.zip", "application/zip", ":material/folder_zip:",
        lambda: calls.everything_is_asked(*question), lambda: calls.everything(*question),
    )  # fmt: skip


def _made(
    label: str, key: str, file_name: str, mime: str, icon: str,
    is_asked: Callable[[], bool], make: Callable[[], str | bytes],
) -> None:  # fmt: skip
    """A button that has the file made, then one that hands it over."""
    try:
        if not is_asked() and not asked(f"Make: {label}", key=f"make_{key}", icon=icon):
            return
        content = make()
    except InputError as error:
        notices.problem(error)
        return
    st.download_button(
        f"Save: {label}",
        content,
        file_name,
        mime,
        key=f"save_{key}",
        icon=":material/download:",
        type="primary",
    )
