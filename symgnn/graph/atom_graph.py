"""The graph that every model receives: atoms as nodes, pairs closer than a cutoff as directed edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import torch
from ase import Atoms
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.graph.neighbors import neighbor_list

DEFAULT_CUTOFF = 5.0  # Å, the paper's


@dataclass(frozen=True, eq=False)
class AtomGraph:
    """One or several glasses as one graph of tensors, all on one device.

    species      (N,) int64      atomic numbers
    source       (E,) int64      the neighbour; a message runs source -> target
    target       (E,) int64      the receiving atom; edges are sorted by target
    vector       (E, 3) float32 Å, from target to source: r[source] + image @ cell - r[target]
    length       (E,) float32 Å, |vector|
    image        (E, 3) int64    periodic image of the source, in cell vectors
    graph_index  (N,) int64      which glass of the batch an atom belongs to
    inputs       (N, F) float32  further inputs of each atom, as the glass states them; F = 0 for most models
    hop_sizes  for h = 0, 1, 2...: how many leading edges end within h hops of the atoms of interest, and how many
                 leading atoms are within h + 1, where both stand in that order; empty for a graph of which all atoms
                 are of interest. Hops may be counted along more edges than these (`edge_subgraph`)
    removed_from  the graph that edges were removed from to give this one, with the same atoms; None where none were

    Each pair is present in both directions and no atom is its own neighbour (except through an image in a
    thin cell): self-terms live in the layers.
    """

    species: Tensor
    source: Tensor
    target: Tensor
    vector: Tensor
    length: Tensor
    image: Tensor
    graph_index: Tensor
    inputs: Tensor
    hop_sizes: tuple[tuple[int, int], ...] = ()
    removed_from: AtomGraph | None = None

    @property
    def whole(self) -> AtomGraph:
        """The graph before any edge was removed; itself where none was."""
        return self.removed_from or self

    @property
    def n_atoms(self) -> int:
        return len(self.species)

    @property
    def n_edges(self) -> int:
        return len(self.source)

    @property
    def device(self) -> torch.device:
        return self.species.device

    def to(self, device: torch.device | str) -> AtomGraph:
        """The same graph on another device (itself where it is there already)."""
        if torch.device(device) == self.device:
            return self
        tensors = [column.name for column in fields(self) if column.name not in ("hop_sizes", "removed_from")]
        whole = None if self.removed_from is None else self.removed_from.to(device)
        return replace(self, **{name: getattr(self, name).to(device) for name in tensors}, removed_from=whole)

    @cached_property
    def is_forward(self) -> Tensor:
        """(E,) bool: True for one of the two directions of every undirected pair.

        It is the edge that the lower atom receives; between an atom and its own image, the one whose image
        has a positive first non-zero component.
        """
        weight = torch.tensor([4, 2, 1], device=self.device)  # the first sign outweighs the later two
        positive = (torch.sign(self.image) * weight).sum(1) > 0
        return (self.target < self.source) | ((self.target == self.source) & positive)

    @cached_property
    def _pair_key(self) -> Tensor:
        """(E, 5) int64: lower atom, higher atom and the higher atom's image; equal for both directions."""
        forward = self.is_forward[:, None]
        ends = torch.stack([self.target, self.source], 1)
        image = torch.where(forward, self.image, -self.image)
        return torch.cat([torch.where(forward, ends, ends.flip(1)), image], 1)

    @cached_property
    def pair(self) -> Tensor:
        """(E,) int64: number of the undirected pair that an edge belongs to; both directions share it.

        Pairs are numbered 0..P-1 in the order of (lower atom, higher atom, image of the higher atom).
        """
        key = self._pair_key.cpu().numpy()
        order = np.lexsort(key.T[::-1])
        new = np.any(np.diff(key[order], axis=0) != 0, axis=1)
        pair = np.empty(len(key), dtype=np.int64)
        pair[order] = np.concatenate([[0], np.cumsum(new)]) if len(order) else []
        return torch.from_numpy(pair).to(self.device)

    @cached_property
    def pair_edge(self) -> Tensor:
        """(P,) int64: one edge of every undirected pair, the forward one where both directions are present."""
        n_pairs = int(self.pair.max()) + 1 if self.n_edges else 0
        chosen = torch.empty(n_pairs, dtype=torch.int64, device=self.device)
        for edges in (torch.nonzero(~self.is_forward)[:, 0], torch.nonzero(self.is_forward)[:, 0]):
            chosen[self.pair[edges]] = edges
        return chosen

    @property
    def pair_atoms(self) -> Tensor:
        """(P, 2) int64: the two atoms of every undirected pair, the lower number first."""
        return self._pair_key[self.pair_edge, :2]

    @property
    def pair_image(self) -> Tensor:
        """(P, 3) int64: periodic image of the second atom of every pair relative to the first."""
        return self._pair_key[self.pair_edge, 2:]

    @cached_property
    def in_degree(self) -> Tensor:
        """(N,) int64: number of neighbours within the cutoff."""
        return torch.bincount(self.target, minlength=self.n_atoms)

    @cached_property
    def in_edges(self) -> Tensor:
        """(E,) int64: the edges in order of their target; those into atom i start at `in_start[i]`."""
        return torch.argsort(self.target, stable=True)

    @cached_property
    def in_start(self) -> Tensor:
        """(N,) int64: where the edges into each atom start in `in_edges`."""
        return torch.cumsum(self.in_degree, 0) - self.in_degree

    def trimmed(self, layers_left: int) -> AtomGraph:
        """The first edges, whose message can still reach an atom of interest, and the first atoms, at their ends.

        layers_left counts the layers to come, this one included. Kept for the next call; the graph itself where
        all atoms are of interest. Values of atoms and edges are cut to match: `values[:graph.n_edges]`.
        """
        if layers_left >= len(self.hop_sizes):
            return self
        kept = self._trimmed
        if layers_left not in kept:
            n_edges, n_atoms = self.hop_sizes[layers_left - 1]
            edges = ("source", "target", "vector", "length", "image")
            first = {name: getattr(self, name)[:n_edges] for name in edges}
            first |= {name: getattr(self, name)[:n_atoms] for name in ("species", "graph_index", "inputs")}
            kept[layers_left] = replace(self, **first, hop_sizes=self.hop_sizes[:layers_left])
        return kept[layers_left]

    @cached_property
    def _trimmed(self) -> dict[int, AtomGraph]:
        return {}

    def within(self, radius: float) -> tuple[AtomGraph, Tensor]:
        """The graph of the edges shorter than `radius` (Å), and their numbers (E',) here. Kept for the next call."""
        kept = self._within
        if radius not in kept:
            with torch.inference_mode(False):  # what is kept must also serve a later gradient
                is_near = self.length < radius
                near = replace(self.edge_subgraph(is_near), removed_from=self.removed_from)
                kept[radius] = (near, torch.nonzero(is_near)[:, 0])
        return kept[radius]

    @cached_property
    def _within(self) -> dict[float, tuple[AtomGraph, Tensor]]:
        return {}

    def edge_subgraph(self, keep: Tensor) -> AtomGraph:
        """The same atoms with only the edges where `keep` (E,) is True: the others count as removed. Hops stay those of
        this graph."""
        hops = [(int(keep[:n_edges].sum()), n_atoms) for n_edges, n_atoms in self.hop_sizes]
        return replace(
            self,
            source=self.source[keep],
            target=self.target[keep],
            vector=self.vector[keep],
            length=self.length[keep],
            image=self.image[keep],
            hop_sizes=tuple(hops),
            removed_from=self.whole,
        )


