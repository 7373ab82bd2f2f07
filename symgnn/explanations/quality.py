"""How good is an explanation of a regression? Numbers from arrays, no model.

Fidelity+ and fidelity- are defined for classes (Pope et al., CVPR 2019; Amara et al., GraphFramEx, LoG 2022). For a
regression the change of the prediction takes the place of the change of a probability, in units of the spread: the
standard deviation of the predictions over all atoms of the glass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm, spearmanr, t


def relative_change(change: np.ndarray, spread: float) -> np.ndarray:
    """|change| / spread, both in eV: fidelity+ where the important edges were removed (large is good), fidelity- where
    only they were kept (small is good)."""
    return np.abs(np.asarray(change, dtype=float)) / spread


def characterization(plus: float, minus: float) -> float:
    """Harmonic mean of fidelity+ and 1 - fidelity-, in [0, 1] (Amara et al. 2022, eq. 4 with equal weights).

    A change of one spread or more counts as complete: both are cut at 1.
    """
    needed, sufficient = min(plus, 1.0), 1 - min(minus, 1.0)
    return 0.0 if needed + sufficient == 0 else 2 * needed * sufficient / (needed + sufficient)


def curve_area(budgets: Sequence[int], values: np.ndarray) -> float:
    """Mean height of a curve over the logarithm of the edge budget: trapezoids, divided by the width."""
    x = np.log(np.asarray(budgets, dtype=float))
    return float(np.trapezoid(values, x) / (x[-1] - x[0]))


def sparsity(importance: np.ndarray) -> float:
    """1 - (effective number of edges) / (number of edges), in [0, 1): 0 where all are equally important.

    The effective number is the exponential of the entropy of importance / sum(importance).
    """
    share = np.asarray(importance, dtype=float)
    if not share.sum() > 0:
        return 0.0
    share = share[share > 0] / share.sum()
    return float(1 - np.exp(-(share * np.log(share)).sum()) / len(importance))


def jaccard(first: np.ndarray, second: np.ndarray) -> float:
    """Shared members of two sets divided by all of them; 1 for two empty ones."""
    union = len(np.union1d(first, second))
    return len(np.intersect1d(first, second)) / union if union else 1.0


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation. Of a constant it is 1 with another constant, else 0."""
    flat = [np.ptp(values) == 0 if len(values) else True for values in (first, second)]
    if any(flat):
        return 1.0 if all(flat) else 0.0
    return float(spearmanr(first, second).statistic)


def bootstrap_interval(
    values: np.ndarray, seed: int, *, n_draws: int = 2000, level: float = 0.95
) -> tuple[float, float, float]:
    """Mean, and the ends of its bootstrap interval, over values (A,): one for each explained atom. NaN for the ends
    where there is one value only.

    Percentiles of a bootstrap of few values are too narrow; they are taken so far out as Student's t demands (expanded
    percentiles: Hesterberg, The American Statistician 69, 2015).
    """
    values = np.asarray(values, dtype=float)
    n = len(values)
    if n == 1:
        return float(values[0]), np.nan, np.nan
    tail = norm.cdf(-np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1))
    draws = np.random.default_rng(seed).integers(0, n, (n_draws, n))
    low, high = np.quantile(values[draws].mean(axis=1), [tail, 1 - tail])
    return float(values.mean()), float(low), float(high)
