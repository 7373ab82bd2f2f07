"""Filtrations: order, ties, periodic images, boxes that are too thin."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import edge_ids, rips_filtration
from symgnn.homology.filtration import shortest_period
from tests.homology.shapes import cloud, cubic_lattice


def brute_force(glass: Glass, cutoff: float) -> list[tuple[float, int, int, tuple[int, ...]]]:
    """(length, i, j, image of j) with i < j over all neighbouring cells, sorted."""
    found = []
    for shift in itertools.product(*[(-1, 0, 1) if periodic else (0,) for periodic in glass.pbc]):
        vectors = glass.positions[None, :] + np.array(shift) @ glass.cell - glass.positions[:, None]
        lengths = np.linalg.norm(vectors, axis=2)
        for i, j in np.argwhere(np.triu(lengths < cutoff, 1)).tolist():
            found.append((round(float(lengths[i, j]), 8), i, j, shift))
    return sorted(found)


def test_equals_brute_force_in_a_triclinic_cell(random_glass):
    filtration = rips_filtration(random_glass, 4.0)
    expected = brute_force(random_glass, 4.0)
    assert len(filtration) == len(expected) > 500
    assert filtration.pairs.tolist() == [[i, j] for _, i, j, _ in expected]
    assert filtration.images.tolist() == [list(image) for *_, image in expected]
    np.testing.assert_allclose(filtration.lengths, [row[0] for row in expected], atol=2e-8)
    assert filtration.images.any()  # some bonds cross the boundary


def test_ties_are_ordered_by_atoms_and_do_not_depend_on_round_off():
    lattice = cubic_lattice(4, 2.5)
    moved = Glass(lattice.species, lattice.positions + 0.1, lattice.cell, lattice.pbc)
    for glass in (lattice, moved):
        filtration = rips_filtration(glass, 3.0)
        assert len(filtration) == 3 * 64
        assert np.unique(filtration.lengths).tolist() == [2.5]
        order = np.lexsort((filtration.pairs[:, 1], filtration.pairs[:, 0]))
        np.testing.assert_array_equal(order, np.arange(len(filtration)))


@pytest.mark.parametrize("cutoff", [0.0, -1.0, np.inf, np.nan])
def test_a_strange_cutoff_is_refused(cutoff):
    with pytest.raises(InputError, match="cutoff"):
        rips_filtration(cloud([[0, 0, 0], [1, 0, 0]]), cutoff)


def test_no_edges():
    filtration = rips_filtration(cloud([[0, 0, 0], [9, 0, 0]]), 4.0)
    assert len(filtration) == 0
    assert filtration.n_atoms == 2
    assert edge_ids(filtration, [[0, 1]]).tolist() == [-1]
    assert edge_ids(filtration, [[0, 1]], [[0, 0, 0]]).tolist() == [-1]


def thin_box(positions, width: float, pbc=(True, False, False)) -> Glass:
    return Glass(np.full(len(positions), 29), positions, np.diag([width, 40.0, 40.0]), pbc, name="thin")


def test_a_pair_with_two_images_is_refused():
    glass = thin_box([[0, 0, 0], [3.0, 0, 0]], 6.5)  # 3.0 Å one way round, 3.5 Å the other
    assert len(rips_filtration(glass, 3.2)) == 1
    with pytest.raises(InputError, match=r"atoms 0 and 1 .* two images .* below 3\.25 Å"):
        rips_filtration(glass, 4.0)


def test_an_atom_that_sees_its_own_image_is_refused():
    glass = thin_box([[0, 0, 0], [0, 9.0, 0]], 3.5)
    with pytest.raises(InputError, match="own periodic image"):
        rips_filtration(glass, 4.0)


def test_a_triangle_round_the_cell_is_counted_and_told():
    ring = [[0, 0, 0], [3, 0, 0], [6, 0, 0]]  # period 9 Å: the three 3 Å bonds close round the cell only
    filtration = rips_filtration(thin_box(ring, 9.0), 4.0)
    assert len(filtration) == 3
    assert filtration.winding_triangles == 1
    assert "9.00 Å" in filtration.warning
    closed = [[0, 0, 0], [3, 0, 0], [1.5, 2.6, 0]]
    for cells in itertools.product((-1, 0, 2), repeat=3):  # whichever cell the atoms are written in
        moved = np.array(closed) + np.outer(cells, [9.0, 0, 0])
        assert rips_filtration(thin_box(moved, 9.0), 4.0).winding_triangles == 0
    wide = rips_filtration(thin_box(ring, 13.0), 4.0)
    assert wide.winding_triangles == 0
    assert wide.warning is None


def test_shortest_period_sees_skewed_cells_and_open_directions():
    skewed = np.array([[10.0, 0, 0], [9.0, 4.0, 0], [0, 0, 20.0]])  # b - a = (-1, 4, 0)
    atoms = [[0, 0, 0], [5, 5, 5]]
    assert shortest_period(Glass([29, 29], atoms, skewed, (1, 1, 1))) == pytest.approx(17**0.5)
    assert shortest_period(Glass([29, 29], atoms, skewed, (1, 0, 1))) == pytest.approx(10.0)
    assert shortest_period(cloud(atoms)) == np.inf


def test_edge_ids_of_explanation_pairs(random_glass):
    filtration = rips_filtration(random_glass, 4.0)
    ids = np.random.default_rng(0).permutation(len(filtration))[:50]
    pairs, images = filtration.pairs[ids], filtration.images[ids]
    np.testing.assert_array_equal(edge_ids(filtration, pairs), ids)
    np.testing.assert_array_equal(edge_ids(filtration, pairs, images), ids)
    np.testing.assert_array_equal(edge_ids(filtration, pairs[:, ::-1], -images), ids)
    assert (edge_ids(filtration, pairs, images + np.array([1, 0, 0])) == -1).all()
    crossing = images.any(axis=1)
    assert crossing.any()
    assert (edge_ids(filtration, pairs[:, ::-1], images)[crossing] == -1).all()

    longer = rips_filtration(random_glass, 5.0)
    np.testing.assert_array_equal(
        edge_ids(filtration, longer.pairs, longer.images),
        np.where(np.arange(len(longer)) < len(filtration), np.arange(len(longer)), -1),
    )
    assert edge_ids(filtration, [[3, 3]]).tolist() == [-1]
    with pytest.raises(InputError, match=r"0\.\.119"):
        edge_ids(filtration, [[0, 120]])
