"""Diagrams against closed forms and against gudhi."""

from __future__ import annotations

import gudhi
import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import Filtration, persistent_homology, rips_filtration
from symgnn.io.formats.paper_pickle import read_paper_pickle
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, cubic_lattice, polygon, random_cloud


def bars(diagram) -> list[tuple[float, float]]:
    return [(round(b, 6), round(d, 6)) for b, d in zip(diagram.birth, diagram.death, strict=True)]


def test_square():
    square = rips_filtration(polygon(4, radius=3 / 2**0.5), 5.0)  # side 3
    found = persistent_homology(square)
    assert bars(found.h0) == [(0, np.inf), *[(0, 3.0)] * 3]
    assert bars(found.h1) == [(3.0, round(3 * 2**0.5, 6))]
    assert square.lengths[found.h1.death_edge[0]] == found.h1.death[0]
    assert found.h1.birth_edge.tolist() == [3]  # the last of the four sides
    assert found.h2 is None


def test_octagon_is_a_circle_until_chords_span_three_corners():
    # Adamaszek and Adams, Pacific J. Math. 290, 1 (2017): chords over k of n corners fill it once k/n >= 1/3
    found = persistent_homology(rips_filtration(polygon(8, radius=3.0), 6.5))
    side, three = 6 * np.sin(np.pi / 8), 6 * np.sin(3 * np.pi / 8)
    assert bars(found.h1) == [(round(side, 6), round(three, 6))]


def test_two_squares_that_share_an_edge():
    found = persistent_homology(rips_filtration(cloud([[x, y, 0] for x in (0, 2, 4) for y in (0, 2)]), 4.5))
    assert bars(found.h1) == [(2.0, round(8**0.5, 6))] * 2
    assert len(set(found.h1.birth_edge)) == 2


def test_tetrahedron_and_octahedron():
    tetrahedron = cloud(np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]))
    found = persistent_homology(rips_filtration(tetrahedron, 4.0), max_dimension=2)
    assert bars(found.h0) == [(0, np.inf), *[(0, round(8**0.5, 6))] * 3]
    assert len(found.h1) == len(found.h2) == 0

    octahedron = cloud(2 * np.concatenate([np.eye(3), -np.eye(3)]))
    found = persistent_homology(rips_filtration(octahedron, 4.5), max_dimension=2)
    assert len(found.h1) == 0
    assert bars(found.h2) == [(round(8**0.5, 6), 4.0)]


def test_lattice_on_a_torus():
    # betti_1 of the cubic graph is E - V + 1 = 3n³ - n³ + 1; all but the 3 loops of the torus fill at √2 a
    n, a = 5, 2.0
    found = persistent_homology(rips_filtration(cubic_lattice(n, a), 3.0))
    assert found.filtration.winding_triangles == 0
    assert bars(found.h0) == [(0, np.inf), *[(0, a)] * (n**3 - 1)]
    filled = [(a, round(a * 2**0.5, 6))] * (2 * n**3 + 1 - 3)
    assert sorted(bars(found.h1)) == [*filled, *[(a, np.inf)] * 3]


def test_apart_and_without_edges():
    found = persistent_homology(rips_filtration(cloud([[0, 0, 0], [2, 0, 0], [9, 9, 9]]), 4.0))
    assert bars(found.h0) == [(0, np.inf), (0, np.inf), (0, 2.0)]
    assert len(found.h1) == 0
    found = persistent_homology(rips_filtration(cloud([[0, 0, 0], [9, 0, 0]]), 4.0), max_dimension=2)
    assert bars(found.h0) == [(0, np.inf)] * 2
    assert len(found.h1) == len(found.h2) == 0


