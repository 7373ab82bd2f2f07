"""The alpha complex against gudhi's own, the definition by empty spheres, and the numbers measured on real glass."""

import itertools
from dataclasses import replace

import gudhi
import numpy as np
import pytest

from symgnn.datasets.paper import load_paper
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.homology import (
    alpha_complex,
    alpha_cycles,
    alpha_diagrams,
    alpha_topology,
    edge_ids,
    glass_topology,
)
from symgnn.homology.summary import participation_of
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, cubic_lattice, random_cloud


def points(diagram, tolerance):
    found = diagram[diagram[:, 1] - diagram[:, 0] > tolerance]
    return found[np.lexsort(found.T)]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_diagrams_are_gudhis_on_points(seed):
    glass = random_cloud(150, seed)
    tree = gudhi.AlphaComplex(points=glass.positions).create_simplex_tree()
    tree.compute_persistence(homology_coeff_field=2)
    for dimension, diagram in enumerate(alpha_diagrams(alpha_complex(glass))):
        expected = 2 * np.sqrt(tree.persistence_intervals_in_dimension(dimension).reshape(-1, 2))
        ours, theirs = points(diagram, 1e-6), points(expected, 1e-6)
        assert len(ours) == len(theirs) > 10
        assert np.allclose(ours, theirs, atol=1e-7)


def test_edges_by_their_empty_spheres():
    """A Gabriel edge is one whose sphere on it as diameter holds no atom: by trying all atoms and images."""
    glass = make_random_glass(120, seed=5)
    alpha = alpha_complex(glass)
    shifts = np.array(list(itertools.product((-1, 0, 1), repeat=3))) @ glass.cell
    neighbors = neighbor_list(glass, 5.0)
    once = neighbors.target < neighbors.source
    pairs = np.stack([neighbors.target[once], neighbors.source[once]], 1)
    middle = glass.positions[pairs[:, 0]] + neighbors.vector[once] / 2
    lattice = np.linalg.inv(glass.cell)
    home = middle - np.floor(middle @ lattice) @ glass.cell
    everywhere = (glass.wrapped()[None] + shifts[:, None]).reshape(-1, 3)
    distance = np.linalg.norm(home[:, None] - everywhere, axis=2)
    empty = (distance < neighbors.length[once][:, None] / 2 - 1e-7).sum(1) == 0
    ids = edge_ids(alpha.edges, pairs, neighbors.image[once])
    gabriel = (ids >= 0) & np.append(alpha.gabriel, False)[ids]
    assert np.array_equal(gabriel, empty)
    assert 0 < gabriel.sum() < len(gabriel)
    assert np.allclose(alpha.values[alpha.gabriel], alpha.edges.lengths[alpha.gabriel], atol=1e-6)
    assert (alpha.values[~alpha.gabriel] > alpha.edges.lengths[~alpha.gabriel]).all()
    assert (np.diff(alpha.values) >= 0).all()


def test_the_complex_of_a_torus_does_not_depend_on_where_the_cell_is_cut():
    glass = make_random_glass(150, seed=8)
    alpha = alpha_complex(glass)
    euler = len(glass) - len(alpha.edges) + len(alpha.triangles) - len(alpha.tetrahedra)
    assert euler == 0
    rng = np.random.default_rng(0)
    positions = glass.positions + [3.0, -1.0, 7.0] + rng.integers(-2, 3, (150, 3)) @ glass.cell
    moved = alpha_complex(Glass(glass.species, positions, glass.cell, glass.pbc))
    assert np.array_equal(alpha.triangles, moved.triangles)
    assert np.allclose(alpha.values, moved.values, atol=1e-6)
    i, j = moved.edges.pairs.T
    vector = positions[j] + moved.edges.images @ glass.cell - positions[i]
    assert np.allclose(np.linalg.norm(vector, axis=1), moved.edges.lengths, atol=1e-6)
    infinite = [int(np.isinf(diagram[:, 1]).sum()) for diagram in alpha_diagrams(alpha)]
    assert infinite == [1, 3, 3], "the classes of the torus"


