"""EGAT: graph attention whose edges have features of their own (Kamiński et al., Rossmann-toolbox, Brief. Bioinform.
23, bbab371, 2022, eqs. 1-4). The baseline "EGAT" of arXiv 2401.08627: SymGNN without its additions.

    f'_ij   = LeakyReLU(A [h_i || f_ij || h_j])                       1
    e_ij    = a . f'_ij                                               2, one vector a per head
    alpha_ij = exp(e_ij) / sum over the neighbours k of i, and i itself, of exp(e_ik)    3
    h'_i    = sum_j alpha_ij W h_j                                    4
f' is the edge feature of the next layer.

What differs from the published model:
- f of the first layer encodes the length alone, as in arXiv 2401.08627, and by Gaussians and a small network;
- the width is shared by the heads instead of repeated for each: no edge-sized tensor is wider than `width`;
- an atom itself is in its softmax as an edge of length 0, never cut: an atom without neighbours is defined;
- the strength of an edge falls smoothly to 0 at the cutoff and multiplies its exp(e_ij);
- h' passes a limited batch norm and an update network with a residual connection: it trains tens of times faster.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import attend
from symgnn.nn.length_encoder import LengthEncoder
from symgnn.nn.residual_update import ResidualUpdate


class EGATLayer(nn.Module):
    """Atoms (N, width), edges (E, width), self-edges (N, width) -> the same, updated.

    width is a multiple of heads.
    """

    def __init__(self, *, width: int, heads: int, dropout: float):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} found, expected a multiple of the number of heads {heads}")
        self.heads = heads
        self.from_target = nn.Linear(width, width)  # A in three blocks: h_i, f_ij, h_j
        self.from_edge = nn.Linear(width, width, bias=False)
        self.from_source = nn.Linear(width, width, bias=False)
        self.logit = nn.Linear(width, heads, bias=False)  # a
        self.value = nn.Linear(width, width, bias=False)  # W
        self.update = ResidualUpdate(width=width, dropout=dropout)

    def forward(
        self, graph: AtomGraph, atoms: Tensor, edges: Tensor, loops: Tensor, edge_weight: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        target, source = self.from_target(atoms), self.from_source(atoms)
        edges = _activate(
            target.index_select(0, graph.target)
            + self.from_edge(edges)
            + source.index_select(0, graph.source)
        )
        loops = _activate(target + self.from_edge(loops) + source)
        attended = self.attention(graph, atoms, edges, loops, edge_weight)
        return self.update(atoms, attended), edges, loops

    def attention(
        self, graph: AtomGraph, atoms: Tensor, edges: Tensor, loops: Tensor, edge_weight: Tensor
    ) -> Tensor:
        """Equations 2 to 4, heads side by side: (N, width)."""
        values = self.value(atoms).unflatten(1, (self.heads, -1))
        mixed, _ = attend(graph, values, self.logit(edges), self.logit(loops), edge_weight=edge_weight)
        return mixed.flatten(1)


def _activate(values: Tensor) -> Tensor:
    return F.leaky_relu(values, negative_slope=0.01)


class EGAT(BarrierModel):
    """The paper's baseline.

    width  of atom and edge states
    heads  attention heads of each layer; their number is the depth
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        heads: Sequence[int] = (8, 4, 2, 1),
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=len(heads))
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.edge_encoder = LengthEncoder(width=width, cutoff=cutoff)
        self.layers = nn.ModuleList(EGATLayer(width=width, heads=count, dropout=dropout) for count in heads)
        self.decoder = readout((len(heads) + 1) * width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        atoms = self.atom_encoder(self.element_index(graph))
        edges = self.edge_encoder(graph.length)
        loops = self.edge_encoder(graph.length.new_zeros(graph.n_atoms))
        states = [atoms]
        for depth, layer in enumerate(self.layers):
            graph, [loops, *states], [edges, strength] = self.trim(
                graph, depth, [loops, *states], [edges, strength]
            )
            atoms, edges, loops = layer(graph, states[-1], edges, loops, strength)
            states.append(atoms)
        return torch.cat(states, 1)
