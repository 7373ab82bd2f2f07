"""Do several explanations of one atom name the same edges, and more of them than chance would?

The overlap of two sets of k edges is their Jaccard index. Beside it stand two expectations, both exact, for a set that
knows nothing of the first: k edges drawn from all (hypergeometric), and k edges drawn with the same number from every
stratum as the second set has (`symgnn.stats.strata`: length, element pair, hops), which is what two methods have in
common by naming short bonds near the atom. Spearman's correlation of the importance of all edges is compared likewise:
0 for ranks in random order, and what remains when ranks are shuffled within strata.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from ase import Atoms
from scipy.stats import hypergeom, rankdata

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass, as_glass
from symgnn.stats import element_pairs, jaccard, rank_correlation, strata


@dataclass(frozen=True)
class Overlap:
    """first, second     what is compared, by name
    k                 edges of each set; edges: how many both explanations have, from which the sets are taken
    shared            edges in both sets
    jaccard           shared edges divided by edges in either set
    jaccard_chance    its expectation for k random edges
    jaccard_matched   its expectation for random edges matched to the second set
    p_matched         probability that such matched edges share as many with the first set as the second does
    rank_correlation  Spearman's, of the importance of all edges; by chance it is 0
    rank_correlation_matched   its expectation for importance shuffled within strata
    """

    first: str
    second: str
    k: int
    edges: int
    shared: int
    jaccard: float
    jaccard_chance: float
    jaccard_matched: float
    p_matched: float
    rank_correlation: float
    rank_correlation_matched: float


def overlap(
    first: Explanation,
    second: Explanation,
    glass: Glass | Atoms,
    *,
    k: int = 10,
    names: tuple[str, str] | None = None,
) -> Overlap:
    """Compare two explanations of one atom of `glass` by their k most important edges and by their ranks.

    They may be of different checkpoints: what is compared are the edges that both have. names: by default those of the
    methods. Raises InputError for different atoms, for edges that the glass does not have, for no edge in common and
    for a k below 1.
    """
    glass = as_glass(glass)
    if first.atom != second.atom:
        raise InputError(
            f"{glass.name}: explanations of atoms {first.atom} and {second.atom} found, expected one atom"
        )
    if k < 1:
        raise InputError(f"overlap: k {k} found, expected a number of edges from 1")
    here, there = _common(first, second)
    if not len(here):
        raise InputError(
            f"{glass.name}: explanations of atom {first.atom} have no edge in common, expected some"
        )
    pairs = first.pairs[here]
    if pairs.max() >= len(glass):
        raise InputError(
            f"{glass.name}: an edge of atom {pairs.max()} found, expected atoms 0..{len(glass) - 1}"
        )
    stratum = strata(first.lengths[here], element_pairs(glass.species, pairs), hops=first.hops[here])
    importance = first.importance[here], second.importance[there]
    k = min(k, len(here))
    tops = [np.argsort(-values, kind="stable")[:k] for values in importance]
    shared = len(np.intersect1d(*tops))
    matched = shared_when_matched(stratum, *tops)
    counts = np.arange(k + 1)
    of_jaccard = counts / (2 * k - counts)
    return Overlap(
        *(names or (first.method, second.method)),
        k=k,
        edges=len(here),
        shared=shared,
        jaccard=jaccard(*tops),
        jaccard_chance=float(hypergeom(len(here), k, k).pmf(counts) @ of_jaccard),
        jaccard_matched=float(matched @ of_jaccard),
        p_matched=float(min(matched[shared:].sum(), 1.0)),
        rank_correlation=rank_correlation(*importance),
        rank_correlation_matched=shuffled_correlation(stratum, *importance),
    )


def overlap_table(
    explanations: Sequence[Explanation],
    glass: Glass | Atoms,
    *,
    k: int = 10,
    names: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row for every two explanations of an atom: the fields of `Overlap`.

    names: of the explanations, by default their methods. Raises InputError as `overlap` does, for fewer than two
    explanations, and where two have one name.
    """
    names = [one.method for one in explanations] if names is None else list(names)
    if len(explanations) < 2 or len(names) != len(explanations):
        raise InputError(
            f"overlap: {len(explanations)} explanations and {len(names)} names found, expected two or more of each"
        )
    if len(set(names)) < len(names):
        raise InputError(f"overlap: names {', '.join(names)} found, expected different ones")
    rows = combinations(zip(explanations, names, strict=True), 2)
    return pd.DataFrame(
        [
            asdict(overlap(first, second, glass, k=k, names=(name, other)))
            for (first, name), (second, other) in rows
        ]
    )


def shared_when_matched(stratum: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(k + 1,) probabilities of sharing 0..k edges with the rows `first`, for k rows drawn at random with as many from
    every stratum as the k rows `second` have: hypergeometric in each stratum, the sum over strata by convolution."""
    size, chosen, drawn = (
        np.bincount(rows, minlength=stratum.max() + 1) for rows in (stratum, stratum[first], stratum[second])
    )
    probability = np.ones(1)
    for one in np.flatnonzero(drawn):
        own = hypergeom(size[one], chosen[one], drawn[one]).pmf(np.arange(drawn[one] + 1))
        probability = np.convolve(probability, own)
    return probability


def shuffled_correlation(stratum: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Expectation of Spearman's correlation of two columns when one is shuffled within strata: the correlation that
    the strata's mean ranks have."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return rank_correlation(first, second)
    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (first, second)]
    size = np.bincount(stratum)
    sums = [np.bincount(stratum, weights=own) for own in ranks]
    product = np.divide(sums[0] * sums[1], size, out=np.zeros(len(size)), where=size > 0).sum()
    return float(product / np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))


def _common(first: Explanation, second: Explanation) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the edges that both have, in the order of the first."""
    rows = {edge: row for row, edge in enumerate(_edges(second))}
    both = [(row, rows[edge]) for row, edge in enumerate(_edges(first)) if edge in rows]
    here, there = np.array(both, dtype=np.int64).reshape(-1, 2).T
    return here, there


def _edges(explanation: Explanation) -> list[tuple[int, ...]]:
    return list(map(tuple, np.column_stack([explanation.pairs, explanation.images]).tolist()))
