"""The 3D pictures of the dashboard: a whole glass, an atom's neighbours, an explanation, a cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase.geometry import complete_cell

from symgnn.glass import Glass
from symgnn.viewer3d.colors import (
    EFFECT_SCALE,
    EXPLAINED,
    IMPORTANCE_SCALE,
    Limits,
    element_color,
    scale_colors,
)
from symgnn.viewer3d.environment import (
    Environment,
    environment,
    nearest_images,
)
from symgnn.viewer3d.legends import QUANTITIES, atom_colors, effect_bar, element_legend, importance_bar
from symgnn.viewer3d.scene import Bonds, Sites, context_color, scene, sphere_radii

NEIGHBOR_BOND = "#8a8f98"
MOST_DRAWN = 20_000
"""Spheres that a browser still turns without jerks."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What the viewer draws: commands (scene.py), legends (legends.py), and how hover values are called.

    centred: the view turns round the origin, where the atom or cycle of interest is, not round the middle
    of all that is drawn.
    """

    commands: list[list]
    legends: list[dict]
    value_title: str
    value_unit: str
    centred: bool


def drawn_atoms(
    glass: Glass, *, selected: int, slab: tuple[int, float, float] | None = None, at_most: int = MOST_DRAWN
) -> np.ndarray:
    """Atoms to draw, ascending: those in the slab (see `in_slab`) and the selected one.

    Of more than `at_most` only those nearest to the selected one: a browser draws tens of thousands of spheres,
    not millions.
    """
    inside = np.ones(len(glass), dtype=bool) if slab is None else in_slab(glass, *slab)
    inside[selected] = True
    shown = np.flatnonzero(inside)
    if len(shown) > at_most:
        vectors, _ = nearest_images(glass, selected)
        distance = np.linalg.norm(vectors[shown], axis=1)
        shown = np.sort(shown[np.argpartition(distance, at_most - 1)[:at_most]])
    return shown


def whole_glass(
    glass: Glass, quantity: str, values: np.ndarray | None, *, selected: int, shown: np.ndarray
) -> Picture:
    """The atoms `shown` inside the cell, coloured by a quantity (a key of QUANTITIES) with values (N,) or None.

    The selected atom has a halo. Colours and their scale are those of the whole glass, whatever is shown.
    """
    colors, legend = atom_colors(glass, quantity, values)
    sites = Sites(
        atom=shown,
        species=glass.species[shown],
        position=glass.wrapped()[shown],
        color=[colors[atom] for atom in shown],
        radius=sphere_radii(glass.species[shown], scale=0.62),
        value=np.full(len(shown), np.nan) if values is None else values[shown],
    )
    cell = glass.cell if glass.pbc.any() else None
    marked = np.flatnonzero(shown == selected)
    return _picture(scene(sites, cell=cell, marked=marked), [legend], quantity, centred=False)


def explained_atom(
    glass: Glass,
    atom: int,
    pairs: np.ndarray,
    images: np.ndarray,
    importance: np.ndarray,
    *,
    predicted: np.ndarray | None,
    effect: np.ndarray | None = None,
    largest_effect: float | None = None,
    context_radius: float = 7.0,
) -> Picture:
    """The explained atom at the origin and the given edges, coloured and thickened by importance (B,).

    With a signed effect (B,) in eV, colours tell what raises the barrier (red) and what lowers it (blue). They run
    from -largest_effect to +largest_effect (eV), by default the largest of these edges.

    Atoms on an edge have their element's colour; the others within context_radius (Å) are pale and small.
    Periodic copies that a small box needs are drawn smaller. Colours and widths run from importance 0 to 1,
    so that they stay when more edges are drawn.
    """
    importance = np.asarray(importance, dtype=float)
    around = environment(glass, atom, pairs, images, radius=context_radius)
    active = np.zeros(len(around.atom), dtype=bool)
    active[around.bonds.reshape(-1)] = True
    active[0] = True
    colors = [element_color(glass.symbols[a]) for a in around.atom]
    colors = [color if on else context_color(color) for color, on in zip(colors, active, strict=True)]
    colors[0] = EXPLAINED
    sites = _sites(glass, around, colors, 0.3, predicted)
    sites.radius[~active] *= 0.5
    sites.radius[around.ghost] *= 0.8
    sites.radius[0] = 0.75

    bar, bond_colors = importance_bar(), scale_colors(importance, Limits(0.0, 1.0), IMPORTANCE_SCALE)
    if effect is not None and len(effect):
        largest = max(float(np.abs(effect).max()) if largest_effect is None else largest_effect, 1e-6)
        bar, bond_colors = effect_bar(largest), scale_colors(effect, Limits(-largest, largest), EFFECT_SCALE)
    bonds = Bonds(around.bonds, bond_colors, 0.05 + 0.11 * np.clip(importance, 0, 1))
    legends = [bar, element_legend(glass, extra=[["explained atom", EXPLAINED]])]
    return _picture(scene(sites, bonds=bonds, marked=[0]), legends, "predicted", centred=True)


def in_slab(glass: Glass, axis: int, start: float, end: float) -> np.ndarray:
    """(N,) bool: atoms whose position along cell vector `axis`, as a fraction 0..1, lies in [start, end].

    Without a cell vector there the fraction runs from the lowest to the highest atom.
    """
    positions = glass.wrapped()
    if glass.pbc[axis]:
        fraction = np.linalg.solve(complete_cell(glass.cell).T, positions.T)[axis]
    else:
        fraction = positions[:, axis] - positions[:, axis].min()
        fraction = fraction / max(fraction.max(), 1e-9)
    return (fraction >= start - 1e-9) & (fraction <= end + 1e-9)


def _sites(
    glass: Glass, around: Environment, colors: list[str], scale: float, values: np.ndarray | None
) -> Sites:
    return Sites(
        atom=around.atom,
        species=glass.species[around.atom],
        position=around.position,
        color=colors,
        radius=sphere_radii(glass.species[around.atom], scale=scale),
        value=np.full(len(around.atom), np.nan) if values is None else np.asarray(values)[around.atom],
    )


def _picture(commands: list[list], legends: list[dict], quantity: str, *, centred: bool) -> Picture:
    named = QUANTITIES[quantity]
    return Picture(commands, legends, named.title, named.unit, centred)
