"""The 3D views of the page What if: one glass, or the glass before and after the chosen change with linked cameras."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import notices, session
from dashboard.what_if_choice import Shown
from dashboard.window import mount_group, mount_window
from dashboard.window.data import glass_data
from symgnn.viewer3d.what_if_data import (
    CHANGE_HERE,
    SHIFT,
    after_dataset,
    before_dataset,
    change_column,
    result_columns,
)
from symgnn.viewer3d.window_data import Dataset, frame_commands
from symgnn.whatif import Chain, WhatIf
from symgnn.whatif.candidates import distances

BONDS = 3.4  # Å, length up to which bonds are drawn
GROUP = "what_if"
BEFORE, AFTER = "before", "after"
HEIGHT = 620  # px at most, of the pair


@st.fragment
def one_window(shown: Shown, *, is_shift: bool) -> None:
    """The glass, each neighbour coloured by what its change would do; is_shift: all by what the chosen one does."""
    session.follow_pick()
    more, key = [], ""
    if shown.ranked is not None:
        more.append(change_column(shown.ranked.atom_change, shown.atom))
        key += f"{shown.atom} {shown.choice.kind} {shown.choice.within} {shown.ranked.is_relaxed}"
    if shown.result is not None:
        more += result_columns(shown.result)
        key += f" {shown.result.change} {shown.result.is_relaxed}"
    dataset, _ = glass_data(shown.model, shown.glass, more=more, more_key=key)
    how: dict = {"wrap": "atom", "color": "element"}
    camera = f"glass-{shown.given.content_hash}"
    if shown.ranked is not None:
        camera += f"-around-{shown.atom}"
        how |= {
            "color": SHIFT if is_shift and shown.result is not None else CHANGE_HERE,
            "clip": shown.choice.within,
            "bonds": BONDS,
        }
    mount_window(
        f"what_if_{how['color']}_{shown.choice.within:g}",
        dataset,
        frame_commands(shown.glass),
        camera=camera,
        selected=shown.atom,
        default=how,
        tabs=False,
        fly=None if shown.ranked is None else _around(shown),
        on_pick=lambda atom: session.pick(shown.atom_given(atom)),
    )


@st.fragment
def two_windows(shown: Shown, result: WhatIf, chain: Chain) -> None:
    """Before and after a change of the last glass of `chain`, coloured alike, the cameras linked."""
    session.follow_pick()
    mount_group(GROUP)
    near = np.array([result.atom, *distances(result.reference, result.atom, shown.choice.within)])
    left, right = st.columns(2, gap="small")
    with left:
        barrier = result.barriers_before[result.atom]
        _side(shown, result, BEFORE, f"**Before** · {barrier:.2f} eV", near, chain.kept)
    with right:
        barrier = result.barriers_after[result.number_after]
        words = f"**After {notices.plain(result.change)}** · {barrier:.2f} eV"
        after = result.now[near]
        _side(shown, result, AFTER, words, after[after >= 0], chain.kept[result.kept])


def _side(
    shown: Shown, result: WhatIf, side: str, words: str, around: np.ndarray, numbers: np.ndarray
) -> None:
    """around: atoms in view; numbers: of the atoms of this side in the selected glass."""
    glass, atom = (result.reference, result.atom) if side == BEFORE else (result.after, result.number_after)
    st.markdown(words)
    key = (result.reference.content_hash, str(result.change), result.is_relaxed, shown.model.key)
    mount_window(
        f"what_if_{side}",
        _dataset(key, side, result),
        frame_commands(glass),
        camera=f"what_if-{side}-{glass.content_hash}-{atom}",
        selected=atom,
        default={"wrap": "atom", "color": "barrier", "bonds": BONDS},
        height=HEIGHT,
        group=GROUP,
        fly=around.tolist(),
        on_pick=lambda picked: session.pick(int(numbers[picked])),
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _dataset(key: tuple, side: str, _result: WhatIf) -> Dataset:
    return before_dataset(_result) if side == BEFORE else after_dataset(_result)


def _around(shown: Shown) -> list[int]:
    """The atom, and those that a change was tried on."""
    if shown.ranked is None:
        return [shown.atom]
    return [shown.atom, *np.flatnonzero(np.isfinite(shown.ranked.atom_change)).tolist()]
