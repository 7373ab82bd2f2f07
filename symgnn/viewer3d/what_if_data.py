"""Columns of the linked window for changes of a glass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symgnn.glass import Glass
from symgnn.viewer3d.columns import Column, columns, diverging, number
from symgnn.viewer3d.window_data import Dataset, glass_dataset
from symgnn.whatif import WhatIf
from symgnn.whatif.candidates import atoms_of

CHANGE_HERE, SHIFT, MOVED = "change_here", "shift", "moved"


def change_column(atom_change: np.ndarray, atom: int) -> Column:
    """(N,) eV: what changing each atom does to the barrier of `atom`; NaN where no change was tried."""
    words = f"How much the barrier of atom {atom} rises (> 0) or falls if this atom is changed."
    return diverging(CHANGE_HERE, f"Change for atom {atom}", atom_change, "eV", 3, words)


def result_columns(result: WhatIf) -> tuple[Column, Column]:
    """`shift` (eV) and `moved` (Å) of every atom of the glass before the change; NaN for one that it removes."""
    shift, moved = np.full((2, len(result.reference)), np.nan)
    shift[result.kept], moved[result.kept] = result.barrier_change, result.moved
    return _shift(result, shift), _moved(result, moved)


def before_dataset(result: WhatIf) -> Dataset:
    """The glass before the change, with its barriers and `result_columns`; atoms that the change names are marked."""
    marked = atoms_of(result.change)
    return _dataset(result.reference, result.barriers_before, result_columns(result), marked)


def after_dataset(result: WhatIf) -> Dataset:
    """The glass after the change, with its barriers, how far each has shifted and each atom moved; atoms that the
    change names are marked where they are still there."""
    more = _shift(result, result.barrier_change), _moved(result, result.moved)
    marked = [result.now[atom] for atom in atoms_of(result.change) if result.now[atom] >= 0]
    return _dataset(result.after, result.barriers_after, more, marked)


def _dataset(glass: Glass, barriers: np.ndarray, more: tuple[Column, ...], marked: Sequence[int]) -> Dataset:
    listed = columns(glass, predicted=barriers, more={column.name: column for column in more})
    return glass_dataset(glass, listed, marked=marked)


def _shift(result: WhatIf, values: np.ndarray) -> Column:
    words = f"Barrier after minus before {result.change}."
    return diverging(SHIFT, "Shift of the barrier", values, "eV", 3, words)


def _moved(result: WhatIf, values: np.ndarray) -> Column:
    words = f"How far the atom went when the glass relaxed after {result.change}."
    return number(MOVED, "Moved", values, "Å", 3, words)
