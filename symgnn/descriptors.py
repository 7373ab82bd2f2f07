"""Local densities of an atom's surroundings and their averages over neighbours: node inputs, and the ridge's features.

A glass has no lattice: what distinguishes one atom from another is how densely each element surrounds it at each
distance (Cubuk et al., Phys. Rev. Lett. 2015; Behler, J. Chem. Phys. 2011). An energy barrier depends on more
than the nearest neighbours, so every density is also averaged over wider and wider surroundings (Boattini et
al., Phys. Rev. Lett. 2021; Alkemade et al., J. Chem. Phys. 2022).

Both are sums over edges, scaled by an edge strength: an edge of strength 0 is as good as absent, and gradients
reach the strength.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.aggregate import sum_edges, sum_neighbors

NEAREST = 2.1  # Å; no two atoms of these glasses are nearer
SPACING = 0.2  # Å, of the shells; also their Gaussian width


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

    The atom itself has weight 1; decay in Å. Returns (N, F). Atoms and edges beyond the graph's are left out.
    """
    values, strength = values[: graph.n_atoms], strength[: graph.n_edges]
    weight = (strength * torch.exp(-graph.length / decay))[:, None]
    total = 1 + sum_edges(graph, weight)
    return (values + sum_neighbors(graph, values, weight)) / total


class AveragedDescriptors(nn.Module):
    """Densities, by themselves and multiplied by the atom's own element, and averages of all these.

    Averaged over each of `decays` (Å), and twice in a row over `twice` (Å). Further inputs of the atoms
    (graph.inputs) are treated as densities are. Standardised by what `fit` saw.

    out_features  (len(decays) + 2) * D, D per atom before averaging
    """

    def __init__(
        self, *, n_elements: int, n_inputs: int, cutoff: float, decays: Sequence[float], twice: float
    ):
        super().__init__()
        self.n_elements, self.n_inputs = n_elements, n_inputs
        self.decays, self.twice = tuple(decays), float(twice)
        self.register_buffer("radii", shell_radii(cutoff), persistent=False)
        local = n_elements - 1 + n_elements * (len(self.radii) * n_elements + n_inputs)
        self.out_features = (len(self.decays) + 2) * local
        self.register_buffer("mean", torch.zeros(self.out_features))
        self.register_buffer("spread", torch.ones(self.out_features))

    @torch.no_grad()
    def fit(self, raw: Sequence[Tensor]) -> None:
        """Take mean and standard deviation of every descriptor from the training glasses'."""
        every = torch.cat(list(raw)).double()
        self.mean.copy_(every.mean(0))
        self.spread.copy_(every.std(0).clamp(min=1e-6))

    def standardise(self, raw: Tensor) -> Tensor:
        return (raw - self.mean) / self.spread

    def raw(self, graph: AtomGraph, element: Tensor, strength: Tensor) -> Tensor:
        """Elements (N,) as 0..n_elements-1 and strengths (E,) -> (N, out_features), not standardised.

        Densities, averages and averages of averages are three layers (`AtomGraph.trimmed`).
        """
        graph, near, last = (graph.trimmed(layers_left) for layers_left in (3, 2, 1))
        element, strength = element[: graph.n_atoms], strength[: graph.n_edges]
        species = F.one_hot(element, self.n_elements).to(graph.length.dtype)
        densities = torch.cat(
            [local_densities(graph, strength, species, self.radii), graph.inputs[:, : self.n_inputs]], 1
        )
        own = [densities * species[:, [index]] for index in range(self.n_elements - 1)]
        local = torch.cat([species[:, :-1], densities, *own], 1)
        averages = [neighborhood_average(last, local, strength, decay) for decay in self.decays]
        once = neighborhood_average(near, local, strength, self.twice)
        twice = neighborhood_average(last, once, strength, self.twice)
        return torch.cat([local[: last.n_atoms], *averages, twice], 1)
