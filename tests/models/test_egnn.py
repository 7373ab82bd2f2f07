"""EGNN against the published equations in absolute coordinates, and its symmetries where atoms really move."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.models.egnn import EGNN
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.training.norm import settle_norm
from tests.conftest import make_random_glass


def array(tensor):
    return tensor.detach().numpy().astype(np.float64)


def silu(x):
    return x / (1 + np.exp(-x))


@pytest.fixture
def model():
    """A network that moves atoms by tenths of an ångström: at the start of training they hardly move."""
    torch.manual_seed(0)
    model = EGNN(width=8, n_layers=3).eval()
    for layer in model.layers[:-1]:
        torch.nn.init.normal_(layer.step[2].weight, std=2.0)
    # Without statistics, sums over neighbours would saturate the limited norm and hide errors.
    settle_norm(model, [build_graph(make_random_glass(60, seed=5), 5.0)])
    return model


@pytest.fixture(scope="module")
def glass():
    return make_random_glass(40, seed=3)


def test_equations_3_to_6_in_absolute_coordinates(model):
    """An open cluster: positions themselves are updated, as published, edge by edge."""
    cluster = make_random_glass(25, seed=4, pbc=(False, False, False))
    graph = build_graph(cluster, 5.0)
    edge_weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    pairs = list(zip(graph.target.tolist(), graph.source.tolist(), strict=True))
    start = np.array(cluster.positions)
    lengths = np.array([np.linalg.norm(start[i] - start[j]) for i, j in pairs])
    strength = 0.5 * (1 + np.cos(np.pi * lengths / 5.0)) * array(edge_weight)
    total = np.ones(25)
    np.add.at(total, graph.target.numpy(), strength)

    x, atoms = start, model.atom_encoder(model.element_index(graph))
    states = [atoms]
    for layer in model.layers:
        h, new_x, received = array(atoms), x.copy(), np.zeros((25, 8))
        phi_e = np.hstack(
            [array(part.weight) for part in (layer.from_target, layer.from_source, layer.from_distance)]
        )
        for (i, j), s in zip(pairs, strength, strict=True):
            difference = x[i] - x[j]
            inputs = np.concatenate([h[i], h[j], [difference @ difference]])
            hidden = silu(phi_e @ inputs + array(layer.from_target.bias))
            message = silu(array(layer.message.weight) @ hidden + array(layer.message.bias))
            received[i] += s * message
            if layer is not model.layers[-1]:
                inner, last = layer.step[0], array(layer.step[2].weight)[0]
                phi_x = np.tanh(last @ silu(array(inner.weight) @ message + array(inner.bias)))
                new_x[i] += s / total[i] * difference / (np.linalg.norm(difference) + 1) * phi_x
        atoms = layer.update(atoms, torch.tensor(received, dtype=torch.float32))
        states.append(atoms)
        x = new_x
    moved = array(model.displacements(graph, edge_weight))
    assert np.linalg.norm(moved, axis=1).mean() > 0.05
    np.testing.assert_allclose(moved, x - start, atol=2e-5)
    expected = array(torch.cat(states, 1))
    np.testing.assert_allclose(array(model.embed(graph, edge_weight)), expected, atol=5e-5)


@pytest.mark.parametrize("determinant", [1, -1], ids=["rotation", "reflection"])
def test_displacements_turn_with_the_structure(model, glass, determinant):
    q = random_orthogonal(1, torch.Generator().manual_seed(2))[0].double().numpy()
    q = q * np.sign(np.linalg.det(q)) * determinant
    turned = replace(glass, positions=glass.positions @ q.T, cell=glass.cell @ q.T)
    before, after = build_graph(glass, 5.0), build_graph(turned, 5.0)
    moved = array(model.displacements(before))
    assert np.linalg.norm(moved, axis=1).mean() > 0.05
    np.testing.assert_allclose(array(model.displacements(after)), moved @ q.T, atol=2e-5)
    assert torch.allclose(model(after), model(before), atol=1e-4)


def test_displacements_are_read(model, glass):
    """Where atoms may not move, predictions differ: the invariance above is not one of standing atoms."""
    graph = build_graph(glass, 5.0)
    before = model(graph)
    for layer in model.layers[:-1]:
        torch.nn.init.zeros_(layer.step[2].weight)
    assert model.displacements(graph).abs().max() == 0
    assert (model(graph) - before).abs().max() > 1e-3


def test_a_doubled_cell_moves_twice_the_same(model, glass):
    double = Glass(
        np.tile(glass.species, 2),
        np.vstack([glass.positions, glass.positions + glass.cell[0]]),
        glass.cell * np.array([[2.0], [1.0], [1.0]]),
        glass.pbc,
    )
    moved = array(model.displacements(build_graph(glass, 5.0)))
    twice = array(model.displacements(build_graph(double, 5.0)))
    np.testing.assert_allclose(twice, np.vstack([moved, moved]), atol=2e-5)


def test_no_atom_moves_farther_than_an_angstrom_in_a_layer(model):
    """A lone pair is pushed by one neighbour in one direction, whatever the weights."""
    for layer in model.layers[:-1]:
        torch.nn.init.constant_(layer.step[2].weight, 1e4)
    pair = Glass([29, 40], [[0, 0, 0], [2.0, 0, 0]], np.zeros((3, 3)), [False] * 3)
    moved = model.displacements(build_graph(pair, 5.0))
    assert torch.isfinite(moved).all()
    assert 0.3 < moved.norm(dim=1).max() <= len(model.layers) - 1
