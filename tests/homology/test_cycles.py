"""Representative cycles: closed, born with their class, alive as long; strict and winding where said so."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.glass import Glass
from symgnn.homology import Cycles, Persistence, persistent_homology, representative_cycles, rips_filtration
from symgnn.homology import torus_bars as find_torus_bars
from symgnn.homology.exact_cycles import exact_cycles
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, cubic_lattice, is_boundary, polygon, random_cloud, two_rings


def topology_of(glass: Glass, cutoff: float) -> tuple[Persistence, Cycles]:
    persistence = persistent_homology(rips_filtration(glass, cutoff))
    return persistence, representative_cycles(persistence)


def test_octagon():
    persistence, cycles = topology_of(polygon(8, radius=3.0), 6.5)
    assert len(cycles) == 1
    ring = cycles.vertices[0].tolist()
    assert sorted(ring) == list(range(8))
    assert {abs(a - b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)} == {1, 7}  # neighbours only
    assert cycles.lengths[0] == pytest.approx(8 * 6 * np.sin(np.pi / 8))
    assert cycles.sizes.tolist() == [8]
    assert cycles.strict.tolist() == [True]
    assert cycles.winding.tolist() == [False]
    assert cycles.edges[0][-1] == persistence.h1.birth_edge[0]


def test_two_squares_that_share_an_edge():
    persistence, cycles = topology_of(cloud([[x, y, 0] for x in (0, 2, 4) for y in (0, 2)]), 4.5)
    assert sorted(cycles.sizes) == [4, 4]
    assert all(persistence.filtration.lengths[edges].max() == 2 for edges in cycles.edges)


def test_the_shortest_cycle_need_not_be_the_one_that_dies():
    glass = two_rings()
    persistence, cycles = topology_of(glass, 4.5)
    pairs, h1 = persistence.filtration.pairs, persistence.h1
    row = int(np.flatnonzero((pairs[h1.birth_edge] == [0, 1]).all(axis=1))[0])
    assert sorted(cycles.vertices[row]) == [0, 1, 2, 3]  # the square
    assert h1.birth[row] == 3.0
    assert h1.death[row] < 3.3  # when the ladder is filled
    assert not cycles.strict[row]
    assert not is_boundary(pairs, h1.death_edge[row] + 1, cycles.edges[row])

    outer = int(np.flatnonzero(np.isclose(h1.birth, np.hypot(2.9, 0.05)))[0])
    assert h1.death[outer] == pytest.approx(np.hypot(2.9, 2.95))  # when the square is filled
    assert len(cycles.vertices[outer]) > 7
    assert cycles.strict[outer]


@pytest.mark.parametrize(
    ("glass", "cutoff"),
    [
        (random_cloud(45, seed=4), 4.5),
        (random_cloud(60, seed=8), 4.5),
        (make_random_glass(120, seed=7), 4.2),
        (two_rings(), 4.5),
    ],
    ids=["cloud", "larger cloud", "periodic", "two rings"],
)
def test_every_cycle_against_linear_algebra(glass, cutoff):
    persistence, cycles = topology_of(glass, cutoff)
    filtration, h1 = persistence.filtration, persistence.h1
    assert len(cycles) == len(h1) > 1
    for row, (vertices, edges) in enumerate(zip(cycles.vertices, cycles.edges, strict=True)):
        ring = np.column_stack([vertices, np.roll(vertices, -1)])
        np.testing.assert_array_equal(np.sort(ring, axis=1), filtration.pairs[edges])
        assert len(set(vertices.tolist())) == len(vertices) >= 4  # a triangle is filled when it is born
        assert edges[-1] == edges.max() == h1.birth_edge[row]
        assert cycles.lengths[row] == pytest.approx(filtration.lengths[edges].sum())
        death = int(h1.death_edge[row])
        last = death if death >= 0 else len(filtration)
        assert not is_boundary(filtration.pairs, last, edges)  # alive until its class dies
        assert cycles.strict[row] == (death < 0 or is_boundary(filtration.pairs, death + 1, edges))


def test_strict_occurs_both_ways():
    _, cycles = topology_of(make_random_glass(120, seed=7), 4.2)
    assert 0.2 < cycles.strict.mean() < 0.98


def test_torus_lattice_has_three_loops_of_the_cell():
    persistence, cycles = topology_of(cubic_lattice(5, 2.0), 3.0)
    alive = ~persistence.h1.finite
    torus = find_torus_bars(persistence, cycles)
    np.testing.assert_array_equal(torus, alive)
    assert torus.sum() == 3
    assert abs(round(np.linalg.det(cycles.turns[torus]))) % 2 == 1  # independent mod 2
    assert cycles.winding[torus].all()


def test_loops_alive_at_the_cutoff_are_told_from_those_of_the_cell():
    # two chains of 8 atoms that go along x through the cell (period 16 Å) and, far from them, an open octagon
    chain = np.column_stack([2.0 * np.arange(8), np.zeros(8), np.zeros(8)])
    ring = polygon(8, radius=3.0).positions + np.array([8, 15, 0])
    places = np.concatenate([chain, chain + np.array([0, 0, 20]), ring])
    glass = Glass(np.full(24, 29), places, np.diag([16.0, 40, 40]), (True, False, False))
    persistence, cycles = topology_of(glass, 3.0)
    assert len(cycles) == 3
    assert not persistence.h1.finite.any()
    assert cycles.strict.all()
    assert sorted(np.abs(cycles.turns).tolist()) == [[0, 0, 0], [1, 0, 0], [1, 0, 0]]
    assert sorted(cycles.vertices[int(np.argmin(cycles.winding))]) == list(range(16, 24))
    torus = find_torus_bars(
        persistence, cycles
    )  # the cell has one loop along x, whatever the number of chains
    assert torus.sum() == 1
    assert cycles.winding[torus].all()


def test_a_loop_of_a_thin_cell_that_triangles_round_it_fill_is_not_alive():
    chain = np.column_stack([2.4 * np.arange(5), np.zeros(5), np.zeros(5)])  # period 12 Å < 3 cutoffs
    glass = Glass(np.full(5, 29), chain, np.diag([12.0, 40, 40]), (True, False, False))
    persistence, cycles = topology_of(glass, 5.0)
    assert persistence.filtration.warning is not None
    assert cycles.winding.tolist() == [True]
    assert persistence.h1.death.tolist() == [4.8]
    assert not find_torus_bars(persistence, cycles).any()


def test_turns_do_not_depend_on_the_cell_an_atom_is_written_in():
    glass = make_random_glass(120, seed=7)
    shifts = np.random.default_rng(0).integers(-2, 3, size=(120, 3))
    moved = Glass(glass.species, glass.positions + shifts @ glass.cell, glass.cell, glass.pbc)
    _, expected = topology_of(glass, 4.0)
    _, found = topology_of(moved, 4.0)
    assert [ring.tolist() for ring in found.vertices] == [ring.tolist() for ring in expected.vertices]
    np.testing.assert_array_equal(found.turns, expected.turns)
    assert found.winding.any()
    assert not found.winding.all()


def test_without_loops():
    persistence, cycles = topology_of(cloud([[0, 0, 0], [2, 0, 0], [4, 0, 0]]), 3.0)
    assert len(cycles) == 0
    assert cycles.turns.shape == (0, 3)
    assert cycles.winding.shape == cycles.strict.shape == find_torus_bars(persistence, cycles).shape == (0,)


def test_an_exact_cycle_dies_with_its_class():
    """In the two rings the shorter ring fills too late; in a random cloud linear algebra mod 2 is the judge."""
    rings = persistent_homology(rips_filtration(two_rings(), 6.0))
    shortest = representative_cycles(rings)
    row = int(np.flatnonzero(~shortest.strict)[0])
    exact = exact_cycles(rings, shortest, rows=np.array([row]))
    assert exact.strict[row]
    assert exact.lengths[row] > shortest.lengths[row]
    for glass in (two_rings(), random_cloud(40, 3), random_cloud(40, 4)):
        persistence = persistent_homology(rips_filtration(glass, 6.0))
        found = exact_cycles(persistence, representative_cycles(persistence))
        h1, pairs = persistence.h1, persistence.filtration.pairs
        assert found.strict.all()
        for k in np.flatnonzero(h1.finite):
            assert found.edges[k].max() == h1.birth_edge[k]
            assert is_boundary(pairs, h1.death_edge[k] + 1, found.edges[k])
            assert not is_boundary(pairs, h1.death_edge[k], found.edges[k])


def test_a_search_for_an_exact_cycle_that_gives_up():
    persistence = persistent_homology(rips_filtration(two_rings(), 6.0))
    shortest = representative_cycles(persistence)
    steps = []
    same = exact_cycles(persistence, shortest, states=1, progress=lambda *step: steps.append(step))
    assert np.array_equal(same.strict, shortest.strict)
    assert steps == [(1, 1)]