def gudhi_pairs(filtration: Filtration, dimension: int) -> set[tuple[int, int]]:
    """(birth edge, death edge or -1) of a dimension, by gudhi."""
    tree = gudhi.SimplexTree()
    for atom in range(filtration.n_atoms):
        tree.insert([atom], 0.0)
    for pair, length in zip(filtration.pairs.tolist(), filtration.lengths, strict=True):
        tree.insert(pair, length)
    tree.expansion(dimension + 1)
    tree.compute_persistence(homology_coeff_field=2, persistence_dim_max=True)
    number = {frozenset(pair): edge for edge, pair in enumerate(filtration.pairs.tolist())}
    edges0, finite, _, infinite = tree.flag_persistence_generators()
    if dimension == 0:
        return {(-1, number[frozenset(row[1:].tolist())]) for row in edges0}
    finite = finite[dimension - 1] if len(finite) >= dimension else []
    infinite = infinite[dimension - 1] if len(infinite) >= dimension else []
    pairs = {(number[frozenset(row[:2].tolist())], number[frozenset(row[2:].tolist())]) for row in finite}
    return pairs | {(number[frozenset(row.tolist())], -1) for row in infinite}


GLASSES = {
    "cloud": random_cloud(70, seed=1),
    "dense cloud": random_cloud(40, seed=2),
    "triclinic": make_random_glass(120, seed=7),
    "slab": make_random_glass(110, seed=3, pbc=(True, False, True)),
}


@pytest.mark.parametrize("glass", GLASSES.values(), ids=GLASSES)
def test_edges_of_every_pair_agree_with_gudhi(glass):
    filtration = rips_filtration(glass, 4.4)
    assert (np.diff(filtration.lengths) > 0).all()  # no ties: the pairs are unique
    found = persistent_homology(filtration, max_dimension=2)
    for diagram in found.diagrams:
        pairs = set(zip(diagram.birth_edge.tolist(), diagram.death_edge.tolist(), strict=True))
        if diagram.dimension == 0:
            assert (diagram.death_edge[~diagram.finite] == -1).all()
            pairs = {pair for pair in pairs if pair[1] >= 0}  # gudhi lists those that never die apart
        assert pairs == gudhi_pairs(filtration, diagram.dimension)
    assert len(found.h1) > 5


def test_diagrams_with_ties_agree_with_gudhi():
    rng = np.random.default_rng(5)
    places = np.unique(rng.integers(0, 5, size=(60, 3)), axis=0) * 1.5  # a grid with holes: lengths tie
    filtration = rips_filtration(cloud(places), 4.0)
    assert len(np.unique(filtration.lengths)) < 10
    found = persistent_homology(filtration)
    tree = gudhi.SimplexTree()
    for pair, length in zip(filtration.pairs.tolist(), filtration.lengths, strict=True):
        tree.insert(pair, length)
    for atom in range(filtration.n_atoms):
        tree.insert([atom], 0.0)
    tree.expansion(2)
    tree.compute_persistence(homology_coeff_field=2, persistence_dim_max=False)
    for diagram in (found.h0, found.h1):
        expected = tree.persistence_intervals_in_dimension(diagram.dimension)
        assert sorted(bars(diagram)) == sorted((round(b, 6), round(d, 6)) for b, d in expected)
    assert len(found.h1) > 5


def test_cocycles_start_at_their_birth_edge_and_vanish_on_triangles():
    filtration = rips_filtration(make_random_glass(120, seed=7), 4.0)
    found = persistent_homology(filtration)
    assert len(found.cocycles) == len(found.h1) > 20
    number = {tuple(pair): edge for edge, pair in enumerate(filtration.pairs.tolist())}
    triangles = np.array(
        [
            (number[i, j], number[i, k], number[j, k])
            for i, j in number
            for k in range(j + 1, 120)
            if (i, k) in number and (j, k) in number
        ]
    )
    for cocycle, birth, death in zip(found.cocycles, found.h1.birth_edge, found.h1.death_edge, strict=True):
        assert cocycle.min() == birth
        before = triangles[triangles.max(axis=1) < (death if death >= 0 else len(filtration))]
        assert (np.isin(before, cocycle).sum(axis=1) % 2 == 0).all()
        if death >= 0:
            at = triangles[triangles.max(axis=1) == death]
            assert (np.isin(at, cocycle).sum(axis=1) % 2 == 1).any()


