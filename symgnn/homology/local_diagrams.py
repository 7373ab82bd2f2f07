"""Persistent homology of one atom's neighbourhood: the atoms in a ball, cut out of the glass.

The ball is taken from the infinite structure (minimum image, unwrapped) and has a free surface. Its complex
is a part of the glass's, and near the surface loops close, or stay open, that would not in the glass. A class
is `interior` where its birth and its death edge lie deeper than one cutoff below the surface. That is a test
of where a class lies, not a proof that the glass has it: pairs of birth and death depend on the whole complex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase.geometry import complete_cell, find_mic

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology.filtration import rips_filtration, shortest_period
from symgnn.homology.persistence import Diagram, Persistence, persistent_homology

RADIUS = 8.0  # Å


@dataclass(frozen=True, eq=False)
class LocalPersistence:
    """Diagrams of a ball of atoms. Atom k of the diagrams' filtration is atom atoms[k] of the glass.

    center       atom of the glass in the centre of the ball
    radius       Å
    atoms        (n,) int64       ascending, the centre included
    positions    (n, 3) float64   Å, seen from the centre atom, unwrapped
    persistence  diagrams of the ball
    """

    center: int
    radius: float
    atoms: np.ndarray
    positions: np.ndarray
    persistence: Persistence

    @property
    def pairs(self) -> np.ndarray:
        """(E, 2) int64, the two atoms of the glass that each edge of the filtration joins."""
        return self.atoms[self.persistence.filtration.pairs]

    def interior(self, diagram: Diagram) -> np.ndarray:
        """(K,) bool: birth and death edge of the class lie within radius - cutoff of the centre.

        `diagram` is one of `persistence.diagrams`. A class alive at the cutoff is assigned by its birth edge
        alone, one of dimension 0 by its death edge; the part that never dies is not interior.
        """
        filtration = self.persistence.filtration
        deep = np.linalg.norm(self.positions, axis=1) <= self.radius - filtration.cutoff
        inside = np.append(deep[filtration.pairs].all(axis=1), True)  # [-1]: no edge
        known = (diagram.birth_edge >= 0) | (diagram.death_edge >= 0)
        return known & inside[diagram.birth_edge] & inside[diagram.death_edge]


def local_persistence(
    glass: Glass, atom: int, *, radius: float = RADIUS, cutoff: float = 4.0, max_dimension: int = 1
) -> LocalPersistence:
    """Rips diagrams, up to `cutoff` (Å), of the atoms within `radius` (Å) of one atom.

    Raises InputError for an atom that is not there, a radius that is not above the cutoff, or above half the
    shortest period of the cell (an atom would stand in the ball twice), and an empty neighbourhood.
    """
    glass.check_atom(atom)
    if not cutoff < radius < np.inf:
        raise InputError(f"radius {radius} Å found, expected a number above the cutoff of {cutoff:g} Å")
    period = shortest_period(glass)
    if 2 * radius > period:
        raise InputError(
            f"{glass.name}: radius {radius:g} Å found, expected at most {period / 2:.2f} Å (half the shortest "
            f"period of the cell)"
        )
    vectors = glass.positions - glass.positions[atom]
    if glass.pbc.any():
        vectors, _ = find_mic(vectors, complete_cell(glass.cell), glass.pbc)
    atoms = np.flatnonzero(np.linalg.norm(vectors, axis=1) <= radius)
    if len(atoms) < 2:
        raise InputError(f"{glass.name}: no other atom within {radius:g} Å of atom {atom}, expected some")
    positions = vectors[atoms]
    ball = Glass(
        glass.species[atoms], positions, np.zeros((3, 3)), (False,) * 3, name=f"{glass.name}, atom {atom}"
    )
    persistence = persistent_homology(rips_filtration(ball, cutoff), max_dimension)
    return LocalPersistence(atom, float(radius), atoms, positions, persistence)
