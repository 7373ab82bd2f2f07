"""Pairs of near atoms over periodic directions, found by vesin once it is known that they fit into memory."""

from __future__ import annotations

import math

import numpy as np
from ase.geometry import complete_cell

from symgnn.errors import InputError
from symgnn.glass import Glass

MOST_PAIRS = 100_000_000  # directed: about 15 GB on the way to a neighbour list
MOST_NEIGHBORS = 2000  # of an atom on average, where there are MANY_PAIRS; a metal has 335 within 10 Å
MANY_PAIRS = 10_000_000
LONGEST = 5e4  # Å, of a structure
MOST_BINS = 1e5  # of vesin's search; it merges more, see `_safe_cutoff`
SHORTEST_CUTOFF = 1.0  # Å, of the estimate of pairs


def expected_pairs(glass: Glass, cutoff: float) -> float:
    """About how many directed pairs of atoms are nearer than `cutoff` (Å), from counts in boxes of that edge.

    Good to a factor of two, in cells of any shape and for a particle in vacuum; meant as a guard of memory.
    """
    ball = 4 / 3 * math.pi * cutoff**3
    positions, images = glass.wrapped(), 1.0
    if glass.pbc.any():
        images = float(
            np.prod(np.maximum(cutoff / heights(glass), 1.0)[glass.pbc])
        )  # a thin cell is met many times
    boxes = np.floor((positions - positions.min(0)) / cutoff)
    counts = np.unique(boxes, axis=0, return_counts=True)[1].astype(float)
    pairs = float((counts**2).sum()) * ball / cutoff**3
    alone = len(glass) * (len(glass) - 1.0)  # without periodic images there are no more
    if glass.pbc.all():
        return max(min(pairs, alone) * images, len(glass) * glass.number_density * ball)
    return min(pairs, alone) * images


def find_pairs(
    glass: Glass, positions: np.ndarray, cutoff: float, quantities: str, *, both_directions: bool
) -> tuple[np.ndarray, ...]:
    """What vesin finds for `quantities` ("i", "j": atoms, "S": cell vectors to add to j, "d": length in Å; "d" last).

    positions (N, 3) Å are those of the glass, wrapped into its cell. Raises InputError for a cutoff that is not
    positive, and before anything is allocated for a glass that is far denser or longer than any with lengths in Å.
    """
    if not 0 < cutoff < np.inf:
        raise InputError(f"cutoff {cutoff} Å found, expected a positive number")
    extent = float(
        np.max(heights(glass) if glass.pbc.all() else [*np.ptp(positions, 0), *heights(glass)[glass.pbc]])
    )
    if extent > LONGEST:
        raise InputError(f"{glass.name}: extends over {extent:.3g} Å, the limit is {LONGEST:g} Å (5 µm)")
    pairs = expected_pairs(glass, max(cutoff, SHORTEST_CUTOFF))
    is_dense = pairs > MANY_PAIRS and pairs > MOST_NEIGHBORS * len(glass)
    if is_dense or pairs > MOST_PAIRS:
        within = f"about {pairs / len(glass):,.0f} atoms within {cutoff:g} Å of each"
        limit = (
            f", the limit is {MOST_NEIGHBORS:,}"
            if is_dense
            else (f", {pairs:.1g} pairs in all, the limit is {MOST_PAIRS:.0e}")
        )
        raise InputError(f"{glass.name}: {within}{limit}: are the lengths in nm, expected Å?")
    from vesin import NeighborList  # imports torch, which takes seconds

    box, points, moved = _closed_box(glass, positions, cutoff)
    reach = _safe_cutoff(1 / np.linalg.norm(np.linalg.inv(box), axis=0), float(cutoff))
    if not glass.pbc.all():
        box, points, moved = _closed_box(glass, positions, reach)
    first, second, image, length = NeighborList(cutoff=reach, full_list=both_directions).compute(
        points=points, box=box, periodic=[True] * 3, quantities="ijSd"
    )
    if reach > cutoff:
        near = length < cutoff
        first, second, image, length = first[near], second[near], image[near], length[near]
    columns = {"i": first, "j": second, "S": image + moved[second] - moved[first], "d": length}
    chosen = [columns[name] for name in quantities if name != "d"]
    return (*chosen, length) if quantities.endswith("d") else tuple(chosen)


def _safe_cutoff(across: np.ndarray, cutoff: float) -> float:
    """The least cutoff, at least `cutoff`, that vesin 0.6.2 survives in a box of these heights `across` (3,), Å.

    Of more than 10^5 bins it makes fewer in the same proportions, and in a long thin box it makes none along the thin
    directions: then it divides by zero, which ends the process.
    """
    while True:
        x, y, z = np.maximum(np.trunc(across / cutoff), 1.0)
        if x * y * z <= MOST_BINS:
            return cutoff
        fewer = np.cbrt(MOST_BINS * (y / z) / (x / y))
        if min(fewer, fewer * x / y, fewer * z / y) >= 2:
            return cutoff
        cutoff *= 1.25


def _closed_box(
    glass: Glass, positions: np.ndarray, cutoff: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A box that is periodic in all directions, positions in it, and by how many cell vectors they moved.

    In a box that is periodic in some directions only, vesin takes minutes where atoms are far outside it. So an open
    direction gets a vector at right angles to the periodic ones, longer than the atoms reach.
    """
    moved = np.zeros((len(glass), 3), dtype=np.int64)
    if glass.pbc.all():
        return glass.cell, positions, moved
    box = np.array(complete_cell(np.where(glass.pbc[:, None], glass.cell, 0.0)))
    along = positions @ box[~glass.pbc].T  # these rows have length 1
    points = positions - along.min(0) @ box[~glass.pbc]
    box[~glass.pbc] *= (np.ptp(along, axis=0) + cutoff + 1.0)[:, None]
    fractions = np.linalg.solve(box.T, points.T).T
    moved[:, glass.pbc] = -np.floor(fractions[:, glass.pbc]).astype(np.int64)
    return box, points + moved @ box, moved


def heights(glass: Glass) -> np.ndarray:
    """(3,) distance in Å between opposite faces of the cell; where it has no vector, of one made up."""
    return 1 / np.linalg.norm(np.linalg.inv(np.array(complete_cell(glass.cell))), axis=0)
