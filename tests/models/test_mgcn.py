"""MGCN against its equations with a state for every edge, edge by edge in NumPy."""

import math

import numpy as np
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.models.mgcn import MGCN
from tests.conftest import make_random_glass

ELEMENT = {29: 0, 40: 1}


def array(tensor):
    return tensor.detach().double().numpy()


def linear(layer, x):
    return array(layer.weight) @ x + (0.0 if layer.bias is None else array(layer.bias))


def filter_of(function, length, n_basis, cutoff):
    """M^fd(r): Gaussians of the length and two dense layers."""
    spacing = cutoff / (n_basis - 1)
    gaussians = np.array([math.exp(-0.5 * (length / spacing - k) ** 2) for k in range(n_basis)])
    hidden = linear(function.network[0], gaussians)
    return linear(function.network[2], hidden / (1 + np.exp(-hidden)))


def embed_by_edges(model, glass, graph, edge_weight, n_basis):
    pair_vectors = array(model.pair_encoder.weight)  # Cu-Cu, Cu-Zr, Zr-Zr
    a = [array(model.atom_encoder.weight)[ELEMENT[z]] for z in glass.species]
    edges, lengths, strengths = [], [], []
    for e, (j, i, image) in enumerate(zip(graph.source, graph.target, graph.image.numpy(), strict=True)):
        r = np.linalg.norm(glass.positions[j] + image @ glass.cell - glass.positions[i])
        edges.append((int(j), int(i)))
        lengths.append(r)
        strengths.append(edge_weight[e] * 0.5 * (1 + math.cos(math.pi * r / model.cutoff)))
    states = [pair_vectors[ELEMENT[glass.species[j]] + ELEMENT[glass.species[i]]] for j, i in edges]
    levels = [np.array(a)]
    for layer, block in enumerate(model.interactions):
        received = np.zeros((len(a), 2 * len(a[0])))
        for (j, i), e, r, s in zip(edges, states, lengths, strengths, strict=True):
            from_atom = linear(block.from_atoms, a[j]) * filter_of(block.filter, r, n_basis, model.cutoff)
            received[i] += s * np.concatenate([from_atom, e])
        if layer < len(model.edge_updates):  # e^(l+1) from a^l, before the atoms move on
            states = [
                model.eta * e + (1 - model.eta) * linear(model.edge_updates[layer], a[i] * a[j])
                for (j, i), e in zip(edges, states, strict=True)
            ]
        spread = np.sqrt(array(block.norm.running_var) + block.norm.eps)
        for i, total in enumerate(received):
            x = array(block.norm.weight) * (total - array(block.norm.running_mean)) / spread
            x = 5 * np.tanh((x + array(block.norm.bias)) / 5)
            a[i] = a[i] + linear(block.update[3], np.log1p(np.exp(linear(block.update[0], x))))
        levels.append(np.array(a))
    return np.concatenate(levels, 1)


def test_embedding_equals_the_equations_edge_by_edge():
    torch.manual_seed(0)
    glass = make_random_glass(40, seed=3)
    model = MGCN(width=6, n_layers=3, n_basis=16, eta=0.6, dropout=0.25)
    graph = build_graph(glass, model.cutoff)
    model(graph)  # in training mode: normalisation statistics away from their start
    model.eval()
    edge_weight = np.random.default_rng(0).uniform(size=graph.n_edges)
    edge_weight[::5] = 0.0
    result = array(model.embed(graph, torch.tensor(edge_weight, dtype=torch.float32)))
    expected = embed_by_edges(model, glass, graph, edge_weight, n_basis=16)
    assert result.std(0).min() > 0.05, "constant states would agree trivially"
    np.testing.assert_allclose(result, expected, atol=5e-3)  # filters are interpolated


def test_a_pair_of_elements_has_one_vector_in_both_orders():
    pair = MGCN(elements=("Cu", "Zr", "Al"), width=4).pair
    assert torch.equal(pair, pair.T)
    assert sorted(pair[*torch.triu_indices(3, 3)].tolist()) == list(range(6))
