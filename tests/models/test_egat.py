"""EGAT against loops over atoms and edges."""

import numpy as np
import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.models import build_model
from symgnn.models.egat import EGAT
from tests.conftest import make_random_glass


def array(tensor):
    return tensor.detach().numpy().astype(np.float64)


def leaky_relu(x):
    return np.where(x > 0, x, 0.01 * x)


def reference_layer(layer, graph, atoms, edges, loops, strength):
    """Eqs. 1-4 edge by edge: what every atom attends to, f' of the edges and f' of the self-edges."""
    a_target, bias = array(layer.from_target.weight), array(layer.from_target.bias)
    a_matrix = np.hstack([a_target, array(layer.from_edge.weight), array(layer.from_source.weight)])
    source, target = graph.source.tolist(), graph.target.tolist()

    def f_new(i, f, j):
        return leaky_relu(a_matrix @ np.concatenate([atoms[i], f, atoms[j]]) + bias)

    new_edges = np.array([f_new(i, f, j) for i, f, j in zip(target, edges, source, strict=True)])
    new_loops = np.array([f_new(i, f, i) for i, f in enumerate(loops)])
    values = atoms @ array(layer.value.weight).T
    width = values.shape[1] // layer.heads
    out = np.zeros_like(values)
    for i in range(graph.n_atoms):
        incoming = [e for e in range(graph.n_edges) if target[e] == i]
        for head in range(layer.heads):
            a = array(layer.logit.weight)[head]
            scores = [np.exp(a @ new_loops[i])] + [strength[e] * np.exp(a @ new_edges[e]) for e in incoming]
            alpha = np.array(scores) / sum(scores)
            part = slice(head * width, (head + 1) * width)
            out[i, part] = alpha @ values[[i] + [source[e] for e in incoming]][:, part]
    return out, new_edges, new_loops


@pytest.mark.parametrize("weighted", [False, True])
def test_two_layers_are_equations_1_to_4(weighted):
    torch.manual_seed(0)
    model = EGAT(width=8, heads=(4, 2)).eval()
    graph = build_graph(make_random_glass(25, seed=3), 5.0)
    edge_weight = torch.rand(graph.n_edges) if weighted else None
    atoms = model.atom_encoder(model.element_index(graph))
    edges = array(model.edge_encoder(graph.length))
    loops = np.tile(array(model.edge_encoder(torch.zeros(1))), (graph.n_atoms, 1))
    strength = 0.5 * (1 + np.cos(np.pi * array(graph.length) / 5.0))
    if weighted:
        strength = strength * array(edge_weight)
    states = [atoms]
    for layer in model.layers:
        received, edges, loops = reference_layer(layer, graph, array(atoms), edges, loops, strength)
        atoms = layer.update(atoms, torch.tensor(received, dtype=torch.float32))
        states.append(atoms)
    expected = array(torch.cat(states, 1))
    np.testing.assert_allclose(array(model.embed(graph, edge_weight)), expected, atol=2e-5)


def test_attention_alone_hides_how_many_neighbours_there_are():
    """Neighbours of one kind at one length: whatever their number, their mean is the same without self-term."""
    torch.manual_seed(0)
    model = EGAT(width=8, heads=(2,)).eval()
    graph = build_graph(make_random_glass(60, seed=3), 5.0)
    layer, strength = model.layers[0], torch.ones(graph.n_edges)
    atoms = torch.randn(1, 8).expand(60, -1)
    edges, loops = torch.randn(1, 8).expand(graph.n_edges, -1), torch.randn(1, 8).expand(60, -1)
    attended = layer.attention(graph, atoms, edges, loops, strength)
    assert graph.in_degree.unique().numel() > 3
    assert torch.allclose(attended, attended[:1].expand(60, -1), atol=1e-5)


def test_width_must_be_a_multiple_of_the_heads():
    with pytest.raises(ValueError, match="width 32 found, expected a multiple of the number of heads 3"):
        build_model("egat", {"heads": [3]})
