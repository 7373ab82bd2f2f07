"""Unwrapping around an atom: hand-made cells with known answers, and an independent search over images."""

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.viewer3d.environment import environment, nearest_images

CUBE = 10.0 * np.eye(3)


def cubic(positions, pbc=(True, True, True), cell=CUBE):
    return Glass(species=[29] * len(positions), positions=positions, cell=cell, pbc=pbc)


def test_bond_across_the_boundary_is_drawn_between_neighbors():
    glass = cubic([[0.5, 5, 5], [9.5, 5, 5], [5, 5, 5]])
    around = environment(glass, 0, pairs=[[0, 1]], images=[[-1, 0, 0]], radius=0.0)
    assert around.atom.tolist() == [0, 1]
    np.testing.assert_allclose(around.position, [[0, 0, 0], [-1, 0, 0]], atol=1e-12)
    assert around.bonds.tolist() == [[0, 1]]
    assert not around.ghost.any()
    np.testing.assert_allclose(around.bond_middle, [[-0.5, 0, 0]])


def test_atoms_within_the_radius_stand_by_where_they_are_nearest():
    glass = cubic([[0.5, 5, 5], [9.5, 5, 5], [5, 5, 5]])
    around = environment(glass, 0, np.zeros((0, 2)), np.zeros((0, 3)), radius=2.0)
    assert around.atom.tolist() == [0, 1]
    assert around.bonds.shape == (0, 2)


def test_bond_to_an_own_image_gives_a_ghost():
    glass = cubic([[0, 0, 0], [2, 2, 2]], cell=4.0 * np.eye(3))
    around = environment(glass, 0, pairs=[[0, 0]], images=[[1, 0, 0]], radius=0.0)
    assert around.atom.tolist() == [0, 0]
    assert around.ghost.tolist() == [False, True]
    np.testing.assert_allclose(around.position[1], [4, 0, 0])


def test_two_bonds_to_two_images_of_one_atom_are_two_sites():
    glass = cubic([[0, 0, 0], [5, 0, 0]])
    around = environment(glass, 0, pairs=[[0, 1], [0, 1]], images=[[0, 0, 0], [-1, 0, 0]], radius=0.0)
    ends = around.position[around.bonds[:, 1]]
    np.testing.assert_allclose(np.sort(ends[:, 0]), [-5, 5])
    assert around.ghost.sum() == 1


@pytest.mark.parametrize("pbc", [(True, True, True), (True, False, True), (False, False, False)])
def test_every_bond_keeps_its_length_in_any_cell(pbc):
    from tests.conftest import make_random_glass

    glass = make_random_glass(60, seed=3, pbc=pbc)
    pairs = neighbor_list(glass, 4.0)
    # a neighbour list points from target to source, a pair from its first atom to its second
    around = environment(glass, 7, np.column_stack([pairs.target, pairs.source]), pairs.image, radius=3.0)
    vectors = around.position[around.bonds[:, 1]] - around.position[around.bonds[:, 0]]
    np.testing.assert_allclose(vectors, pairs.vector, atol=1e-9)
    assert around.atom[0] == 7
    np.testing.assert_allclose(around.position[0], 0)


def test_nearest_images_agree_with_a_search_over_all_images(random_glass):
    vectors, images = nearest_images(random_glass, 11)
    shifts = np.array(np.meshgrid(*[[-2, -1, 0, 1, 2]] * 3)).reshape(3, -1).T @ random_glass.cell
    offsets = random_glass.positions - random_glass.positions[11]
    shortest = np.linalg.norm(offsets[:, None] + shifts, axis=-1).min(axis=1)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), shortest, atol=1e-9)
    np.testing.assert_allclose(offsets + images @ random_glass.cell, vectors, atol=1e-9)


def test_an_atom_that_is_not_there_is_an_input_error():
    with pytest.raises(InputError, match=r"atom 9 does not exist, expected 0\.\.1"):
        nearest_images(cubic([[0, 0, 0], [1, 1, 1]]), 9)


def test_bond_is_placed_at_the_end_that_is_nearer_to_the_centre():
    glass = cubic(
        [[0.5, 5, 5], [9.0, 5, 5], [6.5, 5, 5]]
    )  # atom 1 is 1.5 Å off across the boundary, atom 2 4 Å
    for pairs, images in (([[1, 2]], [[0, 0, 0]]), ([[2, 1]], [[0, 0, 0]])):
        around = environment(glass, 0, pairs, images, radius=0.0)
        np.testing.assert_allclose(sorted(around.position[:, 0]), [-4, -1.5, 0])

    far = cubic(
        [[0.5, 5, 5], [2.0, 5, 5], [6.4, 5, 5]]
    )  # from atom 0 the nearest copy of atom 2 is at -4.1 Å
    for pairs, images in (([[1, 2]], [[0, 0, 0]]), ([[2, 1]], [[0, 0, 0]])):
        around = environment(far, 0, pairs, images, radius=0.0)
        np.testing.assert_allclose(sorted(around.position[:, 0]), [0, 1.5, 5.9])  # beside atom 1, a ghost
        assert around.atom[around.ghost].tolist() == [2]

    across = cubic(
        [[0.5, 5, 5], [9.0, 5, 5], [4.8, 5, 5]]
    )  # atom 1 at -1.5 Å; atom 2's nearest copy at +4.3 Å
    around = environment(across, 0, [[2, 1]], [[0, 0, 0]], radius=0.0)
    np.testing.assert_allclose(sorted(around.position[:, 0]), [-5.7, -1.5, 0])
    around = environment(across, 0, [[2, 1]], [[-1, 0, 0]], radius=0.0)
    np.testing.assert_allclose(sorted(around.position[:, 0]), [-1.5, 0, 4.3])
