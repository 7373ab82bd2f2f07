"""What the view of an event receives, once for each event: the atoms round it, how they move, energies along the way.

The bytes are laid out as those of the linked window (window_data.py), of kind "event"; dashboard/static/window/
event_frames.js makes every picture between start, saddle and end from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.viewer3d.colors import element_color
from symgnn.viewer3d.environment import nearest_images
from symgnn.viewer3d.scene import sphere_radii
from symgnn.viewer3d.window_data import Dataset, packed

if TYPE_CHECKING:  # the package needs numba, this file does not
    from symgnn.simulate.event_path import EnergyPath
    from symgnn.simulate.events import Event

RADIUS = 6.5  # Å round the atom, of what is shown besides the atoms that move
MOVING = 0.1  # Å, as in symgnn.simulate.events
BOND = 3.3  # Å, of the lines between neighbours: within the first shell


def event_dataset(
    glass: Glass,
    atom: int,
    event: Event | None,
    *,
    path: EnergyPath | None = None,
    importance: np.ndarray | None = None,
    important: np.ndarray | None = None,
) -> Dataset:
    """An event around an atom, or without one the surroundings alone.

    path: energies along the way; without it the three of the event stand alone. importance (N,) of every atom, NaN
    where it has none; important: the atoms that are marked.
    """
    vectors, _ = nearest_images(glass, atom)
    n = len(glass)
    saddle, end = (np.zeros((n, 3)),) * 2 if event is None else (event.displacement, event.end_displacement)
    moved = np.linalg.norm(saddle, axis=1)
    shown = np.flatnonzero((np.linalg.norm(vectors, axis=1) < RADIUS) | (moved > MOVING))
    shown = np.concatenate([[atom], shown[shown != atom]])
    kinds, species = np.unique(glass.species, return_inverse=True)
    arrays = {
        "atom": shown,
        "positions": vectors[shown].astype("<f4"),
        "species": species[shown],
        "saddle": saddle[shown].astype("<f4"),
        "end": end[shown].astype("<f4"),
        "moving": moved[shown] > MOVING,
        "marked": np.isin(shown, [] if important is None else important),
        "importance": np.full(len(shown), np.nan) if importance is None else importance[shown],
        "bonds": _bonds(glass, vectors, shown),
    }
    radii = sphere_radii(kinds, scale=1.0)
    header = {
        "kind": "event",
        "name": glass.name,
        "centre": int(atom),
        "n": len(shown),
        "symbols": glass.elements,
        "elements": {
            symbol: {"color": element_color(symbol), "radius": round(float(radius), 3)}
            for symbol, radius in zip(glass.elements, radii, strict=True)
        },
        "event": None
        if event is None
        else {
            "attempt": event.attempt,
            "barrier": round(event.barrier, 6),
            "energy_difference": round(event.energy_difference, 6),
        },
        "path": None
        if event is None or path is None
        else {"fraction": path.fraction.round(6).tolist(), "energy": path.energy.round(6).tolist()},
    }
    return packed(header, arrays)


def _bonds(glass: Glass, vectors: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """(B, 2) rows of `shown` that are neighbours as they are drawn, each pair once."""
    row = np.full(len(glass), -1)
    row[shown] = np.arange(len(shown))
    pairs = neighbor_list(glass, BOND)
    first, second = pairs.source, pairs.target
    kept = (row[first] >= 0) & (row[second] >= 0) & (first < second)
    first, second = first[kept], second[kept]
    near = np.linalg.norm(vectors[first] - vectors[second], axis=1) < BOND + 0.1  # not across the cell
    return np.unique(np.column_stack([row[first], row[second]])[near], axis=0)
