"""3D pictures of changes around an atom: neighbours by what their change does, surroundings before and after one."""

from __future__ import annotations

import numpy as np

from symgnn.glass import Glass
from symgnn.viewer3d.colors import (
    EFFECT_SCALE,
    VALUE_SCALE,
    Limits,
    color_limits,
    element_color,
    scale_colors,
)
from symgnn.viewer3d.environment import environment
from symgnn.viewer3d.legends import QUANTITIES, color_bar
from symgnn.viewer3d.scene import Bonds, Sites, context_color, scene, sphere_radii
from symgnn.viewer3d.views import NEIGHBOR_BOND, Picture
from symgnn.whatif import WhatIf

RADIUS, BOND = 5.5, 3.4  # Å: what is shown of the surroundings, and the longest bond


def neighbours_by_change(glass: Glass, atom: int, atom_change: np.ndarray) -> Picture:
    """The surroundings of an atom, coloured by what changing each does to its barrier: (N,) eV, NaN where no change was
    tried, which is pale in its element's colour."""
    known = np.abs(atom_change[np.isfinite(atom_change)])
    largest = max(float(known.max(initial=0.0)), 1e-6)
    limits = Limits(-largest, largest)
    colors = scale_colors(np.nan_to_num(atom_change), limits, EFFECT_SCALE)
    for pale in np.flatnonzero(~np.isfinite(atom_change)):
        colors[pale] = context_color(element_color(glass.symbols[pale]))
    bar = color_bar("change", limits) | {"stops": list(EFFECT_SCALE)}
    return _around(glass, atom, colors, atom_change, bar, "change")


def before_and_after(result: WhatIf) -> tuple[Picture, Picture]:
    """The surroundings of the atom asked about before and after a change, coloured by barriers on one scale."""
    limits = color_limits(np.concatenate([result.barriers_before, result.barriers_after]))
    sides = (
        (result.reference, result.atom, result.barriers_before),
        (result.after, result.number_after, result.barriers_after),
    )
    bar = color_bar("predicted", limits)
    return tuple(
        _around(glass, atom, scale_colors(values, limits, VALUE_SCALE), values, bar, "predicted")
        for glass, atom, values in sides
    )


def _around(
    glass: Glass, atom: int, colors: list[str], values: np.ndarray, bar: dict, quantity: str
) -> Picture:
    none = np.zeros((0, 2), dtype=np.int64)
    around = environment(glass, atom, none, np.zeros((0, 3), dtype=np.int64), radius=RADIUS)
    sites = Sites(
        atom=around.atom,
        species=glass.species[around.atom],
        position=around.position,
        color=[colors[one] for one in around.atom],
        radius=sphere_radii(glass.species[around.atom], scale=0.28),
        value=np.asarray(values, dtype=float)[around.atom],
    )
    sites.radius[0] = 0.75  # the atom asked about
    apart = np.linalg.norm(around.position[:, None] - around.position[None], axis=2)
    ends = np.argwhere(np.triu(apart <= BOND, 1))
    bonds = Bonds(ends, [NEIGHBOR_BOND] * len(ends), np.full(len(ends), 0.06))
    named = QUANTITIES[quantity]
    return Picture(scene(sites, bonds=bonds, marked=[0]), [bar], named.title, named.unit, centred=True)
