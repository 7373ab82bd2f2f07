"""DGL's kernels and plain torch give the same numbers and gradients; attention equals its definition."""

import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.layers import aggregate
from tests.conftest import make_random_glass

with_dgl = pytest.mark.skipif(aggregate.dgl is None, reason="DGL has no wheel for this Python")


@pytest.fixture
def graph():
    return build_graph(make_random_glass(60, seed=4), 4.5)


def tensors(graph, heads=3, width=5):
    generator = torch.Generator().manual_seed(0)
    draw = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)  # noqa: E731
    values = draw(graph.n_atoms, heads, width)
    logits, self_logits = 3 * draw(graph.n_edges, heads), draw(graph.n_atoms, heads)
    return [x.requires_grad_() for x in (values, logits, self_logits)]


def without_dgl(monkeypatch):
    monkeypatch.setattr(aggregate, "dgl", None)


@with_dgl
@pytest.mark.parametrize("weighted", [False, True])
def test_both_backends_agree(graph, monkeypatch, weighted):
    edge_weight = torch.rand(graph.n_edges, dtype=torch.float64)
    edge_weight[::4] = 0.0
    gates = torch.randn(graph.n_edges, 3, 5, dtype=torch.float64)
    results = []
    for backend in ("dgl", "torch"):
        if backend == "torch":
            without_dgl(monkeypatch)
        assert aggregate.uses_dgl(graph) == (backend == "dgl")
        inputs, extra = tensors(graph), {}
        if weighted:
            extra = {
                "gates": gates.clone().requires_grad_(),
                "edge_weight": edge_weight.clone().requires_grad_(),
            }
        out, total = aggregate.attend(graph, *inputs, **extra)
        (out.pow(2).sum() + total.sin().sum()).backward()
        summed = aggregate.sum_edges(graph, inputs[1].detach())
        results.append([out.detach(), total.detach(), summed, *(x.grad for x in (*inputs, *extra.values()))])
    for one, other in zip(*results, strict=True):
        assert torch.allclose(one, other, atol=1e-10)


def test_attention_equals_its_definition(graph):
    values, logits, self_logits = tensors(graph)
    edge_weight = torch.rand(graph.n_edges, dtype=torch.float64)
    gates = torch.randn(graph.n_edges, 3, 5, dtype=torch.float64)
    out, total = aggregate.attend(graph, values, logits, self_logits, gates=gates, edge_weight=edge_weight)
    for atom in range(0, graph.n_atoms, 9):
        incoming = torch.nonzero(graph.target == atom)[:, 0]
        scores = torch.cat([logits[incoming] + edge_weight[incoming, None].log(), self_logits[atom][None]])
        stacked = torch.cat([gates[incoming] * values[graph.source[incoming]], values[atom][None]])
        expected = (scores.softmax(0)[..., None] * stacked).sum(0)
        assert torch.allclose(out[atom], expected, atol=1e-12)
        assert torch.allclose(total[atom], scores.logsumexp(0), atol=1e-12)


def test_gradients_by_finite_differences():
    graph = build_graph(make_random_glass(6, seed=0), 4.0)
    inputs = tensors(graph, heads=2, width=2)
    edge_weight = torch.rand(graph.n_edges, dtype=torch.float64).requires_grad_()
    gates = torch.randn(graph.n_edges, 2, 2, dtype=torch.float64).requires_grad_()

    def attend(values, logits, self_logits, gates, edge_weight):
        return aggregate.attend(graph, values, logits, self_logits, gates=gates, edge_weight=edge_weight)

    assert torch.autograd.gradcheck(attend, (*inputs, gates, edge_weight))


def test_weight_zero_is_removal_even_of_the_strongest_edge(graph):
    values, logits, self_logits = (x.detach() for x in tensors(graph))
    logits[5] = 500.0  # would swamp every other edge of its atom
    keep = torch.ones(graph.n_edges, dtype=torch.bool)
    keep[[5, 6, 40]] = False
    masked = aggregate.attend(graph, values, logits, self_logits, edge_weight=keep.double())
    removed = aggregate.attend(graph.edge_subgraph(keep), values, logits[keep], self_logits)
    for one, other in zip(masked, removed, strict=True):
        assert torch.allclose(one, other, atol=1e-12)


def test_atom_without_edges_keeps_its_own_value():
    graph = build_graph(make_random_glass(20, seed=0), 1.0)
    assert graph.n_edges == 0
    values, logits, self_logits = tensors(graph)
    out, total = aggregate.attend(graph, values, logits, self_logits)
    assert torch.allclose(out, values)
    assert torch.allclose(total, self_logits)


def test_sum_neighbors_against_a_dense_matrix(graph):
    weights = torch.rand(graph.n_edges, 1, dtype=torch.float64)
    values = torch.rand(graph.n_atoms, 4, dtype=torch.float64)
    dense = torch.zeros(graph.n_atoms, graph.n_atoms, dtype=torch.float64)
    dense.index_put_((graph.target, graph.source), weights[:, 0], accumulate=True)
    assert torch.allclose(aggregate.sum_neighbors(graph, values, weights), dense @ values)
