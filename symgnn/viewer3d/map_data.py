"""What the linked window receives of a whole glass: columns of its atoms, and its strongest edges.

Effects on all barriers are in eV, mean effects on one in meV, importance in 10⁻³ of an explanation. Atoms and edges
each have their own bar; signed ones are centred on 0 unless all have the same sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from symgnn.explanations.maps import ImportanceMap
from symgnn.explanations.signed_map import SignedMap
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.viewer3d.columns import Column, diverging, number, signed
from symgnn.viewer3d.window_data import Dataset, EdgeSet, edges_dataset

IN_THOUSANDTHS = 1000.0  # importance in 10^-3, mean effects in meV
MOST_EDGES = 5000  # of each set that the window receives, the strongest


@dataclass(frozen=True, eq=False)
class MappedEdges:
    """title; pairs (P, 2), images (P, 3), lengths (P,) Å as in `SignedMap`; sets of (P,) values, the main one first."""

    title: str
    pairs: np.ndarray
    images: np.ndarray
    lengths: np.ndarray
    sets: tuple[EdgeSet, ...]


def signed_map_columns(result: SignedMap, glass: Glass) -> tuple[Column, ...]:
    """The atoms' columns of a signed map: `effect` (eV), and `effect_difference` (eV), less the mean of the element.

    Where edges raise the barriers of all atoms, as they do for most models, the second one has two signs.
    """
    words = "Half the sum over the atom's edges: how much they raise (> 0) or lower all barriers together."
    listed = [signed("effect", "Effect on all barriers", result.atom_effect, "eV", 2, words)]
    difference = result.atom_effect.astype(float)
    for element in np.unique(glass.species):
        difference[glass.species == element] -= difference[glass.species == element].mean()
    words = "The effect on all barriers, less the mean effect of atoms of the same element."
    title = "Effect, less the element's mean"
    listed.append(diverging("effect_difference", title, difference, "eV", 2, words))
    return tuple(listed)


def signed_map_edges(result: SignedMap) -> MappedEdges:
    """The edges of a signed map by their effect (eV)."""
    effect = EdgeSet("effect", "effect on all barriers", result.pair_effect, "eV", 2, "diverging")
    title = f"all atoms, {result.method}"
    return MappedEdges(title, result.pairs, result.images, result.lengths, (effect,))


def importance_columns(importance: ImportanceMap) -> tuple[Column, ...]:
    """The atoms' columns `importance` (10⁻³) and, of a signed method, `effect` (meV)."""
    words = "Half the sum over the atom's edges of the mean fraction that explanations give to them."
    values = number("importance", "Importance", IN_THOUSANDTHS * importance.atom_importance, "10⁻³", 2, words)
    listed = [replace(values, scale="importance")]
    if importance.atom_effect is not None:
        words = "Half the sum over the atom's edges of their mean effect on a barrier."
        effect = IN_THOUSANDTHS * importance.atom_effect
        listed.append(signed("effect", "Mean effect on a barrier", effect, "meV", 2, words))
    return tuple(listed)


def importance_edges(graph: AtomGraph, importance: ImportanceMap, *, title: str) -> MappedEdges:
    """The edges of `graph`, on which the map was computed, by importance (10⁻³) and mean effect (meV)."""
    sets = [EdgeSet("importance", "importance", IN_THOUSANDTHS * importance.pair_importance, "10⁻³", 3)]
    if importance.pair_effect is not None:
        effect = IN_THOUSANDTHS * importance.pair_effect
        sets.append(EdgeSet("effect", "mean effect on a barrier", effect, "meV", 3, "diverging"))
    return MappedEdges(
        title=title,
        pairs=graph.pair_atoms.cpu().numpy(),
        images=graph.pair_image.cpu().numpy(),
        lengths=graph.length[graph.pair_edge].cpu().numpy(),
        sets=tuple(sets),
    )


def map_dataset(glass: Glass, edges: MappedEdges, *, most: int = MOST_EDGES) -> Dataset:
    """For the window: of every set the `most` edges of the largest magnitude."""
    rows = strongest(edges.sets, most)
    sets = [replace(one, values=np.asarray(one.values)[rows]) for one in edges.sets]
    return edges_dataset(
        glass, edges.pairs[rows], edges.images[rows], edges.lengths[rows], sets, title=edges.title
    )


def strongest(sets: tuple[EdgeSet, ...], most: int) -> np.ndarray:
    """Numbers of the edges that are among the `most` of the largest magnitude in any set, ascending."""
    kept = [np.argsort(-np.abs(one.values), kind="stable")[:most] for one in sets]
    return np.unique(np.concatenate(kept)) if kept else np.zeros(0, dtype=np.int64)
