"""Ridge regression on averaged local densities: the bar that a network has to clear.

Hoerl and Kennard, Technometrics 1970; descriptors as in symgnn.descriptors. The weights follow from one linear
system (`solve`), no gradient descent.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.descriptors import averaged_descriptors, shell_radii
from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel


class Ridge(BarrierModel):
    """A linear function of standardised averaged descriptors.

    decays, twice  Å, ranges of the averages (see averaged_descriptors)
    inputs         per-atom fields of the glass to be read too, e.g. potential_energy
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 8.0,
        decays: Sequence[float] = (1.0, 2.0, 4.0),
        twice: float = 2.0,
        inputs: Sequence[str] = (),
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=3, inputs=inputs)
        self.decays, self.twice = tuple(decays), float(twice)
        self.register_buffer("radii", shell_radii(cutoff), persistent=False)
        n_elements = len(self.elements)
        n_densities = len(self.radii) * n_elements + len(self.inputs)
        n_descriptors = (len(self.decays) + 2) * (n_elements - 1 + n_elements * n_densities)
        self.register_buffer("center", torch.zeros(n_descriptors))
        self.register_buffer("scale", torch.ones(n_descriptors))
        self.decoder = nn.Sequential(nn.Linear(n_descriptors, 1))

    def descriptors(self, graph: AtomGraph, edge_weight: Tensor | None = None) -> Tensor:
        """(N, D), not standardised."""
        element = F.one_hot(self.element_index(graph), len(self.elements)).float()
        strength = self.edge_strength(graph, edge_weight)
        return averaged_descriptors(graph, strength, element, self.radii, self.decays, self.twice)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        return (self.descriptors(graph, edge_weight) - self.center) / self.scale

    def decode(self, descriptors: Tensor) -> Tensor:
        """(N, D) descriptors -> (N,) barriers in eV: what forward does after `descriptors`."""
        standardised = (descriptors - self.center) / self.scale
        return self.target_mean + self.target_scale * self.decoder(standardised)[:, 0]

    @torch.no_grad()
    def standardise_on(self, descriptors: Sequence[Tensor]) -> None:
        """Take mean and standard deviation of every descriptor from the training glasses'."""
        every = torch.cat(list(descriptors)).double()
        self.center.copy_(every.mean(0))
        self.scale.copy_(every.std(0).clamp(min=1e-6))

    @torch.no_grad()
    def solve(self, descriptors: Sequence[Tensor], labels: Sequence[Tensor], penalty: float) -> None:
        """Minimise |X w - y|^2 + penalty |w|^2, X standardised descriptors, y standardised labels."""
        x = ((torch.cat(list(descriptors)) - self.center) / self.scale).double()
        y = ((torch.cat(list(labels)) - self.target_mean) / self.target_scale).double()
        weights = torch.linalg.solve(x.T @ x + penalty * torch.eye(x.shape[1], dtype=x.dtype), x.T @ y)
        self.decoder[-1].weight.copy_(weights[None])
        self.decoder[-1].bias.zero_()