def test_sizes_that_would_abort_ripser_are_refused():
    empty = np.zeros((0, 2), dtype=np.int64)
    big = Filtration("rips", empty, np.zeros((0, 3), dtype=np.int64), np.zeros(0), 30_001, 4.0)
    with pytest.raises(InputError, match="30001 atoms found, expected at most 30000"):
        persistent_homology(big, max_dimension=2)
    assert len(persistent_homology(big).h0) == 30_001
    with pytest.raises(InputError, match="max_dimension 3"):
        persistent_homology(big, max_dimension=3)


def test_ripser_takes_as_many_points_as_are_let_through():
    # beyond the limit of dimension 2 it aborts the interpreter; up to it, far atoms find their edges
    n = 30_000
    last = np.array([[n - 4, n - 3], [n - 4, n - 1], [n - 3, n - 2], [n - 2, n - 1]])
    square = Filtration("rips", last, np.zeros((4, 3), dtype=np.int64), np.full(4, 2.0), n, 4.0)
    found = persistent_homology(square, max_dimension=2)
    assert (len(found.h0), len(found.h1), len(found.h2)) == (n, 1, 0)
    assert found.h1.birth_edge.tolist() == [3]


def test_translation_rotation_and_numbering_change_nothing():
    glass = make_random_glass(120, seed=11)
    expected = persistent_homology(rips_filtration(glass, 4.0)).h1
    rng = np.random.default_rng(0)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    order = rng.permutation(120)
    moved = Glass(
        glass.species[order], ((glass.positions + 17.3) @ rotation)[order], glass.cell @ rotation, glass.pbc
    )
    found = persistent_homology(rips_filtration(moved, 4.0)).h1
    np.testing.assert_allclose(np.sort(found.birth), np.sort(expected.birth), atol=1e-7)
    np.testing.assert_allclose(np.sort(found.death), np.sort(expected.death), atol=1e-7)


def test_void_that_the_cutoff_misses_is_told():
    octahedron = cloud(2 * np.concatenate([np.eye(3), -np.eye(3)]))
    without = persistent_homology(rips_filtration(octahedron, 3.0))
    assert without.h2 is None
    assert without.warning is None
    open_void = persistent_homology(rips_filtration(octahedron, 3.0), max_dimension=2)
    assert (~open_void.h2.finite).sum() == 1
    assert "1 voids are alive at the cutoff of 3 Å (at most 0" in open_void.warning
    assert persistent_homology(rips_filtration(octahedron, 5.0), max_dimension=2).warning is None

    large = cloud(4 * np.concatenate([np.eye(3), -np.eye(3)]))  # edges 5.66 Å, filled at 8 Å
    assert "at the cutoff of 6 Å" in persistent_homology(rips_filtration(large, 6.0), 2).warning
    assert persistent_homology(rips_filtration(large, 8.5), 2).warning is None


def test_voids_of_the_cell_are_not_missed_voids():
    lattice = rips_filtration(cubic_lattice(6, 3.0), 5.5)  # √3 a = 5.196 Å fills every cube
    found = persistent_homology(lattice, max_dimension=2)
    assert found.filtration.warning is None
    assert (~found.h2.finite).sum() == 3  # betti_2 of the 3-torus
    assert found.warning is None


def test_dimension_2_of_test0_is_complete_at_5_angstrom(raw_data):
    glass = read_paper_pickle(raw_data / "test0.pickle")
    found = persistent_homology(rips_filtration(glass, 5.0), max_dimension=2)
    assert [len(diagram) for diagram in found.diagrams] == [3000, 3660, 1577]
    assert [int((~diagram.finite).sum()) for diagram in found.diagrams] == [1, 3, 3]
    assert found.h2.death[found.h2.finite].max() == pytest.approx(4.2465, abs=1e-3)
    assert found.warning is None
    assert "dimension 2 is incomplete" in persistent_homology(rips_filtration(glass, 4.0), 2).warning
