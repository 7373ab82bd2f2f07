"""GCN with edge features: graph convolutions normalised by the degrees of both ends.

Kipf and Welling, ICLR 2017 (arXiv 1609.02907), eq. 2, H' = sigma(D^-1/2 (A + I) D^-1/2 H W), with edge features
added to the messages as in the Open Graph Benchmark (Hu et al., NeurIPS 2020, arXiv 2005.00687):
    message_i = sum_j s_ij / sqrt(d_i d_j) ReLU(W h_j + e_ij) + 1 / d_i ReLU(W h_i + u)
    d_i       = 1 + sum_j s_ij                                     the degree, with the atom itself
What differs from the published model:
- A holds the strengths s_ij of edges, which fall smoothly from 1 to 0 at the cutoff, instead of 0 and 1;
- e_ij, a feature of the edge, encodes its length; u stands for it at the atom itself;
- the message passes a limited batch norm and an update network with a residual connection.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_edges
from symgnn.nn.length_encoder import LengthEncoder
from symgnn.nn.residual_update import ResidualUpdate


class GraphConvolution(nn.Module):
    """Atoms (N, width), normalised strengths (E,) and degrees (N,) -> updated atoms (N, width)."""

    def __init__(self, *, width: int, cutoff: float, dropout: float):
        super().__init__()
        self.value = nn.Linear(width, width, bias=False)  # W
        self.edge_encoder = LengthEncoder(width=width, cutoff=cutoff)  # e_ij
        self.own = nn.Parameter(torch.zeros(width))  # u
        self.update = ResidualUpdate(width=width, dropout=dropout)

    def forward(self, graph: AtomGraph, atoms: Tensor, normalised: Tensor, degree: Tensor) -> Tensor:
        return self.update(atoms, self.messages(graph, atoms, normalised, degree))

    def messages(self, graph: AtomGraph, atoms: Tensor, normalised: Tensor, degree: Tensor) -> Tensor:
        values = self.value(atoms)
        edges = F.relu(values.index_select(0, graph.source) + self.edge_encoder(graph.length))
        return sum_edges(graph, edges * normalised[:, None]) + F.relu(values + self.own) / degree[:, None]


class GCN(BarrierModel):
    """Graph convolutions on element vectors. Invariant: it reads lengths only.

    width  of the atoms' states
    depth  convolutions. A message is divided by the degree of its sender, which counts edges one hop farther
           away: n_layers is depth + 1.
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        depth: int = 4,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=depth + 1)
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.layers = nn.ModuleList(
            GraphConvolution(width=width, cutoff=cutoff, dropout=dropout) for _ in range(depth)
        )
        self.decoder = readout((depth + 1) * width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        degree = 1 + sum_edges(graph, strength[:, None])[:, 0]  # d_i
        scale = degree.rsqrt()
        normalised = strength * scale.index_select(0, graph.source) * scale.index_select(0, graph.target)
        atoms = self.atom_encoder(self.element_index(graph))
        states = [atoms]
        for depth, layer in enumerate(self.layers, start=1):  # the degrees were one layer
            graph, [degree, *states], [normalised] = self.trim(graph, depth, [degree, *states], [normalised])
            states.append(layer(graph, states[-1], normalised, degree))  # H'
        return torch.cat(states, 1)
