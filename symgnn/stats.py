"""Statistics of edges and of explained atoms: strata, matched controls, intervals and tests.

Whether chosen edges differ from others is asked with a control that has in common with them what edges are known to
differ by: length, the two elements, and where it matters the receptive field and the hops from the explained atom.
Edges that agree in these are one stratum. Everything that compares edges takes its strata and its draws from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, spearmanr, t

LENGTH_BIN = 0.25
"""Å: of controls of fidelity, which have hops in common too. Narrower bins leave few other edges in a stratum."""

NARROW_LENGTH_BIN = 0.05
"""Å: where cycles are counted. They fall so steeply with length that bins of 0.1 Å are too wide: 1000 edges picked at
random from the shortest 2000 of a 3000-atom Cu-Zr glass then look enriched (p < .05) in 100 of 100 tries, with 0.05 Å
in 7."""


def element_pairs(species: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(P,) int64 from atomic numbers (N,) and atoms of edges (P, 2): equal for the same unordered pair of elements."""
    low, high = np.sort(np.asarray(species)[np.asarray(pairs)], axis=1).T
    return 1000 * low.astype(np.int64) + high


def strata(
    length: np.ndarray,
    element_pair: np.ndarray,
    *,
    hops: np.ndarray | None = None,
    field: np.ndarray | None = None,
    length_bin: float = LENGTH_BIN,
) -> np.ndarray:
    """(R,) int64: number of the stratum of each edge, from 0.

    length (R,) Å, in bins of `length_bin` Å; element_pair (R,) as `element_pairs` gives it; hops (R,) from the
    explained atom and field (R,) number of the receptive field, where edges of one stratum are to have these in common
    as well.
    """
    label = np.floor(np.asarray(length, dtype=float) / length_bin).astype(np.int64)
    for column in (element_pair, hops, field):
        if column is not None:
            values, number = np.unique(column, return_inverse=True)
            label = label * len(values) + number
    return np.unique(label, return_inverse=True)[1]


