"""The part of a graph that can change one atom's prediction."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph


@dataclass(frozen=True, eq=False)
class ReceptiveField:
    """Subgraph on which a model of some depth predicts the centre exactly as on the whole graph.

    graph   AtomGraph of the n atoms within `n_layers` hops, with every edge whose message can still arrive
    center  row of the explained atom in `graph`
    atoms   (n,) int64  numbers of the atoms in the whole graph
    edges   (m,) int64  numbers of the edges in the whole graph
    hops    (n,) int64  hops from an atom to the centre
    """

    graph: AtomGraph
    center: int
    atoms: Tensor
    edges: Tensor
    hops: Tensor

    @property
    def pair_hops(self) -> Tensor:
        """(P,) int64: hops from the centre to the nearer end of every undirected pair of `graph`."""
        return self.hops[self.graph.pair_atoms].min(1).values


def receptive_field(graph: AtomGraph, atom: int, n_layers: int) -> ReceptiveField:
    """Receptive field of `atom` under `n_layers` of message passing along source -> target.

    A message into an atom h hops away arrives if h < n_layers: edges into atoms farther away are left out.
    """
    unseen = n_layers + 1
    hops = torch.full((graph.n_atoms,), unseen, dtype=torch.int64, device=graph.device)
    hops[atom] = 0
    for hop in range(n_layers):
        reached = graph.source[hops[graph.target] == hop]
        hops[reached] = hops[reached].clamp(max=hop + 1)
    atoms = torch.nonzero(hops < unseen)[:, 0]
    edges = torch.nonzero(hops[graph.target] < n_layers)[:, 0]
    row = torch.full((graph.n_atoms,), -1, dtype=torch.int64, device=graph.device)
    row[atoms] = torch.arange(len(atoms), device=graph.device)
    part = AtomGraph(
        species=graph.species[atoms],
        source=row[graph.source[edges]],
        target=row[graph.target[edges]],
        vector=graph.vector[edges],
        length=graph.length[edges],
        image=graph.image[edges],
        graph_index=torch.zeros(len(atoms), dtype=torch.int64, device=graph.device),
        inputs=graph.inputs[atoms],
    )
    return ReceptiveField(part, int(row[atom]), atoms, edges, hops[atoms])
