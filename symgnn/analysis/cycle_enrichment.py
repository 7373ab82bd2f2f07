"""Do important edges lie on more cycles than others? With the control that the question needs.

The paper (arXiv 2401.08627) finds that important edges lie on about twice as many cycles as random ones. But the
number of cycles through an edge falls steeply with its length and depends on its two elements, and so does importance.
So three means are stated for every explained atom: over its important edges, over all edges of its receptive field
(the paper's control), and over the edges of that field which have the same length (to 0.05 Å) and element pair.

The important edges of one atom stand close together and share cycles, so they are no independent draws. The explained
atom is the unit: the test flips the signs of the atoms' differences, and intervals come from drawing atoms again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LENGTH_BIN = 0.05  # Å; 0.1 is too wide, see `symgnn.homology.participation.compare_participation`


@dataclass(frozen=True)
class PairedTest:
    """Whether differences of A atoms are 0 on average.

    ratio, ratio_band  sum of the one mean over sum of the other, with its 95% bootstrap interval over atoms
    difference, difference_band  mean of the differences, with its 95% bootstrap interval over atoms
    cohen_d            mean difference / standard deviation of the differences over atoms; 0 where all are 0
    p_value            sign-flip test over atoms, two-sided: never below 1 / (1 + number of flips)
    """

    ratio: float
    ratio_band: tuple[float, float]
    difference: float
    difference_band: tuple[float, float]
    cohen_d: float
    p_value: float


@dataclass(frozen=True)
class CycleEnrichment:
    """Cycles per important edge, against two controls. Means are over atoms of the mean over an atom's edges.

    n_atoms      explained atoms that could be compared; n_edges their compared important edges
    n_unmatched  important edges left out because their receptive field has no other edge like them
    absent       share of the compared edges that are no edges of the filtration: they count 0 cycles
    important    cycles per important edge
    everywhere   cycles per edge of the whole glass
    field        cycles per edge of the receptive fields: random edges, the paper's control
    matched      cycles per edge of the same receptive field, length and element pair, not important itself
    important_band, field_band, matched_band   95% bootstrap intervals over atoms of these means
    against_field, against_matched   the tests of important against these
    """

    n_atoms: int
    n_edges: int
    n_unmatched: int
    absent: float
    important: float
    everywhere: float
    field: float
    matched: float
    important_band: tuple[float, float]
    field_band: tuple[float, float]
    matched_band: tuple[float, float]
    against_field: PairedTest
    against_matched: PairedTest


def like_edges(
    field: np.ndarray, length: np.ndarray, element_pair: np.ndarray, hops: np.ndarray | None = None
) -> np.ndarray:
    """(R,) int64: number of the group of edges of one field, length bin and element pair (and hops where given)."""
    label = np.floor(np.asarray(length) / LENGTH_BIN).astype(np.int64)
    for column in (element_pair, *([] if hops is None else [hops]), field):
        values, number = np.unique(column, return_inverse=True)
        label = label * len(values) + number
    return np.unique(label, return_inverse=True)[1]


def cycle_enrichment(
    field: np.ndarray,
    group: np.ndarray,
    cycles: np.ndarray,
    important: np.ndarray,
    *,
    everywhere: float,
    absent: np.ndarray | None = None,
    seed: int = 0,
    n_flips: int = 9999,
    n_bootstrap: int = 2000,
) -> CycleEnrichment | None:
    """The comparison for edges of receptive fields (R rows); None where nothing can be compared.

    field (R,) int64 number of the explained atom; group (R,) as `like_edges` gives them; cycles (R,) how many cycles an
    edge lies on, 0 if it is no edge of the filtration; important (R,) bool. everywhere: mean over all edges of the
    glass. absent (R,) bool: no edges of the filtration.

    The matched control of an edge is the mean over its unimportant like: what infinitely many draws would give. Where
    importance knows nothing but a group, the expected difference is 0.
    """
    field, cycles, important = (
        np.asarray(field),
        np.asarray(cycles, dtype=float),
        np.asarray(important, dtype=bool),
    )
    n_groups = int(group.max(initial=-1)) + 1
    others = np.bincount(group, weights=~important, minlength=n_groups)
    control = np.bincount(group, weights=cycles * ~important, minlength=n_groups) / np.maximum(others, 1)
    rows = np.flatnonzero(important & (others[group] > 0))
    if not len(rows):
        return None
    compared, atom, count = np.unique(field[rows], return_inverse=True, return_counts=True)
    found = np.bincount(atom, weights=cycles[rows]) / count
    matched = np.bincount(atom, weights=control[group[rows]]) / count
    n_fields = int(field.max()) + 1
    in_field = np.bincount(field, weights=cycles * ~important, minlength=n_fields)
    in_field = (in_field / np.maximum(np.bincount(field, weights=~important, minlength=n_fields), 1))[
        compared
    ]
    chances = {"seed": seed, "n_flips": n_flips, "n_bootstrap": n_bootstrap}
    n_atoms = len(compared)
    drawn = (
        np.random.default_rng(seed).multinomial(n_atoms, np.full(n_atoms, 1 / n_atoms), n_bootstrap) / n_atoms
    )
    return CycleEnrichment(
        n_atoms=n_atoms,
        n_edges=len(rows),
        n_unmatched=int(important.sum()) - len(rows),
        absent=0.0 if absent is None else float(np.asarray(absent)[rows].mean()),
        important=float(found.mean()),
        everywhere=float(everywhere),
        field=float(in_field.mean()),
        matched=float(matched.mean()),
        important_band=_band(drawn @ found),
        field_band=_band(drawn @ in_field),
        matched_band=_band(drawn @ matched),
        against_field=paired_test(found, in_field, **chances),
        against_matched=paired_test(found, matched, **chances),
    )


def paired_test(
    first: np.ndarray, second: np.ndarray, *, seed: int = 0, n_flips: int = 9999, n_bootstrap: int = 2000
) -> PairedTest:
    """Is the mean of first - second, (A,) each, one number per atom, different from 0?"""
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    difference, n, rng = first - second, len(first), np.random.default_rng(seed)
    flips = rng.choice([-1.0, 1.0], (n_flips, n)) @ difference
    tolerance = 1e-9 * max(1.0, np.abs(difference).sum())
    as_far = np.sum(np.abs(flips) >= abs(difference.sum()) - tolerance)
    drawn = rng.multinomial(n, np.full(n, 1 / n), n_bootstrap)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (drawn @ first) / (drawn @ second)
        ratio = float(first.sum() / second.sum())
    spread = difference.std(ddof=1) if n > 1 else 0.0
    return PairedTest(
        ratio=ratio,
        ratio_band=_band(ratios),
        difference=float(difference.mean()),
        difference_band=_band(drawn @ difference / n),
        cohen_d=float(difference.mean() / spread) if spread > 0 else 0.0,
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


def _band(values: np.ndarray) -> tuple[float, float]:
    """2.5% and 97.5% quantiles; nan where some value is not finite: the interval has no end."""
    if not np.isfinite(values).all():
        return float("nan"), float("nan")
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
