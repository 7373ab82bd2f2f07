"""Receptive fields: hop counts against networkx, and predictions that are exactly those of the whole graph."""

import networkx
import numpy as np
import pytest
import torch

from symgnn.explain.receptive_field import receptive_field
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from tests.conftest import make_random_glass


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_hops_against_networkx(n_layers):
    graph = build_graph(make_random_glass(200, seed=1), 3.0)
    undirected = networkx.Graph(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    expected = networkx.single_source_shortest_path_length(undirected, 17, cutoff=n_layers)
    field = receptive_field(graph, 17, n_layers)
    assert dict(zip(field.atoms.tolist(), field.hops.tolist(), strict=True)) == expected
    assert field.atoms[field.center] == 17
    needed = [expected.get(target, 99) < n_layers for target in graph.target.tolist()]
    assert field.edges.tolist() == np.flatnonzero(needed).tolist()
    assert torch.equal(field.atoms[field.graph.source], graph.source[field.edges])
    assert field.pair_hops.max() == n_layers - 1


def test_prediction_is_that_of_the_whole_graph(symgnn_checkpoint, glass):
    model = symgnn_checkpoint.model
    graph = build_graph(glass, model.cutoff)
    weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, weighted = model(graph), model(graph, weight)
        for atom in (0, 77, 149):
            field = receptive_field(graph, atom, model.n_layers)
            assert model(field.graph)[field.center].item() == pytest.approx(whole[atom].item(), abs=1e-5)
            part = model(field.graph, weight[field.edges])[field.center]
            assert part.item() == pytest.approx(weighted[atom].item(), abs=1e-5)


def test_an_atom_without_neighbors():
    graph = build_graph(Glass([29, 40], [[0, 0, 0], [20, 0, 0]], np.zeros((3, 3)), [False] * 3))
    field = receptive_field(graph, 1, 4)
    assert (field.graph.n_atoms, field.graph.n_edges, field.center) == (1, 0, 0)
