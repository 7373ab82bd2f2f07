"""On how many representative cycles edges lie.

The count depends above all on the length of an edge and on its two elements: whether some edges lie on more cycles than
others is a question for matched controls (`symgnn.analysis.cycle_enrichment`).
"""

from __future__ import annotations

import numpy as np

from symgnn.homology.cycles import Cycles


def edge_participation(cycles: Cycles, n_edges: int) -> np.ndarray:
    """(E,) int64: on how many representative cycles each edge lies; those round the cell do not count."""
    kept = [ids for ids, winding in zip(cycles.edges, cycles.winding, strict=True) if not winding]
    return np.bincount(np.concatenate([np.empty(0, dtype=np.int64), *kept]), minlength=n_edges)
