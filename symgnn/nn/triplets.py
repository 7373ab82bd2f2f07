"""Sums over pairs of edges k -> j -> i that know the angle between them, without listing the pairs.

What edge j -> i receives is a sum over the other neighbours k of j,

    out_ji = sum over k != i, sum over degrees l, of x_kj g_l(d_kj) P_l(cos kji)

with P_l the Legendre polynomials, kji the angle at j, and g_l learned functions of the length d_kj. By the addition
theorem P_l(a . b) = sum_m Y_lm(a) Y_lm(b) it splits into two sums over edges,

    A_j,lm = sum over all neighbours k of x_kj g_l(d_kj) Y_lm(k - j)
    out_ji = sum_lm A_j,lm Y_lm(i - j)  -  sum_l x_ij g_l(d_ij)

where the last term takes k = i out again (angle 0, P_l(1) = 1). That is the same number as a loop over all
triplets gives, at a cost linear in the edges: 8000 atoms have 260,000 edges within 5 Å, but 8.4 million triplets.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import torch
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.harmonics import spherical_harmonics
from symgnn.nn.radial import interpolate

_kept: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Triplets:
    """The neighbours of every atom in P slots, P the largest number of neighbours: dense blocks for batched products.

    edge       (N * P,) int64         1 + number of the edge from the slot's neighbour to the atom; 0 for none
    length     (N * P,) Å             of that edge; 0 where there is none
    opposite   (E',) int64            of each edge j -> i that receives: the slot of j where the same image of i stands
    harmonics  (N, P, 2 l + 1) each   Y_lm of the direction from the atom to the slot's neighbour, one per degree l
    """

    edge: Tensor
    length: Tensor
    opposite: Tensor
    harmonics: list[Tensor]

    def sum(self, values: Tensor, tables: Tensor, cutoff: float) -> Tensor:
        """out_ji (E', D) of the module's formula, from x (E, D) of the edges into the atoms and g_l on an even grid of
        lengths from 0 to the cutoff.

        tables (degrees, knots, D): one degree at a time, no tensor is wider than D.
        """
        n_atoms, n_slots, _ = self.harmonics[0].shape
        padded = torch.cat([values.new_zeros(1, values.shape[1]), values]).index_select(0, self.edge)
        total = values.new_zeros(n_atoms, n_slots, values.shape[1])
        for harmonics, table in zip(self.harmonics, tables, strict=True):
            filtered = padded * interpolate(table, self.length, cutoff)  # x_kj g_l(d_kj) in every slot
            filtered = filtered.unflatten(0, (n_atoms, n_slots))
            density = torch.bmm(harmonics.transpose(1, 2), filtered)  # A_j,lm: (N, 2 l + 1, D)
            total = torch.baddbmm(total - filtered, harmonics, density)
        return total.flatten(0, 1).index_select(0, self.opposite)

    def into(self, graph: AtomGraph) -> Triplets:
        """The part whose sums arrive at the edges of `graph`, which are the first of all (`AtomGraph.trimmed`)."""
        n_slots = self.harmonics[0].shape[1]
        return Triplets(
            edge=self.edge[: graph.n_atoms * n_slots],
            length=self.length[: graph.n_atoms * n_slots],
            opposite=self.opposite[: graph.n_edges],
            harmonics=[values[: graph.n_atoms] for values in self.harmonics],
        )


def triplets_of(graph: AtomGraph, n_degrees: int) -> Triplets:
    """The slots of a graph with harmonics of degrees 0..n_degrees-1, built once for every AtomGraph."""
    kept = _kept.setdefault(graph, {})
    if n_degrees not in kept:
        with torch.inference_mode(False), torch.no_grad():  # later calls may want gradients
            kept[n_degrees] = _build(graph, n_degrees)
    return kept[n_degrees]


def _build(graph: AtomGraph, n_degrees: int) -> Triplets:
    n_edges, device = graph.n_edges, graph.device
    reverse = reverse_edges(graph)
    # An edge without its reverse (in a subgraph) gets a slot of its own at j, from which nothing arrives.
    alone = torch.nonzero(reverse < 0)[:, 0]
    row_of_reverse = reverse.clone()
    row_of_reverse[alone] = n_edges + torch.arange(len(alone), device=device)

    atom = torch.cat([graph.target, graph.source[alone]])
    vector = torch.cat([graph.vector, -graph.vector[alone]])
    order = torch.argsort(atom, stable=True)
    counts = torch.bincount(atom, minlength=graph.n_atoms)
    n_slots = int(counts.max())
    first = torch.cumsum(counts, 0) - counts
    position = torch.empty_like(order)
    position[order] = torch.arange(len(order), device=device) - first[atom[order]]
    slot = atom * n_slots + position

    edge = torch.zeros(graph.n_atoms * n_slots, dtype=torch.int64, device=device)
    edge[slot[:n_edges]] = torch.arange(1, n_edges + 1, device=device)
    length = graph.length.new_zeros(len(edge))
    length[slot[:n_edges]] = graph.length
    harmonics = []
    for values in spherical_harmonics(torch.nn.functional.normalize(vector, dim=1), n_degrees):
        padded = values.new_zeros(len(edge), values.shape[1])
        padded[slot] = values
        harmonics.append(padded.unflatten(0, (graph.n_atoms, n_slots)))
    return Triplets(edge=edge, length=length, opposite=slot[row_of_reverse], harmonics=harmonics)


def reverse_edges(graph: AtomGraph) -> Tensor:
    """(E,) int64: of edge j -> i, the edge i -> j through the same periodic image; -1 where it is not in the graph."""
    n_pairs = int(graph.pair.max()) + 1 if graph.n_edges else 0
    direction = graph.is_forward.long()
    edges = torch.full((n_pairs, 2), -1, device=graph.device)
    edges[graph.pair, direction] = torch.arange(graph.n_edges, device=graph.device)
    return edges[graph.pair, 1 - direction]
