"""Edges removed at random while training, so that an explanation asks the model about something that it knows.

Explanations are tested by removing edges, or by keeping only a few. A prediction for a glass that resembles none of
the training data says little about the edges (Hooker et al., NeurIPS 2019; Frye et al., ICLR 2021), and a barrier
depends so strongly on local density that for a model trained on whole glasses a handful of missing edges is such a
glass. Explanations remove edges around one atom, few or nearly all: so does training, around some atoms of every glass,
one or two hops far, a fraction drawn anew for each of them.
"""

from __future__ import annotations

import torch
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph

ALL_ABOVE = 0.9  # a fraction drawn above this is 1: every edge of the neighbourhood goes
PART = 1 / 3  # of the loss that the atoms have whose own edges were removed, few as they are


def remove_edges(graph: AtomGraph, centers: int) -> Tensor:
    """(E,) weights: 0 for the edges that are removed, both directions of a pair together, else 1.

    Around so many random atoms: edges of the atom and its neighbours, for every other one of their neighbours too.
    Draws from torch's generator.
    """
    chosen = torch.randperm(graph.n_atoms)[:centers].to(graph.device)
    fraction = torch.rand(len(chosen), device=graph.device)
    rate = torch.zeros(graph.n_atoms, device=graph.device)
    rate[chosen] = torch.where(fraction > ALL_ABOVE, 1.0, fraction)
    wide = torch.where(torch.rand(graph.n_atoms, device=graph.device) < 0.5, rate, 0.0)
    rate = _widened(graph, torch.maximum(rate, _widened(graph, wide)))
    of_pair = torch.maximum(rate[graph.source], rate[graph.target])[graph.pair_edge]
    kept = torch.rand(len(of_pair), device=graph.device) >= of_pair
    return kept.index_select(0, graph.pair).to(graph.length.dtype)


def weighted_loss(graph: AtomGraph, error: Tensor, edge_weight: Tensor) -> Tensor:
    """Mean square of `error` (N,), where the atoms that lost an edge have PART of the weight together."""
    lost = torch.zeros_like(error).index_add(0, graph.target, 1 - edge_weight) > 0
    square = error.square()
    if not lost.any() or lost.all():
        return square.mean()
    return (1 - PART) * square[~lost].mean() + PART * square[lost].mean()


def _widened(graph: AtomGraph, rate: Tensor) -> Tensor:
    """(N,) the largest rate among an atom and its neighbours."""
    return rate.scatter_reduce(0, graph.target, rate.index_select(0, graph.source), "amax")
