"""A whole glass in 3D with what many explanations say of its atoms and edges."""

from __future__ import annotations

import numpy as np
from ase.geometry import complete_cell

from symgnn.glass import Glass
from symgnn.viewer3d.colors import EFFECT_SCALE, IMPORTANCE_SCALE, Limits, color_limits, scale_colors
from symgnn.viewer3d.legends import QUANTITIES, color_bar
from symgnn.viewer3d.scene import Bonds, Sites, scene, sphere_radii
from symgnn.viewer3d.views import Picture

IN_THOUSANDTHS = 1000.0  # importance in 10^-3, effects in meV


def mapped_glass(
    glass: Glass,
    of_atoms: np.ndarray,
    pairs: np.ndarray,
    images: np.ndarray,
    of_pairs: np.ndarray,
    *,
    signed: bool,
    selected: int,
    shown: np.ndarray,
) -> Picture:
    """Atoms `shown` coloured by importance or signed effect (N,), and edges of the map between them.

    pairs (B, 2), images (B, 3) of the second atom, values (B,): importance, or effects in eV where `signed`. Edges
    across the boundary of the cell are left out (`inside_cell`). Widths follow |value|.
    """
    quantity = QUANTITIES["effect" if signed else "importance"]
    values, edges = IN_THOUSANDTHS * of_atoms, IN_THOUSANDTHS * of_pairs
    largest = max(float(np.abs(values).max(initial=0)), 1e-9)
    limits = Limits(-largest, largest) if signed else color_limits(values)
    scale = EFFECT_SCALE if signed else IMPORTANCE_SCALE
    colors = scale_colors(values, limits, scale)
    sites = Sites(
        atom=shown,
        species=glass.species[shown],
        position=glass.wrapped()[shown],
        color=[colors[atom] for atom in shown],
        radius=sphere_radii(glass.species[shown], scale=0.28),
        value=values[shown],
    )
    row = np.full(len(glass), -1)
    row[shown] = np.arange(len(shown))
    drawn = inside_cell(glass, pairs, images) & (row[pairs] >= 0).all(axis=1)
    most = max(float(np.abs(edges).max(initial=0)), 1e-9)
    bonds = Bonds(
        row[pairs[drawn]],
        scale_colors(edges[drawn], Limits(-most if signed else 0.0, most), scale),
        0.06 + 0.14 * np.abs(edges[drawn]) / most,
    )
    bar = color_bar("effect" if signed else "importance", limits) | {"stops": list(scale)}
    cell = glass.cell if glass.pbc.any() else None
    commands = scene(sites, bonds=bonds, cell=cell, marked=np.flatnonzero(shown == selected))
    return Picture(commands, [bar], quantity.title, quantity.unit, centred=False)


def inside_cell(glass: Glass, pairs: np.ndarray, images: np.ndarray) -> np.ndarray:
    """(B,) bool: edges that do not cross the boundary of the cell, atoms wrapped into it."""
    if not glass.pbc.any():
        return np.ones(len(pairs), dtype=bool)
    shift = np.rint((glass.wrapped() - glass.positions) @ np.linalg.inv(complete_cell(glass.cell))).astype(
        int
    )
    return (images - shift[pairs[:, 1]] + shift[pairs[:, 0]] == 0).all(axis=1)
