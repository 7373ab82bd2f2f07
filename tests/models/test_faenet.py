"""FAENet: its update atom by atom, its frames, and what training draws."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from symgnn.graph.atom_graph import build_graph
from symgnn.models import faenet
from symgnn.models.faenet import FAENet
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.training.norm import settle_norm
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(50, seed=5), 5.0)


@pytest.fixture(scope="module")
def model(graph):
    torch.manual_seed(0)
    model = FAENet(width=8, n_layers=2)
    settle_norm(model, [graph])
    return model


def test_an_update_is_the_average_over_the_frames_of_the_atom(model, graph):
    """The equations of the module's docstring with loops over the 8 frames, for a few atoms of the first layer."""
    edge_weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    layer = model.interactions[0]
    with torch.no_grad():
        found = model.embed(graph, edge_weight)[:, 8:16]
        h = model.atom_encoder(model.element_index(graph))
        radial = model.from_length(graph.length)
        for atom in (0, 17, 42):
            edges = torch.nonzero(graph.target == atom)[:, 0]
            s = 0.5 * (1 + torch.cos(np.pi * graph.length[edges] / 5.0)) * edge_weight[edges]
            v = graph.vector[edges]
            _, axes = np.linalg.eigh((v.T @ (v * s[:, None])).double().numpy())
            updates = []
            for signs in product([1, -1], repeat=3):
                x = v @ torch.tensor(axes * np.array(signs)).float()  # coordinates along the signed axes
                e = F.silu(x @ model.from_vector.weight.T + radial[edges])
                f = F.silu(
                    layer.from_edge(e)
                    + layer.from_source(h[graph.source[edges]])
                    + layer.from_target(h[atom])
                )
                total = (layer.value(h[graph.source[edges]]) * f * s[:, None]).sum(0)
                updates.append(layer.update(torch.cat([h[None, atom], layer.norm(total[None])], 1))[0])
            updates = torch.stack(updates)
            assert updates.std(0).max() > 1e-3, "frames must differ for the average to be tested"
            assert torch.allclose(found[atom], h[atom] + updates.mean(0), atol=1e-4)


def test_signs_of_the_axes_do_not_matter(model, graph, monkeypatch):
    with torch.no_grad():
        expected = model(graph)
        flips = 2.0 * torch.randint(2, (graph.n_atoms, 1, 3)) - 1
        local_axes = faenet.local_axes
        monkeypatch.setattr(faenet, "local_axes", lambda *inputs: local_axes(*inputs) * flips)
        assert torch.allclose(model(graph), expected, atol=1e-5)
        permuted = [2, 0, 1]  # another assignment of the axes is another frame: this must matter
        monkeypatch.setattr(faenet, "local_axes", lambda *inputs: local_axes(*inputs)[..., permuted])
        assert (model(graph) - expected).abs().max() > 1e-3


def test_training_draws_one_of_the_eight_frames_per_atom(model, graph):
    strength = model.edge_strength(graph, None)
    with torch.no_grad():
        eight = torch.stack(model.encode_edges(graph, strength))  # (8, E, width)
        model.train()
        drawn = model.encode_edges(graph, strength)
        model.eval()
    assert len(drawn) == 1
    fits = (eight - drawn[0]).abs().amax(2) < 1e-6  # (8, E)
    chosen = [set(map(tuple, fits[:, graph.target == atom].T.tolist())) for atom in range(graph.n_atoms)]
    assert all(len(frames) == 1 for frames in chosen), "all edges of an atom are seen in the same frame"
    assert len(set().union(*chosen)) == 8


def test_the_frames_of_training_average_to_evaluation(model, graph):
    """Over many draws the mean update of the first layer is the one of evaluation, in the turned glass as well."""
    q = random_orthogonal(1, torch.Generator().manual_seed(3))[0]
    first, draws = model.interactions[0], 400

    def mean_update(graph):
        strength, atoms = model.edge_strength(graph, None), model.atom_encoder(model.element_index(graph))
        total = 0.0
        for _ in range(draws):
            model.training = True  # of the model alone: draws frames, keeps the settled normalisation
            encodings = model.encode_edges(graph, strength)
            model.training = False
            total = total + first(graph, atoms, encodings, strength) - atoms
        return total / draws

    torch.manual_seed(0)
    with torch.no_grad():
        expected = model.embed(graph, None)[:, 8:16] - model.embed(graph, None)[:, :8]
        for glass in (graph, replace(graph, vector=graph.vector @ q.T)):
            error = (mean_update(glass) - expected).square().mean().sqrt()
            assert error < 0.15 * expected.std()
