"""Statistics of changes around centres, against matrices, simulations and cases with known answers."""

import numpy as np
import pytest
from scipy.stats import t

from symgnn.analysis.centre_statistics import (
    Changes,
    agreement,
    deviations,
    over_centres,
)


def simulated(rng, n_centres=40, per_centre=6, own=0.15, shared=0.1, slope=1.5, hidden=0.1):
    """Predicted (R,) and Changes: a centre has its own level, and its swaps one error in common."""
    centre = np.repeat(np.arange(n_centres), per_centre)
    predicted = rng.normal(-0.1, 0.1, len(centre)) + rng.normal(0, 0.05, n_centres)[centre]
    true = slope * predicted + rng.normal(0, hidden, len(centre))
    measured = true + rng.normal(0, own, len(centre)) + rng.normal(0, shared, n_centres)[centre]
    return predicted, true, Changes(centre, measured, np.full(len(centre), own), np.full(len(centre), shared))


@pytest.mark.parametrize("within", [False, True])
def test_reliability_is_that_of_the_covariance_of_the_errors(within):
    rng = np.random.default_rng(1)
    centre = np.array([4, 4, 4, 7, 7, 9])
    shared = np.array([0.1, 0.1, 0.1, 0.2, 0.2, 0.3])
    own, measured = rng.uniform(0.1, 0.3, 6), rng.normal(size=6)
    same = (centre[:, None] == centre).astype(float)
    covariance = np.diag(own**2) + same * np.outer(shared, shared)
    means = same / same.sum(1) if within else np.full((6, 6), 1 / 6)
    away = np.eye(6) - means
    expected = 1 - np.trace(away @ covariance) / (measured @ away @ measured)
    changes = Changes(centre, measured, own, shared)
    assert changes.reliability(within=within) == pytest.approx(expected)


def test_the_corrected_r_is_that_without_errors():
    rng = np.random.default_rng(2)
    predicted, true, changes = simulated(rng, n_centres=4000)
    one = agreement(changes, predicted, n_draws=2)
    assert one.r < 0.75 * one.r_corrected
    assert one.r_corrected == pytest.approx(np.corrcoef(predicted, true)[0, 1], abs=0.02)
    assert one.within_r_corrected == pytest.approx(
        np.corrcoef(deviations(predicted, changes.centre), deviations(true, changes.centre))[0, 1], abs=0.02
    )
    assert one.slope == pytest.approx(np.polyfit(predicted, changes.measured, 1)[0])
    assert one.slope == pytest.approx(1.5, abs=0.05)
    assert (one.changes, one.centres) == (24000, 4000)


def test_signs_beside_always_lower():
    changes = Changes(np.arange(4), np.array([-1.0, -1, -1, 1]), np.full(4, 0.1), np.zeros(4))
    one = agreement(changes, np.array([-1.0, 1, -1, 1]), n_draws=2)
    assert (one.same_sign, one.lower) == (0.75, 0.75)


def test_intervals_are_over_centres_not_over_rows():
    """The mean of values that are equal within a centre: the interval is that of the centres alone."""
    rng = np.random.default_rng(3)
    levels, centre = rng.normal(size=25), np.repeat(np.arange(25), 8)
    _, low, high = over_centres(lambda rows, at: levels[centre[rows]].mean(), centre, n_draws=4000)
    half = t.ppf(0.975, 24) * levels.std(ddof=1) / 5
    assert (high[0] - low[0]) / 2 == pytest.approx(half, rel=0.08)


def test_a_centre_drawn_twice_is_two():
    seen = []
    over_centres(lambda rows, at: seen.append((rows, at)) or 0.0, np.array([5, 5, 8]), n_draws=30)
    for rows, at in seen[1:]:
        assert np.array_equal(np.unique(at), [0, 1])
        assert {tuple(rows[at == one]) for one in (0, 1)} <= {(0, 1), (2,)}


def test_one_centre_has_no_interval():
    value, low, high = over_centres(lambda rows, at: 1.0, np.zeros(3))
    assert value == 1
    assert np.isnan([*low, *high]).all()
