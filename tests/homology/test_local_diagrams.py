"""Diagrams of an atom's neighbourhood: planted rings, the periodic boundary, and the whole glass."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import Diagram, persistent_homology, rips_filtration
from symgnn.homology.local_diagrams import local_persistence
from symgnn.io.formats.paper_pickle import read_paper_pickle
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, polygon, random_cloud


def classes(diagram: Diagram, pairs: np.ndarray) -> list[tuple]:
    """Per class the atoms of its birth and of its death edge."""
    names = [tuple(pair) for pair in pairs.tolist()] + [()]
    return [(names[b], names[d]) for b, d in zip(diagram.birth_edge, diagram.death_edge, strict=True)]


def ring_in_a_box(shift) -> Glass:
    """An octagon (side 2.30 Å, filled at 5.54 Å) with an atom 3.2 Å above its centre, and a far pair."""
    places = np.concatenate([[[9.0, 9, 0], [9, 9, 2]], polygon(8).positions, [[0, 0, 3.2]]])
    cell = np.array([[24.0, 0, 0], [3, 24, 0], [0, -2, 24]])
    return Glass(np.full(11, 29), places + np.asarray(shift) @ cell, cell, (True, True, True), name="box")


@pytest.mark.parametrize("shift", [(0.5, 0.5, 0.5), (0, 0, 0), (-3.0, 2.02, 0.97)])
def test_planted_ring(shift):
    glass = ring_in_a_box(shift)
    wrapped = Glass(
        glass.species, (glass.positions @ np.linalg.inv(glass.cell) % 1) @ glass.cell, glass.cell, glass.pbc
    )
    for written in (glass, wrapped):  # through the boundary or not
        local = local_persistence(written, 10, radius=8.0, cutoff=6.0)
        assert local.atoms.tolist() == list(range(2, 11))
        np.testing.assert_allclose(local.positions[-1], 0, atol=1e-12)
        np.testing.assert_allclose(local.positions[:-1, 2], -3.2, atol=1e-9)
        h1 = local.persistence.h1
        assert h1.birth == pytest.approx([6 * np.sin(np.pi / 8)])
        assert h1.death == pytest.approx([np.hypot(3, 3.2)])  # the atom above closes a cone
        assert set(local.pairs[h1.birth_edge[0]]) <= set(range(2, 10))
        assert not local.interior(h1).any()  # 4.4 Å from the centre, 2 Å are deep enough
    far = local_persistence(glass, 0, radius=8.0, cutoff=6.0)
    assert far.atoms.tolist() == [0, 1]


@pytest.mark.parametrize(("radius", "expected"), [(11.01, True), (10.99, False)])
def test_interior_by_hand(radius, expected):
    # a square of side 3 Å, filled at 4.24 Å; all its corners lie 6 Å from atom 0
    square = polygon(4, radius=3 / 2**0.5).positions + np.array([0, 0, (36 - 4.5) ** 0.5])
    local = local_persistence(cloud([[0, 0, 0], *square]), 0, radius=radius, cutoff=5.0)
    h0, h1 = local.persistence.h0, local.persistence.h1
    assert h1.birth == pytest.approx([3.0])
    assert h1.death == pytest.approx([18**0.5])
    assert local.interior(h1).tolist() == [expected]
    np.testing.assert_array_equal(local.interior(h0), h0.finite & expected)


def test_a_ball_round_everything_is_the_whole_cluster():
    glass = random_cloud(80, seed=3)
    whole = persistent_homology(rips_filtration(glass, 4.2), max_dimension=2)
    local = local_persistence(glass, 17, radius=100.0, cutoff=4.2, max_dimension=2)
    np.testing.assert_array_equal(local.pairs, whole.filtration.pairs)
    for one, other in zip(local.persistence.diagrams, whole.diagrams, strict=True):
        np.testing.assert_array_equal(one.birth, other.birth)
        np.testing.assert_array_equal(one.death, other.death)
        np.testing.assert_array_equal(local.interior(one), (one.birth_edge >= 0) | one.finite)


def test_atoms_and_edges_are_those_of_the_glass():
    glass = make_random_glass(600, seed=5)
    filtration = rips_filtration(glass, 3.5)
    known = {
        tuple(pair): length
        for pair, length in zip(filtration.pairs.tolist(), filtration.lengths, strict=True)
    }
    for atom in (0, 250, 599):
        local = local_persistence(glass, atom, radius=8.0, cutoff=3.5)
        shifts = np.stack(np.meshgrid(*[[-2, -1, 0, 1, 2]] * 3), axis=-1).reshape(-1, 3) @ glass.cell
        distance = np.linalg.norm(glass.positions[:, None] + shifts - glass.positions[atom], axis=2).min(
            axis=1
        )
        np.testing.assert_array_equal(local.atoms, np.flatnonzero(distance <= 8.0))
        np.testing.assert_allclose(np.linalg.norm(local.positions, axis=1), distance[local.atoms], atol=1e-9)
        found = local.persistence.filtration
        for pair, length in zip(local.pairs.tolist(), found.lengths, strict=True):
            assert known[tuple(pair)] == pytest.approx(length, abs=2e-8)


@pytest.mark.parametrize("radius", [8.0, 12.0])
def test_interior_classes_are_those_of_the_glass(raw_data, radius):
    glass = read_paper_pickle(raw_data / "test0.pickle")
    whole = persistent_homology(rips_filtration(glass, 4.0))
    known = set(classes(whole.h1, whole.filtration.pairs))
    shared = {True: [], False: []}
    for atom in range(0, 3000, 150):
        local = local_persistence(glass, atom, radius=radius)
        h1 = local.persistence.h1
        for pair, deep in zip(classes(h1, local.pairs), local.interior(h1), strict=True):
            shared[bool(deep)].append(pair in known)
    assert len(shared[True]) > 80
    assert np.mean(shared[True]) > 0.93  # the others die at another edge than in the glass
    assert np.mean(shared[False]) < 0.75


def test_what_cannot_be_cut_out_is_refused():
    glass = make_random_glass(120, seed=7)
    with pytest.raises(InputError, match=r"random120: atom 120 found, expected 0\.\.119"):
        local_persistence(glass, 120)
    with pytest.raises(InputError, match="half the shortest period"):
        local_persistence(glass, 0, radius=8.0)
    for radius in (4.0, np.inf, np.nan):
        with pytest.raises(InputError, match="radius"):
            local_persistence(glass, 0, radius=radius)
    with pytest.raises(InputError, match="no other atom"):
        local_persistence(cloud([[0, 0, 0], [9, 0, 0]]), 0)
