"""The sum over triplets without a list equals the sum over the list, whatever the cell and the edges."""

import gc
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import eval_legendre

from symgnn.glass import Glass
from symgnn.graph.atom_graph import batch_graphs, build_graph
from symgnn.nn import triplets
from symgnn.nn.triplets import reverse_edges, triplets_of
from tests.conftest import make_random_glass

CUTOFF, DEGREES, WIDTH, KNOTS = 4.0, 5, 3, 64


def thin_glass():
    """A cell of 3.5 Å: the same pair of atoms is joined through several images, atoms neighbour their own images."""
    cell = np.array([[3.5, 0, 0], [0.4, 9.0, 0], [0, -0.7, 9.5]])
    return Glass([29, 40, 29], [[0, 0, 0], [1.1, 2.6, 0.4], [0.3, 0.2, 3.0]], cell, [True, True, False])


def in_one_direction_only(graph):
    """A subgraph in which most edges have lost their reverse."""
    return graph.edge_subgraph(torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(3)) > 0.7)


GRAPHS = {
    "bulk": lambda: build_graph(make_random_glass(25, seed=1), CUTOFF),
    "thin cell": lambda: build_graph(thin_glass(), CUTOFF),
    "cluster": lambda: build_graph(replace(make_random_glass(30, seed=2), pbc=[False] * 3), CUTOFF),
    "subgraph": lambda: in_one_direction_only(build_graph(make_random_glass(25, seed=1), CUTOFF)),
    "batch": lambda: batch_graphs(
        [build_graph(make_random_glass(20, seed=3), CUTOFF), build_graph(thin_glass(), CUTOFF)]
    ),
    "no edges": lambda: build_graph(make_random_glass(20, seed=3), 0.5),
}


@pytest.fixture(params=GRAPHS)
def graph(request):
    return GRAPHS[request.param]()


def inputs(graph):
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(graph.n_edges, WIDTH, generator=generator)
    return values, torch.randn(DEGREES, KNOTS, WIDTH, generator=generator)


def legendre(cosine):
    return [eval_legendre(degree, cosine) for degree in range(DEGREES)]


def by_list(graph, values, tables):
    """Every triplet in turn: k -> j, j -> i, k at another place than i, the angle from its cosine by arccos."""
    source, target, image = (x.numpy() for x in (graph.source, graph.target, graph.image))
    vector, length = graph.vector.double().numpy(), graph.length.double().numpy()
    grid, tables, values = np.linspace(0, CUTOFF, KNOTS), tables.double().numpy(), values.double().numpy()
    out, count = np.zeros((graph.n_edges, WIDTH)), 0
    for ji in range(graph.n_edges):
        for kj in np.flatnonzero(target == source[ji]):
            if source[kj] == target[ji] and (image[kj] == -image[ji]).all():
                continue  # k is i
            to_k, to_i = vector[kj], -vector[ji]
            cosine = to_k @ to_i / np.linalg.norm(to_k) / np.linalg.norm(to_i)
            angle = np.arccos(np.clip(cosine, -1, 1))  # at j, between k and i
            count += 1
            for d in range(WIDTH):
                filters = [np.interp(length[kj], grid, table[:, d]) for table in tables]
                out[ji, d] += values[kj, d] * np.dot(filters, legendre(np.cos(angle)))
    return out, count


def test_sum_equals_the_sum_over_a_list(graph):
    values, tables = inputs(graph)
    expected, count = by_list(graph, values, tables)
    assert count > 50 or graph.n_edges == 0
    out = triplets_of(graph, DEGREES).sum(values, tables, CUTOFF)
    assert out.shape == (graph.n_edges, WIDTH)
    assert np.allclose(out.numpy(), expected, atol=2e-4)


def test_reverse_edges(graph):
    reverse = reverse_edges(graph).tolist()
    ends = list(
        zip(graph.source.tolist(), graph.target.tolist(), map(tuple, graph.image.tolist()), strict=True)
    )
    number = {end: edge for edge, end in enumerate(ends)}
    expected = [number.get((target, source, tuple(-x for x in image)), -1) for source, target, image in ends]
    assert reverse == expected


def test_a_lone_pair_receives_nothing():
    """Two atoms: k -> j -> i needs a third, since k = i is left out."""
    pair = build_graph(Glass([29, 40], [[0, 0, 0], [2.5, 0, 0]], np.zeros((3, 3)), [False] * 3), CUTOFF)
    values, tables = inputs(pair)
    assert triplets_of(pair, DEGREES).sum(values, tables, CUTOFF).abs().max() < 1e-5


def test_gradients_by_finite_differences():
    graph = build_graph(make_random_glass(6, seed=0), CUTOFF)
    in_double = triplets_of(replace(graph, vector=graph.vector.double(), length=graph.length.double()), 3)
    values = torch.randn(graph.n_edges, 2, dtype=torch.float64, requires_grad=True)
    tables = torch.randn(3, 8, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x, t: in_double.sum(x, t, CUTOFF), (values, tables), fast_mode=True
    )


def test_built_once_and_forgotten_with_the_graph():
    graph = build_graph(make_random_glass(20, seed=5), CUTOFF)
    with torch.inference_mode():
        first = triplets_of(graph, 3)
    assert triplets_of(graph, 3) is first
    values, tables = inputs(graph)
    first.sum(values.requires_grad_(), tables[:3], CUTOFF).sum().backward()  # usable outside inference
    before = len(triplets._kept)
    del graph, first
    gc.collect()
    assert len(triplets._kept) < before
