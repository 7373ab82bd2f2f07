"""MLP on the element alone: what can be known of a barrier without looking at the neighbours.

The baseline "MLP" of arXiv 2401.08627 (r = .0575): y_i = MLP(embedding of the element of i). Its predictions take as
many values as there are elements. Nothing differs from the published idea; width and depth are our choice, and
could be anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout


class MLP(BarrierModel):
    """Reads no edges, so that the cutoff only says which graphs it is given.

    width  of the atoms' states
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=0)
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.hidden = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Dropout(dropout))
        self.decoder = readout(width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        return self.hidden(self.atom_encoder(self.element_index(graph.trimmed(1))))
