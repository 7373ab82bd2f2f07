"""SchNet against its equations, written out atom by atom and edge by edge in NumPy."""

import math

import numpy as np
import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.models.schnet import SchNet, ShiftedSoftplus
from tests.conftest import make_random_glass


def array(tensor):
    return tensor.detach().double().numpy()


def linear(layer, x):
    return array(layer.weight) @ x + (0.0 if layer.bias is None else array(layer.bias))


def ssp(x):
    return np.log(0.5 * np.exp(x) + 0.5)


def filter_of(function, length, n_basis, cutoff):
    """W(r): Gaussians of the length and two dense layers."""
    spacing = cutoff / (n_basis - 1)
    gaussians = np.array([math.exp(-0.5 * (length / spacing - k) ** 2) for k in range(n_basis)])
    hidden = linear(function.network[0], gaussians)
    return linear(function.network[2], hidden / (1 + np.exp(-hidden)))


def embed_by_loops(model, glass, graph, edge_weight, n_basis):
    x = [array(model.atom_encoder.weight)[{29: 0, 40: 1}[z]] for z in glass.species]
    source, target, image = (t.numpy() for t in (graph.source, graph.target, graph.image))
    for block in model.interactions:
        y = [np.zeros(len(x[0])) for _ in x]
        for e in range(len(source)):
            j, i = source[e], target[e]
            r = np.linalg.norm(glass.positions[j] + image[e] @ glass.cell - glass.positions[i])
            strength = edge_weight[e] * 0.5 * (1 + math.cos(math.pi * r / model.cutoff))
            y[i] += linear(block.value, x[j]) * filter_of(block.filter, r, n_basis, model.cutoff) * strength
        mean, spread = array(block.norm.running_mean), np.sqrt(array(block.norm.running_var) + block.norm.eps)
        for i in range(len(x)):
            received = array(block.norm.weight) * (y[i] - mean) / spread + array(block.norm.bias)
            received = 5 * np.tanh(received / 5)
            x[i] = x[i] + linear(block.update[3], ssp(linear(block.update[0], received)))
    return np.array(x)


def test_embedding_equals_the_equations_by_loops():
    torch.manual_seed(0)
    glass = make_random_glass(40, seed=3)
    model = SchNet(width=6, n_layers=2, n_basis=16, dropout=0.25)
    graph = build_graph(glass, model.cutoff)
    model(graph)  # in training mode: normalisation statistics away from their start
    model.eval()
    edge_weight = np.random.default_rng(0).uniform(size=graph.n_edges)
    edge_weight[::5] = 0.0
    result = array(model.embed(graph, torch.tensor(edge_weight, dtype=torch.float32)))
    expected = embed_by_loops(model, glass, graph, edge_weight, n_basis=16)
    assert result.std(0).min() > 0.05, "constant states would agree trivially"
    np.testing.assert_allclose(result, expected, atol=2e-3)  # filters are interpolated


def test_a_constant_filter_adds_up_the_neighbours():
    torch.manual_seed(0)
    block = SchNet(width=4).interactions[0]
    torch.nn.init.zeros_(block.filter.network[2].weight)
    torch.nn.init.ones_(block.filter.network[2].bias)
    graph = build_graph(make_random_glass(40, seed=3), 4.0)
    values = torch.rand(graph.n_atoms, 4)
    summed = block.cfconv(graph, values, torch.ones(graph.n_edges))
    for i in range(graph.n_atoms):
        assert torch.allclose(summed[i], values[graph.source[graph.target == i]].sum(0), atol=1e-5)


@pytest.mark.parametrize(
    ("x", "expected"), [(0.0, 0.0), (math.log(3.0), math.log(2.0)), (40.0, 40 - math.log(2))]
)
def test_shifted_softplus(x, expected):
    assert ShiftedSoftplus()(torch.tensor(x)).item() == pytest.approx(expected, rel=1e-6, abs=1e-7)
