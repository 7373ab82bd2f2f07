"""Which importance of an atom orders what its swap does? Every one against distance alone, with random numbers beside.

The size of a measured change carries the noise of the measurement; it lowers all rank correlations alike, so that they
are compared with each other and with distance, on the same swaps.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from symgnn.analysis.centre_statistics import over_centres
from symgnn.stats import bootstrap_interval, percentiles

DISTANCE, RANDOM_NUMBERS = ("", "distance alone"), ("", "random numbers")
RANDOM_DRAWS = 500

Band = tuple[float, float]


@dataclass(frozen=True)
class Rank:
    """Spearman's correlations of a score with the size of the measured changes: over all swaps, and the mean over
    centres of those among the swaps of each; beyond_* minus that of distance alone. Bands are 95% intervals over
    centres; of random numbers they are 95% of the draws."""

    pooled: float
    pooled_band: Band
    beyond_pooled: float
    beyond_pooled_band: Band
    within: float
    within_band: Band
    beyond_within: float
    beyond_within_band: Band


def ranking(
    scores: Mapping[Hashable, np.ndarray],
    nearness: np.ndarray,
    size: np.ndarray,
    centre: np.ndarray,
    *,
    seed: int = 0,
) -> dict[Hashable, Rank]:
    """Of the scores, the highest pooled correlation first, then of `DISTANCE` and `RANDOM_NUMBERS`.

    scores: name -> (R,); nearness (R,): -distance; size (R,): |measured change|; centre (R,) numbers.
    """
    names = [*scores, DISTANCE]
    columns = np.column_stack([*scores.values(), nearness])
    ranks = len(names)

    def pooled(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
        values = rank_correlations(columns[rows], size[rows])
        return np.concatenate([values, values - values[-1]])

    value, low, high = over_centres(pooled, centre, seed=seed)
    inner = within_centres(columns, size, centre)
    result = {}
    for k, name in enumerate(names):
        within, *band = bootstrap_interval(inner[:, k], seed)
        beyond, *beyond_band = bootstrap_interval(inner[:, k] - inner[:, -1], seed)
        result[name] = Rank(
            float(value[k]), (float(low[k]), float(high[k])),
            float(value[ranks + k]), (float(low[ranks + k]), float(high[ranks + k])),
            within, tuple(band), beyond, tuple(beyond_band),
        )  # fmt: skip
    best = sorted(scores, key=lambda name: -result[name].pooled)
    chance = _random_numbers(size, centre, seed)
    return {name: result[name] for name in (*best, DISTANCE)} | {RANDOM_NUMBERS: chance}


def rank_correlations(columns: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(K,) Spearman's correlation of each of the columns (R, K) with size (R,); 0 for a constant."""
    x, y = rankdata(columns, axis=0), rankdata(size)
    x, y = x - x.mean(0), y - y.mean()
    scale = np.sqrt((x**2).sum(0) * (y**2).sum())
    return np.divide(y @ x, scale, out=np.zeros(columns.shape[1]), where=scale > 0)


def within_centres(columns: np.ndarray, size: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(C, K) the correlations among the rows of each centre that has two or more."""
    groups = [np.flatnonzero(centre == one) for one in np.unique(centre)]
    return np.array([rank_correlations(columns[rows], size[rows]) for rows in groups if len(rows) > 1])


def _random_numbers(size: np.ndarray, centre: np.ndarray, seed: int) -> Rank:
    drawn = np.random.default_rng(seed).random((len(size), RANDOM_DRAWS))
    pooled, within = rank_correlations(drawn, size), within_centres(drawn, size, centre).mean(0)
    none = (np.nan, np.nan)
    return Rank(
        float(pooled.mean()), percentiles(pooled), np.nan, none,
        float(within.mean()), percentiles(within), np.nan, none,
    )  # fmt: skip
