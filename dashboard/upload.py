"""Opening a file in the sidebar: pages show what is read, or say why it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from dashboard import calls, notices, session
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats import FORMATS, format_of
from symgnn.io.structures import parse_types, reading_notes


@dataclass(frozen=True)
class Refused:
    """A file that cannot be shown. opened: which file, and with which elements; wants_types: they are all it lacks."""

    name: str
    error: InputError
    opened: tuple
    wants_types: bool = False

    def tell(self) -> None:
        if self.wants_types:
            notices.types_wanted(self.error)
        else:
            notices.file_refused(self.name, self.error)


def stands(refused: Refused, glass_id: str) -> bool:
    """Whether the page shows the refusal: until another glass is chosen than that which it showed before."""
    if st.session_state.get("_refused", (None, None))[0] != refused.opened:
        st.session_state["_refused"] = refused.opened, glass_id
    return st.session_state["_refused"][1] == glass_id


def open_file() -> Refused | None:
    """The control; selects the glass of a new file. What was refused, where it was."""
    with st.expander("Open a file", icon=":material/upload_file:"):
        file = st.file_uploader(
            "Structure file",
            type=None,
            help=f"{', '.join(form.title for form in FORMATS)}; each also as .gz, .xz or .bz2. "
            "The file stays on this machine, in this session.",
        )
        if file is None:
            st.session_state.pop("_opened", None)
            st.session_state.pop("_refused", None)
            return None
        name, data, text = file.name, file.getvalue(), ""
        try:
            if _has_types(name, data):
                text = st.text_input("Elements of the atom types", placeholder="1=Cu 2=Zr").strip()
            types = tuple(sorted(parse_types(text).items())) if text else ()
            glass = calls.read_upload(name, data, types)
        except InputError as error:
            wants_types = not text and "--types" in str(error)  # what the command line calls the text box
            return Refused(name, error, (file.file_id, text), wants_types)
        glass_id = upload_id(name, glass)
        session.uploads()[glass_id] = glass
        if st.session_state.get("_opened") != (file.file_id, types):  # select a new file once
            st.session_state["_opened"] = (file.file_id, types)
            st.session_state["glass"] = glass_id
            session.forget(*session.NUMBERS["glass"])
        st.caption(f"{len(glass)} atoms, {glass.composition}")
        for note in reading_notes(glass):
            st.warning(notices.plain(note), icon=":material/info:")
    return None


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
