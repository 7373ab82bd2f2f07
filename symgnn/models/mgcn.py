"""MGCN: atoms and pairs of atoms, level by level.

Lu, Liu, Wang, Huang, Lin, He, "Molecular property prediction: a multilevel quantum interactions modeling
perspective", AAAI 2019 (arXiv 1906.11081), the interaction layers h_e and h_v and the concatenation of levels:
    a_i^0, e_ij^0 = one vector per element, one per pair of elements
    e_ij^(l+1)    = eta e_ij^l + (1 - eta) W^ue (a_i^l * a_j^l)                                    (h_e)
    a_i^(l+1)     = sum_j W^uv ( M^fa(a_j^l) * M^fd(r_ij) + M^fe(e_ij^l) )                         (h_v)
    a_i           = [a_i^0, ..., a_i^T]
Products are taken elementwise. Edge states are linear in what they receive, and only their sum over an atom's
neighbours is read. So S_i^l = sum_j e_ij^l is kept instead, one row per atom, with the same result:
    S_i^(l+1)     = eta S_i^l + (1 - eta) W^ue (a_i^l * sum_j a_j^l)
What differs from the published model:
- the non-linearity, a tanh of every message there, acts on what an atom received, in a residual update (as in the
  implementation of DGL-LifeSci): this is what lets edges be summed first, without edge-sized states;
- filters M^fd have two layers and are evaluated on a grid of lengths (`RadialFunction`);
- neighbours are those within the cutoff instead of all atoms, and messages fall smoothly to 0 there;
- the sums of both kinds of messages are standardised one by one and softly limited (`LimitedNorm`), and dropped
  out in training: at the start those from edges vary more than 20 times as much and would drown the others;
- every atom has a barrier of its own, read from its levels alone: the molecule's sums over atoms and edges go.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_neighbors
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.radial import RadialFunction


class Interaction(nn.Module):
    """h_v: (N, width) atoms and edge sums -> (N, width) atoms."""

    def __init__(self, *, width: int, cutoff: float, n_basis: int, dropout: float):
        super().__init__()
        self.from_atoms = nn.Linear(width, width)  # M^fa
        self.filter = RadialFunction(width=width, cutoff=cutoff, n_basis=n_basis)  # M^fd
        self.norm = LimitedNorm(2 * width)
        self.update = nn.Sequential(  # its first layer is W^uv, and W^uv M^fe
            nn.Linear(2 * width, width), nn.Softplus(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def forward(self, graph: AtomGraph, atoms: Tensor, edge_sums: Tensor, strength: Tensor) -> Tensor:
        weights = self.filter(graph.length) * strength[:, None]
        atom_sums = sum_neighbors(graph, self.from_atoms(atoms), weights)
        return atoms + self.update(self.norm(torch.cat([atom_sums, edge_sums], 1)))


class MGCN(BarrierModel):
    """Interaction layers on atoms and pairs of atoms. Invariant: it reads lengths only.

    width     of the states of atoms and edges
    n_layers  interaction layers T
    n_basis   Gaussians of the length that a filter reads
    eta       fraction of an edge's state that it keeps from one layer to the next
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 64,
        n_layers: int = 4,
        n_basis: int = 32,
        eta: float = 0.8,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_layers)
        n = len(self.elements)
        self.eta = eta
        self.atom_encoder = nn.Embedding(n, width)
        self.pair_encoder = nn.Embedding(n * (n + 1) // 2, width)
        first, second = torch.triu_indices(n, n)
        pair = torch.empty(n, n, dtype=torch.int64)
        pair[first, second] = pair[second, first] = torch.arange(len(first))
        self.register_buffer("pair", pair, persistent=False)  # number of the unordered pair of two elements
        self.interactions = nn.ModuleList(
            Interaction(width=width, cutoff=cutoff, n_basis=n_basis, dropout=dropout) for _ in range(n_layers)
        )
        self.edge_updates = nn.ModuleList(  # W^ue; nothing reads the edges after the last layer
            nn.Linear(width, width, bias=False) for _ in range(n_layers - 1)
        )
        self.decoder = readout((n_layers + 1) * width, width)

    def initial_edge_sums(self, graph: AtomGraph, element: Tensor, strength: Tensor) -> Tensor:
        """S^0: each atom's neighbours counted by element, times the vectors of their pairs, (N, width)."""
        one_hot = F.one_hot(element, len(self.elements)).to(strength.dtype)
        counts = sum_neighbors(graph, one_hot, strength[:, None])  # (N, elements)
        vectors = self.pair_encoder(self.pair).index_select(0, element)  # (N, elements, width)
        return (counts[:, :, None] * vectors).sum(1)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        element = self.element_index(graph)
        atoms = self.atom_encoder(element)  # a^0
        edge_sums = self.initial_edge_sums(graph, element, strength)  # S^0
        states = [atoms]
        for layer, interaction in enumerate(self.interactions):
            graph, [edge_sums, *states], [strength] = self.trim(
                graph, layer, [edge_sums, *states], [strength]
            )
            if layer:
                before = states[-2]  # a^(l-1)
                products = before * sum_neighbors(graph, before, strength[:, None])
                edge_sums = self.eta * edge_sums + (1 - self.eta) * self.edge_updates[layer - 1](products)
            states.append(interaction(graph, states[-1], edge_sums, strength))  # a^(l+1)
        return torch.cat(states, 1)
