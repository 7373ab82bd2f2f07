"""What is compared: the sidebar's choice, and up to five pinned ones; each a glass, an atom, a checkpoint and a method.

Pinned ones are added on any page, and are in the link of the page Compare as `panels`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

import streamlit as st

from dashboard import calls, notices, session
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint

MOST_PINS = 5
PARAMETER = "panels"
METHODS = ("gradient", "integrated_gradients", "gnn_explainer", "nearest")
"""Those that the ready-made comparison of methods shows, where the checkpoint has them."""


@dataclass(frozen=True)
class Pin:
    """One of what is compared, by names; checkpoint and method None: those of the sidebar and the page Explanation."""

    glass_id: str
    atom: int
    checkpoint: str | None = None
    method: str | None = None

    def text(self) -> str:
        """As in the link: glass~atom~checkpoint~method."""
        return "~".join(
            quote(str(part), safe=" ").replace("~", "%7E")
            for part in (self.glass_id, self.atom, self.checkpoint or "", self.method or "")
        )

    @staticmethod
    def read(text: str) -> Pin:
        """Raises ValueError for a text that is none."""
        glass_id, atom, checkpoint, method = (unquote(part) for part in text.split("~"))
        return Pin(glass_id, int(atom), checkpoint or None, method or None)


def current(chosen: session.Selection) -> Pin:
    """The choice of the sidebar."""
    model = chosen.checkpoint
    method = None if model is None else _method(model, chosen.glass)
    return Pin(chosen.glass_id, chosen.atom, None if model is None else model.full_name, method)


def _method(model: Checkpoint, glass: Glass) -> str | None:
    names, method = calls.methods_of_atom(model, glass), st.session_state.get("method")
    return method if method in names else next(iter(names), None)


def pins() -> list[Pin]:
    """What this session has pinned."""
    return st.session_state.setdefault("_pins", [])


def pin(what: Pin) -> None:
    """Add to the comparison, unless it is there or there is no room."""
    if what not in pins() and len(pins()) < MOST_PINS:
        pins().append(what)


def change(position: int, **parts: object) -> None:
    """Give the pin at a position another atom, glass, checkpoint or method."""
    pins()[position] = replace(pins()[position], **parts)


def remove(position: int) -> None:
    pins().pop(position)


def show_pin_button(chosen: session.Selection) -> None:
    """'Add to comparison', in the sidebar of every page."""
    count = len(pins())
    st.button(
        "Add to comparison" if not count else f"Add to comparison ({count})",
        key="pin",
        icon=":material/keep:",
        on_click=lambda: pin(current(chosen)),  # by the method that is chosen then
        disabled=count >= MOST_PINS,
        help="Pins this glass, atom, checkpoint and method: the page Compare shows them beside what is chosen then.",
    )


def arrive(glasses: Iterable[str], checkpoints: Iterable[str]) -> None:
    """Take over the pins of a link; what does not exist is told."""
    text = session.arrived(PARAMETER)
    if text is None:
        return
    known, kept = set(glasses), []
    for part in filter(None, text.split(";")):
        try:
            one = Pin.read(part)
            if one.glass_id not in known or not (one.checkpoint is None or one.checkpoint in checkpoints):
                raise ValueError(part)
        except ValueError:
            session.tell(notices.not_found, "a panel", part, "It is left out.")
        else:
            kept.append(one)
    st.session_state["_pins"] = kept[:MOST_PINS]


def text() -> str:
    """All pins, for the link."""
    return ";".join(one.text() for one in pins())


# ---- ready-made comparisons -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """A comparison to choose from a list: its title, a sentence, and what is compared; the first becomes the choice of
    the sidebar."""

    title: str
    words: str
    make: Callable[[], list[Pin]]


def ready_made(chosen: session.Selection) -> list[Ready]:
    """The comparisons that the glasses here and the checkpoint allow."""
    here, atom = list(calls.glass_files()), chosen.atom

    def of(names: list[str]) -> Callable[[], list[Pin]]:
        return lambda: [Pin(name, 0) for name in names]

    listed = [
        Ready(title, words, of(names))
        for title, words, names in (
            ("Quench rates", "One composition, cooled at different rates.", quench_rates(here)),
            ("Compositions", "One quench rate, different fractions of Cu.", compositions(here)),
            (
                "Replicas",
                "Two glasses of the paper that are the same but for noise.",
                _all_of(here, "train0", "train1"),
            ),
            (
                "Strained pair",
                "A glass of the paper, and the same strained by about 4% along x.",
                _all_of(here, "train5", "train6"),
            ),
        )
        if len(names) > 1
    ]
    model = chosen.checkpoint
    if model is None:
        return listed
    same = Pin(chosen.glass_id, atom, model.full_name)
    methods = [name for name in METHODS if name in calls.methods(model)]
    if len(methods) > 1:
        listed.append(
            Ready(
                "Methods on this atom",
                f"What different methods say of atom {atom}, with their overlap against chance.",
                lambda: [replace(same, method=name) for name in methods],
            )
        )
    listed.append(
        Ready(
            "Softest and hardest atom",
            "The atoms of this glass with the lowest and the highest predicted barrier.",
            lambda: _extremes(chosen),
        )
    )
    return listed


def take(one: Ready) -> None:
    """Show a ready-made comparison. Called before the script runs, hence free to set the sidebar's widgets."""
    try:
        first, *others = one.make()
    except InputError:
        return  # the page says why nothing can be predicted
    st.session_state["glass"], st.session_state["atom"] = first.glass_id, first.atom
    if first.method is not None:
        st.session_state["method"] = first.method
    st.session_state["_pins"] = others[:MOST_PINS]


def quench_rates(names: Iterable[str]) -> list[str]:
    """The samples of the first composition that was cooled at several rates, the slowest first."""
    groups: dict[str, dict[float, str]] = {}
    for name in names:
        if parts := _sample(name):
            groups.setdefault(parts[0], {}).setdefault(float(parts[1]), name)
    several = next((group for group in groups.values() if len(group) > 1), {})
    return [several[rate] for rate in sorted(several)]


def compositions(names: Iterable[str]) -> list[str]:
    """The samples of the first quench rate at which several compositions were cooled."""
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        if parts := _sample(name):
            groups.setdefault(parts[1], {}).setdefault(parts[0], name)
    return next((list(group.values()) for group in groups.values() if len(group) > 1), [])


def _sample(name: str) -> tuple[str, str] | None:
    """Composition and quench rate in the name of a sample: Cu64Zr36_500_1e12."""
    match = re.fullmatch(r"((?:[A-Z][a-z]?\d+)+)_\d+_(\d+e\d+)(?:_.*)?", name)
    return None if match is None else (match[1], match[2])


def _all_of(here: list[str], *names: str) -> list[str]:
    return list(names) if set(names) <= set(here) else []


def _extremes(chosen: session.Selection) -> list[Pin]:
    barriers = calls.predicted(chosen.checkpoint, chosen.glass)
    return [
        Pin(chosen.glass_id, int(atom), chosen.checkpoint.full_name)
        for atom in (barriers.argmin(), barriers.argmax())
    ]
