"""Distances between diagrams against the assignment problem solved by scipy, closed forms and invariances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import Diagram, Filtration, Persistence, persistent_homology, rips_filtration
from symgnn.homology.distances import MAX_CLASSES, bottleneck, diagram_distances, wasserstein
from symgnn.io.formats.paper_pickle import read_paper_pickle
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, polygon, random_cloud


def homology(glass: Glass, cutoff: float = 4.0, max_dimension: int = 1) -> Persistence:
    return persistent_homology(rips_filtration(glass, cutoff), max_dimension)


def made_up(h1, n_atoms: int = 10, cutoff: float = 5.0, kind: str = "rips") -> Persistence:
    """Loops with the given births and deaths, nothing else."""
    birth, death = np.asarray(h1, dtype=float).reshape(-1, 2).T
    edges = np.zeros(len(birth), dtype=np.int64)
    empty = np.zeros(0)
    filtration = Filtration(
        kind, np.zeros((0, 2), dtype=np.int64), np.zeros((0, 3), dtype=np.int64), empty, n_atoms, cutoff
    )
    h0 = Diagram(0, empty.astype(np.int64), empty.astype(np.int64), empty, empty)
    return Persistence(
        filtration, h0, Diagram(1, edges, np.where(np.isfinite(death), 0, -1), birth, death), None, []
    )


def steps(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(m + n, m + n) cost of every match, each diagram completed by places on the diagonal."""
    m, n = len(one), len(other)
    cost = np.zeros((m + n, m + n))
    cost[:m, :n] = np.abs(one[:, None] - other[None]).max(axis=2)
    cost[:m, n:] = ((one[:, 1] - one[:, 0]) / 2)[:, None]
    cost[m:, :n] = ((other[:, 1] - other[:, 0]) / 2)[None]
    return cost


def scipy_wasserstein(one, other, order: float) -> float:
    cost = steps(one, other) ** order
    return float(cost[linear_sum_assignment(cost)].sum() ** (1 / order))


def scipy_bottleneck(one, other) -> float:
    cost = steps(one, other)
    lengths = np.unique(cost)
    low, high = 0, len(lengths) - 1
    while low < high:  # the shortest length that allows a perfect matching
        middle = (low + high) // 2
        perfect = (maximum_bipartite_matching(csr_matrix(cost <= lengths[middle])) >= 0).all()
        low, high = (low, middle) if perfect else (middle + 1, high)
    return float(lengths[low])


def finite(diagram: Diagram) -> np.ndarray:
    return np.column_stack([diagram.birth, diagram.death])[diagram.finite]


def test_of_one_class_each():
    one, other = made_up([[2.0, 4.0]]), made_up([[2.1, 3.7]])
    assert bottleneck(one, other) == pytest.approx(0.3)
    assert wasserstein(one, other) == pytest.approx(0.3, rel=0.01)
    nothing = made_up([])  # a class without partner goes to the diagonal, half its persistence away
    assert bottleneck(one, nothing) == pytest.approx(1.0)
    assert wasserstein(nothing, one, order=2) == pytest.approx(1.0, rel=0.01)
    assert bottleneck(nothing, nothing) == wasserstein(nothing, nothing) == 0.0


def test_far_apart_classes_go_to_the_diagonal():
    one, other = made_up([[1.0, 1.4]]), made_up([[3.0, 3.6]])
    assert bottleneck(one, other) == pytest.approx(0.3)
    assert wasserstein(one, other) == pytest.approx(0.2 + 0.3, rel=0.01)
    assert wasserstein(one, other, order=2) == pytest.approx(np.hypot(0.2, 0.3), rel=0.01)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("dimension", [0, 1, 2])
def test_glasses_agree_with_scipy(order, dimension):
    one = homology(make_random_glass(120, seed=7), 4.4, 2)
    other = homology(random_cloud(90, seed=1), 4.4, 2)
    points = [finite(persistence.diagrams[dimension]) for persistence in (one, other)]
    assert min(map(len, points)) > (5 if dimension < 2 else 0)
    exact = scipy_wasserstein(*points, order)
    found = wasserstein(one, other, dimension, order=order)
    assert exact - 1e-9 <= found <= 1.01 * exact
    assert bottleneck(one, other, dimension) == pytest.approx(scipy_bottleneck(*points), abs=1e-9)
    assert wasserstein(other, one, dimension, order=order) == pytest.approx(found, rel=0.01)


def test_distance_of_a_moved_glass_is_zero():
    glass = make_random_glass(120, seed=7)
    moved = Glass(glass.species, glass.positions[::-1] + 3.3, glass.cell, glass.pbc)
    for found in diagram_distances(homology(glass), homology(moved)):
        assert found.bottleneck == pytest.approx(0, abs=1e-7)
        assert found.wasserstein == pytest.approx(0, abs=1e-7)


