"""EGNN: atoms that exchange messages and move, equivariant under rotations, reflections and translations.

Satorras, Hoogeboom and Welling, ICML 2021 (arXiv 2102.09844), eqs. 3-6:
    m_ij = phi_e(h_i, h_j, |x_i - x_j|^2)                    3
    x'_i = x_i + C sum_j (x_i - x_j) phi_x(m_ij)             4
    m_i  = sum_j m_ij                                        5
    h'_i = phi_h(h_i, m_i)                                   6
Barriers are read from h, which is invariant: it sees distances only. x moves with the structure.
What differs from the published model:
- periodic: what is kept is how far each atom has moved, dx; x_j - x_i = v_ij + dx_j - dx_i with the vector v_ij of
  the graph's edge, and the neighbours remain those of the graph;
- every term of both sums is scaled by the strength s_ij of the edge; C = 1 / (1 + sum_j s_ij);
- no atom moves farther than 1 Å in a layer: (x_i - x_j) / (|x_i - x_j| + 1 Å) in eq. 4, as Hoogeboom et al. (ICML
  2022, arXiv 2203.17003), times tanh(phi_x), an option of the published code;
- the last layer does not move atoms, since nothing would read it;
- phi_e starts with units that switch at distances from 0 to the cutoff; from the usual small weights, it had
  learned next to nothing after 10 epochs (validation r .13 against .61);
- phi_h has a limited batch norm on m_i.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_edges
from symgnn.nn.residual_update import ResidualUpdate

STEEPNESS = 1.0  # 1/Å²: at 3 Å a unit switches within a few tenths of an ångström


class EquivariantLayer(nn.Module):
    """Atoms (N, width) and displacements (N, 3) Å -> the same, updated; displacements as they were if not `moves`."""

    def __init__(self, *, width: int, cutoff: float, dropout: float, moves: bool):
        super().__init__()
        self.from_target = nn.Linear(width, width)  # the first layer of phi_e in three blocks
        self.from_source = nn.Linear(width, width, bias=False)
        self.from_distance = nn.Linear(1, width, bias=False)
        self.message = nn.Linear(width, width)
        last = nn.Linear(width, 1, bias=False)
        nn.init.xavier_uniform_(last.weight, gain=0.001)  # as published: atoms hardly move at first
        self.step = nn.Sequential(nn.Linear(width, width), nn.SiLU(), last, nn.Tanh()) if moves else None
        self.update = ResidualUpdate(width=width, dropout=dropout)
        with torch.no_grad():
            self.from_distance.weight.fill_(STEEPNESS)
            self.from_target.bias.copy_(-STEEPNESS * torch.linspace(0, cutoff, width).square())

    def forward(
        self, graph: AtomGraph, atoms: Tensor, moved: Tensor, strength: Tensor, fraction: Tensor
    ) -> tuple[Tensor, Tensor]:
        relative = graph.vector + moved.index_select(0, graph.source) - moved.index_select(0, graph.target)
        squared = relative.square().sum(1, keepdim=True)
        messages = self.messages(graph, atoms, squared)
        if self.step is not None:
            direction = -relative / ((squared + 1e-12).sqrt() + 1)  # of x_i - x_j
            moved = moved + sum_edges(graph, direction * self.step(messages) * fraction[:, None])
        return self.update(atoms, sum_edges(graph, messages * strength[:, None])), moved

    def messages(self, graph: AtomGraph, atoms: Tensor, squared: Tensor) -> Tensor:
        """phi_e: (E, width) from atoms and squared distances (E, 1) in Å²."""
        hidden = F.silu(
            self.from_target(atoms).index_select(0, graph.target)
            + self.from_source(atoms).index_select(0, graph.source)
            + self.from_distance(squared)
        )
        return F.silu(self.message(hidden))


class EGNN(BarrierModel):
    """Equivariant layers on element vectors. Predictions are invariant.

    width     of atom states and messages
    n_layers  equivariant layers
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        n_layers: int = 4,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_layers)
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.layers = nn.ModuleList(
            EquivariantLayer(width=width, cutoff=cutoff, dropout=dropout, moves=layer + 1 < n_layers)
            for layer in range(n_layers)
        )
        self.decoder = readout((n_layers + 1) * width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        return self._run(graph, edge_weight)[0]

    def displacements(self, graph: AtomGraph, edge_weight: Tensor | None = None) -> Tensor:
        """(N, 3) Å, how far the network has moved each atom: turns with the structure."""
        return self._run(graph, edge_weight)[1]

    def _run(self, graph: AtomGraph, edge_weight: Tensor | None) -> tuple[Tensor, Tensor]:
        strength = self.edge_strength(graph, edge_weight)
        total = 1 + sum_edges(graph, strength[:, None])[:, 0]
        fraction = strength / total.index_select(0, graph.target)  # C s_ij
        atoms = self.atom_encoder(self.element_index(graph))
        moved = graph.vector.new_zeros((graph.n_atoms, 3))
        states = [atoms]
        for depth, layer in enumerate(self.layers):
            graph, [moved, *states], [strength, fraction] = self.trim(
                graph, depth, [moved, *states], [strength, fraction]
            )
            atoms, moved = layer(graph, states[-1], moved, strength, fraction)
            states.append(atoms)
        return torch.cat(states, 1), moved
