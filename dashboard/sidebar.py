"""The sidebar that all pages share: glass, checkpoint, atom, and opening a file."""

from __future__ import annotations

import re

import streamlit as st

from dashboard import calls, notices, session
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, extrapolation, list_checkpoints
from symgnn.io.formats import FORMATS, format_of
from symgnn.io.structures import parse_types, reading_notes
from symgnn.physical_inputs import NOTE, missing_inputs

NUMBERS = {"glass": ("atom", "loop", "alpha_loop"), "glass2": ("atom2",)}
"""Parameters that number something in the glass of that parameter."""


def show() -> bool:
    """Draw the sidebar and set the selection. False, with a message on the page, where there is no glass."""
    with st.sidebar:
        choice = st.container()
        _open_file()
    files, uploads = calls.glass_files(), session.uploads()
    if not files and not uploads:
        notices.no_glass()
        return False
    with choice:
        glass_id = choose_glass("glass", "Glass")
        try:
            glass = load(glass_id)
        except InputError as error:
            notices.problem(error)
            return False
        checkpoint = _choose_checkpoint(glass)
        atom = choose_atom("atom", "Atom", glass)
    session.select(session.Selection(glass_id, glass, atom, checkpoint))
    if checkpoint and (warning := extrapolation(checkpoint, glass)):
        with messages():
            st.warning(notices.plain(warning), icon=":material/query_stats:")
    if checkpoint:
        _tell_what_was_computed(checkpoint, glass)
    names = {"checkpoint": st.session_state["checkpoint"]} if checkpoint else {}
    session.publish(glass=glass_id, **names, atom=atom)
    return True


def load(glass_id: str) -> Glass:
    """The glass of that name: an upload, or a file on disk."""
    uploads = session.uploads()
    return uploads[glass_id] if glass_id in uploads else calls.load_glass(calls.glass_files()[glass_id])


def choose_glass(key: str, label: str, *, other_than: str | None = None) -> str:
    """A select box of all glasses, bound to the link under `key`; it starts with one other_than that.

    Atom and loops of a link whose glass is not here are those of another glass: they start anew.
    """
    labels = {
        name: f"{name} (paper)" if path.suffix == ".pickle" else name
        for name, path in calls.glass_files().items()
    }
    labels |= {glass_id: f"{glass.name} (upload)" for glass_id, glass in session.uploads().items()}
    options = list(labels)
    fallback = next((option for option in options if option != other_than), options[0])
    refused = session.seed(key, fallback, session.one_of(options))
    if refused is not None:
        tell = notices.upload_not_here if refused.startswith(session.UPLOAD) else _no_such_glass
        with messages():
            tell(refused, f"Showing {notices.plain(fallback)} instead.")
    gone = st.session_state[key] not in options  # its file
    if gone:
        st.session_state[key] = fallback
    if gone or refused is not None:
        session.forget(*NUMBERS[key])
    return st.selectbox(label, options, key=key, format_func=labels.get, persist_state="session")


def choose_atom(key: str, label: str, glass: Glass) -> int:
    """A number box for an atom of the glass, bound to the link under `key`."""
    last = len(glass) - 1
    refused = session.seed(key, 0, session.whole_number(0, last))
    if refused is not None:
        with messages():
            notices.not_found("atom", refused, f"This glass has atoms 0 to {last}; showing atom 0.")
    st.session_state[key] = min(int(st.session_state[key] or 0), last)
    help_text = f"Index, 0 to {last}, in the order of the file (LAMMPS: of its ids). A click on an atom in 3D sets it."
    atom = int(st.number_input(label, 0, last, key=key, step=1, help=help_text, persist_state="session"))
    if (file_id := glass.file_id(atom)) is not None:
        st.caption(f"Atom {atom} has id {file_id} in the file.")
    return atom


