"""Edge kernels: values travel along edges here and nowhere else.

On CPU, where DGL is installed, its fused kernels run: they never write an edge-sized message to memory. On
CUDA, and on Pythons for which DGL has no wheel, plain torch runs. A test holds the two to the same numbers and
gradients.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.dgl_backend import dgl

LayerAttention = tuple[AtomGraph, Tensor, Tensor]

_dgl_graphs: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
_building = threading.Lock()

_record: ContextVar[list[LayerAttention] | None] = ContextVar("record", default=None)


@contextmanager
def recorded_attention() -> Iterator[list[LayerAttention]]:
    """Within it, `attend` adds to the list what every layer attends to: (graph, (E, H) over edges, (N, H) over the atom
    itself); the two sum to 1 for every atom and head."""
    record: list[LayerAttention] = []
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


def uses_dgl(graph: AtomGraph) -> bool:
    """True where DGL's fused kernels serve this graph."""
    return dgl is not None and graph.device.type == "cpu"


def _dgl_graph(graph: AtomGraph):
    """The bare connectivity as a DGLGraph, built once for every AtomGraph.

    With all its sparse formats: DGL would add them to the shared graph in the first product, unguarded against other
    threads.
    """
    with _building:
        if graph not in _dgl_graphs:
            edges = (graph.source.int(), graph.target.int())
            built = dgl.graph(edges, num_nodes=graph.n_atoms, idtype=torch.int32)
            built.create_formats_()
            _dgl_graphs[graph] = built
        return _dgl_graphs[graph]


def sum_neighbors(graph: AtomGraph, values: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum over each atom's neighbours: out[i] = sum over edges j -> i of weights[edge] * values[j].

    values (N, ...), weights (E, ...) of the same trailing shape or broadcastable to it; returns (N, ...).
    """
    if uses_dgl(graph):
        return dgl.ops.u_mul_e_sum(_dgl_graph(graph), values, weights)
    return sum_edges(graph, values.index_select(0, graph.source) * weights, kernel="torch")


def sum_edges(graph: AtomGraph, values: Tensor, *, kernel: str = "best") -> Tensor:
    """Sum over each atom's incoming edges: values (E, ...) -> (N, ...)."""
    if kernel == "best" and uses_dgl(graph):
        return dgl.ops.copy_e_sum(_dgl_graph(graph), values)
    total = values.new_zeros((graph.n_atoms, *values.shape[1:]))
    return total.index_add(0, graph.target, values)


def max_edges(graph: AtomGraph, values: Tensor) -> Tensor:
    """Largest value on each atom's incoming edges, (E, H) -> (N, H); -inf without edges. No gradient."""
    lowest = values.new_full((graph.n_atoms, values.shape[1]), -torch.inf)
    index = graph.target[:, None].expand_as(values)
    return lowest.scatter_reduce(0, index, values.detach(), "amax")


def attend(
    graph: AtomGraph,
    values: Tensor,
    logits: Tensor,
    self_logits: Tensor,
    *,
    gates: Tensor | None = None,
    edge_weight: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Softmax attention of every atom over its neighbours and itself, without writing the softmax to memory.

    out[i] = (sum_j w_ij exp(logits_ij) gates_ij * values[j] + exp(self_logits_i) values[i])
             / (sum_j w_ij exp(logits_ij) + exp(self_logits_i))

    total[i] = log of that denominator: how much there is to attend to. A softmax alone hides the number of
    neighbours, which in a glass is the local density.

    An edge weight w in [0, 1] adds log(w) to the logit: 1 changes nothing, 0 removes the edge and the softmax
    renormalises. The self-term is never masked, so that an atom without neighbours is well defined.

    values (N, H, D), logits (E, H), self_logits (N, H), gates (E, H, D) or None for 1, edge_weight (E,) or None
    for 1; returns out (N, H, D) and total (N, H).
    """
    if edge_weight is not None:
        present = edge_weight.detach()[:, None] > 0
        highest = max_edges(graph, logits.detach().masked_fill(~present, -torch.inf))
    else:
        highest = max_edges(graph, logits)
    highest = torch.maximum(highest, self_logits.detach())  # cancels in the quotient; keeps exp in range
    # A removed edge may carry a logit far above the others: the clamp keeps its exp finite before it meets zero.
    strength = (logits - highest.index_select(0, graph.target)).clamp(max=0.0).exp()
    if edge_weight is not None:
        strength = strength * edge_weight[:, None]
    own = (self_logits - highest).exp()
    carried = strength[..., None] if gates is None else strength[..., None] * gates
    weighted = sum_neighbors(graph, values, carried) + values * own[..., None]
    total = sum_edges(graph, strength) + own
    if (record := _record.get()) is not None:
        record.append((graph, strength / total.index_select(0, graph.target), own / total))
    return weighted / total[..., None], total.log() + highest


class Carried(NamedTuple):
    """`attend` up to its edge weights, for a graph that is asked for under many of them.

    edges (E, H D + H) what each edge adds to the numerators and denominators, of weight 1; atoms (N, H D + H) what each
    atom adds to its own; highest (N, H) the logarithm of the factor that all of them lack.
    """

    edges: Tensor
    atoms: Tensor
    highest: Tensor


FARTHEST = 60.0  # of an atom's own logit below the largest: its exp, never removed, keeps its precision


def carry(
    graph: AtomGraph, values: Tensor, logits: Tensor, self_logits: Tensor, gates: Tensor
) -> Carried | None:
    """What `attend_carried` takes; None where an atom's own logit is too far below others. Arguments of `attend`;
    their gradient ends here."""
    values, logits, self_logits, gates = (t.detach() for t in (values, logits, self_logits, gates))
    highest = torch.maximum(max_edges(graph, logits), self_logits)
    relative, own = logits - highest.index_select(0, graph.target), self_logits - highest
    if (own < -FARTHEST).any():
        return None
    strength, own = relative.exp(), own.exp()
    edges = strength[..., None] * gates * values.index_select(0, graph.source)
    return Carried(
        edges=torch.cat([edges.flatten(1), strength], 1),
        atoms=torch.cat([(own[..., None] * values).flatten(1), own], 1),
        highest=highest,
    )


def attend_carried(graph: AtomGraph, carried: Carried, edge_weight: Tensor) -> tuple[Tensor, Tensor]:
    """`attend` of what was carried, under edge weights (E,), which alone have a gradient."""
    n_heads = carried.highest.shape[1]
    sums = _WeightedSum.apply(edge_weight, carried.edges, graph) + carried.atoms
    total = sums[:, -n_heads:]
    if (record := _record.get()) is not None:
        strength = carried.edges[:, -n_heads:] * edge_weight[:, None]
        record.append(
            (graph, strength / total.index_select(0, graph.target), carried.atoms[:, -n_heads:] / total)
        )
    return sums[:, :-n_heads].unflatten(1, (n_heads, -1)) / total[..., None], total.log() + carried.highest


class _WeightedSum(torch.autograd.Function):
    """out[i] = sum over edges j -> i of weight[edge] * values[edge], with a gradient for the weights alone."""

    @staticmethod
    def forward(ctx, weight: Tensor, values: Tensor, graph: AtomGraph) -> Tensor:
        ctx.graph = graph
        ctx.save_for_backward(values)
        return sum_edges(graph, values * weight[:, None])

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        (values,) = ctx.saved_tensors
        graph = ctx.graph
        if uses_dgl(graph):
            return dgl.ops.e_dot_v(_dgl_graph(graph), values, gradient.contiguous())[:, 0], None, None
        return (values * gradient.index_select(0, graph.target)).sum(1), None, None
