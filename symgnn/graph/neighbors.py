"""Neighbour lists in any cell: triclinic, thin, periodic along any of its directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase import Atoms
from ase.geometry import complete_cell

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.pair_search import find_pairs

COINCIDENT = 1e-3  # Å; two atoms nearer than this are one atom written twice


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Directed pairs of atoms within a cutoff; each pair is listed in both directions, no atom with itself.

    source  (E,) int64    the neighbour; a message runs source -> target
    target  (E,) int64    the centre; rows are sorted by (target, source, image)
    image   (E, 3) int64  periodic image of the source that is meant, in cell vectors, for positions as given
    vector  (E, 3) float64 Å, from target to source: r[source] + image @ cell - r[target]
    length  (E,) float64  Å, |vector|

    In a cell thinner than two cutoffs a pair has several rows, one per image, and an atom may neighbour its
    own images (source == target with image != 0).
    """

    source: np.ndarray
    target: np.ndarray
    image: np.ndarray
    vector: np.ndarray
    length: np.ndarray

    def __len__(self) -> int:
        return len(self.source)


def neighbor_list(glass: Glass | Atoms, cutoff: float) -> Neighbors:
    """All pairs of atoms with a distance below `cutoff` (Å) over the periodic directions of the cell.

    Raises InputError for two atoms at one position, and as `find_pairs` does: for a cutoff that is not positive, and
    before anything is allocated for far more pairs than a glass with lengths in Å has.
    """
    glass = as_glass(glass)
    positions, wrap = _wrapped(glass)
    target, source, image = find_pairs(glass, positions, cutoff, "ijS", both_directions=True)
    target, source, image = (column.astype(np.int64) for column in (target, source, image))
    image = image + wrap[source] - wrap[target]  # from wrapped positions back to the positions as given
    order = np.lexsort((image[:, 2], image[:, 1], image[:, 0], source, target))
    target, source, image = target[order], source[order], image[order]

    vector = glass.positions[source] + image @ glass.cell - glass.positions[target]
    length = np.linalg.norm(vector, axis=1)
    if len(length) and length.min() < COINCIDENT:
        row = int(np.argmin(length))
        raise InputError(
            f"{glass.name}: atoms {target[row]} and {source[row]} are {length[row]:.1e} Å apart, "
            f"expected different positions"
        )
    return Neighbors(source, target, image, vector, length)


def _wrapped(glass: Glass) -> tuple[np.ndarray, np.ndarray]:
    """Positions (N, 3) moved into the cell, and by how many cell vectors each was moved, (N, 3) int."""
    shift = np.zeros((len(glass), 3), dtype=np.int64)
    if glass.pbc.any():
        fractional = np.linalg.solve(complete_cell(glass.cell).T, glass.positions.T).T
        shift[:, glass.pbc] = -np.floor(fractional[:, glass.pbc]).astype(np.int64)
    return glass.positions + shift @ glass.cell, shift
