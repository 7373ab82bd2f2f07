"""Predicted against measured changes of barriers, where several changes belong to one centre.

Swaps around one atom have in common what was measured before them, and the surroundings. The centre is therefore what
is drawn again for every interval. The error of a measured change is that of its own search after the swap plus one
that all swaps of the centre share; how much of the variance both make up follows from their covariance, and for
differences within a centre the shared one cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symgnn.metrics import pearson
from symgnn.stats import expanded_tail

DRAWS = 1000

Band = tuple[float, float]
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""statistic(rows, centre): (K,) numbers of some rows; centre of each, where one that was drawn twice counts as two."""


@dataclass(frozen=True, eq=False)
class Changes:
    """R changes around C centres.

    centre (R,) int64; measured (R,) eV, after minus before; own_error (R,) eV, standard error of what was measured
    after; shared_error (R,) eV, that of what was measured before, the same for all changes of a centre.
    """

    centre: np.ndarray
    measured: np.ndarray
    own_error: np.ndarray
    shared_error: np.ndarray

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def n_centres(self) -> int:
        return len(np.unique(self.centre))

    def at(self, rows: np.ndarray, centre: np.ndarray | None = None) -> Changes:
        """Some rows; centre: other numbers of theirs."""
        centre = self.centre[rows] if centre is None else centre
        return Changes(centre, self.measured[rows], self.own_error[rows], self.shared_error[rows])

    def reliability(self, *, within: bool = False) -> float:
        """Fraction of the variance of the measured changes that is not their error; within: of their deviations from
        the centre's mean. Below 0 where the errors explain more than there is; NaN where nothing varies.

        1 - trace(M V) / y'My for changes y, the covariance V of their errors and the matrix M that takes means away.
        """
        _, number, size = np.unique(self.centre, return_inverse=True, return_counts=True)
        own, shared = self.own_error**2, self.shared_error**2
        together = (
            np.bincount(number, self.shared_error) ** 2
        )  # of a centre: sum of all covariances of shared errors
        if within:
            total = ((self.measured - _means(self.measured, number)) ** 2).sum()
            error = (own * (1 - 1 / size[number])).sum() + shared.sum() - (together / size).sum()
        else:
            total = ((self.measured - self.measured.mean()) ** 2).sum()
            error = (own + shared).sum() - (own.sum() + together.sum()) / len(self)
        return float(1 - error / total) if total > 1e-12 else np.nan


@dataclass(frozen=True)
class Agreement:
    """Of R predicted with R measured changes around `centres` centres; every *_band is a 95% interval over centres.

    r, slope     correlation; slope of measured on predicted (above 1: the predicted changes are too small)
    reliability  of what was measured; r_corrected  r without the error of the measurement, r / √reliability
    same_sign    fraction of the changes of the predicted sign; lower  fraction that was measured as lower: what the
                 answer "lower" always gets right; predicted, measured  eV, mean changes
    within_*     the same for deviations from the mean of the centre, in which the error before the change cancels
    """

    changes: int
    centres: int
    r: float
    r_band: Band
    slope: float
    slope_band: Band
    reliability: float
    reliability_band: Band
    r_corrected: float
    r_corrected_band: Band
    same_sign: float
    same_sign_band: Band
    lower: float
    lower_band: Band
    predicted: float
    predicted_band: Band
    measured: float
    measured_band: Band
    within_r: float
    within_r_band: Band
    within_reliability: float
    within_reliability_band: Band
    within_r_corrected: float
    within_r_corrected_band: Band


NAMES = ("r", "slope", "reliability", "r_corrected", "same_sign", "lower", "predicted", "measured", "within_r",
         "within_reliability", "within_r_corrected")  # fmt: skip


def agreement(changes: Changes, predicted: np.ndarray, *, seed: int = 0, n_draws: int = DRAWS) -> Agreement:
    """predicted (R,) eV."""

    def numbers(rows: np.ndarray, centre: np.ndarray) -> np.ndarray:
        some, x = changes.at(rows, centre), predicted[rows]
        y = some.measured
        inner_x, inner_y = deviations(x, centre), deviations(y, centre)
        r, within = pearson(x, y), pearson(inner_x, inner_y)
        reliability, within_reliability = some.reliability(), some.reliability(within=True)
        return np.array([
            r, r * y.std() / x.std() if x.std() else np.nan, reliability, corrected(r, reliability),
            (np.sign(x) == np.sign(y)).mean(), (y < 0).mean(), x.mean(), y.mean(),
            within, within_reliability, corrected(within, within_reliability),
        ])  # fmt: skip

    value, low, high = over_centres(numbers, changes.centre, seed=seed, n_draws=n_draws)
    columns = {name: float(value[k]) for k, name in enumerate(NAMES)}
    columns |= {f"{name}_band": (float(low[k]), float(high[k])) for k, name in enumerate(NAMES)}
    return Agreement(changes=len(changes), centres=changes.n_centres, **columns)


def corrected(r: float, reliability: float) -> float:
    """r without the error of one side (C. Spearman, Am. J. Psychol. 15, 72 (1904)); NaN for a reliability below 0."""
    return float(r / np.sqrt(reliability)) if reliability > 0 else np.nan


def deviations(values: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(R,) values minus the mean of their centre."""
    return values - _means(values, np.unique(centre, return_inverse=True)[1])


def over_centres(
    statistic: Statistic, centre: np.ndarray, *, seed: int = 0, n_draws: int = DRAWS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(K,) values of the statistic and the ends of their 95% bootstrap intervals: centres are drawn with replacement,
    each with all its rows. NaN for an end where the statistic of some draw is none, and for one centre.

    Percentiles as far out as Student's t demands of few centres (`symgnn.stats.bootstrap_interval`).
    """
    names = np.unique(centre)
    rows_of = [np.flatnonzero(centre == one) for one in names]
    value = np.atleast_1d(statistic(np.arange(len(centre)), centre)).astype(float)
    if len(names) < 2:
        return value, np.full_like(value, np.nan), np.full_like(value, np.nan)
    rng, drawn = np.random.default_rng(seed), np.empty((n_draws, len(value)))
    for draw in range(n_draws):
        chosen = rng.integers(0, len(names), len(names))
        rows = np.concatenate([rows_of[one] for one in chosen])
        drawn[draw] = statistic(rows, np.repeat(np.arange(len(names)), [len(rows_of[one]) for one in chosen]))
    tail = expanded_tail(len(names))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    known = np.isfinite(drawn).all(0)
    return value, np.where(known, low, np.nan), np.where(known, high, np.nan)


def _means(values: np.ndarray, number: np.ndarray) -> np.ndarray:
    """(R,) the mean of the group of each row; number: of the group, from 0 on."""
    return (np.bincount(number, values) / np.bincount(number))[number]
