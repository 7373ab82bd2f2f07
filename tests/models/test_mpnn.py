"""MPNN against the matrix of every edge, written down, and its gated update in NumPy."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from symgnn.graph.atom_graph import build_graph
from symgnn.models.mpnn import MPNN
from symgnn.nn import aggregate
from tests.conftest import make_random_glass

with_dgl = pytest.mark.skipif(aggregate.dgl is None, reason="DGL has no wheel for this Python")


@pytest.fixture
def model():
    torch.manual_seed(0)
    return MPNN(width=6, rank=4, n_layers=2, dropout=0.25)


@pytest.fixture
def graph(model):
    return build_graph(make_random_glass(40, seed=3), model.cutoff)


def edge_matrices(model, factors):
    """A(e) of every edge, (E, width, width), from W (width, rank, width)."""
    W = model.contract.weight.unflatten(1, (model.rank, -1))
    return torch.einsum("okd,ek->eod", W, factors)


def messages_by_edges(model, graph, atoms, factors):
    """sum_j A(e_ij) h_j, one edge after the other."""
    total = [torch.zeros_like(atoms[0]) for _ in range(graph.n_atoms)]
    for A, j, i in zip(
        edge_matrices(model, factors), graph.source.tolist(), graph.target.tolist(), strict=True
    ):
        total[i] = total[i] + A @ atoms[j]
    return torch.stack(total)


@pytest.mark.parametrize("backend", ["torch", pytest.param("dgl", marks=with_dgl)])
def test_messages_and_gradients_equal_those_of_the_matrix_of_every_edge(model, graph, monkeypatch, backend):
    if backend == "torch":
        monkeypatch.setattr(aggregate, "dgl", None)
    model = model.double()
    generator = torch.Generator().manual_seed(0)
    atoms, factors = (
        torch.randn(n, width, generator=generator, dtype=torch.float64).requires_grad_()
        for n, width in ((graph.n_atoms, 6), (graph.n_edges, 4))
    )
    results = []
    for compute in (model.messages, lambda *inputs: messages_by_edges(model, *inputs)):
        out = compute(graph, atoms, factors)
        gradients = torch.autograd.grad(out.sin().sum(), (atoms, factors, model.contract.weight))
        results.append([out.detach(), *gradients])
    for one, other in zip(*results, strict=True):
        assert one.abs().max() > 0.1
        assert torch.allclose(one, other, atol=1e-10)


def array(tensor):
    return tensor.detach().double().numpy()


def gated_update(gru, m, h):
    """GRU(h, m) of Cho et al. (2014), in the order of gates that torch keeps: reset, update, new."""
    from_m = np.split(m @ array(gru.weight_ih).T + array(gru.bias_ih), 3, axis=1)
    from_h = np.split(h @ array(gru.weight_hh).T + array(gru.bias_hh), 3, axis=1)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    reset, update = (sigmoid(from_m[gate] + from_h[gate]) for gate in (0, 1))
    new = np.tanh(from_m[2] + reset * from_h[2])
    return (1 - update) * new + update * h


def test_embedding_equals_the_equations(model, graph):
    model(graph)  # in training mode: normalisation statistics away from their start
    model.eval()
    edge_weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(1))
    edge_weight[::5] = 0.0
    cutoff_function = 0.5 * (1 + torch.cos(torch.pi * graph.length / model.cutoff))
    factors = model.edge_network(graph.length) * (cutoff_function * edge_weight)[:, None]
    initial = h = model.atom_encoder.weight[(graph.species == 40).long()]
    for norm in model.norms:
        m = array(messages_by_edges(model, graph, h, factors))
        m = (m - array(norm.running_mean)) / np.sqrt(array(norm.running_var) + norm.eps)
        m = 5 * np.tanh((m * array(norm.weight) + array(norm.bias)) / 5)
        h = torch.tensor(gated_update(model.gru, m, array(h)), dtype=torch.float32)
    result = model.embed(graph, edge_weight)
    assert result.std(0).min() > 0.01, "constant states would agree trivially"
    assert torch.allclose(result, torch.cat([h, initial], 1), atol=1e-5)


class LargestTensor(TorchDispatchMode):
    """Notes the largest number of elements of any tensor that is made while it is active."""

    size = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            self.size = max(self.size, leaf.numel() if isinstance(leaf, torch.Tensor) else 0)
        return out


@with_dgl
def test_no_tensor_holds_a_message_for_every_edge_and_function(graph):
    wide = MPNN(width=32, rank=16)
    with LargestTensor() as largest:
        wide(graph).sum().backward()
    assert graph.n_edges * 16 <= largest.size < graph.n_edges * 16 * 32 / 2
