"""Overlap of moving and important atoms: planted overlaps are named, and distance alone is none."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.analysis.event_overlap import event_overlap, important_atoms
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass

RADIUS = 3.2  # Å, of the ring of atoms round atom 0


def ring(n: int = 40, further: int = 40) -> Glass:
    """Atom 0, n atoms at one distance from it, and others twice as far away."""
    angles = 2 * np.pi * np.arange(n) / n
    inner = RADIUS * np.column_stack([np.cos(angles), np.sin(angles), 0 * angles])
    positions = np.vstack([[0, 0, 0], inner, 2 * inner[:further]]) + 20
    return Glass(np.full(len(positions), 29), positions, 40 * np.eye(3), np.ones(3, bool))


def explained(glass: Glass, importance: np.ndarray) -> Explanation:
    """Edges from atom 0 to all others."""
    n = len(glass) - 1
    pairs = np.column_stack([np.zeros(n, dtype=int), np.arange(1, n + 1)])
    return Explanation(
        atom=0, prediction=1.5, method="planted", settings={}, seed=0, glass_key="g", checkpoint_key="c",
        pairs=pairs, images=np.zeros((n, 3), dtype=int), lengths=np.full(n, RADIUS), importance=importance,
        mask=None, hops=np.zeros(n, dtype=int),
    )  # fmt: skip


def test_an_atom_is_as_important_as_its_edges_together():
    glass = ring(3, 0)
    shown = explained(glass, np.array([0.1, 0.5, 0.4]))
    np.testing.assert_allclose(shown.atom_importance(len(glass)), [1, 0.1, 0.5, 0.4])
    assert important_atoms(shown, 2).tolist() == [2, 3], "besides the explained one"
    assert len(important_atoms(shown, 9)) == 3


def test_a_planted_overlap_is_more_than_distance_explains():
    glass = ring()
    importance = np.full(80, 0.1)
    importance[4:12] = 0.9
    result = event_overlap(explained(glass, importance), glass, [np.arange(5, 13)])
    assert (result.events, result.moving, result.shared) == (1, 8, 8)
    assert result.control == pytest.approx(8 * 8 / 40, abs=0.2)
    assert result.p == pytest.approx(1 / 1001)
    assert result.draws == 1000


def test_distance_alone_is_no_overlap():
    """All near atoms move and are important: so would any that were drawn at their distances."""
    glass = ring()
    importance = np.concatenate([np.linspace(0.5, 0.9, 40), np.full(40, 0.1)])
    result = event_overlap(explained(glass, importance), glass, [np.arange(41)])
    assert (result.moving, result.shared, result.control, result.p) == (40, 40, 40.0, 1.0)


def test_events_are_summed_and_those_without_others_left_out():
    glass = ring()
    importance = np.linspace(0.9, 0.1, 80)
    result = event_overlap(
        explained(glass, importance), glass, [np.array([0, 1, 2]), np.array([0]), np.array([70])], draws=50
    )
    assert (result.events, result.moving, result.shared, result.draws) == (2, 3, 2, 50)


def test_what_is_refused():
    glass = ring()
    shown = explained(glass, np.full(80, 0.5))
    with pytest.raises(InputError, match="no event in which another atom than 0 moves"):
        event_overlap(shown, glass, [np.array([0])])
    with pytest.raises(InputError, match="atom 99 found"):
        event_overlap(shown, glass, [np.array([99])])
