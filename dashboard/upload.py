"""Files that a visitor opens on the page Your glass: read before the page runs, kept in the session."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from dashboard import calls, notices, session
from dashboard.calls.reports import File
from dashboard.glass_names import note_file
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats import FORMATS, format_of
from symgnn.io.structures import parse_types


@dataclass(frozen=True, eq=False)
class Opened:
    """A file with several frames, and which of them (from 0) is the glass of that name."""

    file: File
    frames: tuple[Glass, ...]
    shown: int


@dataclass(frozen=True)
class Refused:
    """A file that cannot be shown. wants_types: the elements of its types are all that it lacks."""

    name: str
    error: InputError
    wants_types: bool = False

    def tell(self) -> None:
        if self.wants_types:
            notices.types_wanted(self.error)
        else:
            notices.file_refused(self.name, self.error)


def chooser() -> Refused | None:
    """The controls: the file, and the elements of its types where it has numbers for them. What was refused."""
    file = st.file_uploader(
        "Structure file",
        key="upload",
        on_change=_read,
        help=f"{', '.join(form.title for form in FORMATS)}; each also as .gz, .xz or .bz2. "
        "The file stays on this machine, in this session.",
    )
    if file is None:
        st.session_state.pop("_refused", None)
        return None
    if st.session_state.get("_has_types"):
        st.text_input(
            "Elements of the atom types",
            key="upload_types",
            on_change=_read,
            placeholder="1=Cu 2=Zr",
            help="In any spelling: 1=Cu 2=Zr, 1:Cu,2:Zr, or Cu Zr in the order of the types.",
        )
    return st.session_state.get("_refused")


def opened(glass_id: str) -> Opened | None:
    """The frames of an uploaded file; None for a glass whose file has one."""
    return _opened().get(glass_id)


def follow_link(glass_id: str) -> None:
    """Show the frame that the link names, as `frame`, and have the link name the frame that is shown."""
    now, text = opened(glass_id), session.arrived("frame")
    if now is None:
        session.publish(frame=None)
        return
    last = len(now.frames) - 1
    if text is not None:
        try:
            turn_to(glass_id, session.whole_number(0, last)(text))
        except ValueError:
            session.tell(notices.not_found, "frame =", text, f"This file has frames 0 to {last}.")
    session.publish(frame=_opened()[glass_id].shown)


def turn_to(glass_id: str, frame: int) -> None:
    """Make another frame (from 0) the glass of that name. Called before the script runs."""
    now = _opened()[glass_id]
    _opened()[glass_id] = Opened(now.file, now.frames, frame)
    session.uploads()[glass_id] = now.frames[frame]


def _opened() -> dict[str, Opened]:
    return st.session_state.setdefault("_opened", {})


def _read() -> None:
    """Read the chosen file; its glass becomes that of all pages. Runs before the script."""
    file, state = st.session_state["upload"], st.session_state
    state.pop("_refused", None)
    if file is None:
        return
    name, data, text = file.name, file.getvalue(), (state.get("upload_types") or "").strip()
    try:
        state["_has_types"] = _has_types(name, data)
        types = parse_types(text) if text and state["_has_types"] else {}
        frames = calls.read_upload(name, data, tuple(sorted(types.items())))
    except InputError as error:
        wants_types = "--types" in str(error)  # what the command line calls the text box
        state["_refused"] = Refused(name, error, wants_types)
        return
    glass_id = upload_id(name, frames[-1])
    session.uploads()[glass_id] = frames[-1]
    note_file(glass_id, name)
    if len(frames) > 1:
        _opened()[glass_id] = Opened(File(name, data, types, len(frames)), frames, len(frames) - 1)
    state["glass"] = glass_id
    session.forget(*session.NUMBERS["glass"])


def _has_types(name: str, data: bytes) -> bool:
    """Whether the atoms of an upload may have numbers for elements: in LAMMPS files, in others without symbols."""
    if format_of(name).title.startswith("LAMMPS"):
        return True
    try:
        calls.read_upload(name, data, ())
    except InputError as error:
        return "--types" in str(error)
    return False


def upload_id(file_name: str, glass: Glass) -> str:
    """An uploaded glass's name in the link: its file's name in letters, digits and '-', its content."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", file_name)[:40].strip("-")
    return f"{session.UPLOAD}{stem}-{glass.content_hash[:8]}"
