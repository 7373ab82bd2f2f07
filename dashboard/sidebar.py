"""The sidebar that all pages share: glass, checkpoint, atom."""

from __future__ import annotations

import streamlit as st

from dashboard import calls, comparison, glass_names, notices, session, tour, upload
from dashboard.default_checkpoint import default_checkpoint
from dashboard.pages import YOUR_GLASS
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, extrapolation, list_checkpoints
from symgnn.physical_inputs import NOTE, missing_inputs, title_of_input


def show(*, about_glass: bool = True) -> bool:
    """Draw the sidebar and set the selection. False, with a message on the page, where there is no glass to show.

    about_glass: whether the page begins with warnings about the glass.
    """
    session.select(None)
    with st.sidebar:
        if is_touring := tour.is_on():
            tour.show()  # in sight on every screen
        choice = st.container()
        st.page_link(
            f"app_pages/{YOUR_GLASS}.py",
            label="Open a file of your own",
            icon=":material/upload_file:",
            help="Any structure file: checked against the training data, and shown on all pages.",
        )
        if not is_touring:
            tour.show()
    if not calls.glass_files() and not session.uploads():
        if about_glass:
            notices.no_glass()
        return False
    with choice:
        glass_id = choose_glass("glass", "Glass")
        upload.follow_link(glass_id)
        try:
            glass = load(glass_id)
        except InputError as error:
            with session.messages():
                notices.problem(error)
            return False
        checkpoint = _choose_checkpoint(glass)
        atom = choose_atom("atom", "Atom", glass)
        selection = session.Selection(glass_id, glass, atom, checkpoint)
        comparison.show_pin_button(selection)
    session.select(selection)
    if about_glass and checkpoint and (warning := extrapolation(checkpoint, glass)):
        with session.messages():
            st.warning(notices.plain(warning), icon=":material/query_stats:")
    if about_glass and checkpoint:
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
    labels = glass_names.labels()
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
    missing = missing_inputs(glass, checkpoint.model.inputs)
    if missing and not calls.takes_long(checkpoint, glass):
        try:
            _, _, how = calls.readable(checkpoint, glass).notes[NOTE].partition(": ")
        except InputError:
            return  # the page says so where it predicts
        titles = ", ".join(title_of_input(name) for name in missing)
        with session.messages():
            st.info(notices.plain(f"Properties of atoms: {titles}: {how}"), icon=":material/calculate:")


def _no_such_glass(text: str, instead: str) -> None:
    notices.not_found("a glass", text, instead)


def _choose_checkpoint(glass: Glass):
    try:
        names, fallback, unfit = _checkpoints(glass)
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
    name = st.selectbox(
        "Checkpoint",
        names,
        key="checkpoint",
        format_func=lambda name: f"{name} ({unfit[name]})" if name in unfit else name,
        persist_state="session",
        help="The trained model that predicts. In brackets: why one cannot predict this glass.",
    )
    try:
        return calls.checkpoint(name)
    except InputError as error:
        with session.messages():
            notices.problem(error)
        return None


def _checkpoints(glass: Glass) -> tuple[list[str], str | None, dict[str, str]]:
    """All checkpoints, best on validation first, those that cannot predict this glass last; the one to start with; and
    why the others cannot.

    It starts with the default one; without it, with the first that reads no property that this glass lacks.
    """
    rows, _ = calls.models()
    unfit = {row.name: why for row in rows if (why := calls.unfit(row, glass))}
    names = [row.name for row in rows]
    names += [
        name for name in list_checkpoints() if name not in names
    ]  # their cards do not fit: loading says so
    names.sort(key=lambda name: name in unfit)
    usable = [row.name for row in rows if row.name not in unfit]
    complete = [
        row.name for row in rows if row.name in usable and set(row.card.inputs) <= set(glass.properties)
    ]
    start = default_checkpoint(complete) or next(iter([*complete, *usable, *names]), None)
    return names, start, unfit