def permutation_draw(stratum: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random rows, as many from every stratum as `chosen` rows has in it, without repetition: what a method draws that
    knows nothing but the strata. The chosen ones may be among them, as a permutation test wants it."""
    return _drawn(stratum, chosen, rng.random(len(stratum)))


def matched_control(stratum: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same, but rows that are not `chosen`: a chosen one is drawn only where its stratum has too few others."""
    priority = rng.random(len(stratum))
    priority[chosen] += 1
    return _drawn(stratum, chosen, priority)


def shuffled_within(stratum: np.ndarray, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`values` permuted at random among rows of the same stratum."""
    order = np.lexsort((rng.random(len(values)), stratum))
    shuffled = np.empty_like(values)
    shuffled[np.argsort(stratum, kind="stable")] = values[order]
    return shuffled


def _drawn(stratum: np.ndarray, chosen: np.ndarray, priority: np.ndarray) -> np.ndarray:
    """The rows of lowest priority, as many from every stratum as `chosen` has in it."""
    order = np.lexsort((priority, stratum))
    group = stratum[order]
    wanted = np.bincount(stratum[chosen], minlength=group[-1] + 1)
    return order[np.arange(len(group)) - np.searchsorted(group, group) < wanted[group]]


def permutation_p(observed: float, drawn: np.ndarray, *, large: bool) -> float:
    """One-sided p of a permutation test: the fraction of draws that are as large (or as small) as what was observed,
    which counts as one of them; never 0."""
    drawn = np.asarray(drawn)
    as_far = drawn >= observed if large else drawn <= observed
    return float((1 + as_far.sum()) / (1 + len(drawn)))


def control_interval(
    stratum: np.ndarray, values: np.ndarray, chosen: np.ndarray, *, seed: int = 0, n_draws: int = 500
) -> tuple[float, float]:
    """2.5% and 97.5% quantiles of the mean of `values` (R,) over matched controls of the `chosen` rows.

    How far such means scatter by themselves, and no test: edges of one explanation are no independent draws.
    """
    rng = np.random.default_rng(seed)
    return percentiles(
        np.array([values[matched_control(stratum, chosen, rng)].mean() for _ in range(n_draws)])
    )


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
    tail = expanded_tail(n, level)
    draws = np.random.default_rng(seed).integers(0, n, (n_draws, n))
    low, high = np.quantile(values[draws].mean(axis=1), [tail, 1 - tail])
    return float(values.mean()), float(low), float(high)


def expanded_tail(n: int, level: float = 0.95) -> float:
    """Which quantile of a bootstrap of the mean of n > 1 values is the lower end of its interval; 1 minus it is that of
    the upper one."""
    return float(norm.cdf(-np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1)))


def resampled(n: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """(n_draws, n) int64: how often each of n atoms is drawn in each sample of a bootstrap; rows sum to n."""
    return rng.multinomial(n, np.full(n, 1 / n), n_draws) if n else np.zeros((n_draws, 0), dtype=np.int64)


def percentiles(values: np.ndarray) -> tuple[float, float]:
    """2.5% and 97.5% quantiles; NaN where some value is not finite: the interval has no end."""
    if not np.isfinite(values).all():
        return float("nan"), float("nan")
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class PairedTest:
    """Whether differences of A atoms are 0 on average.

    ratio, ratio_band  sum of the one mean over sum of the other, with its 95% bootstrap interval over atoms
    difference, difference_band  mean of the differences, with its 95% bootstrap interval over atoms
    cohen_d            mean difference / standard deviation of the differences over atoms; 0 where all are 0
    p_value            sign-flip test over atoms, two-sided: never below 1 / (1 + number of flips); 1 for one atom
    """

    ratio: float
    ratio_band: tuple[float, float]
    difference: float
    difference_band: tuple[float, float]
    cohen_d: float
    p_value: float


def paired_test(
    first: np.ndarray, second: np.ndarray, *, seed: int = 0, n_flips: int = 9999, n_bootstrap: int = 2000
) -> PairedTest:
    """Is the mean of first - second, (A,) each, one number per atom, different from 0?"""
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    difference, n, rng = first - second, len(first), np.random.default_rng(seed)
    flips = rng.choice([-1.0, 1.0], (n_flips, n)) @ difference
    tolerance = 1e-9 * max(1.0, np.abs(difference).sum())
    as_far = np.sum(np.abs(flips) >= abs(difference.sum()) - tolerance)
    drawn = resampled(n, n_bootstrap, rng)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (drawn @ first) / (drawn @ second)
        ratio = float(first.sum() / second.sum())
    deviation = difference.std(ddof=1) if n > 1 else 0.0
    return PairedTest(
        ratio=ratio,
        ratio_band=percentiles(ratios),
        difference=float(difference.mean()),
        difference_band=percentiles(drawn @ difference / n),
        cohen_d=float(difference.mean() / deviation) if deviation > 0 else 0.0,
        p_value=float((1 + as_far) / (1 + n_flips)),
    )


def holm(p_values: Sequence[float]) -> np.ndarray:
    """(T,) p-values that hold for all T tests together (Holm, Scand. J. Statist. 6, 65, 1979)."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def jaccard(first: np.ndarray, second: np.ndarray) -> float:
    """Members of both sets divided by members of either; 1 for two empty ones."""
    union = len(np.union1d(first, second))
    return len(np.intersect1d(first, second)) / union if union else 1.0


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation. Of a constant it is 1 with another constant, else 0."""
    flat = [np.ptp(values) == 0 if len(values) else True for values in (first, second)]
    if any(flat):
        return 1.0 if all(flat) else 0.0
    return float(spearmanr(first, second).statistic)


def percentile_rank(values: np.ndarray, value: float) -> float:
    """The percentile of `value` among `values` (N,), one of them: 100 times the fraction of them that are lower, equal
    ones by half. Above 0 and below 100: of N values the highest is at 100 (N - 1/2) / N."""
    values = np.asarray(values, dtype=float)
    lower, equal = (values < value).sum(), (values == value).sum()
    half = 50 / len(values)
    return float(np.clip(100 * (lower + equal / 2) / len(values), half, 100 - half))


def percentile_text(percentile: float) -> str:
    """A percentile above 0 and below 100 in words: with a digit more near the ends, so that 99.98 is not 100."""
    for digits in (0, 1, 2, 3, 4, 5):
        text = f"{percentile:.{digits}f}"
        if 0 < float(text) < 100 and not (digits == 0 and min(percentile, 100 - percentile) < 1):
            return f"{text}%"
    return "below 0.00001%" if percentile < 50 else "above 99.99999%"
