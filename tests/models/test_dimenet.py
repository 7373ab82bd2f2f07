"""DimeNet++ against its equations, written as loops over triplets with SciPy's Bessel functions."""

import numpy as np
import pytest
import torch
from scipy.special import eval_legendre, spherical_jn

from symgnn.glass import Glass
from symgnn.graph.atom_graph import batch_graphs, build_graph
from symgnn.models.dimenet import DimeNet
from symgnn.nn.bessel import bessel_roots
from tests.conftest import make_random_glass

RADIAL, DEGREES = 3, 4
ROOTS = bessel_roots(DEGREES, RADIAL)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = DimeNet(cutoff=4.0, width=6, triplet_width=3, n_blocks=2, n_radial=RADIAL, n_degrees=DEGREES)
    graph = build_graph(make_random_glass(60, seed=5), 4.0)
    for _ in range(20):  # statistics of the norms
        model(graph)
    return model.eval()


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(12, seed=6), 4.0)


def array(module):
    return [p.detach().double().numpy() for p in (module.weight, module.bias) if p is not None]


def dense(module, x):
    weight, *bias = array(module)
    return x @ weight.T + (bias[0] if bias else 0.0)


def silu(x):
    return x / (1 + np.exp(-x))


def norm(module, x):
    mean, variance = (b.double().numpy() for b in (module.running_mean, module.running_var))
    weight, bias = array(module)
    return 5 * np.tanh(((x - mean) / np.sqrt(variance + module.eps) * weight + bias) / 5)


def radial(degree, length, cutoff):
    """R_ln without its unit, eq. 7 of the first paper, (RADIAL,)."""
    z = ROOTS[degree]
    return np.sqrt(2) / np.abs(spherical_jn(degree + 1, z)) * spherical_jn(degree, z * length / cutoff)


def by_loops(model, graph, weight):
    """(N, width of the decoder's input) of the model, triplet by triplet."""
    source, target, image = (x.numpy() for x in (graph.source, graph.target, graph.image))
    vector, length = graph.vector.double().numpy(), graph.length.double().numpy()
    edges, cutoff = range(graph.n_edges), model.cutoff
    strength = 0.5 * (1 + np.cos(np.pi * length / cutoff)) * weight
    rbf = np.array([radial(0, length[e], cutoff) for e in edges]) * strength[:, None]
    kinds = np.where(graph.species.numpy() == 29, 0, 1)

    h_source, h_target = (
        e.weight.detach().double().numpy() for e in (model.embedding.source, model.embedding.target)
    )
    messages = silu(h_source[kinds[source]] + h_target[kinds[target]] + dense(model.embedding.radial, rbf))

    def output(block, messages):
        received = np.zeros((graph.n_atoms, messages.shape[1]))
        for e in edges:
            received[target[e]] += dense(block.radial, rbf[e]) * messages[e]
        first, _, _, last = block.layers
        return dense(last, silu(dense(first, norm(block.norm, received))))

    states = [output(model.outputs[0], messages)]
    for block, last in zip(model.interactions, model.outputs[1:], strict=True):
        down = dense(block.down, silu(dense(block.arriving, messages)) * dense(block.radial, rbf))
        spherical = block.spherical.detach().double().numpy()
        arrived = np.zeros((graph.n_edges, down.shape[1]))
        for ji in edges:
            for kj in np.flatnonzero(target == source[ji]):
                if source[kj] == target[ji] and (image[kj] == -image[ji]).all():
                    continue
                angle = np.arccos(np.clip(-vector[kj] @ vector[ji] / length[kj] / length[ji], -1, 1))
                for degree in range(DEGREES):
                    a_sbf = radial(degree, length[kj], cutoff) * eval_legendre(degree, np.cos(angle))
                    arrived[ji] += down[kj] * (a_sbf @ spherical[degree])
        messages = messages + silu(dense(block.own, messages) + dense(block.up, norm(block.norm, arrived)))
        messages = messages + silu(dense(block.residual, messages))
        states.append(output(last, messages))
    return np.concatenate(states, 1)


def test_embedding_equals_the_equations(model, graph):
    weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    expected = by_loops(model, graph, weight.double().numpy())
    with torch.no_grad():
        out = model.embed(graph, weight).numpy()
    assert np.abs(expected).max() > 0.1
    assert np.abs(out - expected).max() < 2e-3 * np.abs(expected).max()


@pytest.mark.parametrize("n_degrees", [1, 7])
def test_the_angle_alone_matters(n_degrees):
    """Three atoms, two bonds of one length, the third distance beyond the cutoff: only the angle differs.

    With P_0 alone the model cannot see it.
    """

    def molecule(degrees):
        bent = 2.6 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0])
        return build_graph(
            Glass([29, 40, 29], [[2.6, 0, 0], [0, 0, 0], bent], np.zeros((3, 3)), [False] * 3), 4.0
        )

    torch.manual_seed(0)
    model = DimeNet(cutoff=4.0, width=8, n_blocks=1, n_degrees=n_degrees)
    for _ in range(20):  # statistics of the norms
        model(batch_graphs([molecule(degrees) for degrees in range(102, 181, 6)]))
    with torch.no_grad():
        sharp, same, straight = (model.eval()(molecule(degrees)) for degrees in (110.0, -110.0, 170.0))
    assert ((sharp - straight).abs().max() > 1e-3) == (n_degrees > 1)
    assert torch.allclose(sharp, same, atol=1e-6)


def test_number_of_hops():
    assert DimeNet(n_blocks=2).n_layers == 3
