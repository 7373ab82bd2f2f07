"""What all models share: known elements, the target's scale, and one call signature."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from ase.data import atomic_numbers
from torch import Tensor, nn

from symgnn.errors import InputError
from symgnn.graph.atom_graph import AtomGraph


class BarrierModel(nn.Module):
    """Base of every model: forward(graph, edge_weight=None) -> (N,) energy barriers in eV.

    edge_weight (E,) in [0, 1]: 1 changes nothing, 0 removes the edge exactly as if it were not in the graph.

    Subclasses implement `standardised(graph, edge_weight)`, in units of the training labels' standard
    deviation around their mean; both are buffers, set by `set_target_scale` and saved with the weights.

    elements  the chemical symbols that the model was made for
    cutoff    Å, of the graphs that it expects
    n_layers  message-passing depth: how many hops away an edge can still change an atom's prediction
    """

    def __init__(self, *, elements: Sequence[str], cutoff: float, n_layers: int):
        super().__init__()
        self.elements = tuple(elements)
        self.cutoff = float(cutoff)
        self.n_layers = n_layers
        lookup = torch.full((119,), -1)
        lookup[[atomic_numbers[symbol] for symbol in elements]] = torch.arange(len(elements))
        self.register_buffer("element_lookup", lookup, persistent=False)
        self.register_buffer("target_mean", torch.tensor(0.0))
        self.register_buffer("target_scale", torch.tensor(1.0))

    def set_target_scale(self, labels: Tensor) -> None:
        """Fit mean and standard deviation of the barriers (eV) on training labels."""
        self.target_mean.fill_(labels.mean())
        self.target_scale.fill_(labels.std())

    def element_index(self, graph: AtomGraph) -> Tensor:
        """(N,) int64 in 0..len(elements)-1. Raises InputError for an element that the model does not know."""
        index = self.element_lookup[graph.species]
        if (index < 0).any():
            from ase.data import chemical_symbols

            unknown = sorted({chemical_symbols[z] for z in graph.species[index < 0].tolist()})
            raise InputError(
                f"element {', '.join(unknown)} found, but this checkpoint knows {', '.join(self.elements)} only"
            )
        return index

    def standardised(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        raise TypeError(f"{type(self).__name__} does not implement standardised()")

    def forward(self, graph: AtomGraph, edge_weight: Tensor | None = None) -> Tensor:
        return self.target_mean + self.target_scale * self.standardised(graph, edge_weight)
