"""What is selected, and the link that says so.

The link (the URL of a page with its parameters) names glass, checkpoint and atom on every page, and further choices
of a page. Opening it shows the same view. A value that a link brings is taken over once; after that the widgets
decide. What they `publish` is written back into the URL at the end of the run: one entry of the browser's history.
Names of parameters are the keys of the widgets. A value that does not exist is told on the page, and replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import notices
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint

VIEW = "view"
"""The parameter that the 3D window writes and reads in the browser; nothing here takes it for a change of the link."""

PARAMETERS = frozenset(
    (
        *("glass", "checkpoint", "atom", "method", "k"),  # of several pages
        *("draws", "beside", "evidence"),
        *("map_method", "atoms", "map_kind"),
        *(
            "change_kind",
            "within",
            "relaxed",
            "chain",
            "change",
            "tries",
            "target",
            "most_changes",
            "what_if",
        ),
        *("complex", "loop", "alpha_loop", "lifetime", "shown", "void"),
        *("panels", "compared"),
        "curves",
        *("part", "about"),
        *("events", "event", "of_events"),
    )
)
"""All that a link may name besides VIEW, on whichever page."""

NUMBERS = {"glass": ("atom", "chain", "change", "loop", "alpha_loop", "void", "event")}
"""Parameters that number something in the glass of that parameter."""

LATE = 3
"""So many links back a browser can be that has not written the last ones yet."""

UPLOAD = "upload-"
"""Start of the names of uploaded glasses, which exist in one session only."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The choice that all pages share; glass_id is the glass's name in the link."""

    glass_id: str
    glass: Glass
    atom: int
    checkpoint: Checkpoint | None


def select(selection: Selection | None) -> None:
    """Make a selection known to the page that runs next; None: there is no glass."""
    st.session_state["_selection"] = selection


def selection() -> Selection | None:
    """What the sidebar has selected; None only on the page that opens files."""
    return st.session_state["_selection"]


def uploads() -> dict[str, Glass]:
    """Glasses uploaded in this session, by their name in the link."""
    return st.session_state.setdefault("_uploads", {})


# ---- the link ---------------------------------------------------------------------------------------------


def arrive() -> None:
    """Note what the URL says, if it says something new: a link was opened, or the browser went back.

    A click, or a run that a page asks for (`run_again`), can come before the browser has written the last link: then
    the URL is an earlier one of ours, and does not count. After a step back nothing but the URL has changed.

    What a page has not taken over yet, since it waits for an answer, stays; and so do messages about the link.
    """
    parameters, state = _parameters(), st.session_state
    waited = state.pop("_waited", False)
    is_no_step = state.pop("_again", False) or _is_click()
    is_late = parameters in state.get("_earlier", []) and is_no_step
    if parameters != state.get("_published") and not is_late:
        state["_arrived"] = parameters
    elif not waited:
        state["_arrived"] = {}
    state["_picked"] = False
    state["_to_write"] = {}
    state["_messages"] = st.container()
    told = state.get("_told", []) if waited else []
    state["_told"] = []
    for notice, *words in told:
        tell(notice, *words)


def waits() -> None:
    """The page stops here, and runs again when what it waits for is there. Call it last, or before `st.stop`."""
    write_link()
    st.session_state["_waited"] = True


def run_again() -> None:
    """Run the whole page again. The browser may still have an earlier link: see `arrive`."""
    st.session_state["_again"] = True
    st.rerun()


def _parameters() -> dict[str, str]:
    """Those of the URL that are ours."""
    parameters = st.query_params.to_dict()
    parameters.pop(VIEW, None)
    return parameters


def arrived(key: str) -> str | None:
    """The value of a parameter that has just arrived with a link, once; None otherwise."""
    return st.session_state["_arrived"].pop(key, None)


def has_arrived(key: str) -> bool:
    """Whether a link has just brought the parameter, and no page has taken it over yet."""
    return key in st.session_state["_arrived"]


def seed(key: str, default: Any, read: Callable[[str], Any]) -> None:
    """Give widget `key` the value from the link, else leave it, else the default.

    read turns the link's text into a value and raises ValueError for one that does not exist: the page says so.
    """
    refused = seeded(key, default, read)
    if refused is not None:
        tell(notices.not_found, f"{key} =", refused, "The page shows its default instead.")


def seeded(key: str, default: Any, read: Callable[[str], Any]) -> str | None:
    """`seed` for those who say themselves what was refused: its text, None where nothing was."""
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


def messages():
    """Where messages about the link are shown: at the top of the page."""
    return st.session_state["_messages"]


def tell(notice: Callable[..., None], *words: str) -> None:
    """Show a notice about the link, once."""
    if (notice, *words) not in st.session_state["_told"]:
        st.session_state["_told"].append((notice, *words))
        with messages():
            notice(*words)


def tell_unknown() -> None:
    """Name the parameters of the link that no page knows."""
    for key in sorted(set(st.session_state["_arrived"]) - PARAMETERS):
        tell(notices.unknown_parameter, key)


def forget(*keys: str) -> None:
    """Give widgets their defaults, whatever the link or the session says."""
    for key in keys:
        arrived(key)
        st.session_state.pop(key, None)


def publish(**values: object) -> None:
    """Have values written into the URL: at the end of the run, or now where a fragment runs alone. None: taken out."""
    texts = {key: None if value is None else str(value) for key, value in values.items()}
    if "_to_write" in st.session_state:
        st.session_state["_to_write"] |= texts
    else:
        _write(texts)


def write_link() -> None:
    """Write what the run has published."""
    _write(st.session_state.pop("_to_write", {}))
    st.session_state["_values"] = _values()


def _is_click() -> bool:
    """Whether a widget says something else than at the end of the last run. A button that is not pressed any more does
    not count."""
    before = st.session_state.get("_values", {})
    return any(
        key in before and before[key] != value and value not in (False, None)
        for key, value in _values().items()
    )


def _values() -> dict[str, Any]:
    """What widgets, buttons and plots say now."""
    return {
        key: value
        for key, value in st.session_state.items()
        if not key.startswith("_") and isinstance(value, str | int | float | list | dict | None)
    }


def _write(texts: dict[str, str | None]) -> None:
    for key in [key for key, text in texts.items() if text is None and key in st.query_params]:
        del st.query_params[key]
    named = {key: text for key, text in texts.items() if text is not None}
    if any(st.query_params.get(key) != text for key, text in named.items()):
        st.query_params.update(named)
    published, state = _parameters(), st.session_state
    if published != state.get("_published"):
        earlier = [*state.get("_earlier", []), state.get("_published")]
        state["_earlier"] = earlier[-LATE:]
    state["_published"] = published


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
        run_again()
