"""The loops of a complex as pages and files take them: births, deaths, cycles and parts belong together, row by row."""

import gudhi
import numpy as np
import pytest

from symgnn.homology import alpha_topology, glass_topology
from symgnn.homology.filtration import rips_filtration
from tests.conftest import make_random_glass
from tests.homology.shapes import polygon, random_cloud, two_rings


@pytest.fixture(scope="module")
def alpha():
    return alpha_topology(make_random_glass(150, seed=8))


def ordered(births, deaths):
    points = np.stack([births, deaths], 1)
    points = points[points[:, 1] - points[:, 0] > 1e-6]
    return points[np.lexsort(points.T)]


def test_a_loop_of_the_alpha_complex_is_born_before_it_dies(alpha):
    loops = alpha.loops
    assert (loops.births <= loops.deaths).all()
    assert (loops.births < loops.deaths - 0.01).sum() > 50
    assert np.isfinite(loops.births).all()
    assert np.isinf(loops.deaths).sum() == 3, "the loops of the cell"


def test_it_is_born_with_the_last_edge_of_its_cycle(alpha):
    for birth, edges in zip(alpha.loops.births, alpha.loops.cycles.edges, strict=True):
        assert birth == alpha.complex.values[edges].max()


@pytest.mark.parametrize("seed", [0, 1])
def test_loops_and_parts_are_gudhis_on_points(seed):
    cloud = random_cloud(120, seed)
    tree = gudhi.AlphaComplex(points=cloud.positions).create_simplex_tree()
    tree.compute_persistence(homology_coeff_field=2)
    expected = 2 * np.sqrt(tree.persistence_intervals_in_dimension(1))
    loops = alpha_topology(cloud).loops
    found = ordered(loops.births, loops.deaths)
    assert len(found) > 10
    assert np.allclose(found, ordered(*expected.T), atol=1e-7)
    parts = 2 * np.sqrt(tree.persistence_intervals_in_dimension(0)[:, 1])
    assert np.allclose(np.sort(loops.component_deaths), np.sort(parts), atol=1e-7)


def test_the_loop_of_a_hexagon():
    """Side 3 Å: born with the last side, filled by the triangle of every other corner, sqrt(3) sides wide."""
    loops = glass_topology(polygon(6, radius=3.0), 5.9).loops
    assert loops.births == pytest.approx([3.0])
    assert loops.deaths == pytest.approx([3 * 3**0.5])
    assert np.sort(loops.component_deaths)[:5] == pytest.approx(np.full(5, 3.0))
    assert np.isinf(np.sort(loops.component_deaths)[5])
    assert [sorted(edges) for edges in loops.cycles.vertices] == [[0, 1, 2, 3, 4, 5]]
    sides = loops.edges.lengths < 3.1
    assert loops.participation.tolist() == sides.astype(int).tolist()


def test_the_most_persistent_loop_dies_and_closes_in_space(alpha):
    loops = alpha.loops
    best = -1, -1.0
    for row, (birth, death) in enumerate(zip(loops.births, loops.deaths, strict=True)):
        if np.isfinite(death) and not loops.cycles.turns[row].any() and death - birth > best[1]:
            best = row, death - birth
    assert loops.most_persistent == best[0]
    square = glass_topology(two_rings(), 5.5).loops
    row = square.most_persistent
    assert square.deaths[row] - square.births[row] == pytest.approx(4.1 - 2.9, abs=0.1)


@pytest.mark.parametrize("cutoff", [3.0, 3.7])
def test_the_topology_is_that_up_to_the_cutoff(cutoff):
    glass = make_random_glass(150, seed=8)
    found = glass_topology(glass, cutoff)
    assert found.filtration.cutoff == cutoff
    assert len(found.filtration) == len(rips_filtration(glass, cutoff))
    assert cutoff - 0.1 < found.filtration.lengths.max() <= cutoff
    finite = found.loops.deaths[np.isfinite(found.loops.deaths)]
    assert finite.max() <= cutoff
