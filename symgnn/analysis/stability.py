"""Would another seed, another training of the same model or another relaxation of the same glass say the same?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgnn.analysis.important_edges import ExplainedFields
from symgnn.errors import InputError
from symgnn.stats import NARROW_LENGTH_BIN, percentiles, strata


@dataclass(frozen=True)
class Overlap:
    """Do two explanations of the same atoms name the same important edges?

    shared, shared_band  fraction of an atom's important edges that both name, mean over atoms; its 95% bootstrap
                         interval
    by_chance            the same if the second explanation drew its edges at random from edges of the same receptive
                         field, length (to 0.05 Å), element pair and hops: what agreeing on these alone gives
    """

    shared: float
    shared_band: tuple[float, float]
    by_chance: float


def overlap(first: ExplainedFields, second: ExplainedFields, k: int, *, seed: int = 0) -> Overlap:
    """Compare the k most important edges of each atom; edges are the same if they join the same two atoms.

    Raises InputError where the two explain different atoms.
    """
    if not np.array_equal(first.atoms, second.atoms):
        raise InputError(
            f"{second.glass.name}: explanations of other atoms than of {first.glass.name} found, expected the same"
        )
    keys, chosen = _keys(first), first.top(k)
    both = np.isin(
        keys, _keys(second)[second.top(k)]
    )  # of all edges of the first: the important ones of the second
    stratum = strata(
        first.length, first.element_pair, hops=first.hops, field=first.field, length_bin=NARROW_LENGTH_BIN
    )
    chance = np.bincount(stratum, weights=both) / np.bincount(stratum)
    n_fields = len(first.atoms)
    count = np.bincount(first.field[chosen], minlength=n_fields)
    used = np.flatnonzero(count)
    if not len(used):
        return Overlap(float("nan"), (float("nan"), float("nan")), float("nan"))
    shared = (np.bincount(first.field[chosen], weights=both[chosen], minlength=n_fields)[used]) / count[used]
    expected = (
        np.bincount(first.field[chosen], weights=chance[stratum[chosen]], minlength=n_fields)[used]
        / count[used]
    )
    drawn = np.random.default_rng(seed).integers(len(used), size=(2000, len(used)))
    return Overlap(float(shared.mean()), percentiles(shared[drawn].mean(1)), float(expected.mean()))


def _keys(explained: ExplainedFields) -> np.ndarray:
    """(R,) int64: equal for edges between the same two atoms in the field of the same explained atom."""
    n = len(explained.glass)
    first, second = explained.pair_atoms[explained.pair].T
    return (explained.field * n + first) * n + second
