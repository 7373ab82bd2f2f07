"""How many cycles each edge of the model's graph lies on: the arrays that `cycle_enrichment` compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgnn.homology import Filtration, edge_ids


@dataclass(frozen=True, eq=False)
class CycleCounts:
    """Cycles through the P pairs of a glass in one filtration.

    filtration   its name, for tables and legends
    cycles       (P,) int64  number of representative cycles; 0 for a pair that is no edge of the filtration
    known        (P,) bool   whether the pair is an edge of the filtration
    """

    filtration: str
    cycles: np.ndarray
    known: np.ndarray


def cycle_counts(
    name: str, filtration: Filtration, participation: np.ndarray, pairs: np.ndarray, images: np.ndarray
) -> CycleCounts:
    """Look up pairs (P, 2), images (P, 3) among the edges of a filtration, which lie on participation (E,) cycles."""
    ids = edge_ids(filtration, pairs, images)
    known = ids >= 0
    cycles = np.zeros(len(ids), dtype=np.int64)
    cycles[known] = participation[ids[known]]
    return CycleCounts(name, cycles, known)
