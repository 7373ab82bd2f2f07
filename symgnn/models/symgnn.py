"""SymGNN: symmetrized edge encodings, then attention message passing (arXiv 2401.08627, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import Carried
from symgnn.nn.edge_attention import EdgeAttention, Messages
from symgnn.nn.kept_coordination import KeptCoordination, Kinds
from symgnn.nn.symmetrized_encoder import Symmetrization, SymmetrizedEncoder


class Prepared(NamedTuple):
    """atoms (N, width) and edges (E, width) encoded, the first layer's messages, and the kinds of edges (those of
    `KeptCoordination`) where they are known."""

    atoms: Tensor
    edges: Tensor
    messages: Messages | Carried
    kinds: Kinds | None = None


class SymGNN(BarrierModel):
    """The paper's model.

    symmetrization  "haar" (default): the uniform measure, predictions are exactly invariant under rotation and
                    reflection; "learned": the published idea, a trained distribution on O(3), invariant only
                    approximately; "identity": without symmetrization.
    width           of atom and edge states
    heads           attention heads of each layer; their number is the depth
    kept_coordination  lengths in Å that divide edges into kinds: where edges are removed, others of their kind around
                    the same atom take over (`KeptCoordination`); none: what is removed is missing
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        symmetrization: Symmetrization = "haar",
        width: int = 32,
        heads: Sequence[int] = (8, 4, 2, 1),
        dropout: float = 0.0,
        n_samples: int = 4,
        kept_coordination: Sequence[float] = (),
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=len(heads))
        self.symmetrization = symmetrization
        self.is_invariant = symmetrization == "haar"
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.edge_encoder = SymmetrizedEncoder(
            width=width, cutoff=cutoff, symmetrization=symmetrization, n_samples=n_samples
        )
        self.layers = nn.ModuleList(
            EdgeAttention(width=width, heads=count, dropout=dropout) for count in heads
        )
        self.decoder = readout((len(heads) + 1) * width, width)
        self.kept_coordination = (
            KeptCoordination(knots=kept_coordination, n_elements=len(self.elements), cutoff=cutoff)
            if kept_coordination
            else None
        )

    def edge_strength(
        self, graph: AtomGraph, edge_weight: Tensor | None, kinds: Kinds | None = None
    ) -> Tensor:
        strength = super().edge_strength(graph, edge_weight)
        nothing_removed = edge_weight is None and graph.removed_from is None
        if self.kept_coordination is None or nothing_removed:
            return strength
        return self.kept_coordination(graph, strength, self.element_index(graph), kinds)

    def prepare(self, graph: AtomGraph) -> Prepared:
        known = self.encode(graph)
        first, _, _ = self.trim(graph, 0)
        kept = self.kept_coordination
        return known._replace(
            messages=self.layers[0].carried(first, known.messages),
            kinds=None if kept is None else kept.kinds(graph, self.element_index(graph)),
        )

    def encode(self, graph: AtomGraph) -> Prepared:
        atoms, edges = self.atom_encoder(self.element_index(graph)), self.edge_encoder(graph)
        first, [senders], [carriers] = self.trim(graph, 0, [atoms], [edges])
        return Prepared(atoms, edges, self.layers[0].messages(first, senders, carriers))

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None, prepared: Prepared | None = None) -> Tensor:
        atoms, edges, messages, kinds = prepared or self.encode(graph)
        strength = self.edge_strength(graph, edge_weight, kinds)
        states = [atoms]
        for depth, layer in enumerate(self.layers):
            graph, states, [edges, strength] = self.trim(graph, depth, states, [edges, strength])
            if depth:
                messages = layer.messages(graph, states[-1], edges)
            states.append(layer(graph, states[-1], messages, strength))
        return torch.cat(states, 1)
