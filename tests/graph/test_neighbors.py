"""Neighbour lists against ASE's, and hand-made cells with known answers."""

import numpy as np
import pytest
from ase import Atoms
from ase.neighborlist import neighbor_list as ase_neighbor_list

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from tests.conftest import make_random_glass


def rows(source, target, image):
    return sorted(map(tuple, np.column_stack([target, source, image]).tolist()))


def assert_same_as_ase(glass, cutoff):
    ours = neighbor_list(glass, cutoff)
    atoms = Atoms(glass.symbols, glass.positions, cell=glass.cell, pbc=glass.pbc)
    i, j, shift, distance = ase_neighbor_list("ijSd", atoms, cutoff)
    assert rows(ours.source, ours.target, ours.image) == rows(j, i, shift)
    assert np.allclose(np.sort(ours.length), np.sort(distance), atol=1e-10)
    key = np.column_stack([ours.image[:, ::-1], ours.source, ours.target])
    assert (np.lexsort(key.T) == np.arange(len(ours))).all(), "rows are sorted by target, source, image"


@pytest.mark.parametrize(
    "pbc", [(1, 1, 1), (1, 0, 1), (0, 0, 1), (0, 0, 0)], ids=["bulk", "slab", "wire", "cluster"]
)
@pytest.mark.parametrize("cutoff", [2.5, 5.0])
def test_triclinic_cells_with_any_periodicity(pbc, cutoff):
    assert_same_as_ase(make_random_glass(80, seed=3, pbc=pbc), cutoff)


def test_cell_thinner_than_two_cutoffs_gets_all_images():
    glass = make_random_glass(6, seed=1)
    assert_same_as_ase(glass, 9.0)
    neighbors = neighbor_list(glass, 9.0)
    assert (neighbors.source == neighbors.target).any(), "an atom neighbours its own images"


def test_a_long_thin_cell_has_no_pairs_beyond_the_cutoff():
    """Its pairs are searched with a longer cutoff: vesin cannot cut such a box."""
    column = Glass([29] * 3, [[0, 0, 5], [0, 0, 6.4], [0, 0, 8.1]], np.diag([3.1, 3.1, 48500.0]), [True] * 3)
    assert np.allclose(neighbor_list(column, 1.5).length, [1.4, 1.4])


def test_many_neighbors_of_a_few_atoms_are_found():
    thin = Glass([29, 40], [[0, 0, 0], [0, 0, 1.5]], np.eye(3) * 3.0, [True] * 3)
    assert len(neighbor_list(thin, 25.0)) / 2 == pytest.approx(2 / 27 * 4 / 3 * np.pi * 25**3, rel=0.02)


def test_positions_outside_the_cell_keep_their_images():
    glass = make_random_glass(40, seed=5)
    far = glass.positions + np.random.default_rng(0).integers(-3, 4, (40, 3)) @ glass.cell
    moved = Glass(species=glass.species, positions=far, cell=glass.cell, pbc=glass.pbc)
    assert_same_as_ase(moved, 4.0)


def test_two_atoms_across_a_face():
    glass = Glass([29, 40], [[0.5, 5, 5], [9.5, 5, 5]], np.eye(3) * 10, [True] * 3)
    neighbors = neighbor_list(glass, 2.0)
    assert rows(neighbors.source, neighbors.target, neighbors.image) == [(0, 1, -1, 0, 0), (1, 0, 1, 0, 0)]
    assert np.allclose(neighbors.vector, [[-1, 0, 0], [1, 0, 0]])


def test_isolated_atoms_have_no_neighbors():
    assert (
        len(neighbor_list(Glass([29, 40], [[0, 0, 0], [9, 0, 0]], np.zeros((3, 3)), [False] * 3), 5.0)) == 0
    )


def test_real_glass(raw_data):
    from symgnn.io.formats.paper_pickle import read_paper_pickle

    glass = read_paper_pickle(raw_data / "train0.pickle")
    neighbors = neighbor_list(glass, 5.0)
    assert len(neighbors) == 259_838
    assert_same_as_ase(read_paper_pickle(raw_data / "test0.pickle"), 5.0)


def test_coincident_atoms_are_named():
    glass = Glass([29, 40, 29], [[0, 0, 0], [3, 0, 0], [10, 0, 0]], np.eye(3) * 10, [True] * 3, name="twice")
    with pytest.raises(InputError, match="twice: atoms 0 and 2"):
        neighbor_list(glass, 4.0)


@pytest.mark.parametrize("cutoff", [0.0, -1.0, float("nan")])
def test_cutoff_must_be_positive(random_glass, cutoff):
    with pytest.raises(InputError, match="cutoff"):
        neighbor_list(random_glass, cutoff)