def test_stability_of_the_bottleneck_distance():
    # moving every atom by at most d changes lengths by at most 2 d, and the diagram by no more
    glass = cloud(random_cloud(60, seed=8).positions)
    move = np.random.default_rng(1).normal(size=(60, 3))
    move *= 0.02 / np.linalg.norm(move, axis=1, keepdims=True)
    cutoff = 20.0  # all classes die: none is left out on one side only
    one, other = homology(glass, cutoff), homology(cloud(glass.positions + move), cutoff)
    assert one.h1.finite.all()
    assert 0 < bottleneck(one, other) <= 0.04
    assert 0 < bottleneck(one, other, 0) <= 0.04


@pytest.mark.parametrize("order", [1, 2])
def test_per_atom_a_glass_and_its_repetition_are_equal(order):
    far = np.array([40.0, 0, 0])
    base = random_cloud(40, seed=2).positions
    single = homology(cloud(base))
    double = homology(cloud(np.concatenate([base, base + far])))
    triple = homology(cloud(np.concatenate([base, base + far, base - far])))
    assert len(triple.h1) == 3 * len(single.h1) > 0
    assert wasserstein(double, triple, order=order) > 0.01
    for pair in ((single, double), (double, triple)):
        assert wasserstein(*pair, order=order, per_atom=True) == pytest.approx(0, abs=1e-9)
    other = homology(random_cloud(40, seed=4))
    expected = wasserstein(single, other, order=order) / 40 ** (1 / order)
    assert wasserstein(single, other, order=order, per_atom=True) == pytest.approx(expected, rel=1e-9)
    assert wasserstein(triple, other, order=order, per_atom=True) == pytest.approx(expected, rel=0.01)


def test_classes_alive_at_the_cutoff_are_counted_not_matched():
    one, other = made_up([[2, 3], [2.5, np.inf], [2.6, np.inf]]), made_up([[2, 3], [2.2, 2.8]])
    h0, h1 = diagram_distances(one, other, per_atom=False)
    assert (h0.dimension, h1.dimension) == (0, 1)
    assert h1.infinite == (2, 0)
    assert h1.finite == (1, 2)
    assert h1.bottleneck == pytest.approx(0.3)
    assert h1.wasserstein == pytest.approx(0.3, rel=0.01)
    assert h0.finite == h0.infinite == (0, 0)


def test_dimension_2_only_where_both_have_it():
    octagon = polygon(8)
    assert len(diagram_distances(homology(octagon, 6.5, 2), homology(octagon, 6.5, 2))) == 3
    assert len(diagram_distances(homology(octagon, 6.5, 2), homology(octagon, 6.5, 1))) == 2


def test_progress_and_chosen_dimensions():
    told = []
    octagon = homology(polygon(8), 6.5, 2)
    found = diagram_distances(octagon, octagon, dimensions=(1,), progress=lambda *step: told.append(step[:2]))
    assert [distance.dimension for distance in found] == [1]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_what_cannot_be_compared_is_refused():
    one = made_up([[2, 3]])
    for distance in (bottleneck, wasserstein, diagram_distances):
        with pytest.raises(InputError, match="up to 5 Å and up to 4 Å found, expected the same cutoff"):
            distance(one, made_up([[2, 3]], cutoff=4.0))
        with pytest.raises(InputError, match="kind rips and alpha"):
            distance(one, made_up([[2, 3]], kind="alpha"))
    with pytest.raises(InputError, match="dimension 2 found"):
        bottleneck(one, one, 2)
    for order in (0.5, np.inf, np.nan):
        with pytest.raises(InputError, match="order"):
            wasserstein(one, one, order=order)
    many = made_up(np.tile([2.0, 3.0], (MAX_CLASSES + 1, 1)))
    for distance in (bottleneck, wasserstein):
        with pytest.raises(InputError, match="30001 classes"):
            distance(one, many)
    primes = made_up([[2, 3]] * 10, n_atoms=3001), made_up([[2, 3]] * 10, n_atoms=8009)
    with pytest.raises(InputError, match=r"80090 classes found .* persistence images"):
        wasserstein(*primes, per_atom=True)
    _, h1 = diagram_distances(*primes)
    assert h1.bottleneck == 0
    assert h1.wasserstein is None
    assert diagram_distances(*primes, per_atom=False)[1].wasserstein == pytest.approx(0)


def test_pieces_of_real_glasses_agree_with_scipy(raw_data):
    def corner(name: str) -> Persistence:
        glass = read_paper_pickle(raw_data / f"{name}.pickle")
        inside = (glass.positions - glass.positions.min(axis=0) < 18).all(axis=1)
        return homology(Glass(glass.species[inside], glass.positions[inside], np.zeros((3, 3)), (False,) * 3))

    one, other = corner("test0"), corner("train0")
    points = [finite(one.h1), finite(other.h1)]
    assert min(map(len, points)) > 200
    exact = scipy_wasserstein(*points, 1)
    assert exact <= wasserstein(one, other) <= 1.01 * exact
    assert bottleneck(one, other) == pytest.approx(scipy_bottleneck(*points), abs=1e-9)