def _tell_what_was_computed(checkpoint: Checkpoint, glass: Glass) -> None:
    """A line where the model reads per-atom properties that the file does not hold."""
    if missing_inputs(glass, checkpoint.model.inputs):
        try:
            note = calls.readable(checkpoint, glass).notes[NOTE]
        except InputError:
            return  # the page says so where it predicts
        with messages():
            st.info(notices.plain(f"Properties of atoms: {note}"), icon=":material/calculate:")


def messages():
    """Where messages about the link are shown: on the page, not in the narrow sidebar."""
    return st.session_state["_messages"]


def _no_such_glass(text: str, instead: str) -> None:
    notices.not_found("a glass", text, instead)


def _choose_checkpoint(glass: Glass):
    try:
        names, fallback = _checkpoints(glass)
    except InputError as error:
        with messages():
            notices.problem(error)
        return None
    if not names:
        st.caption("Checkpoint: none trained yet")
        return None
    refused = session.seed("checkpoint", fallback, session.one_of(names))
    if refused is not None:
        with messages():
            notices.not_found("a checkpoint", refused, f"Using {notices.plain(fallback)} instead.")
    if st.session_state["checkpoint"] not in names:
        st.session_state["checkpoint"] = fallback
    name = st.selectbox("Checkpoint", names, key="checkpoint", persist_state="session")
    try:
        return calls.checkpoint(name)
    except InputError as error:
        with messages():
            notices.problem(error)
        return None


def _checkpoints(glass: Glass) -> tuple[list[str], str | None]:
    """All checkpoints, best on validation first, and the one to start with.

    That is SymGNN, whose explanations take seconds; without it, the first that reads no property that this glass lacks.
    """
    rows, _ = calls.models()
    names = [row.name for row in rows]
    names += [
        name for name in list_checkpoints() if name not in names
    ]  # their cards do not fit: loading says so
    usable = [row.name for row in rows if set(row.card.inputs) <= set(glass.properties)]
    first = [name for name in usable if name == "symgnn"]
    return names, next(iter([*first, *usable, *names]), None)


def _open_file() -> None:
    with st.expander("Open a file", icon=":material/upload_file:"):
        file = st.file_uploader(
            "Structure file",
            type=None,
            help=f"{', '.join(form.title for form in FORMATS)}; each also as .gz, .xz or .bz2. "
            "The file stays on this machine, in this session.",
        )
        if file is None:
            st.session_state.pop("_opened", None)
            return
        name, data = file.name, file.getvalue()
        try:
            types = _types() if _has_types(name, data) else ()
            glass = calls.read_upload(name, data, types)
        except InputError as error:
            if "--types" in str(error):  # what the command line calls the text box above
                notices.types_wanted(error)
            else:
                notices.problem(error)
            return
        glass_id = upload_id(file.name, glass)
        session.uploads()[glass_id] = glass
        if st.session_state.get("_opened") != (file.file_id, types):  # select a new file once
            st.session_state["_opened"] = (file.file_id, types)
            st.session_state["glass"] = glass_id
            session.forget(*NUMBERS["glass"])
        st.caption(f"{len(glass)} atoms, {glass.composition}")
        for note in reading_notes(glass):
            st.warning(notices.plain(note), icon=":material/info:")


def _has_types(name: str, data: bytes) -> bool:
    """Whether the atoms of an upload may have numbers for elements: in LAMMPS files, in others without symbols."""
    if format_of(name).title.startswith("LAMMPS"):
        return True
    try:
        calls.read_upload(name, data, ())
    except InputError as error:
        return "--types" in str(error)
    return False


def _types() -> tuple[tuple[int, str], ...]:
    """The elements that the user gives for the types; none yet, or not readable: ()."""
    text = st.text_input("Elements of the atom types", placeholder="1=Cu, 2=Zr")
    if not text.strip():
        return ()
    try:
        return tuple(sorted(parse_types(text).items()))
    except InputError as error:
        notices.problem(error)
        return ()


def upload_id(file_name: str, glass: Glass) -> str:
    """An uploaded glass's name in the link: its file's name in letters, digits and '-', its content."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", file_name)[:40].strip("-")
    return f"{session.UPLOAD}{stem}-{glass.content_hash[:8]}"