def test_cycles_start_with_gabriel_edges_that_close_a_loop():
    glass = make_random_glass(150, seed=8)
    alpha = alpha_complex(glass)
    cycles = alpha_cycles(alpha)
    births = np.array([edges.max() for edges in cycles.edges])
    assert alpha.gabriel[births].all()
    assert len(np.unique(births)) == len(births)
    h1 = alpha_diagrams(alpha)[1]
    persistent = h1[h1[:, 1] - h1[:, 0] > 1e-6]
    assert len(births) == len(h1) >= len(persistent)
    assert np.allclose(np.sort(alpha.values[births]), np.sort(h1[:, 0]), atol=1e-9)
    assert cycles.winding.sum() >= 3
    for vertices, edges in zip(cycles.vertices[:50], cycles.edges[:50], strict=True):
        assert len(set(vertices.tolist())) == len(vertices) == len(edges)


def test_a_crystal_is_cut_in_the_same_way_everywhere():
    """All corners of a cube lie on one sphere: the values are those of edge, face diagonal's and body's sphere."""
    glass = cubic_lattice(5, 3.0)
    alpha = alpha_complex(glass)
    assert len(glass) - len(alpha.edges) + len(alpha.triangles) - len(alpha.tetrahedra) == 0
    assert np.unique(np.round(alpha.values, 4)).tolist() == pytest.approx(
        [3, 3 * 2**0.5, 3 * 3**0.5], abs=1e-3
    )
    assert (np.round(alpha.values, 4) == 3).sum() == 3 * 125


@pytest.mark.parametrize(
    ("glass", "message"),
    [
        (make_random_glass(60, 1, pbc=(True, True, False)), "periodic in some directions only"),
        (cloud([[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, 0]]), "4 atoms found"),
        (cloud([[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2.1, 0], [1, 5, 0]]), "atoms in one plane"),
        (make_random_glass(6, 1), "take a larger box"),
    ],
    ids=["slab", "few", "flat", "thin"],
)
def test_what_has_no_alpha_complex_here(glass, message):
    with pytest.raises(InputError, match=message):
        alpha_complex(glass)


def test_a_glass_without_alpha_complex_still_has_a_topology():
    found = glass_topology(make_random_glass(60, 1, pbc=(True, True, False)))
    assert found.alpha is None
    assert "periodic in some directions only" in found.alpha_problem
    assert found.describe()["cycles of the alpha complex"] is None


def test_participation_measured_on_the_papers_glass(raw_data):
    """Cycles per undirected edge shorter than 5 Å of test0, and how they fall with length (measured independently;
    cycles round the cell count here)."""
    glass = load_paper(["test0"], raw_data)[0]
    neighbors = neighbor_list(glass, 5.0)
    once = neighbors.target < neighbors.source
    pairs, length = np.stack([neighbors.target[once], neighbors.source[once]], 1), neighbors.length[once]
    alpha = alpha_topology(glass)
    everywhere = np.bincount(np.concatenate(alpha.cycles.edges), minlength=len(alpha.complex.edges))
    counts = participation_of(replace(alpha, participation=everywhere), pairs, neighbors.image[once])
    assert counts.mean() == pytest.approx(1.26, abs=0.02)
    assert (counts == 0).mean() == pytest.approx(0.59, abs=0.01)
    by_length = {2.5: 5.0, 2.75: 2.2, 3.0: 1.3, 3.25: 1.1, 3.5: 0.43, 4.5: 0.0}
    for low, mean in by_length.items():
        bin_of = (length >= low) & (length < low + (0.5 if low >= 3.5 else 0.25))
        assert counts[bin_of].mean() == pytest.approx(mean, abs=0.15)
    topology = glass_topology(glass)
    rips = np.zeros(len(length))
    counts = np.bincount(np.concatenate(topology.cycles.edges), minlength=len(topology.filtration))
    rips[: len(counts)] = counts  # all other edges lie on none
    assert rips.mean() == pytest.approx(0.45, abs=0.01)
    assert (rips == 0).mean() == pytest.approx(0.84, abs=0.01)
    assert len(topology.persistence.h1) == 3660
    assert topology.cycles.strict.mean() == pytest.approx(0.62, abs=0.01)
    assert topology.cycles.sizes[topology.persistence.h1.finite].mean() == pytest.approx(5.9, abs=0.05)
