"""MPNN: message passing with an edge network and a gated update.

Gilmer, Schoenholz, Riley, Vinyals, Dahl, ICML 2017 (arXiv 1704.01212), equations 1-3 with the edge network of
section 5.1 and the update of GG-NN (Li et al., 2016), both shared by all T steps:
    m_i^(t+1) = sum_j A(e_ij) h_j^t          A: a network from the edge to a width x width matrix (eq. 1)
    h_i^(t+1) = GRU(h_i^t, m_i^(t+1))                                                           (eq. 2)
    y_i       = R(h_i^T, h_i^0)                                                                 (eq. 3)
A is linear in its last hidden layer, A(e) = sum_k W_k a_k(e), so that
    m_i = sum_k W_k ( sum_j a_k(e_ij) h_j )
and the matrices of the edges are never written down: each atom adds up `rank` weighted sums of its neighbours,
which W then contracts.
What differs from the published model:
- e_ij is the length alone (the paper's molecules have bond types too); the a_k are evaluated on a grid of lengths
  and end linearly (`RadialFunction`), and there are few of them: an atom's sums cost rank x width per edge;
- messages fall smoothly to 0 at the cutoff, so that a neighbour crossing it changes nothing;
- messages are standardised and softly limited (`LimitedNorm`; of every step, unlike A and GRU) and dropped out in
  training: sums over 30 neighbours saturate the gates otherwise;
- every atom has a barrier of its own: R reads one atom instead of adding up all.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_neighbors
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.radial import RadialFunction


class MPNN(BarrierModel):
    """T steps of message passing with one edge network. Invariant: it reads lengths only.

    width     of the atoms' states
    rank      functions a_k of the length that make up the edge network's matrices
    n_layers  steps T
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        rank: int = 8,
        n_layers: int = 3,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_layers)
        self.rank = rank
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.edge_network = RadialFunction(width=rank, cutoff=cutoff)  # a_k
        self.contract = nn.Linear(rank * width, width, bias=False)  # W, (width, rank * width)
        self.norms = nn.ModuleList(LimitedNorm(width) for _ in range(n_layers))
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRUCell(width, width)
        self.decoder = readout(2 * width, width)

    def messages(self, graph: AtomGraph, atoms: Tensor, factors: Tensor) -> Tensor:
        """Eq. 1: atoms (N, width) and factors a_k (E, rank) -> m (N, width).

        The values have all of their shape (N, rank, width), as a view: DGL then takes the factors' gradient as
        dot products over the width. Broadcast from (N, 1, width), it would write (E, rank, width).
        """
        values = atoms[:, None, :].expand(-1, self.rank, -1)
        return self.contract(sum_neighbors(graph, values, factors[:, :, None]).flatten(1))

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        factors = self.edge_network(graph.length) * strength[:, None]
        initial = atoms = self.atom_encoder(self.element_index(graph))  # h^0
        for step, norm in enumerate(self.norms):
            graph, [atoms, initial], [factors] = self.trim(graph, step, [atoms, initial], [factors])
            received = norm(self.messages(graph, atoms, factors))  # m^(t+1)
            atoms = self.gru(self.dropout(received), atoms)  # h^(t+1)
        return torch.cat([atoms, initial], 1)
