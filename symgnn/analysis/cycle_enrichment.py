"""Do important edges lie on more cycles than matched controls? The one test of that claim.

The paper (arXiv 2401.08627) finds that important edges lie on about twice as many cycles as random ones. But the
number of cycles through an edge falls steeply with its length and depends on its two elements, and so does importance.
So three means are stated for every explained atom: over its important edges, over the other edges of its receptive
field (the paper's control), and over the matched controls: those of them that have the same length (to
`symgnn.stats.NARROW_LENGTH_BIN`) and element pair.

The important edges of one atom stand close together and share cycles, so they are no independent draws. The explained
atom is the unit: the test flips the signs of the atoms' differences, and intervals come from drawing atoms again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgnn.analysis.cycle_counts import CycleCounts
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.stats import (
    NARROW_LENGTH_BIN,
    PairedTest,
    control_interval,
    element_pairs,
    paired_test,
    percentiles,
    resampled,
    strata,
)


@dataclass(frozen=True)
class CycleEnrichment:
    """Cycles per important edge, against two controls. Means are over atoms of the mean over an atom's edges.

    n_atoms      explained atoms that could be compared; n_edges their compared important edges
    n_unmatched  important edges left out because their stratum has no other edge
    absent       fraction of the compared edges that are no edges of the filtration: they count 0 cycles
    important    cycles per important edge
    everywhere   cycles per edge of the whole glass; NaN where it was not asked for
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


def cycle_enrichment(
    field: np.ndarray,
    stratum: np.ndarray,
    cycles: np.ndarray,
    important: np.ndarray,
    *,
    everywhere: float = float("nan"),
    absent: np.ndarray | None = None,
    seed: int = 0,
    n_flips: int = 9999,
    n_bootstrap: int = 2000,
) -> CycleEnrichment | None:
    """The comparison for edges of receptive fields (R rows); None where nothing can be compared.

    field (R,) int64 number of the explained atom; stratum (R,) as `symgnn.stats.strata` gives it; cycles (R,) how
    many cycles an edge lies on, 0 if it is no edge of the filtration; important (R,) bool. everywhere: mean over all
    edges of the glass. absent (R,) bool: no edges of the filtration.

    The matched control of an edge is the mean over the unimportant edges of its stratum: what infinitely many draws
    would give. Where importance knows nothing but a stratum, the expected difference is 0.
    """
    field, cycles, important = (
        np.asarray(field),
        np.asarray(cycles, dtype=float),
        np.asarray(important, dtype=bool),
    )
    n_strata = int(stratum.max(initial=-1)) + 1
    others = np.bincount(stratum, weights=~important, minlength=n_strata)
    control = np.bincount(stratum, weights=cycles * ~important, minlength=n_strata) / np.maximum(others, 1)
    rows = np.flatnonzero(important & (others[stratum] > 0))
    if not len(rows):
        return None
    compared, atom, count = np.unique(field[rows], return_inverse=True, return_counts=True)
    own = np.bincount(atom, weights=cycles[rows]) / count
    matched = np.bincount(atom, weights=control[stratum[rows]]) / count
    n_fields = int(field.max()) + 1
    in_field = np.bincount(field, weights=cycles * ~important, minlength=n_fields)
    in_field = (in_field / np.maximum(np.bincount(field, weights=~important, minlength=n_fields), 1))[
        compared
    ]
    chances = {"seed": seed, "n_flips": n_flips, "n_bootstrap": n_bootstrap}
    n_atoms = len(compared)
    drawn = resampled(n_atoms, n_bootstrap, np.random.default_rng(seed)) / n_atoms
    return CycleEnrichment(
        n_atoms=n_atoms,
        n_edges=len(rows),
        n_unmatched=int(important.sum()) - len(rows),
        absent=0.0 if absent is None else float(np.asarray(absent)[rows].mean()),
        important=float(own.mean()),
        everywhere=float(everywhere),
        field=float(in_field.mean()),
        matched=float(matched.mean()),
        important_band=percentiles(drawn @ own),
        field_band=percentiles(drawn @ in_field),
        matched_band=percentiles(drawn @ matched),
        against_field=paired_test(own, in_field, **chances),
        against_matched=paired_test(own, matched, **chances),
    )


@dataclass(frozen=True)
class ExplainedCycles:
    """`CycleEnrichment` of one explanation: with one atom there is nothing to test, so its p is 1.

    control_interval  2.5% and 97.5% quantiles of the mean of matched controls drawn at random
    """

    enrichment: CycleEnrichment
    control_interval: tuple[float, float]


def explained_cycles(
    explanation: Explanation, glass: Glass, counts: CycleCounts, k: int, *, seed: int = 0
) -> ExplainedCycles | None:
    """The comparison for the k most important edges of one explanation; None where nothing can be compared.

    counts: cycles of the explanation's edges, in its order (`cycle_counts` of its pairs and images).
    """
    elements = element_pairs(glass.species, explanation.pairs)
    stratum = strata(explanation.lengths, elements, length_bin=NARROW_LENGTH_BIN)
    important = np.zeros(len(stratum), dtype=bool)
    important[explanation.top(k)] = True
    enrichment = cycle_enrichment(
        np.zeros(len(stratum), dtype=np.int64),
        stratum,
        counts.cycles,
        important,
        absent=~counts.known,
        seed=seed,
    )
    if enrichment is None:
        return None
    compared = np.flatnonzero(important & (np.bincount(stratum, weights=~important)[stratum] > 0))
    return ExplainedCycles(enrichment, control_interval(stratum, counts.cycles, compared, seed=seed))
