"""Equiformer: hidden vectors and matrices turn with the glass; one layer against the paper's sums, atom by atom."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.models.equiformer import ALL_PATHS, Equiformer
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.nn.tensors import MATRICES, coupling
from symgnn.training.norm import settle_norm
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(50, seed=5), 5.0)


@pytest.fixture(scope="module")
def model(graph):
    torch.manual_seed(0)
    model = Equiformer(channels=(8, 4, 4), depth=2, hidden=8)
    settle_norm(model, [graph])
    return model


@pytest.mark.parametrize("determinant", [1, -1])
def test_hidden_features_turn_with_the_glass(model, graph, determinant):
    """Vectors as vectors, matrices as Q M Q^T, for rotations and reflections; scalars stay."""
    q = random_orthogonal(1, torch.Generator().manual_seed(3))[0]
    q = q * determinant * torch.sign(torch.linalg.det(q))
    with torch.no_grad():
        here = model.tensors(graph, None)
        there = model.tensors(replace(graph, vector=graph.vector @ q.T), None)
    for old, new in zip(here, there, strict=True):
        assert torch.allclose(new[0], old[0], atol=1e-4)
    for old, new in zip(here[:-1], there[:-1], strict=True):
        assert old[1].abs().mean() > 0.1
        assert torch.allclose(new[1], old[1] @ q.T, atol=1e-4)
        assert old[2].abs().mean() > 0.1
        turned = q @ torch.einsum("ncm,mij->ncij", old[2], MATRICES) @ q.T
        assert torch.allclose(torch.einsum("ncm,mij->ncij", new[2], MATRICES), turned, atol=1e-4)


def test_a_layer_is_the_sum_of_the_paper(model, graph):
    """Softmax attention times depth-wise tensor products, for a few atoms with loops; then what the update reads."""
    edge_weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    layer, seen = model.layers[0], {}
    handle = layer.update.register_forward_pre_hook(lambda _, inputs: seen.update(inputs=inputs))
    with torch.no_grad():
        features = model.tensors(graph, edge_weight)[0]
        layer(model.edges(graph, edge_weight), features)
    handle.remove()
    _, scalars, tensors = seen["inputs"]

    s = features[0][..., 0]
    with torch.no_grad():
        f = layer.from_source(s)[graph.source] + layer.from_target(s)[graph.target]
        radial = layer.filter(graph.length)
        z = layer.logit(F.leaky_relu(f + radial[:, :8], 0.2))
        own = layer.self_logit(s)
        near = graph.length < 3.8
        weights = layer.near_filter(graph.length.clamp(max=3.8))
        values = [
            linear(features[first])
            for (first, _), linear in zip(ALL_PATHS, layer.products.values, strict=True)
        ]
    strength = 0.5 * (1 + torch.cos(np.pi * graph.length / 5.0)) * edge_weight
    inner = 0.5 * (1 + torch.cos(np.pi * graph.length / 3.8))
    unit = graph.vector / graph.length[:, None]
    harmonics = {1: np.sqrt(3) * unit, 2: np.sqrt(7.5) * torch.einsum("mij,ei,ej->em", MATRICES, unit, unit)}
    harmonics[0] = torch.ones(graph.n_edges, 1)

    for atom in (0, 17, 42):
        incoming = torch.nonzero(graph.target == atom)[:, 0]
        score = torch.cat([strength[incoming, None] * z[incoming].exp(), own[None, atom].exp()])
        alpha = score / score.sum(0)  # (neighbours and itself, heads)
        value = layer.value(s).detach()
        sent = alpha[:-1].repeat_interleave(2, 1) * radial[incoming, 8:] * value[graph.source[incoming]]
        mixed = sent.sum(0) + alpha[-1].repeat_interleave(2) * value[atom]
        assert torch.allclose(scalars[atom, :8], mixed, atol=1e-4)
        assert torch.allclose(scalars[atom, 8:12], score.sum(0).log(), atol=1e-4)

        received = {0: [], 1: [], 2: []}
        for path, ((first, second), results) in enumerate(ALL_PATHS.items()):
            for result in results:
                total = torch.zeros(4, 2 * result + 1)
                for row, edge in enumerate(incoming.tolist()):
                    if near[edge]:
                        scale = alpha[row] * inner[edge] * weights[edge, 4 * path : 4 * path + 4]
                        product = torch.einsum(
                            "abd,ca,b->cd",
                            coupling(first, second, result),
                            values[path][graph.source[edge]],
                            harmonics[second][edge].float(),
                        )
                        total += scale[:, None] * product
                received[result].append(total)
        assert torch.allclose(scalars[atom, 12:], torch.cat(received[0])[:, 0], atol=1e-4)
        for degree in (1, 2):
            assert torch.allclose(tensors[degree - 1][atom], torch.cat(received[degree]), atol=1e-4)


def test_angles_are_seen(model):
    """Neighbours at the same distances from an atom, at 100 or 180 degrees: lengths alone cannot tell them apart."""
    predictions = []
    for angle in (np.radians(100), np.pi):
        positions = 3.0 * np.array([[0, 0, 0], [1, 0, 0], [np.cos(angle), np.sin(angle), 0]])
        graph = build_graph(Glass([29, 40, 40], positions, np.zeros((3, 3)), [False] * 3), 3.8)
        assert graph.n_edges == 4
        predictions.append(model(graph)[0].item())
    assert abs(predictions[0] - predictions[1]) > 1e-2


def test_predictions_are_continuous_at_the_angular_cutoff(model):
    near, far = (
        model(
            build_graph(
                Glass([29, 40, 29], [[0, 0, 0], [x, 0, 0], [0, 2.6, 0]], np.zeros((3, 3)), [False] * 3), 5.0
            )
        )
        for x in (3.8 - 1e-4, 3.8 + 1e-4)
    )
    assert (near - far).abs().max() < 1e-3


def test_channels_must_fit_the_heads():
    with pytest.raises(
        ValueError, match=r"channels \[6, 4, 4\] found, expected three multiples of the 4 heads"
    ):
        Equiformer(channels=(6, 4, 4))
