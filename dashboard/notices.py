"""Messages: what is empty or wrong and what to do. Text of files and links is made plain before it is shown."""

from __future__ import annotations

import re

import streamlit as st

from symgnn.errors import InputError

_ADVICE = re.compile(
    r"; give the element of each type: --types.*"
    r"|[;,] (?:relax it|or an EAM file)\b.*(?:symgnn simulate|--potential).*",
    re.DOTALL,
)


def plain(text: object) -> str:
    """Text that Streamlit's Markdown shows as it is: no links, images, formulas, colours or emoji codes."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=])", r"\\\1", " ".join(str(text).split()))


def problem(error: InputError) -> None:
    """An error box with the one line that says what is wrong and what was expected."""
    st.error(plain(without_commands(error)), icon=":material/error:")


def without_commands(error: InputError) -> str:
    """What is wrong, without what the command line advises: pages have boxes and buttons for it."""
    return _ADVICE.sub("", str(error))


def types_wanted(error: InputError) -> None:
    """A LAMMPS file needs the elements of its types: what the reader says, without the command line's advice."""
    st.info(
        f"{plain(without_commands(error))}. Write the element of each type under the file: 1=Cu 2=Zr.",
        icon=":material/edit:",
    )


def not_found(what: str, text: str, instead: str) -> None:
    """The link names something that is not here."""
    st.warning(
        f"The link names {what} **{plain(text[:80])}**, which is not here. {instead}",
        icon=":material/link_off:",
    )


def unknown_parameter(key: str) -> None:
    """The link has a parameter that nothing here is called by."""
    st.warning(
        f"The link has a parameter **{plain(key[:80])}**, which no page knows.", icon=":material/link_off:"
    )


def file_refused(name: str, error: InputError) -> None:
    """An uploaded file cannot be shown: why, and how to go on."""
    problem(error)
    st.caption(
        f"{plain(name[:80])} is not shown. Open another file, close this one, or choose a glass in the sidebar."
    )


def upload_not_here(text: str, instead: str) -> None:
    """The link names an upload of another session."""
    st.warning(
        f"The link names an uploaded glass, **{plain(text[:80])}**. Uploads stay in the session that made "
        f"them: open the file again on the page Your glass to see it. {instead}",
        icon=":material/upload_file:",
    )


def no_checkpoint(what: str) -> None:
    """Nothing has been trained yet."""
    with st.container(border=True):
        st.markdown(
            f"#### :material/model_training: No trained model yet\n{what} need a checkpoint. Train one:"
        )
        st.code("symgnn data fetch\nsymgnn train --output-dir checkpoints/symgnn", language="bash")
        st.markdown("It appears in the sidebar when it is finished. Structure and topology work without one.")


def no_glass() -> None:
    """There is no glass at all."""
    with st.container(border=True):
        st.markdown(
            "#### :material/deployed_code: No glass to show\nOpen a structure file on the page Your glass, "
            "or fetch the glasses of the paper:"
        )
        st.code("symgnn data fetch", language="bash")
