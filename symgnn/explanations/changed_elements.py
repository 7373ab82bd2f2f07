"""One atom of a glass many times over, each time with other elements around it: what a change leaves as it is, is
computed once for all.

A message-passing model of L layers hears of a changed atom in an atom `away` hops from it after `away` layers, and the
asked atom hears in time of what is `hops` hops from it where away + hops <= L. Only such atoms stand in the graph once
for every change; beside them stands the unchanged surroundings, once.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.graph.atom_graph import AtomGraph
from symgnn.models import BarrierModel


def with_elements(alone: ReceptiveFields, species: Tensor, model: BarrierModel) -> AtomGraph:
    """A graph whose first K atoms are the centre of `alone`, of K changes: the model predicts the same barriers for
    them as for K copies of the field. Copies they are where it looks at which atom a neighbour is.

    alone: the field of one centre; species (K, n): atomic numbers of its n atoms in each change.
    """
    return _shared(alone, species) if model.takes_any_neighbor else _copies(alone, species)


def _copies(alone: ReceptiveFields, species: Tensor) -> AtomGraph:
    copies = alone.repeat(len(species))
    row = torch.empty(alone.whole.n_atoms, dtype=torch.int64, device=species.device)
    row[alone.atoms] = torch.arange(len(alone.atoms), device=species.device)
    return replace(copies.graph, species=species[copies.graph.graph_index, row[copies.atoms]])


def _shared(alone: ReceptiveFields, species: Tensor) -> AtomGraph:
    part, hops, n_layers = alone.graph, alone.hops, alone.n_layers
    differs = _hops_from(species != part.species, part, n_layers) + hops <= n_layers
    differs[:, 0] = True  # the centre
    present = torch.cat([differs, torch.ones_like(differs[:1])])  # last: as it is
    copy, atom = torch.nonzero(present, as_tuple=True)
    order = torch.argsort(hops[atom], stable=True)
    copy, atom = copy[order], atom[order]
    row = torch.full(present.shape, -1, device=part.device)
    row[copy, atom] = torch.arange(len(atom), device=part.device)
    row = torch.where(row < 0, row[-1], row)

    receiving = hops[atom] < n_layers
    count = torch.where(receiving, part.in_degree[atom], 0)
    target = torch.repeat_interleave(torch.arange(len(atom), device=part.device), count)
    position = torch.arange(len(target), device=part.device) - (torch.cumsum(count, 0) - count)[target]
    edge = part.in_edges[part.in_start[atom[target]] + position]
    return AtomGraph(
        species=torch.cat([species, part.species[None]])[copy, atom],
        source=row[copy[target], part.source[edge]],
        target=target,
        vector=part.vector.index_select(0, edge),
        length=part.length.index_select(0, edge),
        image=part.image.index_select(0, edge),
        graph_index=torch.zeros_like(atom),
        inputs=part.inputs.index_select(0, atom),
        hop_sizes=tuple(
            (int((hops[atom[target]] <= hop).sum()), int((hops[atom] <= hop + 1).sum()))
            for hop in range(n_layers)
        ),
    )


def _hops_from(changed: Tensor, graph: AtomGraph, most: int) -> Tensor:
    """(K, n) hops to each atom from the nearest changed one (K, n), along the edges; more than `most` are most + 1."""
    away = torch.where(changed, 0, most + 1)
    target = graph.target.expand(len(changed), -1)
    for _ in range(most):
        away = away.scatter_reduce(1, target, away.index_select(1, graph.source) + 1, "amin")
    return away.clamp(max=most + 1)
