"""Ridge regression on averaged local densities: the bar that a network has to clear.

Hoerl and Kennard, Technometrics 1970; descriptors as in symgnn.descriptors. The weights follow from one linear
system (`solve`), no gradient descent.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from symgnn.descriptors import AveragedDescriptors
from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel


class Ridge(BarrierModel):
    """A linear function of standardised averaged descriptors.

    decays, twice  Å, ranges of the averages (see AveragedDescriptors)
    inputs         per-atom properties of the glass to be read too, e.g. potential_energy
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
        self.descriptors = AveragedDescriptors(
            n_elements=len(self.elements),
            n_inputs=len(self.inputs),
            cutoff=cutoff,
            decays=decays,
            twice=twice,
        )
        self.decoder = nn.Sequential(nn.Linear(self.descriptors.out_features, 1))

    def describe(self, graph: AtomGraph, edge_weight: Tensor | None = None) -> Tensor:
        """(N, D) descriptors, not standardised."""
        return self.descriptors.raw(graph, self.element_index(graph), self.edge_strength(graph, edge_weight))

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        return self.descriptors.standardise(self.describe(graph, edge_weight))

    def decode(self, raw: Tensor) -> Tensor:
        """(N, D) descriptors -> (N,) barriers in eV: what forward does after `describe`."""
        return self.target_mean + self.target_scale * self.decoder(self.descriptors.standardise(raw))[:, 0]

    @torch.no_grad()
    def solve(self, raw: Sequence[Tensor], labels: Sequence[Tensor], penalty: float) -> None:
        """Minimise |X w - y|^2 + penalty |w|^2, X standardised descriptors, y standardised labels."""
        x = self.descriptors.standardise(torch.cat(list(raw))).double()
        y = ((torch.cat(list(labels)) - self.target_mean) / self.target_scale).double()
        weights = torch.linalg.solve(x.T @ x + penalty * torch.eye(x.shape[1], dtype=x.dtype), x.T @ y)
        self.decoder[-1].weight.copy_(weights[None])
        self.decoder[-1].bias.zero_()
