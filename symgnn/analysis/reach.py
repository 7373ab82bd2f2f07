"""How far do important atoms and edges reach, once it is counted how many there are at each distance?

The paper (arXiv 2401.08627) shows a histogram of the distance between an explained atom and its important atoms, and
reads a medium-range order off it. But such a histogram has the peaks of g(r), and grows with the shells' volume,
whatever is important. So the weight at each distance is divided by what would be there if all edges of the receptive
field were equally important: 1 is no preference, and what g(r) puts there cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgnn.stats import percentiles, resampled

SHELLS = (0.0, 3.8, 5.2, 6.2, 7.8, 10.0, 13.0, 25.0)
"""Å: the first shell of Cu-Zr, the two parts of the second, the third, and beyond."""

PEAKS = (2.65, 4.55, 4.85, 5.55, 6.95)
"""Å: where g(r) of Cu64Zr36 has its peaks."""

MEDIUM_RANGE = 5.0
"""Å: beyond the model's cutoff, where an atom is no neighbour of the explained one."""


@dataclass(frozen=True, eq=False)
class Preference:
    """Weight by distance over what an even importance would put there, in B bins.

    bins       (B + 1,) Å
    observed   (B,)  fraction of the weight, mean over explained atoms
    expected   (B,)  the same for an even weight: the shell's population
    ratio      (B,)  observed / expected; nan where nothing stands
    low, high  (B,)  95% bootstrap band of the ratio over explained atoms
    """

    bins: np.ndarray
    observed: np.ndarray
    expected: np.ndarray
    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray


def preference(
    field: np.ndarray,
    distance: np.ndarray,
    weight: np.ndarray,
    bins: np.ndarray,
    *,
    even: np.ndarray | None = None,
    among: np.ndarray | None = None,
    seed: int = 0,
    n_bootstrap: int = 1000,
) -> Preference:
    """Preference for distances of atoms or edges (R rows) of receptive fields.

    field (R,) int64 number of the explained atom; distance (R,) Å from it; weight (R,) >= 0: an importance, or 1 for
    the chosen and 0 for the others. Each explained atom gives away a weight of 1 in all; those without any are left
    out. even (R,) > 0: what the weight would be without preference, up to a factor per field; 1 by default. among (R,)
    bool: count these rows alone (an element, say), as fractions of the whole field.
    """
    observed, expected = _fractions(field, distance, weight, bins, even, among)
    n = max(len(observed), 1)
    drawn = resampled(len(observed), n_bootstrap, np.random.default_rng(seed))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = observed.sum(0) / expected.sum(0)
        ratios = (drawn @ observed) / (drawn @ expected)
    low, high = np.full((2, len(bins) - 1), np.nan)
    known = np.isfinite(ratio)
    if known.any():
        low[known], high[known] = np.nanquantile(ratios[:, known], [0.025, 0.975], axis=0)
    return Preference(
        np.asarray(bins, dtype=float), observed.sum(0) / n, expected.sum(0) / n, ratio, low, high
    )


@dataclass(frozen=True)
class PeakExcess:
    """How much more stands at a peak of g(r) than on both sides of it (0.5 to 1 Å away; geometric mean).

    peak         Å
    atoms        factor of the number of atoms per Å: what a histogram of distances shows
    weight, weight_band   factor of the weight per atom, with its 95% bootstrap interval over explained atoms: 1 where
                 the weight falls exponentially through the peak, a little more where it falls ever faster
    """

    peak: float
    atoms: float
    weight: float
    weight_band: tuple[float, float]


def peak_excess(
    field: np.ndarray,
    distance: np.ndarray,
    weight: np.ndarray,
    peak: float,
    *,
    even: np.ndarray | None = None,
    seed: int = 0,
    n_bootstrap: int = 1000,
) -> PeakExcess:
    """Are atoms at a peak of g(r) more important than those beside it? Arguments as of `preference`."""
    windows = peak + np.array([-1.0, -0.5, -0.25, 0.25, 0.5, 1.0])
    observed, expected = (
        part[:, [0, 2, 4]] for part in _fractions(field, distance, weight, windows, even, None)
    )  # left, at, and right of the peak
    drawn = resampled(len(observed), n_bootstrap, np.random.default_rng(seed))

    def factor(left_at_right: np.ndarray) -> np.ndarray:
        left, at, right = np.moveaxis(left_at_right, -1, 0)
        return at / np.sqrt(left * right)

    with np.errstate(divide="ignore", invalid="ignore"):
        weights = factor((drawn @ observed) / (drawn @ expected))
        excess = float(factor(observed.sum(0) / expected.sum(0)))
        atoms = float(factor(expected.sum(0)))
    return PeakExcess(peak, atoms, excess, percentiles(weights))


def _fractions(field, distance, weight, bins, even, among) -> tuple[np.ndarray, np.ndarray]:
    """(F, B) each: fraction of every field's weight, and of its even one, per bin; fields without weight left out."""
    field, weight = np.asarray(field), np.asarray(weight, dtype=float)
    even = np.ones(len(weight)) if even is None else np.asarray(even, dtype=float)
    n_fields, n_bins = int(field.max(initial=-1)) + 1, len(bins) - 1
    position = np.searchsorted(bins, distance, side="right") - 1
    inside = (position >= 0) & (position < n_bins)
    if among is not None:
        inside &= among
    cell = field[inside] * n_bins + position[inside]
    used = np.flatnonzero(np.bincount(field, weights=weight, minlength=n_fields))
    fractions = []
    for values in (weight, even):
        total = np.bincount(field, weights=values, minlength=n_fields)
        in_bins = np.bincount(cell, weights=values[inside], minlength=n_fields * n_bins)
        fractions.append(in_bins.reshape(n_fields, n_bins)[used] / total[used, None])
    return fractions[0], fractions[1]


@dataclass(frozen=True)
class Reach:
    """Where the chosen ones stand. Bands are 95% bootstrap intervals over explained atoms.

    n                       chosen atoms or edges
    median, median_band     Å
    beyond, beyond_band     fraction farther away than MEDIUM_RANGE
    """

    n: int
    median: float
    median_band: tuple[float, float]
    beyond: float
    beyond_band: tuple[float, float]


def reach(
    field: np.ndarray, distance: np.ndarray, chosen: np.ndarray, *, seed: int = 0, n_bootstrap: int = 1000
) -> Reach | None:
    """Median distance of the chosen rows (R,) bool, and the fraction beyond MEDIUM_RANGE; None where none is chosen."""
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return None
    rng, distance = np.random.default_rng(seed), np.asarray(distance, dtype=float)
    parts = [distance[rows[field[rows] == number]] for number in np.unique(field[rows])]
    medians, fractions = np.empty((2, n_bootstrap))
    for draw in range(n_bootstrap):
        drawn = np.concatenate([parts[i] for i in rng.integers(len(parts), size=len(parts))])
        medians[draw], fractions[draw] = np.median(drawn), (drawn > MEDIUM_RANGE).mean()
    bands = [percentiles(values) for values in (medians, fractions)]
    return Reach(
        n=len(rows),
        median=float(np.median(distance[rows])),
        median_band=bands[0],
        beyond=float((distance[rows] > MEDIUM_RANGE).mean()),
        beyond_band=bands[1],
    )


def random_choice(field: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """(R,) bool: k random rows of every field (ascending numbers), all where it has fewer."""
    chosen = np.zeros(len(field), dtype=bool)
    starts, sizes = np.unique(field, return_index=True, return_counts=True)[1:]
    for start, size in zip(starts, sizes, strict=True):
        chosen[start + rng.choice(size, min(k, size), replace=False)] = True
    return chosen
