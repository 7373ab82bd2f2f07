"""Hand-made structures whose topology is known exactly, and an independent mod-2 algebra."""

from __future__ import annotations

import itertools

import numpy as np

from symgnn.glass import Glass


def cloud(positions, species=29) -> Glass:
    """Copper atoms at the given places, without a cell."""
    positions = np.asarray(positions, dtype=float)
    species = np.broadcast_to(species, len(positions))
    return Glass(species, positions, np.zeros((3, 3)), (False, False, False), name="cloud")


def random_cloud(n: int, seed: int) -> Glass:
    """n atoms placed uniformly at the density of a metallic glass."""
    rng = np.random.default_rng(seed)
    return cloud(rng.uniform(size=(n, 3)) * (n / 0.06) ** (1 / 3))


def polygon(n: int, radius: float = 3.0) -> Glass:
    """Corners of a regular n-gon in the xy plane."""
    angles = 2 * np.pi * np.arange(n) / n
    return cloud(radius * np.column_stack([np.cos(angles), np.sin(angles), np.zeros(n)]))


def cubic_lattice(n: int, spacing: float) -> Glass:
    """n³ atoms on a simple cubic lattice, periodic."""
    places = np.array(list(itertools.product(range(n), repeat=3))) * spacing
    return Glass(np.full(n**3, 29), places, np.eye(3) * n * spacing, (True, True, True), name="lattice")


def two_rings() -> Glass:
    """A square and a ladder that share one wall, the last edge to appear (3 Å: atoms 0 and 1).

    The square is the shorter ring through the wall (11.7 Å against 14.0 Å), but it fills later (4.1 Å) than
    the ladder (3.2 Å), whose rungs are a little longer than the wall.
    """
    square = [(-2.9, 0.05), (-2.9, 2.95)]
    ladder = [(x, y) for x in (1.0, 2.0, 3.0, 4.0) for y in (-0.03, 3.03)]
    plane = np.array([(0, 0), (0, 3.0), *square, *ladder, (5.0, 1.5)])
    return cloud(np.column_stack([plane, np.zeros(len(plane))]))


def rank_mod_2(columns: list[int]) -> int:
    """Rank over Z/2 of vectors given as the bits of Python integers."""
    basis: dict[int, int] = {}  # highest bit -> vector
    for vector in columns:
        while vector:
            top = vector.bit_length()
            if top not in basis:
                basis[top] = vector
                break
            vector ^= basis[top]
    return len(basis)


def is_boundary(pairs: np.ndarray, n_present: int, cycle: np.ndarray) -> bool:
    """Whether a set of edges is, mod 2, a sum of triangles among the first n_present edges."""
    number = {tuple(pair): edge for edge, pair in enumerate(pairs[:n_present].tolist())}
    atoms = range(int(pairs.max()) + 1)
    triangles = [
        1 << number[i, j] | 1 << number[i, k] | 1 << number[j, k]
        for i, j in number
        for k in atoms[j + 1 :]
        if (i, k) in number and (j, k) in number
    ]
    vector = sum(1 << int(edge) for edge in cycle)
    return rank_mod_2([*triangles, vector]) == rank_mod_2(triangles)
