"""How to walk round a representative cycle in space."""

from __future__ import annotations

import numpy as np

from symgnn.homology.cycles import Cycles
from symgnn.homology.filtration import Filtration


def cycle_images(filtration: Filtration, cycles: Cycles, row: int) -> np.ndarray:
    """(n, 3) int: image of each next atom of a cycle seen from the one before; the last step closes it."""
    atoms, edges = cycles.vertices[row], cycles.edges[row]
    forward = atoms < np.roll(atoms, -1)
    return np.where(forward[:, None], 1, -1) * filtration.images[edges]
