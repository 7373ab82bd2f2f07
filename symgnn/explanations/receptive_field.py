"""The parts of a graph that can change the predictions for some atoms, side by side in one graph."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.models import BarrierModel


@dataclass(frozen=True, eq=False)
class ReceptiveFields:
    """Subgraphs on which a model of some depth predicts B centres exactly as on the whole graph.

    Atoms and edges stand in order of their hops from the centre, so that late layers work on the first of them only
    (`AtomGraph.trimmed`): of four layers' messages over all edges about one in three is left.

    whole       the graph that they are parts of; n_layers  the depth they were made for
    graph       AtomGraph of all fields, without edges between them; graph_index is the field's number. Its first B
                atoms are the centres
    centers     (B,) int64  numbers of the explained atoms in the whole graph; one may occur several times
    atoms       (n,) int64  numbers of the atoms in the whole graph
    hops        (n,) int64  hops from an atom to its centre
    edges       (m,) int64  numbers of the edges in the whole graph
    pair        (m,) int64  undirected pair that an edge belongs to: a row of the columns below
    pair_field  (P,) int64  field that a pair belongs to, ascending
    pair_number (P,) int64  number of the pair in the whole graph (`AtomGraph.pair`), ascending in each field
    pair_hops   (P,) int64  hops from the centre to the nearer end of a pair: 0 touches it
    """

    whole: AtomGraph
    n_layers: int
    graph: AtomGraph
    centers: Tensor
    atoms: Tensor
    hops: Tensor
    edges: Tensor
    pair: Tensor
    pair_field: Tensor
    pair_number: Tensor
    pair_hops: Tensor

    def __len__(self) -> int:
        return len(self.centers)

    @property
    def n_pairs(self) -> int:
        return len(self.pair_field)

    @cached_property
    def atom_vector(self) -> Tensor:
        """(n, 3) Å: from the centre to each atom, along the edges of a shortest path in hops: in a periodic cell the
        copy of the atom that the messages come from."""
        graph = self.graph
        vector = torch.zeros((graph.n_atoms, 3), device=graph.device)
        previous = 0
        for n_edges, _ in graph.hop_sizes:
            edge = slice(previous, n_edges)  # into atoms of one number of hops, from sources one farther
            source, target = graph.source[edge], graph.target[edge]
            outward = self.hops.index_select(0, source) > self.hops.index_select(0, target)
            vector[source[outward]] = vector[target[outward]] + graph.vector[edge][outward]
            previous = n_edges
        return vector

    @cached_property
    def pair_edge(self) -> Tensor:
        """(P,) int64: an edge of `graph` for every pair."""
        edge = self.pair.new_full((self.n_pairs,), len(self.pair))
        return edge.scatter_reduce(0, self.pair, torch.arange(len(self.pair), device=edge.device), "amin")

    @cached_property
    def pair_distance(self) -> Tensor:
        """(P,) Å: from the centre to the middle of each pair."""
        graph = self.graph
        middle = self.atom_vector.index_select(0, graph.target) + graph.vector / 2
        distance = torch.full((self.n_pairs,), torch.inf, device=graph.device)
        return distance.scatter_reduce(0, self.pair, middle.norm(dim=1), "amin")

    @cached_property
    def pair_length(self) -> Tensor:
        """(P,) Å."""
        return self.whole.length[self.whole.pair_edge].index_select(0, self.pair_number)

    @property
    def pairs_per_field(self) -> list[int]:
        """Number of pairs of each field: `tensor.split(fields.pairs_per_field)` takes a (P,) column apart."""
        return torch.bincount(self.pair_field, minlength=len(self)).tolist()

    def repeat(self, times: int) -> ReceptiveFields:
        """The same fields several times over: pairs of the first copy come first, then those of the second..."""
        return receptive_fields(self.whole, self.centers.repeat(times), self.n_layers)

    def predict(self, model: BarrierModel, pair_weight: Tensor | None = None) -> Tensor:
        """(B,) eV: the centres' barriers with every pair weighted by `pair_weight` (P,) in [0, 1].

        What no weight changes is computed in the first call with weights and kept: the model's parameters must not
        change while these fields are in use.
        """
        if pair_weight is None:
            return model(self.graph)[: len(self)]
        if model not in self._prepared:
            with (
                torch.inference_mode(False),
                torch.no_grad(),
            ):  # what is kept must also serve a later gradient
                self._prepared[model] = model.prepare(self.graph)
        weight = pair_weight.index_select(0, self.pair)
        return model(self.graph, weight, self._prepared[model])[: len(self)]

    @cached_property
    def _prepared(self) -> WeakKeyDictionary[BarrierModel, Any]:
        return WeakKeyDictionary()


def receptive_fields(graph: AtomGraph, centers: Sequence[int] | Tensor, n_layers: int) -> ReceptiveFields:
    """Receptive fields of some atoms under `n_layers` of message passing along source -> target.

    A message into an atom h hops away arrives if h < n_layers: edges into atoms farther away are left out.
    """
    device, n_atoms = graph.device, graph.n_atoms
    center = torch.as_tensor(centers, dtype=torch.int64, device=device)
    row = torch.full((len(center) * n_atoms,), -1, dtype=torch.int64, device=device)  # of (field, atom)
    shell = torch.arange(len(center), device=device) * n_atoms + center  # (field, atom) as one number
    row[shell] = torch.arange(len(center), device=device)
    shells, edges, targets, sources, n_rows = [shell], [], [], [], len(center)
    for _ in range(n_layers):
        atom = shell % n_atoms
        count = graph.in_degree.index_select(0, atom)
        position = torch.repeat_interleave(torch.cumsum(count, 0) - count, count)
        first = torch.repeat_interleave(graph.in_start.index_select(0, atom), count)
        arriving = graph.in_edges.index_select(0, first + torch.arange(len(first), device=device) - position)
        field = torch.repeat_interleave(torch.div(shell, n_atoms, rounding_mode="floor"), count)
        source = field * n_atoms + graph.source.index_select(0, arriving)
        edges.append(arriving)
        targets.append(torch.repeat_interleave(row.index_select(0, shell), count))
        sources.append(source)
        row[source[row.index_select(0, source) < 0]] = -2  # seen, not yet numbered
        shell = torch.nonzero(row == -2)[:, 0]
        row[shell] = torch.arange(n_rows, n_rows + len(shell), device=device)
        n_rows += len(shell)
        shells.append(shell)

    numbers, edge = torch.cat(shells), torch.cat([*edges, graph.source.new_empty(0)])
    hops = torch.repeat_interleave(
        torch.arange(len(shells), device=device), torch.tensor([len(s) for s in shells], device=device)
    )
    atoms, owner = numbers % n_atoms, torch.div(numbers, n_atoms, rounding_mode="floor")
    target = torch.cat([*targets, edge.new_empty(0)])
    n_pairs = int(graph.pair.max()) + 1 if graph.n_edges else 1
    key, pair = torch.unique(
        owner.index_select(0, target) * n_pairs + graph.pair.index_select(0, edge), return_inverse=True
    )
    pair_hops = torch.full((len(key),), n_layers, dtype=torch.int64, device=device)
    # Either direction may be missing at the rim; the one that is there ends in the nearer atom.
    pair_hops.scatter_reduce_(0, pair, hops.index_select(0, target), "amin")
    part = AtomGraph(
        species=graph.species.index_select(0, atoms),
        source=row.index_select(0, torch.cat([*sources, edge.new_empty(0)])),
        target=target,
        vector=graph.vector.index_select(0, edge),
        length=graph.length.index_select(0, edge),
        image=graph.image.index_select(0, edge),
        graph_index=owner,
        inputs=graph.inputs.index_select(0, atoms),
        hop_sizes=tuple(
            zip(
                itertools.accumulate(map(len, edges)),
                itertools.islice(itertools.accumulate(map(len, shells)), 1, None),
                strict=True,
            )
        ),
    )
    return ReceptiveFields(
        whole=graph,
        n_layers=n_layers,
        graph=part,
        centers=center,
        atoms=atoms,
        hops=hops,
        edges=edge,
        pair=pair,
        pair_field=torch.div(key, n_pairs, rounding_mode="floor"),
        pair_number=key % n_pairs,
        pair_hops=pair_hops,
    )


def fields_of(checkpoint: Checkpoint, glass: Glass, atoms: Sequence[int]) -> ReceptiveFields:
    """The receptive fields of `atoms` (0..N-1) under the checkpoint's model.

    Raises InputError for an atom that is not there, a glass that the checkpoint cannot predict, and a model without
    edges.
    """
    glass = readable(checkpoint, glass)
    for atom in atoms:
        glass.check_atom(atom)
    model = check_reads_edges(checkpoint)
    return receptive_fields(cached_graph(glass, checkpoint.cutoff, model.inputs), atoms, model.n_layers)


def check_reads_edges(checkpoint: Checkpoint) -> BarrierModel:
    """The checkpoint's model. Raises InputError for one without edges."""
    if checkpoint.model.n_layers == 0:
        raise InputError(
            f"checkpoint {checkpoint.full_name}: its model {checkpoint.card.model} reads no edges, expected "
            "one that does: there is nothing to explain"
        )
    return checkpoint.model