def build_graph(
    glass: Glass | Atoms, cutoff: float = DEFAULT_CUTOFF, inputs: Sequence[str] = ()
) -> AtomGraph:
    """Graph of all pairs nearer than `cutoff` (Å), with the glass's properties `inputs`.

    Raises InputError as `neighbor_list` does and where one is missing. Atoms without neighbours are kept:
    they just receive no message.
    """
    glass = as_glass(glass)
    for name in inputs:
        if name not in glass.properties:
            known = ", ".join(glass.properties) or "none"
            raise InputError(
                f"{glass.name}: property {name!r} not found (present: {known}), but this model reads it"
            )
    neighbors = neighbor_list(glass, cutoff)
    return AtomGraph(
        species=torch.from_numpy(glass.species.copy()),
        source=torch.from_numpy(neighbors.source),
        target=torch.from_numpy(neighbors.target),
        vector=torch.from_numpy(neighbors.vector.astype(np.float32)),
        length=torch.from_numpy(neighbors.length.astype(np.float32)),
        image=torch.from_numpy(neighbors.image),
        graph_index=torch.zeros(len(glass), dtype=torch.int64),
        inputs=torch.tensor(
            np.stack([glass.properties[name] for name in inputs], 1) if inputs else np.empty((len(glass), 0)),
            dtype=torch.float32,
        ),
    )


def batch_graphs(graphs: Sequence[AtomGraph]) -> AtomGraph:
    """Several graphs side by side in one, without edges between them. Atom numbers run on."""
    offsets = np.cumsum([0] + [graph.n_atoms for graph in graphs])[:-1].tolist()
    glasses = np.cumsum([0] + [int(graph.graph_index.max()) + 1 for graph in graphs])[:-1].tolist()
    any_removed = any(graph.removed_from is not None for graph in graphs)
    return AtomGraph(
        species=torch.cat([graph.species for graph in graphs]),
        source=torch.cat([graph.source + offset for graph, offset in zip(graphs, offsets, strict=True)]),
        target=torch.cat([graph.target + offset for graph, offset in zip(graphs, offsets, strict=True)]),
        vector=torch.cat([graph.vector for graph in graphs]),
        length=torch.cat([graph.length for graph in graphs]),
        image=torch.cat([graph.image for graph in graphs]),
        graph_index=torch.cat([g.graph_index + first for g, first in zip(graphs, glasses, strict=True)]),
        inputs=torch.cat([graph.inputs for graph in graphs]),
        removed_from=batch_graphs([graph.whole for graph in graphs]) if any_removed else None,
    )
