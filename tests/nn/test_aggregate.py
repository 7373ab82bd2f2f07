"""DGL's kernels and plain torch give the same numbers and gradients; attention equals its definition."""

import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.nn import aggregate
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


@pytest.mark.parametrize(("dtype", "logit"), [(torch.float64, 1000.0), (torch.float32, 200.0)], ids=str)
def test_weight_zero_is_removal_even_of_the_strongest_edge(graph, dtype, logit):
    """The logit of a removed edge is so far above all others that its exp is infinite, and infinity times 0 no number:
    neither result nor gradient may take notice."""
    values, logits, self_logits = (x.detach().to(dtype) for x in tensors(graph))
    assert torch.isinf(torch.tensor(logit, dtype=dtype).exp())
    logits[5] = logit
    keep = torch.ones(graph.n_edges, dtype=torch.bool)
    keep[[5, 6, 40]] = False
    masked_inputs = [x.clone().requires_grad_() for x in (values, logits, self_logits)]
    masked = aggregate.attend(graph, *masked_inputs, edge_weight=keep.to(dtype))
    removed_inputs = [x.clone().requires_grad_() for x in (values, logits[keep], self_logits)]
    removed = aggregate.attend(graph.edge_subgraph(keep), *removed_inputs)
    tolerance = 1e-12 if dtype is torch.float64 else 1e-5
    for one, other in zip(masked, removed, strict=True):
        assert torch.isfinite(other).all()
        assert torch.allclose(one, other, atol=tolerance)
    for out, inputs in ((masked, masked_inputs), (removed, removed_inputs)):
        (out[0].square().sum() + out[1].sum()).backward()
        assert all(torch.isfinite(x.grad).all() for x in inputs)
    assert torch.allclose(masked_inputs[0].grad, removed_inputs[0].grad, atol=100 * tolerance)
    assert torch.allclose(masked_inputs[1].grad[keep], removed_inputs[1].grad, atol=100 * tolerance)
    assert not masked_inputs[1].grad[~keep].any()


@pytest.mark.parametrize("logit", [1000.0, -1000.0])
def test_logits_of_any_size(graph, logit):
    """A softmax does not change where all logits grow alike."""
    values, logits, self_logits = (x.detach() for x in tensors(graph))
    out, total = aggregate.attend(graph, values, logits, self_logits)
    shifted, shifted_total = aggregate.attend(graph, values, logits + logit, self_logits + logit)
    assert torch.allclose(shifted, out, atol=1e-9)
    assert torch.allclose(shifted_total, total + logit, atol=1e-9)


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


def carried_inputs(graph):
    values, logits, self_logits = (x.detach() for x in tensors(graph))
    gates = torch.randn(graph.n_edges, 3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    edge_weight = torch.rand(graph.n_edges, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    edge_weight[::4] = 0.0
    return values, logits, self_logits, gates, edge_weight


@pytest.mark.parametrize("backend", [pytest.param("dgl", marks=with_dgl), "torch"])
def test_what_is_carried_equals_attention(graph, monkeypatch, backend):
    """Sums, totals, what is attended to, and the gradient of the weights, where some of them are 0."""
    if backend == "torch":
        without_dgl(monkeypatch)
    values, logits, self_logits, gates, edge_weight = carried_inputs(graph)
    carried = aggregate.carry(graph, values, logits, self_logits, gates)
    weights = [edge_weight.clone().requires_grad_() for _ in range(2)]
    with aggregate.recorded_attention() as record:
        one = aggregate.attend(graph, values, logits, self_logits, gates=gates, edge_weight=weights[0])
        other = aggregate.attend_carried(graph, carried, weights[1])
    for out, total in (one, other):
        (out.pow(2).sum() + total.sin().sum()).backward()
    for first, second in (*zip(one, other, strict=True), *zip(record[0][1:], record[1][1:], strict=True)):
        assert torch.allclose(first, second, atol=1e-12)
    present = edge_weight > 0
    assert torch.allclose(weights[0].grad[present], weights[1].grad[present], atol=1e-10)


def test_gradients_of_the_weights_of_what_is_carried():
    """By finite differences, and near 0, where an edge comes back that was removed."""
    graph = build_graph(make_random_glass(6, seed=0), 4.0)
    values, logits, self_logits, gates, edge_weight = carried_inputs(graph)
    carried = aggregate.carry(graph, values, logits, self_logits, gates)
    edge_weight[::4] = 1e-5
    assert torch.autograd.gradcheck(
        lambda weight: aggregate.attend_carried(graph, carried, weight), edge_weight.requires_grad_()
    )


def test_logits_too_far_apart_are_not_carried(graph):
    """In single precision nothing would be left of an atom and its other edges once that of the largest logit is
    removed."""
    values, logits, self_logits, gates, _ = (x.float() for x in carried_inputs(graph))
    assert aggregate.carry(graph, values, logits, self_logits, gates) is not None
    near, far = logits.clone(), logits.clone()
    near[5], far[5] = 40.0, 200.0
    assert aggregate.carry(graph, values, far, self_logits, gates) is None
    carried = aggregate.carry(graph, values, near, self_logits, gates)
    keep = torch.ones(graph.n_edges, dtype=torch.bool)
    keep[5] = False
    out, total = aggregate.attend_carried(graph, carried, keep.float())
    expected, of_others = aggregate.attend(
        graph.edge_subgraph(keep), values, near[keep], self_logits, gates=gates[keep]
    )
    assert torch.allclose(out, expected, atol=1e-4)
    assert torch.allclose(total, of_others, atol=1e-4)


def test_an_atom_far_below_its_edges_is_not_carried(graph):
    values, logits, self_logits, gates, _ = carried_inputs(graph)
    self_logits[3] = -200.0
    assert aggregate.carry(graph, values, logits, self_logits, gates) is None
