"""Receptive fields: hop counts against networkx, and predictions that are exactly those of the whole graph."""

from dataclasses import replace

import networkx
import numpy as np
import pytest
import torch

from symgnn.explanations.receptive_field import receptive_fields
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.models import SymGNN
from tests.conftest import REPOSITORY, make_random_glass

TRAINED = (
    "dimenet",
    "egat",
    "egnn",
    "equiformer",
    "faenet",
    "gcn",
    "mgcn",
    "mpnn",
    "ridge",
    "schnet",
    "symgnn",
    "symgnn-learned",
)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_hops_against_networkx(n_layers):
    graph = build_graph(make_random_glass(200, seed=1), 3.0)
    undirected = networkx.Graph(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    fields = receptive_fields(graph, [17, 3], n_layers)
    assert fields.centers.tolist() == fields.atoms[:2].tolist() == [17, 3]
    for number, center in enumerate((17, 3)):
        expected = networkx.single_source_shortest_path_length(undirected, center, cutoff=n_layers)
        mine = fields.graph.graph_index == number
        assert dict(zip(fields.atoms[mine].tolist(), fields.hops[mine].tolist(), strict=True)) == expected
        needed = [expected.get(target, 99) < n_layers for target in graph.target.tolist()]
        edges = fields.edges[fields.graph.graph_index[fields.graph.target] == number]
        assert sorted(edges.tolist()) == np.flatnonzero(needed).tolist()
        own = fields.pair_field == number
        assert fields.pair_number[own].tolist() == sorted(set(graph.pair[edges].tolist()))
        nearer = [min(expected.get(i, 99), expected.get(j, 99)) for i, j in graph.pair_atoms.tolist()]
        assert fields.pair_hops[own].tolist() == np.array(nearer)[fields.pair_number[own]].tolist()
    assert torch.equal(fields.atoms[fields.graph.source], graph.source[fields.edges])
    assert torch.equal(fields.atoms[fields.graph.target], graph.target[fields.edges])
    assert torch.equal(fields.pair_number[fields.pair], graph.pair[fields.edges])
    assert (torch.diff(fields.hops) >= 0).all()
    assert (torch.diff(fields.hops[fields.graph.target]) >= 0).all()


@pytest.mark.parametrize("name", TRAINED)
def test_prediction_and_gradient_are_those_of_the_whole_graph(name):
    """Of committed models: untrained, edges two hops away change a barrier by 1e-7 eV, which tests nothing."""
    model = load_checkpoint(name).model
    glass, atoms = read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_1000_1e13.xyz"), [0, 777, 999, 777]
    graph = build_graph(glass, model.cutoff)
    fields = receptive_fields(graph, atoms, model.n_layers)
    assert fields.n_pairs < 4 * len(graph.pair_edge)
    weight = 1 - 0.05 * torch.rand(len(graph.pair_edge), generator=torch.Generator().manual_seed(0))
    weight.requires_grad_()
    whole = model(graph, weight[graph.pair])[atoms]
    own = weight.detach()[fields.pair_number].requires_grad_()
    part = fields.predict(model, own)
    assert torch.allclose(part, whole, rtol=0, atol=1e-6)
    slopes = torch.autograd.grad(part.sum(), own)[0]
    untrimmed = replace(fields, graph=replace(fields.graph, hop_sizes=())).predict(model, own)
    assert torch.allclose(part, untrimmed, rtol=0, atol=1e-6)
    assert torch.allclose(slopes, torch.autograd.grad(untrimmed.sum(), own)[0], rtol=0, atol=1e-6)
    for field in (0, 1):
        expected = torch.autograd.grad(whole[field], weight, retain_graph=True)[0]
        mine = fields.pair_field == field
        assert torch.allclose(slopes[mine], expected[fields.pair_number[mine]], rtol=0, atol=1e-6)
        far = fields.pair_hops[mine] == model.n_layers - 1
        assert slopes[mine][far].abs().max() > 1e-5, "the farthest edges matter"
        expected[fields.pair_number[mine]] = 0
        assert (expected == 0).all(), "an edge outside the field has no influence"


def test_what_no_weight_changes_is_computed_once_for_each_model(monkeypatch):
    """Also when the first call comes in inference mode: a gradient can follow."""
    first, second = load_checkpoint("symgnn").model, load_checkpoint("symgnn-removal").model
    graph, calls, prepare = build_graph(make_random_glass(200, seed=1), 5.0), [], SymGNN.prepare
    monkeypatch.setattr(SymGNN, "prepare", lambda model, part: calls.append(model) or prepare(model, part))
    fields = receptive_fields(graph, [17], first.n_layers)
    weight = torch.rand(fields.n_pairs, requires_grad=True)
    with torch.inference_mode():
        expected = fields.predict(first, weight)
    for model in (first, second, first):
        out = fields.predict(model, weight)
        assert torch.autograd.grad(out.sum(), weight)[0].abs().max() > 0
    assert calls == [first, second]
    assert out.item() == expected.item()
    assert receptive_fields(graph, [17], 4).predict(second, weight).item() != out.item()


def test_the_short_edges_of_a_field_stand_in_the_same_order():
    graph = receptive_fields(build_graph(make_random_glass(200, seed=1), 5.0), [17, 3], 3).graph
    near, numbers = graph.within(3.0)
    for layers_left in (1, 2, 3):
        part, expected = near.trimmed(layers_left), graph.trimmed(layers_left)
        kept = numbers[: part.n_edges]
        assert (part.n_atoms, part.n_edges) == (expected.n_atoms, int((expected.length < 3.0).sum()))
        assert torch.equal(part.source, expected.source[kept])


def test_repeated_fields_stand_in_rounds(symgnn_checkpoint, glass):
    fields = receptive_fields(build_graph(glass, 5.0), [4, 9], 2)
    twice = fields.repeat(2)
    assert twice.centers.tolist() == [4, 9, 4, 9]
    assert torch.equal(twice.pair_number, fields.pair_number.repeat(2))
    assert twice.pairs_per_field == 2 * fields.pairs_per_field


def test_vectors_and_distances_from_the_centre(glass):
    """Against minimum-image vectors, for atoms that are nearer than half the cell."""
    graph = build_graph(glass, 3.2)
    fields = receptive_fields(graph, [8, 30], 2)
    center = glass.positions[fields.centers[fields.graph.graph_index]]
    away = glass.positions[fields.atoms] - center
    away -= np.round(away @ np.linalg.inv(glass.cell)) @ glass.cell
    assert np.abs(fields.atom_vector.numpy() - away).max() < 1e-4
    first = fields.pair_hops == 0
    lengths = graph.length[graph.pair_edge][fields.pair_number]
    touches = torch.isin(graph.pair_atoms[fields.pair_number], fields.centers).any(1) & first
    assert torch.allclose(fields.pair_distance[touches], lengths[touches] / 2, atol=1e-4)
    assert fields.pair_distance.isfinite().all()


def test_an_atom_without_neighbors():
    graph = build_graph(Glass([29, 40], [[0, 0, 0], [20, 0, 0]], np.zeros((3, 3)), [False] * 3))
    fields = receptive_fields(graph, [1], 4)
    assert (fields.graph.n_atoms, fields.graph.n_edges, fields.n_pairs) == (1, 0, 0)
    assert fields.pairs_per_field == [0]
