"""Do the atoms that move in events around an atom lie on the edges that explain its predicted barrier?

An atom is as important as the edges at it together. For an event in which m atoms move (the explained atom aside, which
is important and moves by itself), the m most important atoms are compared with the m that move. Both are near the
explained atom, whatever the model has learned. The control therefore shuffles importance among atoms at the same
distance from it, within shells of .5 Å; one shuffle serves all events of a draw, since many move the same atoms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.geometry import complete_cell, find_mic

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass, as_glass
from symgnn.stats import permutation_p, shuffled_within

SHELL = 0.5  # Å, thickness of the shells in which distances count as the same
DRAWS = 1000


@dataclass(frozen=True)
class EventOverlap:
    """Sums over the events.

    events    that were compared; moving: atoms that move in them, the explained one aside
    shared    of the moving atoms, how many are among the most important
    control   how many are among the most important when importance is shuffled at equal distances, on average
    p         fraction of `draws` shuffles that share as many, what was observed counted as one
    """

    events: int
    moving: int
    shared: int
    control: float
    p: float
    draws: int


def important_atoms(explained: Explanation, m: int) -> np.ndarray:
    """(m,) the most important atoms besides the explained one, the first the most; fewer where there are fewer."""
    atoms, importance = _others(explained)
    return atoms[np.argsort(-importance, kind="stable")][:m]


def event_overlap(
    explained: Explanation,
    structure: Glass | Atoms,
    moving: Sequence[np.ndarray],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> EventOverlap:
    """moving: the atoms that move in each event, 0..N-1, with or without the explained one.

    Events in which no other atom moves say nothing and are left out. Raises InputError where none is left, and for
    atoms that the glass does not have.
    """
    atoms, importance = _others(explained)
    return overlap_of_atoms(
        atoms, importance, structure, moving, centre=explained.atom, draws=draws, seed=seed
    )


def overlap_of_atoms(
    atoms: np.ndarray,
    importance: np.ndarray,
    structure: Glass | Atoms,
    moving: Sequence[np.ndarray],
    *,
    centre: int,
    draws: int = DRAWS,
    seed: int = 0,
) -> EventOverlap:
    """`event_overlap` for any importance (M,) for `centre` of the atoms (M,), ascending and without the centre."""
    glass = as_glass(structure)
    glass.check_atom(centre)
    several = [np.setdiff1d(np.asarray(moved, dtype=np.int64), [centre]) for moved in moving]
    several = [moved for moved in several if len(moved)]
    if not several:
        raise InputError(f"{glass.name}: no event in which another atom than {centre} moves, expected one")
    for moved in several:
        glass.check_atom(int(moved.max()))
    stratum = _shells(glass, centre, atoms)
    moves = [np.isin(atoms, moved) for moved in several]
    numbers = [len(moved) for moved in several]
    rng = np.random.default_rng(seed)
    shared = _shared(importance, moves, numbers)
    drawn = np.array(
        [_shared(shuffled_within(stratum, importance, rng), moves, numbers) for _ in range(draws)]
    )
    return EventOverlap(
        events=len(several),
        moving=sum(map(len, several)),
        shared=shared,
        control=float(drawn.mean()),
        p=permutation_p(shared, drawn, large=True),
        draws=draws,
    )


def _others(explained: Explanation) -> tuple[np.ndarray, np.ndarray]:
    """Atoms (M,) on edges of the explanation besides the explained one, ascending, and their importance (M,)."""
    atoms = np.setdiff1d(explained.pairs, [explained.atom])
    return atoms, explained.atom_importance(int(explained.pairs.max(initial=0)) + 1)[atoms]


def _shared(importance: np.ndarray, moves: list[np.ndarray], numbers: list[int]) -> int:
    """How many of the moving atoms are among as many most important ones, all events together."""
    order = np.argsort(-importance, kind="stable")
    return sum(int(moving[order[:m]].sum()) for moving, m in zip(moves, numbers, strict=True))


def _shells(glass: Glass, centre: int, atoms: np.ndarray) -> np.ndarray:
    """(M,) number of the shell round the centre in which the nearest image of each atom lies."""
    away = glass.positions[atoms] - glass.positions[centre]
    if glass.pbc.any():
        away, _ = find_mic(away, complete_cell(glass.cell), glass.pbc)
    return np.floor(np.linalg.norm(away, axis=1) / SHELL).astype(np.int64)
