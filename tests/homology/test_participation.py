"""On how many representative cycles edges lie."""

import numpy as np

from symgnn.homology import (
    Cycles,
    edge_participation,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from tests.conftest import make_random_glass


def hand_made_cycles() -> Cycles:
    """Two squares that share edge 0 (atoms 0, 1), and a ring of three edges round the cell."""
    vertices = [np.array([0, 1, 2, 3]), np.array([0, 1, 4, 5]), np.array([0, 6, 7])]
    edges = [np.array([0, 1, 2, 3]), np.array([0, 4, 5, 6]), np.array([0, 7, 8])]
    turns = np.array([[0, 0, 0], [0, 0, 0], [0, -1, 0]])
    return Cycles(vertices, edges, np.array([8.0, 8.0, 9.0]), np.ones(3, dtype=bool), turns)


def test_counts_of_hand_made_cycles():
    """The ring round the cell does not count."""
    assert edge_participation(hand_made_cycles(), 10).tolist() == [2, 1, 1, 1, 1, 1, 1, 0, 0, 0]


def test_counts_of_a_glass_add_up():
    filtration = rips_filtration(make_random_glass(120, seed=7), 4.0)
    cycles = representative_cycles(persistent_homology(filtration))
    counts = edge_participation(cycles, len(filtration))
    assert cycles.winding.any()
    assert counts.sum() == cycles.sizes[~cycles.winding].sum()
    edge = int(np.argmax(counts))
    through = [
        edge in edges for edges, winding in zip(cycles.edges, cycles.winding, strict=True) if not winding
    ]
    assert counts[edge] == sum(through) > 1
