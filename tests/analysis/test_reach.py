"""Reach: what stands in shells over what could stand there."""

import numpy as np
import pytest

from symgnn.analysis.reach import MEDIUM_RANGE, peak_excess, preference, random_choice, reach


@pytest.fixture
def atoms():
    """40 fields of 500 atoms with two peaks of g(r)."""
    rng = np.random.default_rng(1)
    field = np.repeat(np.arange(40), 500)
    distance = np.concatenate(
        [rng.normal(2.7, 0.15, 4000), rng.normal(4.7, 0.2, 6000), rng.uniform(3, 12, 10000)]
    )
    return field, rng.permutation(distance)


BINS = np.arange(2, 12.01, 1.0)


def test_by_hand():
    field = np.array([0, 0, 0, 0, 1, 1])
    distance = np.array([2.5, 2.6, 4.5, 4.6, 2.5, 4.5])
    weight = np.array([3.0, 0, 1.0, 0, 2.0, 0])
    found = preference(field, distance, weight, np.array([2.0, 4.0, 6.0]))
    np.testing.assert_allclose(found.observed, [(0.75 + 1) / 2, 0.125])
    np.testing.assert_allclose(found.expected, [0.5, 0.5])
    np.testing.assert_allclose(found.ratio, [1.75, 0.25])
    assert (found.low <= found.ratio).all()
    assert (found.ratio <= found.high).all()


def test_even_importance_shows_no_peak_of_g_of_r(atoms):
    field, distance = atoms
    chosen = random_choice(field, 100, np.random.default_rng(0)).astype(float)
    found = preference(field, distance, chosen, BINS)
    assert found.observed[2] > 2 * found.observed[5]  # the histogram has the peak
    assert ((found.low < 1.1) & (found.high > 0.9)).all()
    for peak in (4.7, 7.0):
        excess = peak_excess(field, distance, chosen, peak)
        assert excess.weight_band[0] < 1.05
        assert excess.weight_band[1] > 0.95
    assert peak_excess(field, distance, chosen, 4.7).atoms > 2


def test_a_planted_preference_for_a_peak_is_found(atoms):
    field, distance = atoms
    weight = np.exp(-distance / 2) * np.where(np.abs(distance - 4.7) < 0.25, 1.5, 1)
    excess = peak_excess(field, distance, weight, 4.7)
    assert excess.weight == pytest.approx(1.5, rel=0.1)
    assert excess.weight_band[0] > 1.3
    smooth = peak_excess(field, distance, np.exp(-distance / 2), 4.7)
    assert smooth.weight == pytest.approx(1.0, rel=0.05)


def test_known_decay_comes_back(atoms):
    field, distance = atoms
    found = preference(field, distance, np.exp(-distance), np.arange(6, 11.01, 1.0))
    np.testing.assert_allclose(found.ratio[1:] / found.ratio[:-1], np.exp(-1), rtol=0.1)


def test_even_weights_cancel(atoms):
    field, distance = atoms
    even = 1 + distance
    found = preference(field, distance, 3 * even, BINS, even=even)
    np.testing.assert_allclose(found.ratio, 1)
    np.testing.assert_allclose([found.low, found.high], 1)


def test_among_counts_one_element_as_share_of_the_whole_field():
    field, distance = np.zeros(4, int), np.array([2.5, 2.5, 2.5, 2.5])
    found = preference(
        field,
        distance,
        np.array([1.0, 1, 0, 0]),
        np.array([2.0, 3.0]),
        among=np.array([True, False, False, False]),
    )
    assert found.ratio[0] == pytest.approx(0.5 / 0.25)


def test_fields_without_weight_are_left_out():
    field, distance = np.array([0, 0, 1, 1]), np.array([2.5, 4.5, 2.5, 4.5])
    found = preference(field, distance, np.array([1.0, 0, 0, 0]), np.array([2.0, 4.0, 6.0]))
    np.testing.assert_allclose(found.observed, [1, 0])
    nothing = preference(field, distance, np.zeros(4), np.array([2.0, 4.0]))
    assert np.isnan(nothing.ratio).all()


def test_reach_by_hand():
    field = np.array([0, 0, 0, 1, 1])
    distance = np.array([2.5, 6.0, 9.0, 3.0, 4.0])
    found = reach(field, distance, np.array([1, 1, 0, 1, 1], dtype=bool))
    assert (found.n, found.median) == (4, 3.5)
    assert found.beyond == pytest.approx(np.mean(distance[[0, 1, 3, 4]] > MEDIUM_RANGE))
    assert found.beyond_band == (0.0, 0.5)
    assert reach(field, distance, np.zeros(5, dtype=bool)) is None


def test_random_choice_takes_all_where_there_are_fewer():
    field = np.array([0, 0, 0, 2])
    chosen = random_choice(field, 2, np.random.default_rng(0))
    assert np.bincount(field, weights=chosen).tolist() == [2, 0, 1]
