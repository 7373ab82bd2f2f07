"""Do the atoms that move in events around an atom lie on the edges that explain its predicted barrier?

An atom is as important as the edges at it together. For an event in which m atoms move (the explained atom aside, which
is important and moves by itself), the m most important atoms are compared with the m that move. Both are near the
explained atom, whatever the model has learned. The control therefore draws atoms at the same distances from it: as many
from every shell of .5 Å as the important ones have in it.
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
from symgnn.stats import permutation_draw, permutation_p

SHELL = 0.5  # Å, thickness of the shells in which distances count as the same
DRAWS = 1000


@dataclass(frozen=True)
class EventOverlap:
    """Sums over the events.

    events    that were compared; moving: atoms that move in them, the explained one aside
    shared    of the moving atoms, how many are among the most important
    control   how many are among atoms drawn at the same distances, on average
    p         fraction of `draws` draws that share as many, the important atoms included
    """

    events: int
    moving: int
    shared: int
    control: float
    p: float
    draws: int


def atom_importance(explained: Explanation) -> tuple[np.ndarray, np.ndarray]:
    """Atoms (M,) on edges of the explanation, ascending, and the sum of the importance of their edges, (M,)."""
    atoms, row = np.unique(explained.pairs, return_inverse=True)
    return atoms, np.bincount(row.ravel(), np.repeat(explained.importance, 2), minlength=len(atoms))


def important_atoms(explained: Explanation, m: int) -> np.ndarray:
    """(m,) the most important atoms besides the explained one, the first the most; fewer where there are fewer."""
    atoms, importance = atom_importance(explained)
    others = atoms != explained.atom
    return atoms[others][np.argsort(-importance[others], kind="stable")][:m]


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
    glass = as_glass(structure)
    glass.check_atom(explained.atom)
    several = [np.setdiff1d(np.asarray(atoms, dtype=np.int64), [explained.atom]) for atoms in moving]
    several = [atoms for atoms in several if len(atoms)]
    if not several:
        raise InputError(
            f"{glass.name}: no event in which another atom than {explained.atom} moves, expected one"
        )
    for atoms in several:
        glass.check_atom(int(atoms.max()))
    atoms, _ = atom_importance(explained)
    atoms = atoms[atoms != explained.atom]
    stratum = _shells(glass, explained.atom, atoms)
    rng = np.random.default_rng(seed)
    shared, drawn = 0, np.zeros(draws, dtype=np.int64)
    for moved in several:
        top = np.flatnonzero(np.isin(atoms, important_atoms(explained, len(moved))))
        moves = np.isin(atoms, moved)
        shared += int(moves[top].sum())
        drawn += [moves[permutation_draw(stratum, top, rng)].sum() for _ in range(draws)]
    return EventOverlap(
        events=len(several),
        moving=sum(map(len, several)),
        shared=shared,
        control=float(drawn.mean()),
        p=permutation_p(shared, drawn, large=True),
        draws=draws,
    )


def _shells(glass: Glass, centre: int, atoms: np.ndarray) -> np.ndarray:
    """(M,) number of the shell round the centre in which the nearest image of each atom lies."""
    away = glass.positions[atoms] - glass.positions[centre]
    if glass.pbc.any():
        away, _ = find_mic(away, complete_cell(glass.cell), glass.pbc)
    return np.floor(np.linalg.norm(away, axis=1) / SHELL).astype(np.int64)
