"""Where edges are removed, those of the same kind around the same atom take over: coordination stays what it was.

A barrier depends so strongly on local density that a model takes ten missing edges for a cavity that no glass has, and
which ten hardly matters. Here the sum of the strengths of an atom's edges, for every kind of edge, is that of the glass
before removal. What is left to an edge is what it says beyond the others of its kind: its exact length, and who sits at
its end. With all edges present nothing changes.

A kind is the element of the neighbour and a length: knots in Å, between which an edge belongs to both of the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.radial import cosine_cutoff

PRIOR = 0.1  # strength (1 is an edge of length 0) added before and after: an edge that is left alone is not blown up


class Kinds(NamedTuple):
    """kind (E,) number of the lower kind of each edge, the upper is the next one; upper (E,) how far it belongs to it,
    0 to 1; before (N * kinds,) sums of strengths before removal."""

    kind: Tensor
    upper: Tensor
    before: Tensor


class KeptCoordination(nn.Module):
    """knots (K,) Å, ascending, at least two; n_elements; cutoff in Å, of the strengths. Nothing is learned."""

    def __init__(self, *, knots: Sequence[float], n_elements: int, cutoff: float):
        super().__init__()
        if len(knots) < 2 or list(knots) != sorted(set(knots)):
            raise ValueError(f"knots {list(knots)} found, expected at least two lengths in Å, ascending")
        self.register_buffer("knots", torch.tensor(list(knots), dtype=torch.float32), persistent=False)
        self.n_elements, self.cutoff = n_elements, cutoff

    def forward(
        self, graph: AtomGraph, strength: Tensor, element: Tensor, kinds: Kinds | None = None
    ) -> Tensor:
        """(E,) strengths of the edges of `graph` after removal -> the same, enlarged by kind.

        strength (E,): 0 for what is removed by weight; `graph.whole` has the edges that are removed altogether.
        element (N,): index of the element of each atom. kinds: those of the graph where they are known.
        """
        kind, upper, before = kinds or self.kinds(graph, element)
        after = self._sums(graph, kind, upper, strength)
        growth = (before + PRIOR) / (after + PRIOR)
        lower_growth, upper_growth = growth.index_select(0, kind), growth.index_select(0, kind + 1)
        return strength * ((1 - upper) * lower_growth + upper * upper_growth)

    def kinds(self, graph: AtomGraph, element: Tensor) -> Kinds:
        """What no weight of an edge changes."""
        kind, upper = self._kind(graph, element)
        whole = graph.whole
        of_whole = (kind, upper) if whole is graph else self._kind(whole, element)
        before = self._sums(whole, *of_whole, cosine_cutoff(whole.length, self.cutoff))
        return Kinds(kind, upper, before)

    def _kind(self, graph: AtomGraph, element: Tensor) -> tuple[Tensor, Tensor]:
        knots = self.knots.to(graph.length)
        length = graph.length.clamp(knots[0], knots[-1])
        knot = torch.bucketize(length, knots[1:-1], right=True)
        upper = (length - knots[knot]) / (knots[knot + 1] - knots[knot])
        row = graph.target * self.n_elements + element.index_select(0, graph.source)
        return row * len(knots) + knot, upper

    def _sums(self, graph: AtomGraph, kind: Tensor, upper: Tensor, strength: Tensor) -> Tensor:
        """(N * kinds,) sums of strengths."""
        total = strength.new_zeros(graph.n_atoms * self.n_elements * len(self.knots))
        return total.index_add(0, kind, (1 - upper) * strength).index_add(0, kind + 1, upper * strength)
