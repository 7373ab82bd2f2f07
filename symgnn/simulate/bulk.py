"""Whether a structure fills its cell: barriers and stresses of a bulk glass mean nothing beside a surface or a pore."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from symgnn.errors import InputError
from symgnn.glass import Glass

LARGEST_VOID = 4.0  # Å, distance of an empty point from the next atom; 2.6 Å in a vacancy of copper
GRID = 1.0  # Å


def refuse_unless_bulk(glass: Glass) -> None:
    """Raise InputError for a cell, periodic in all directions, with a point more than 4 Å from every atom."""
    counts = np.ceil(np.linalg.norm(glass.cell, axis=1) / GRID).astype(int)
    axes = [np.arange(count) / count for count in counts]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    fractions = glass.positions @ np.linalg.inv(glass.cell) % 1.0
    shifts = np.array(np.meshgrid(*[[-1, 0, 1]] * 3)).reshape(3, -1).T
    images = (fractions + shifts[:, None]).reshape(-1, 3)
    distance, _ = cKDTree(images @ glass.cell).query(points @ glass.cell)
    if distance.max() > LARGEST_VOID:
        at = ", ".join(f"{value:.2f}" for value in points[distance.argmax()])
        raise InputError(
            f"{glass.name}: an empty region of radius {distance.max():.1f} Å found (at {at} of the cell vectors), "
            f"expected a bulk structure without surfaces and pores, at most {LARGEST_VOID:g} Å"
        )
