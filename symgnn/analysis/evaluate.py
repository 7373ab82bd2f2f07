"""All results for one set of explanations: cycles, reach, and their controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symgnn.analysis.cycle_counts import CycleCounts
from symgnn.analysis.cycle_enrichment import CycleEnrichment, cycle_enrichment
from symgnn.analysis.important_edges import ExplainedFields
from symgnn.analysis.reach import (
    PEAKS,
    SHELLS,
    PeakExcess,
    Preference,
    Reach,
    peak_excess,
    preference,
    random_choice,
    reach,
)
from symgnn.stats import NARROW_LENGTH_BIN, strata

FINE = np.arange(2.0, 14.01, 0.25)  # Å
RANDOM_DRAWS = 50


@dataclass(frozen=True, eq=False)
class Result:
    """What came out for one glass, checkpoint, method and seed, for the k most important edges of every atom.

    title, baseline  what the method is called, and whether it knows nothing of the model
    enrichment  filtration -> comparison of cycles; None where nothing can be compared
    same_hops   the same with controls that stand as many hops from the explained atom as well: few are left
    reach       of the important atoms ("important") and of the controls "random" (ends of random edges of the field),
                "nearest" (ends of the nearest edges); absent where there is nothing
    shells      the same names and "importance" (all atoms weighted by importance), "shuffled" (by importance shuffled
                within the field): preference for the shells of `reach.SHELLS`
    fine        the same in bins of 0.25 Å
    peaks       whether atoms at the peaks of g(r) beyond the first are more important than those beside them, weighted
                by importance; empty for other elements than Cu and Zr
    by_pair     "Cu-Zr" (centre, atom) -> preference weighted by importance, in bins of 0.25 Å
    """

    glass: str
    elements: tuple[str, ...]
    checkpoint: str
    method: str
    title: str
    baseline: bool
    seed: int
    k: int
    n_explained: int
    enrichment: Mapping[str, CycleEnrichment | None]
    same_hops: Mapping[str, CycleEnrichment | None]
    reach: Mapping[str, Reach]
    shells: Mapping[str, Preference]
    fine: Mapping[str, Preference]
    peaks: Sequence[PeakExcess]
    by_pair: Mapping[str, Preference]


def evaluate(
    explained: ExplainedFields,
    counts: Sequence[CycleCounts],
    *,
    checkpoint: str,
    title: str,
    baseline: bool = False,
    k: int = 10,
    seed: int = 0,
) -> Result:
    """Compare the important edges of `explained` with their controls. checkpoint: its name, title: that of the method,
    for the tables; baseline: whether the method knows nothing of the model."""
    of = (explained.length, explained.element_pair)
    common = {"field": explained.field, "length_bin": NARROW_LENGTH_BIN}
    groups = (strata(*of, **common), strata(*of, hops=explained.hops, **common))
    enrichment, same_hops = (
        {
            count.filtration: cycle_enrichment(
                explained.field, stratum, count.cycles[explained.pair], explained.top(k),
                everywhere=float(count.cycles.mean()) if len(count.cycles) else float("nan"),
                absent=~count.known[explained.pair], seed=seed,
            )
            for count in counts
        }
        for stratum in groups
    )  # fmt: skip
    rng, nearest, shuffled = np.random.default_rng(seed), explained.nearest(), explained.shuffled(seed)
    drawn = [ends(explained, random_choice(explained.field, k, rng)) for _ in range(RANDOM_DRAWS)]
    weights = {
        "important": ends(explained, explained.top(k)),
        "nearest": ends(nearest, nearest.top(k)),
        "random": np.mean(drawn, axis=0),
        "importance": explained.on_atoms(explained.importance),
        "shuffled": shuffled.on_atoms(shuffled.importance),
    }
    even = explained.on_atoms(np.ones(len(explained.field)))
    elements = tuple(explained.glass.elements)
    where = (explained.atom_field, explained.atom_distance)
    chosen = {"important": weights["important"], "nearest": weights["nearest"], "random": drawn[0]}
    reached = {name: reach(*where, chosen[name] > 0, seed=seed) for name in chosen}
    return Result(
        glass=explained.glass.name,
        elements=elements,
        checkpoint=checkpoint,
        method=explained.method,
        title=title,
        baseline=baseline,
        seed=explained.seed,
        k=k,
        n_explained=len(explained.atoms),
        enrichment=enrichment,
        same_hops=same_hops,
        reach={name: one for name, one in reached.items() if one is not None},
        shells={
            name: preference(*where, w, np.array(SHELLS), even=even, seed=seed) for name, w in weights.items()
        },
        fine={name: preference(*where, w, FINE, even=even, seed=seed) for name, w in weights.items()},
        peaks=[
            peak_excess(*where, weights["importance"], peak, even=even, seed=seed)
            for peak in (PEAKS[1:] if set(elements) == {"Cu", "Zr"} else ())
        ],
        by_pair=_by_pair(explained, weights["importance"], even, seed),
    )


def ends(explained: ExplainedFields, chosen: np.ndarray) -> np.ndarray:
    """(M,) float: 1 for the atoms at an end of a chosen edge (R,) bool, 0 for the others."""
    return (explained.on_atoms(chosen.astype(float)) > 0).astype(float)


def _by_pair(
    explained: ExplainedFields, weight: np.ndarray, even: np.ndarray, seed: int
) -> dict[str, Preference]:
    symbols = np.array(explained.glass.symbols)
    center, atom = symbols[explained.atoms[explained.atom_field]], symbols[explained.atom]
    return {
        f"{of}-{to}": preference(
            explained.atom_field,
            explained.atom_distance,
            weight * (center == of),
            FINE,
            even=even,
            among=atom == to,
            seed=seed,
        )
        for of in sorted(set(center.tolist()))
        for to in sorted(set(atom.tolist()))
    }
