"""Local densities of an atom's surroundings and their averages over neighbours: node inputs, and the ridge's features.

A glass has no lattice: what distinguishes one atom from another is how densely each element surrounds it at each
distance (Cubuk et al., Phys. Rev. Lett. 2015; Behler, J. Chem. Phys. 2011). An energy barrier depends on more
than the nearest neighbours, so every density is also averaged over wider and wider surroundings (Boattini et
al., Phys. Rev. Lett. 2021; Alkemade et al., J. Chem. Phys. 2022).

Both are sums over edges, scaled by an edge strength: an edge of strength 0 is as good as absent, and gradients
reach the strength.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import torch
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph
from symgnn.layers.aggregate import sum_edges, sum_neighbors

NEAREST = 2.1  # Å; no two atoms of these glasses are nearer
SPACING = 0.2  # Å, of the shells; also their Gaussian width

_known: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def shell_radii(cutoff: float) -> Tensor:
    """(K,) centres in Å of the shells whose densities are counted: every 0.2 Å from 2.1 Å to the cutoff."""
    return torch.arange(NEAREST, cutoff - 1e-6, SPACING)


def local_densities(graph: AtomGraph, strength: Tensor, element: Tensor, radii: Tensor) -> Tensor:
    """How many neighbours of each element an atom has in each shell.

        G_ike = sum over neighbours j of element e of strength_ij exp(-(r_ij - R_k)^2 / (2 sigma^2))

    strength (E,), element (N, n_elements) one-hot, radii (K,) Å; returns (N, K * n_elements).
    """
    shells = torch.exp(-0.5 * ((graph.length[:, None] - radii) / SPACING) ** 2) * strength[:, None]
    return sum_neighbors(graph, element[:, None, :], shells[:, :, None]).flatten(1)


def neighborhood_average(graph: AtomGraph, values: Tensor, strength: Tensor, decay: float) -> Tensor:
    """Average of `values` (N, F) over an atom and its neighbours, weighted by strength_ij exp(-r_ij / decay).

    The atom itself has weight 1; decay in Å. Returns (N, F).
    """
    weight = (strength * torch.exp(-graph.length / decay))[:, None]
    total = 1 + sum_edges(graph, weight)
    return (values + sum_neighbors(graph, values, weight)) / total


def averaged_descriptors(
    graph: AtomGraph, strength: Tensor, element: Tensor, radii: Tensor, decays: Sequence[float], twice: float
) -> Tensor:
    """Densities, by themselves and multiplied by the atom's own element, and the averages of all these.

    Averaged over `decays` (Å) and twice in a row over `twice` (Å). Further inputs of the atoms (graph.inputs)
    are treated as densities are. Returns (N, (len(decays) + 2) * D), D per atom before averaging.
    """
    densities = torch.cat([local_densities(graph, strength, element, radii), graph.inputs], 1)
    own = [densities * element[:, [index]] for index in range(element.shape[1] - 1)]
    local = torch.cat([element[:, :-1], densities, *own], 1)
    averages = [neighborhood_average(graph, local, strength, decay) for decay in decays]
    again = neighborhood_average(graph, neighborhood_average(graph, local, strength, twice), strength, twice)
    return torch.cat([local, *averages, again], 1)


def cached_descriptors(
    graph: AtomGraph, strength: Tensor, element: Tensor, radii: Tensor, decays: Sequence[float], twice: float
) -> Tensor:
    """`averaged_descriptors` where all edges have their full strength: nothing in it is learned, so that one call
    per graph is enough. Kept as long as the graph is.
    """
    known = _known.setdefault(graph, {})
    key = (tuple(decays), twice, len(radii), element.shape[1])
    if key not in known:
        known[key] = averaged_descriptors(graph, strength, element, radii, decays, twice)
    return known[key]
