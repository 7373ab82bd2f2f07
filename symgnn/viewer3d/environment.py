"""The surroundings of one atom, unwrapped: the atom at the origin, every other atom where it is nearest.

A bond that crosses the periodic boundary is thus drawn between neighbouring spheres, not across the box.
Where a box is so small that a bond leads to a second copy of an atom, that copy is drawn as a ghost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase.geometry import complete_cell, find_mic

from symgnn.errors import InputError
from symgnn.glass import Glass


@dataclass(frozen=True, eq=False)
class Environment:
    """Sites around a centre atom, which is site 0, at the origin.

    atom      (M,) int      index of each site's atom in the glass
    position  (M, 3) float  Å, relative to the centre atom
    ghost     (M,) bool     a periodic copy that is not the one nearest to the centre
    bonds     (B, 2) int    sites joined by each of the given pairs, in their order
    """

    atom: np.ndarray
    position: np.ndarray
    ghost: np.ndarray
    bonds: np.ndarray

    @property
    def bond_middle(self) -> np.ndarray:
        """(B, 3) Å, middle of each bond relative to the centre atom."""
        return self.position[self.bonds].mean(axis=1).reshape(-1, 3)


def nearest_images(glass: Glass, centre: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (N, 3) in Å from the centre atom to the nearest image of every atom, and which, (N, 3) int.

    The vector of atom a is positions[a] + image[a] @ cell - positions[centre].
    """
    if not 0 <= centre < len(glass):
        raise InputError(f"atom {centre} does not exist, expected 0..{len(glass) - 1}")
    offsets = glass.positions - glass.positions[centre]
    if not glass.pbc.any():
        return offsets, np.zeros((len(glass), 3), dtype=np.int64)
    cell = complete_cell(glass.cell)
    vectors, _ = find_mic(offsets, cell, glass.pbc)
    images = np.rint((vectors - offsets) @ np.linalg.inv(cell)).astype(np.int64)
    return vectors, images


def environment(
    glass: Glass, centre: int, pairs: np.ndarray, images: np.ndarray, radius: float
) -> Environment:
    """Sites of all atoms within `radius` (Å) of the centre atom, and of all atoms on the given pairs.

    pairs (B, 2) int, images (B, 3) int: bond b leads from atom i to the copy of atom j in cell images[b].
    Each bond starts at that one of its two ends which is nearer to the centre.
    """
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    images = np.asarray(images, dtype=np.int64).reshape(-1, 3)
    vectors, nearest = nearest_images(glass, centre)
    lengths = np.linalg.norm(vectors, axis=1)

    first, second = pairs.T
    from_first = lengths[first] <= lengths[second]
    image_first = np.where(from_first[:, None], nearest[first], nearest[second] - images)
    image_second = image_first + images

    near = np.flatnonzero(lengths <= radius)
    near = np.concatenate([[centre], near[near != centre]])
    sites = np.concatenate(
        [
            np.column_stack([near, nearest[near]]),
            np.column_stack([first, image_first]),
            np.column_stack([second, image_second]),
        ]
    )
    unique, first_seen, site = np.unique(sites, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first_seen)  # the centre stays site 0
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    site, unique = rank[site.reshape(-1)], unique[order]

    atom, image = unique[:, 0], unique[:, 1:]
    shift = image @ complete_cell(glass.cell) if glass.pbc.any() else np.zeros((len(atom), 3))
    n_near, n_bonds = len(near), len(pairs)
    return Environment(
        atom=atom,
        position=glass.positions[atom] + shift - glass.positions[centre],
        ghost=(image != nearest[atom]).any(axis=1),
        bonds=np.column_stack([site[n_near : n_near + n_bonds], site[n_near + n_bonds :]]),
    )
