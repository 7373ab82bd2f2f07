"""The sidebar that all pages share: glass, checkpoint, atom, and opening a file."""

from __future__ import annotations

import streamlit as st

from dashboard import calls, comparison, notices, session, upload
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, extrapolation, list_checkpoints
from symgnn.physical_inputs import NOTE, missing_inputs

DEFAULT_CHECKPOINT = "symgnn"  # whose explanations take seconds


def show() -> bool:
    """Draw the sidebar and set the selection. False, with a message on the page, where there is no glass to show."""
    with st.sidebar:
        choice = st.container()
        refused = upload.open_file()
    files, uploads = calls.glass_files(), session.uploads()
    if not files and not uploads:
        notices.no_glass()
        return False
    with choice:
        glass_id = choose_glass("glass", "Glass")
        if refused is not None and upload.stands(refused, glass_id):
            with session.messages():
                refused.tell()
            return False
        try:
            glass = load(glass_id)
        except InputError as error:
            notices.problem(error)
            return False
        checkpoint = _choose_checkpoint(glass)
        atom = choose_atom("atom", "Atom", glass)
        selection = session.Selection(glass_id, glass, atom, checkpoint)
        comparison.show_pin_button(selection)
    session.select(selection)
    if checkpoint and (warning := extrapolation(checkpoint, glass)):
        with session.messages():
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
    """A select box of all glasses, bound to the link under `key`; it starts with one other than `other_than`.

    Atom and loops of a link whose glass is not here are those of another glass: they start anew.
    """
    labels = {
        name: f"{name} (paper)" if path.suffix == ".pickle" else name
        for name, path in calls.glass_files().items()
    }
    labels |= {glass_id: f"{glass.name} (upload)" for glass_id, glass in session.uploads().items()}
    options = list(labels)
    fallback = next((option for option in options if option != other_than), options[0])
    refused = session.seeded(key, fallback, session.one_of(options))
    if refused is not None:
        notice = notices.upload_not_here if refused.startswith(session.UPLOAD) else _no_such_glass
        session.tell(notice, refused, f"Showing {notices.plain(fallback)} instead.")
    gone = st.session_state[key] not in options  # its file
    if gone:
        st.session_state[key] = fallback
    if gone or refused is not None:
        session.forget(*session.NUMBERS[key])
    return st.selectbox(label, options, key=key, format_func=labels.get, persist_state="session")


def choose_atom(key: str, label: str, glass: Glass) -> int:
    """A number box for an atom of the glass, bound to the link under `key`."""
    last = len(glass) - 1
    refused = session.seeded(key, 0, session.whole_number(0, last))
    if refused is not None:
        session.tell(notices.not_found, "atom", refused, f"This glass has atoms 0 to {last}; showing atom 0.")
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
        with session.messages():
            st.info(notices.plain(f"Properties of atoms: {note}"), icon=":material/calculate:")


def _no_such_glass(text: str, instead: str) -> None:
    notices.not_found("a glass", text, instead)


def _choose_checkpoint(glass: Glass):
    try:
        names, fallback = _checkpoints(glass)
    except InputError as error:
        with session.messages():
            notices.problem(error)
        return None
    if not names:
        st.caption("Checkpoint: none trained yet")
        return None
    refused = session.seeded("checkpoint", fallback, session.one_of(names))
    if refused is not None:
        session.tell(notices.not_found, "a checkpoint", refused, f"Using {notices.plain(fallback)} instead.")
    if st.session_state["checkpoint"] not in names:
        st.session_state["checkpoint"] = fallback
    name = st.selectbox("Checkpoint", names, key="checkpoint", persist_state="session")
    try:
        return calls.checkpoint(name)
    except InputError as error:
        with session.messages():
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
    first = [name for name in usable if name == DEFAULT_CHECKPOINT]
    return names, next(iter([*first, *usable, *names]), None)
