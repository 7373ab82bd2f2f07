"""The MLP knows elements only."""

import numpy as np
import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.models.mlp import MLP
from tests.conftest import make_random_glass


def test_one_number_per_element_wherever_the_atoms_are():
    torch.manual_seed(0)
    model = MLP().eval()
    one, other = (build_graph(make_random_glass(n, seed=n), 5.0) for n in (40, 30))
    values = {z: model(one)[one.species == z].unique() for z in (29, 40)}
    assert all(len(value) == 1 for value in values.values())
    assert abs(values[29] - values[40]).item() > 1e-4
    for z, value in values.items():
        assert torch.allclose(model(other)[other.species == z], value, atol=1e-6)


def test_prediction_is_the_network_written_out():
    torch.manual_seed(0)
    model = MLP(width=8).eval()
    model.set_target_scale(torch.tensor([1.0, 2.0, 3.5]))
    graph = build_graph(make_random_glass(20, seed=1), 5.0)
    weights = [p.detach().numpy().astype(np.float64) for p in model.parameters()]
    embedding, w1, b1, w2, b2, w3, b3 = weights

    def silu(x):
        return x / (1 + np.exp(-x))

    h = embedding[(graph.species.numpy() == 40).astype(int)]
    y = silu(silu(h @ w1.T + b1) @ w2.T + b2) @ w3.T + b3
    expected = np.mean([1.0, 2.0, 3.5]) + np.std([1.0, 2.0, 3.5], ddof=1) * y[:, 0]
    np.testing.assert_allclose(model(graph).detach().numpy(), expected, atol=1e-5)


def test_least_squares_leads_to_the_mean_of_each_element():
    """The best that it can do, in closed form."""
    torch.manual_seed(0)
    graph = build_graph(make_random_glass(50, seed=2), 5.0)
    labels = torch.randn(50) + (graph.species == 40) * 0.7
    model = MLP()
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(300):
        optimizer.zero_grad()
        (model(graph) - labels).square().mean().backward()
        optimizer.step()
    for z in (29, 40):
        mine = graph.species == z
        assert model(graph)[mine].mean().item() == pytest.approx(labels[mine].mean().item(), abs=1e-3)
