"""Columns of the linked window for changes of a glass."""

from __future__ import annotations

import numpy as np

from symgnn.viewer3d.columns import Column, diverging, number
from symgnn.whatif import WhatIf

CHANGE_HERE, SHIFT, MOVED = "change_here", "shift", "moved"


def change_column(atom_change: np.ndarray, atom: int) -> Column:
    """(N,) eV: what changing each atom does to the barrier of `atom`; NaN where no change was tried."""
    words = f"How much the barrier of atom {atom} rises (> 0) or falls if this atom is changed."
    return diverging(CHANGE_HERE, f"Change of atom {atom}'s barrier", atom_change, "eV", 3, words)


def result_columns(result: WhatIf) -> tuple[Column, Column]:
    """`shift` (eV) and `moved` (Å) of every atom of the glass before the change; NaN for one that it removes."""
    shift, moved = np.full((2, len(result.reference)), np.nan)
    shift[result.kept], moved[result.kept] = result.barrier_change, result.moved
    return (
        diverging(SHIFT, f"Shift of barriers by {result.change}", shift, "eV", 3, "Barrier after minus before."),
        number(MOVED, f"Moved by {result.change}", moved, "Å", 3, "How far the atom went when the glass relaxed."),
    )  # fmt: skip
