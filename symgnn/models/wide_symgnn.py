"""WideSymGNN: SymGNN whose atoms start from averaged local densities instead of their element alone.

SymGNN (arXiv 2401.08627) has to learn from edges what linear models are given: how dense an atom's surroundings
are, near and far (Boattini et al., Phys. Rev. Lett. 2021). Here both meet: standardised averaged descriptors
(symgnn.descriptors, edges up to `cutoff`) enter every atom's first state, and symmetrized attention runs on the
edges up to `attention_cutoff` as in SymGNN.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from symgnn.descriptors import AveragedDescriptors
from symgnn.graph.atom_graph import AtomGraph
from symgnn.layers.edge_attention import EdgeAttention
from symgnn.layers.limited_norm import LIMIT
from symgnn.layers.radial import cosine_cutoff
from symgnn.layers.symmetrized_encoder import SymmetrizedEncoder
from symgnn.models.base import BarrierModel, readout


class WideSymGNN(BarrierModel):
    """Descriptors, then SymGNN's layers under the Haar measure: exactly invariant.

    cutoff            Å, of the descriptors' densities and averages
    decays, twice     Å, ranges of the averages (see AveragedDescriptors)
    attention_cutoff  Å, of the attention layers
    width, heads      as in SymGNN
    inputs            per-atom fields of the glass to be read too, e.g. potential_energy
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 8.0,
        decays: Sequence[float] = (1.0, 2.0, 4.0),
        twice: float = 2.0,
        attention_cutoff: float = 5.0,
        width: int = 32,
        heads: Sequence[int] = (8, 4, 2, 1),
        dropout: float = 0.0,
        inputs: Sequence[str] = (),
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=3 + len(heads), inputs=inputs)
        self.attention_cutoff = float(attention_cutoff)
        self.descriptors = AveragedDescriptors(
            n_elements=len(self.elements),
            n_inputs=len(self.inputs),
            cutoff=cutoff,
            decays=decays,
            twice=twice,
        )
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.descriptor_encoder = nn.Linear(self.descriptors.out_features, width, bias=False)
        self.edge_encoder = SymmetrizedEncoder(width=width, cutoff=attention_cutoff)
        self.layers = nn.ModuleList(
            EdgeAttention(width=width, heads=count, dropout=dropout) for count in heads
        )
        self.dropout = nn.Dropout(dropout)
        self.decoder = readout((len(heads) + 1) * width, width)

    @torch.no_grad()
    def prepare(self, graphs: Sequence[AtomGraph]) -> None:
        strengths = [self.edge_strength(graph, None) for graph in graphs]
        self.descriptors.fit(
            [
                self.descriptors.known(graph, self.element_index(graph), strength)
                for graph, strength in zip(graphs, strengths, strict=True)
            ]
        )

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        element, strength = self.element_index(graph), self.edge_strength(graph, edge_weight)
        describe = self.descriptors.known if edge_weight is None else self.descriptors.raw
        wide = self.descriptors.standardise(describe(graph, element, strength))
        wide = self.dropout(LIMIT * torch.tanh(wide / LIMIT))
        atoms = self.atom_encoder(element) + self.descriptor_encoder(wide)

        near, kept = graph.within(self.attention_cutoff)
        strength = cosine_cutoff(near.length, self.attention_cutoff)
        if edge_weight is not None:
            strength = strength * edge_weight.index_select(0, kept)
        edges = self.edge_encoder(near)
        states = [atoms]
        for layer in self.layers:
            atoms = layer(near, atoms, edges, strength)
            states.append(atoms)
        return torch.cat(states, 1)
