"""Ranking of importance by what swaps do, against scipy and cases with known answers."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from symgnn.analysis.importance_ranking import (
    DISTANCE,
    RANDOM_NUMBERS,
    rank_correlations,
    ranking,
    within_centres,
)


@pytest.fixture(scope="module")
def planted():
    """Sizes that fall with distance and depend on something else that `knowing` sees; 30 centres with levels."""
    rng = np.random.default_rng(0)
    centre = np.repeat(np.arange(30), 5)
    distance, other = rng.uniform(2.5, 5, 150), rng.normal(size=150)
    size = np.abs(other) + 0.3 * (5 - distance) + 0.5 * rng.random(30)[centre]
    scores = {"knowing": np.abs(other), "distance again": 1 / distance, "constant": np.ones(150)}
    return scores, -distance, size, centre


def test_correlations_are_scipys(planted):
    scores, nearness, size, centre = planted
    columns = np.column_stack([scores["knowing"], np.round(nearness), scores["constant"]])
    values = rank_correlations(columns, size)
    for k in (0, 1):
        assert values[k] == pytest.approx(spearmanr(columns[:, k], size).statistic)
    assert values[2] == 0
    inner = within_centres(columns, size, centre)
    assert inner.shape == (30, 3)
    assert inner[7, 0] == pytest.approx(spearmanr(columns[35:40, 0], size[35:40]).statistic)
    assert len(within_centres(columns, size, np.arange(150))) == 0


def test_what_knows_more_than_distance_is_beyond_it(planted):
    scores, nearness, size, centre = planted
    ranked = ranking(scores, nearness, size, centre)
    assert list(ranked) == ["knowing", "distance again", "constant", DISTANCE, RANDOM_NUMBERS]
    knowing, again, chance = ranked["knowing"], ranked["distance again"], ranked[RANDOM_NUMBERS]
    assert knowing.beyond_pooled_band[0] > 0
    assert knowing.beyond_within_band[0] > 0
    assert knowing.pooled_band[0] < knowing.pooled < knowing.pooled_band[1]
    assert again.pooled == pytest.approx(ranked[DISTANCE].pooled)
    assert (again.beyond_pooled, again.beyond_pooled_band) == (0, (0, 0)), "the order is that of distance"
    assert chance.pooled == pytest.approx(0, abs=0.02)
    assert chance.pooled_band[1] == pytest.approx(1.96 / np.sqrt(149), rel=0.15)
