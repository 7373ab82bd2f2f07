"""Graph attention with edge features, the message-passing layer of SymGNN.

After EGAT (Kamiński et al., Rossmann-toolbox, Brief. Bioinform. 2022, eqs. 1-4), the layer that the paper uses
(arXiv 2401.08627, section 4):
    f'_ij   = LeakyReLU(W_s h_j + W_t h_i + W_e e_ij)
    logit_ij = a . f'_ij                                  one vector a per head
    alpha_ij = softmax over the neighbours j of i, and i itself
    h'_i    = concatenation over heads of sum_j alpha_ij (G f'_ij) * (V h_j), and of log sum_j exp(logit_ij)
What differs from the published code:
- messages are gated by the edge (G f'), so that an edge says more than how strongly its neighbour counts;
- the logarithm of the softmax's denominator is passed on, since the softmax itself hides the local density;
- every layer reads the symmetrized encoding e itself instead of the last layer's f';
- the width is shared by the heads instead of repeated for each: no edge-sized tensor is wider than `width`;
- the strength of an edge falls smoothly to 0 at the cutoff;
- what an atom receives is limited softly to 5 standard deviations, so that a prediction stays bounded where a
  glass, or a mask that explains it, is unlike the training data.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.aggregate import Carried, attend, attend_carried, carry
from symgnn.nn.limited_norm import LimitedNorm


class Messages(NamedTuple):
    """values (N, H, D), gates (E, H, D), logits (E, H), self_logits (N, H): what `attend` takes."""

    values: Tensor
    gates: Tensor
    logits: Tensor
    self_logits: Tensor


class EdgeAttention(nn.Module):
    """(N, width) atoms and (E, width) edge encodings -> messages -> updated atoms. width is a multiple of heads."""

    def __init__(self, *, width: int, heads: int, dropout: float):
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} found, expected a multiple of the number of heads {heads}")
        self.heads = heads
        self.from_source = nn.Linear(width, width, bias=False)
        self.from_target = nn.Linear(width, width)
        self.from_edge = nn.Linear(width, width, bias=False)
        self.logit = nn.Linear(width, heads, bias=False)
        self.self_logit = nn.Linear(width, heads)
        self.value = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(width, width)
        self.norm = LimitedNorm(width + heads)
        self.update = nn.Sequential(
            nn.Linear(2 * width + heads, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def messages(self, graph: AtomGraph, atoms: Tensor, edges: Tensor) -> Messages:
        """What is on its way to every atom: all of the layer that no edge weight touches."""
        edges = F.leaky_relu(
            self.from_source(atoms).index_select(0, graph.source)
            + self.from_target(atoms).index_select(0, graph.target)
            + self.from_edge(edges),
            negative_slope=0.2,
        )
        return Messages(
            values=self.value(atoms).unflatten(1, (self.heads, -1)),
            gates=self.gate(edges).unflatten(1, (self.heads, -1)),
            logits=self.logit(edges),
            self_logits=self.self_logit(atoms),
        )

    def carried(self, graph: AtomGraph, messages: Messages) -> Messages | Carried:
        """The messages as `forward` takes them soonest under many edge weights; without gradient."""
        known = carry(graph, messages.values, messages.logits, messages.self_logits, messages.gates)
        return messages if known is None else known

    def forward(
        self, graph: AtomGraph, atoms: Tensor, messages: Messages | Carried, edge_weight: Tensor
    ) -> Tensor:
        if isinstance(messages, Carried):
            mixed, total = attend_carried(graph, messages, edge_weight)
        else:
            mixed, total = attend(
                graph,
                messages.values,
                messages.logits,
                messages.self_logits,
                gates=messages.gates,
                edge_weight=edge_weight,
            )
        received = self.norm(torch.cat([mixed.flatten(1), total], 1))
        return atoms + self.update(torch.cat([atoms, received], 1))
