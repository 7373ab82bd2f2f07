"""What is selected, and the link that says so.

The link (the URL of a page with its parameters) names glass, checkpoint and atom on every page, and further choices
of a page. Opening it shows the same view. A value that a link brings is taken over once; after that the widgets
decide, and `publish` writes their values back into the URL. Names of parameters are the keys of the widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint

UPLOAD = "upload-"
"""Start of the names of uploaded glasses, which exist in one session only."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The choice that all pages share; glass_id is the glass's name in the link."""

    glass_id: str
    glass: Glass
    atom: int
    checkpoint: Checkpoint | None


def select(selection: Selection) -> None:
    """Make a selection known to the page that runs next."""
    st.session_state["_selection"] = selection


def selection() -> Selection:
    """What the sidebar has selected."""
    return st.session_state["_selection"]


def uploads() -> dict[str, Glass]:
    """Glasses uploaded in this session, by their name in the link."""
    return st.session_state.setdefault("_uploads", {})


# ---- the link ---------------------------------------------------------------------------------------------


def arrive() -> None:
    """Note what the URL says, if it says something new: a link was opened, or the browser went back."""
    parameters = _ours()
    st.session_state["_arrived"] = parameters if parameters != st.session_state.get("_published") else {}
    st.session_state["_picked"] = False


def arrived(key: str) -> str | None:
    """The value of a parameter that has just arrived with a link, once; None otherwise."""
    return st.session_state["_arrived"].pop(key, None)


def seed(key: str, default: Any, read: Callable[[str], Any]) -> str | None:
    """Give widget `key` the value from the link, else leave it, else the default.

    read turns the link's text into a value and raises ValueError for one that does not exist.
    Returns that text where it was refused, so that the page can say so.
    """
    text = arrived(key)
    if text is not None:
        try:
            st.session_state[key] = read(text)
            return None
        except ValueError:
            st.session_state[key] = default
            return text
    if key not in st.session_state:
        st.session_state[key] = default
    return None


def forget(*keys: str) -> None:
    """Give widgets their defaults, whatever the link or the session says."""
    for key in keys:
        arrived(key)
        st.session_state.pop(key, None)


def publish(**values: object) -> None:
    """Write values into the URL."""
    texts = {key: str(value) for key, value in values.items()}
    if any(st.query_params.get(key) != text for key, text in texts.items()):
        st.query_params.update(texts)
    st.session_state["_published"] = _ours()


def _ours() -> dict[str, str]:
    """The URL's parameters without `view`, which the linked window reads and writes in the browser."""
    return {key: value for key, value in st.query_params.to_dict().items() if key != "view"}


def one_of(options: list[str]) -> Callable[[str], str]:
    """A reader for `seed` that accepts the given texts only."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return read


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A reader for `seed` that accepts whole numbers low..high only."""

    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


# ---- clicks in a 3D view ----------------------------------------------------------------------------------


def pick(atom: int) -> None:
    """Select a clicked atom. Called before the script runs, hence free to set the sidebar's number."""
    st.session_state["atom"] = atom
    st.session_state["_picked"] = True


def follow_pick() -> None:
    """Inside a fragment: rerun the whole page where the fragment runs because an atom was clicked."""
    if st.session_state.get("_picked"):
        st.rerun()
