"""Densities and averages against loops over atoms."""

import numpy as np
import pytest
import torch

from symgnn.descriptors import AveragedDescriptors, local_densities, neighborhood_average, shell_radii
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.nn.radial import cosine_cutoff
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(80, seed=5), 6.0)


@pytest.fixture(scope="module")
def strength(graph):
    weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    return cosine_cutoff(graph.length, 6.0) * weight


@pytest.fixture(scope="module")
def element(graph):
    return (graph.species == 40).long()


def edges_into(graph, atom):
    return torch.nonzero(graph.target == atom)[:, 0].tolist()


def test_shells():
    np.testing.assert_allclose(shell_radii(3.0), [2.1, 2.3, 2.5, 2.7, 2.9], rtol=1e-6)
    assert len(shell_radii(8.0)) == 30


def test_densities(graph, strength, element):
    radii = shell_radii(6.0)
    found = local_densities(graph, strength, torch.eye(2)[element], radii).unflatten(1, (len(radii), 2))
    for atom in (0, 17, 79):
        for shell, radius in enumerate(radii.tolist()):
            for kind in (0, 1):
                expected = sum(
                    strength[e].item() * np.exp(-((graph.length[e].item() - radius) ** 2) / (2 * 0.2**2))
                    for e in edges_into(graph, atom)
                    if element[graph.source[e]] == kind
                )
                assert found[atom, shell, kind].item() == pytest.approx(expected, abs=1e-4)


def test_average(graph, strength):
    values = torch.randn(80, 3, generator=torch.Generator().manual_seed(1))
    found = neighborhood_average(graph, values, strength, 2.0)
    for atom in (0, 42):
        into = edges_into(graph, atom)
        weights = [1.0] + [strength[e].item() * np.exp(-graph.length[e].item() / 2.0) for e in into]
        rows = np.stack([values[atom].numpy()] + [values[graph.source[e]].numpy() for e in into])
        np.testing.assert_allclose(found[atom], np.average(rows, axis=0, weights=weights), atol=1e-5)


def test_average_of_a_constant_is_the_constant(graph, strength):
    assert torch.allclose(
        neighborhood_average(graph, torch.full((80, 1), 3.0), strength, 1.0), torch.tensor(3.0)
    )


def test_a_lonely_atom_is_its_own_average():
    lonely = build_graph(Glass([29, 40], [[0, 0, 0], [9, 0, 0]], np.zeros((3, 3)), [False] * 3), 6.0)
    values = torch.tensor([[7.0], [8.0]])
    assert torch.equal(neighborhood_average(lonely, values, torch.empty(0), 1.0), values)


def test_all_descriptors(graph, strength, element):
    module = AveragedDescriptors(n_elements=2, n_inputs=0, cutoff=6.0, decays=(1.0, 4.0), twice=2.0)
    raw = module.raw(graph, element, strength)
    assert raw.shape == (80, module.out_features) == (80, 4 * (1 + 2 * 40))
    local, *averages = raw.split(81, 1)
    densities = local_densities(graph, strength, torch.eye(2)[element], module.radii)
    assert torch.equal(local[:, 0], (element == 0).float())
    assert torch.equal(local[:, 1:41], densities)
    assert torch.equal(local[:, 41:], densities * (element == 0)[:, None])
    assert torch.allclose(averages[1], neighborhood_average(graph, local, strength, 4.0))
    once = neighborhood_average(graph, local, strength, 2.0)
    assert torch.allclose(averages[2], neighborhood_average(graph, once, strength, 2.0))
    module.fit([raw[:50], raw[50:]])
    varied = raw.std(0) > 1e-4
    assert torch.allclose(module.standardise(raw).mean(0), torch.tensor(0.0), atol=1e-3)
    assert torch.allclose(module.standardise(raw).std(0)[varied], torch.tensor(1.0), atol=1e-3)
