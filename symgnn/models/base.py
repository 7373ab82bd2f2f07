"""What all models share: known elements, the target's scale, and one call signature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from ase.data import atomic_numbers
from torch import Tensor, nn

from symgnn.errors import InputError
from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.radial import cosine_cutoff


class BarrierModel(nn.Module):
    """Base of every model: forward(graph, edge_weight=None, prepared=None) -> (N,) energy barriers in eV.

    edge_weight (E,) in [0, 1]: 1 changes nothing, 0 removes the edge exactly as if it were not in the graph.

    Where only some atoms are of interest, each layer works on what can still reach them (`trim`), and the barriers are
    those of the first atoms, `graph.trimmed(1)`: N counts these.

    Subclasses implement `embed(graph, edge_weight) -> (N, D)` (with `prepared` as a third argument where they
    implement `prepare`) and set `decoder`, a Sequential (see `readout`)
    that ends in a linear layer to one number: the barrier in units of the training labels' standard deviation
    around their mean. Both are buffers, set by `set_target_scale` and saved with the weights.

    elements  the chemical symbols that the model was made for
    cutoff    Å, of the graphs that it expects
    n_layers  message-passing depth: how many hops away an edge can still change an atom's prediction;
              0 for a model that reads no edges
    inputs    names of the per-atom properties that it reads from a glass (AtomGraph.inputs)
    """

    decoder: nn.Sequential
    is_invariant = True
    """Whether predictions are claimed not to change when the glass is turned or mirrored: the tests hold them to it."""
    takes_any_neighbor = True
    """Whether what an atom receives depends on its neighbours' states and edges alone, not on which atoms they are."""

    def __init__(self, *, elements: Sequence[str], cutoff: float, n_layers: int, inputs: Sequence[str] = ()):
        super().__init__()
        self.elements = tuple(elements)
        self.cutoff = float(cutoff)
        self.n_layers = n_layers
        self.inputs = tuple(inputs)
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

    def edge_strength(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        """(E,) edge weight, falling smoothly to 0 at the cutoff: multiply every message by it."""
        strength = cosine_cutoff(graph.length, self.cutoff)
        return strength if edge_weight is None else strength * edge_weight

    def trim(
        self, graph: AtomGraph, layers_done: int, atoms: Sequence[Tensor] = (), edges: Sequence[Tensor] = ()
    ) -> tuple[AtomGraph, list[Tensor], list[Tensor]]:
        """What the layer after `layers_done` others works on: the graph without what can no longer reach an atom of
        interest, and values (N, ...) of its atoms and (E, ...) of its edges, cut to match.

        All as given where every atom is of interest.
        """
        part = graph.trimmed(self.n_layers - layers_done)
        if part is graph:
            return graph, list(atoms), list(edges)
        return (
            part,
            [values[: part.n_atoms] for values in atoms],
            [values[: part.n_edges] for values in edges],
        )

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        """(N, D) what the decoder reads."""
        raise TypeError(f"{type(self).__name__} does not implement embed()")

    def prepare(self, graph: AtomGraph) -> Any:
        """What the model computes before any edge weight enters, for forward(graph, edge_weight, prepared): an
        explanation asks for the same graph under many weights. None where a model has no such part."""
        return None

    def features(self, graph: AtomGraph, edge_weight: Tensor | None = None, prepared: Any = None) -> Tensor:
        """(N, F) the last hidden layer: the barrier is linear in it."""
        known = () if prepared is None else (prepared,)
        return self.decoder[:-1](self.embed(graph, edge_weight, *known))

    def forward(self, graph: AtomGraph, edge_weight: Tensor | None = None, prepared: Any = None) -> Tensor:
        standardised = self.decoder[-1](self.features(graph, edge_weight, prepared))[:, 0]
        return self.target_mean + self.target_scale * standardised


def readout(inputs: int, width: int) -> nn.Sequential:
    """The usual decoder: one hidden layer of `width`, then one number."""
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, 1))
