"""The Vietoris-Rips filtration of a glass: its pairs of atoms, shortest first.

The complex at length r holds every set of atoms that are pairwise within r of each other (minimum image), so
the sorted list of pairs is the whole filtration. A pair is one edge, and its row in the list names it.

When that is right in a periodic cell. Let p be the shortest period, the shortest non-zero lattice vector.
Two images of one atom within the cutoff of another differ by a lattice vector, so with p > 2 cutoffs a pair
has one image. The three steps round a triangle add up to a lattice vector of at most 3 cutoffs, so with
p > 3 cutoffs every triangle closes in space and the complex is the one of the infinite periodic structure,
folded onto the torus. Between the two there may be triangles that go round the cell instead of closing; they
would fill a loop that space does not fill. They are counted in `winding_triangles`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ase.geometry import complete_cell, minkowski_reduce

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list

DECIMALS = 8  # lengths are rounded to 1e-8 Å: equal distances of a crystal are then equal, not 1e-15 apart


@dataclass(frozen=True, eq=False)
class Filtration:
    """Undirected edges in the order in which they appear. The edge id is the row.

    kind               'rips', or 'alpha' (alpha.py: ordered by alpha value instead of length)
    pairs    (E, 2) int64    atoms i < j
    images   (E, 3) int64    periodic image of j seen from i, in cell vectors, for positions as given
    lengths  (E,) float64    Å, ascending, rounded to 1e-8; equal lengths are ordered by (i, j)
    n_atoms                  including atoms without an edge
    cutoff                   Å; where the filtration ends
    shortest_period          Å; length of the shortest lattice vector, inf without periodicity
    winding_triangles        filled triangles that go round the cell instead of closing in space
    """

    kind: str
    pairs: np.ndarray
    images: np.ndarray
    lengths: np.ndarray
    n_atoms: int
    cutoff: float
    shortest_period: float = math.inf
    winding_triangles: int = 0

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def warning(self) -> str | None:
        """One sentence where the cell is too thin for the complex to be that of the periodic structure."""
        if not self.winding_triangles:
            return None
        return (
            f"{self.winding_triangles} triangles go round the cell: its shortest period of "
            f"{self.shortest_period:.2f} Å is not above 3 cutoffs ({3 * self.cutoff:.2f} Å), so some loops "
            f"are filled that are open in the infinite structure"
        )


def rips_filtration(glass: Glass, cutoff: float = 4.0) -> Filtration:
    """All pairs of atoms nearer than `cutoff` (Å) as a Rips filtration.

    Raises InputError where the cutoff is not positive and finite, where two atoms coincide, and where a pair
    has two images within the cutoff or an atom sees its own image: a complex has one edge per pair.
    """
    if not 0 < cutoff < math.inf:
        raise InputError(f"topology: cutoff {cutoff} Å found, expected a positive, finite number")
    period = shortest_period(glass)
    neighbors = neighbor_list(glass, cutoff)
    own_image = neighbors.source == neighbors.target
    if own_image.any():
        atom = int(neighbors.source[np.argmax(own_image)])
        raise InputError(
            _too_thin(glass, cutoff, period, f"atom {atom} is a neighbour of its own periodic image")
        )

    once = neighbors.target < neighbors.source
    pairs = np.stack([neighbors.target[once], neighbors.source[once]], axis=1)  # (E, 2), sorted by (i, j)
    repeated = (pairs[1:] == pairs[:-1]).all(axis=1)
    if repeated.any():
        i, j = pairs[int(np.argmax(repeated))]
        raise InputError(
            _too_thin(glass, cutoff, period, f"atoms {i} and {j} are neighbours through two images")
        )

    images, lengths = neighbors.image[once], np.round(neighbors.length[once], DECIMALS)
    order = np.argsort(lengths, kind="stable")  # stable: ties stay sorted by (i, j)
    pairs, images = pairs[order], images[order]
    winding = _winding_triangles(pairs, images) if period <= 3 * cutoff else 0
    return Filtration("rips", pairs, images, lengths[order], len(glass), float(cutoff), period, winding)


def edge_ids(filtration: Filtration, pairs: np.ndarray, images: np.ndarray | None = None) -> np.ndarray:
    """(P,) edge id of each pair of atoms, -1 where the filtration has no such edge.

    pairs (P, 2) int in either order; images (P, 3) int, the image of the second atom seen from the first.
    Without images a pair is looked up whatever its image (there is one). Raises InputError for unknown atoms.
    """
    pairs = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= filtration.n_atoms):
        raise InputError(
            f"pairs name atoms {pairs.min()}..{pairs.max()}, expected 0..{filtration.n_atoms - 1}"
        )
    known = filtration.pairs[:, 0] * filtration.n_atoms + filtration.pairs[:, 1]
    order = np.argsort(known)
    wanted = pairs.min(axis=1) * filtration.n_atoms + pairs.max(axis=1)
    position = np.searchsorted(known[order], wanted)
    ids = np.append(order, -1)[position]  # -1 where the key is larger than every known one
    ids[(ids >= 0) & (np.append(known, -1)[ids] != wanted)] = -1
    if images is not None:
        images = np.asarray(images, dtype=np.int64).reshape(-1, 3)
        if len(images) != len(pairs):
            raise InputError(f"{len(images)} images found for {len(pairs)} pairs, expected one for each")
        seen_from_smaller = np.where(pairs[:, :1] <= pairs[:, 1:], images, -images)
        other = (filtration.images[ids] != seen_from_smaller).any(axis=1) if len(filtration) else False
        ids = np.where(other, -1, ids)
    return ids


def shortest_period(glass: Glass) -> float:
    """Length in Å of the shortest non-zero lattice vector along the periodic directions; inf without any."""
    if not glass.pbc.any():
        return math.inf
    reduced, _ = minkowski_reduce(complete_cell(glass.cell), pbc=glass.pbc)
    return float(np.linalg.norm(reduced[glass.pbc], axis=1).min())


def _too_thin(glass: Glass, cutoff: float, period: float, what: str) -> str:
    return (
        f"{glass.name}: {what} within the cutoff of {cutoff:g} Å, expected one image per pair: take a "
        f"cutoff below {period / 2:.2f} Å (half the shortest period of the cell) or a larger box"
    )


def _winding_triangles(pairs: np.ndarray, images: np.ndarray) -> int:
    """How many triangles of mutual neighbours i < j < k have image(ij) + image(jk) != image(ik)."""
    after: dict[int, dict[int, tuple[int, int, int]]] = {}  # i -> {j > i: image of j seen from i}
    for (i, j), image in zip(pairs.tolist(), map(tuple, images.tolist()), strict=True):
        after.setdefault(i, {})[j] = image
    count = 0
    for neighbors in after.values():
        for j, (a, b, c) in neighbors.items():
            for k, (d, e, f) in after.get(j, {}).items():
                if k in neighbors and neighbors[k] != (a + d, b + e, c + f):
                    count += 1
    return count
