"""GCN against dense matrices and against loops over edges."""

import numpy as np
import pytest
import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.models.gcn import GCN
from tests.conftest import make_random_glass


def array(tensor):
    return tensor.detach().numpy().astype(np.float64)


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = GCN(width=8, depth=2).eval()
    for layer in model.layers:
        torch.nn.init.normal_(layer.own)
    return model


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(40, seed=3), 5.0)


@pytest.fixture(scope="module")
def edge_weight(graph):
    return torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))


def dense_adjacency(graph, edge_weight):
    """A (N, N), row i the receiver: strengths of all edges j -> i, several where images of j are near."""
    strength = 0.5 * (1 + np.cos(np.pi * array(graph.length) / 5.0)) * array(edge_weight)
    adjacency = np.zeros((graph.n_atoms, graph.n_atoms))
    np.add.at(adjacency, (graph.target.numpy(), graph.source.numpy()), strength)
    return adjacency, strength


def captured(model, graph, edge_weight):
    """What the atoms of the first layer receive."""
    seen = []
    hook = model.layers[0].update.register_forward_hook(lambda module, inputs, out: seen.extend(inputs))
    model.embed(graph, edge_weight)
    hook.remove()
    return array(seen[0]), array(seen[1])


def test_without_edge_features_it_is_kipf_and_wellings_equation_2(model, graph, edge_weight):
    """D^-1/2 (A + I) D^-1/2 H W by dense matrices, with W h > 0 so that ReLU is the identity."""
    layer = model.layers[0]
    with torch.no_grad():
        model.atom_encoder.weight.abs_()
        layer.value.weight.abs_()
        layer.own.zero_()
        for parameter in layer.edge_encoder.network[-1].parameters():
            parameter.zero_()
    atoms, received = captured(model, graph, edge_weight)
    with_self = dense_adjacency(graph, edge_weight)[0] + np.eye(graph.n_atoms)
    root = np.diag(with_self.sum(1) ** -0.5)
    expected = root @ with_self @ root @ atoms @ array(layer.value.weight).T
    np.testing.assert_allclose(received, expected, atol=1e-5)


def test_two_layers_against_loops(model, graph, edge_weight):
    adjacency, strength = dense_adjacency(graph, edge_weight)
    degree = 1 + adjacency.sum(1)
    atoms = model.atom_encoder(model.element_index(graph))
    states = [atoms]
    for layer in model.layers:
        values = array(atoms) @ array(layer.value.weight).T
        edges = array(layer.edge_encoder(graph.length))
        received = np.maximum(values + array(layer.own), 0) / degree[:, None]
        for e, (j, i) in enumerate(zip(graph.source.tolist(), graph.target.tolist(), strict=True)):
            received[i] += strength[e] / np.sqrt(degree[i] * degree[j]) * np.maximum(values[j] + edges[e], 0)
        atoms = layer.update(atoms, torch.tensor(received, dtype=torch.float32))
        states.append(atoms)
    expected = array(torch.cat(states, 1))
    np.testing.assert_allclose(array(model.embed(graph, edge_weight)), expected, atol=2e-5)


def test_the_degree_of_a_sender_reaches_one_hop_farther(model):
    """On a line, the first atom depends on exactly the edges into atoms less than n_layers = depth + 1 hops away."""
    line = Glass([29, 40] * 4, np.c_[np.arange(8) * 2.6, np.zeros((8, 2))], np.zeros((3, 3)), [False] * 3)
    graph = build_graph(line, 5.0)
    weight = torch.ones(graph.n_edges, requires_grad=True)
    model(graph, weight)[0].backward()
    assert torch.equal(weight.grad != 0, graph.target < model.n_layers)
