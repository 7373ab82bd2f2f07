"""Edges removed at random while training, so that an explanation asks the model about something that it knows.

Explanations are tested by removing edges, or by keeping only a few. A prediction for a glass that resembles none of
the training data says little about the edges (Hooker et al., NeurIPS 2019; Frye et al., ICLR 2021), and a barrier
depends so strongly on local density that for a model trained on whole glasses a handful of missing edges is such a
glass. Explanations remove edges around one atom, and so does training, around some atoms of every glass, in one of two
ways:
- few or nearly all, one or two hops far, and the barriers are to be predicted all the same (`remove_edges`);
- a few, and the prediction is to stay near that for the whole glass, in a second pass beside the first, whole one
  (`remove_few_edges`): accuracy is learned from whole glasses alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph

ALL_ABOVE = 0.9  # a fraction drawn above this is 1: every edge of the neighbourhood goes
FEWEST = 0.03  # fraction of an atom's edges: about one
WIDER = 10  # times the edges of an atom are those of its neighbours, about
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
    return _kept_edges(graph, _widened(graph, torch.maximum(rate, _widened(graph, wide))))


def remove_few_edges(graph: AtomGraph, centers: int) -> Tensor:
    """(E,) weights as `remove_edges` gives them: 1 to about 30 edges around each of so many random atoms.

    Edges of the atom, for every other one of its neighbours too. Draws from torch's generator.
    """
    chosen = torch.randperm(graph.n_atoms)[:centers].to(graph.device)
    fraction = FEWEST ** torch.rand(len(chosen), device=graph.device)
    is_wide = torch.rand(len(chosen), device=graph.device) < 0.5
    rate, wide = torch.zeros((2, graph.n_atoms), device=graph.device)
    rate[chosen] = torch.where(is_wide, 0.0, fraction)
    wide[chosen] = torch.where(is_wide, fraction / WIDER, 0.0)
    return _kept_edges(graph, torch.maximum(rate, _widened(graph, wide)))


def weighted_loss(graph: AtomGraph, error: Tensor, edge_weight: Tensor) -> Tensor:
    """Mean square of `error` (N,), where the atoms that lost an edge have PART of the weight together."""
    lost = _lost_an_edge(graph, edge_weight)
    square = error.square()
    if not lost.any() or lost.all():
        return square.mean()
    return (1 - PART) * square[~lost].mean() + PART * square[lost].mean()


def inconsistency(graph: AtomGraph, difference: Tensor, edge_weight: Tensor) -> Tensor:
    """Mean square of `difference` (N,) over the atoms that lost an edge; 0 where none did."""
    lost = _lost_an_edge(graph, edge_weight)
    return difference[lost].square().sum() / lost.sum().clamp(min=1)


def _lost_an_edge(graph: AtomGraph, edge_weight: Tensor) -> Tensor:
    """(N,) bool."""
    return torch.zeros(graph.n_atoms, device=graph.device).index_add(0, graph.target, 1 - edge_weight) > 0


def _kept_edges(graph: AtomGraph, rate: Tensor) -> Tensor:
    """(E,) 1 or 0: a pair is removed at the higher rate (N,) of its two atoms."""
    of_pair = torch.maximum(rate[graph.source], rate[graph.target])[graph.pair_edge]
    kept = torch.rand(len(of_pair), device=graph.device) >= of_pair
    return kept.index_select(0, graph.pair).to(graph.length.dtype)


def _widened(graph: AtomGraph, rate: Tensor) -> Tensor:
    """(N,) the largest rate among an atom and its neighbours."""
    return rate.scatter_reduce(0, graph.target, rate.index_select(0, graph.source), "amax")
