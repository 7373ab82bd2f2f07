"""AtomGraph: pairs, batching, devices, on hand-made cells and a random triclinic glass."""

import numpy as np
import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import batch_graphs, build_graph
from tests.conftest import make_random_glass


def test_vectors_point_from_target_to_source():
    graph = build_graph(Glass([29, 40], [[0.5, 5, 5], [9.5, 5, 5]], np.eye(3) * 10, [True] * 3), cutoff=2.0)
    assert graph.source.tolist() == [1, 0]
    assert graph.target.tolist() == [0, 1]
    assert graph.image.tolist() == [[-1, 0, 0], [1, 0, 0]]
    assert torch.allclose(graph.vector, torch.tensor([[-1.0, 0, 0], [1, 0, 0]]))
    assert torch.allclose(graph.length, torch.ones(2))


def test_pairs_join_an_edge_with_its_reverse():
    for glass, cutoff in ((make_random_glass(100, seed=2), 4.0), (make_random_glass(5, seed=2), 8.0)):
        graph = build_graph(glass, cutoff)
        assert len(graph.pair_edge) == graph.n_edges // 2
        assert torch.bincount(graph.pair).eq(2).all()
        assert (graph.pair[graph.pair_edge] == torch.arange(len(graph.pair_edge))).all()
        for pair in range(0, len(graph.pair_edge), 7):
            one, other = torch.nonzero(graph.pair == pair)[:, 0].tolist()
            assert graph.source[one] == graph.target[other]
            assert graph.source[other] == graph.target[one]
            assert (graph.image[one] == -graph.image[other]).all()
            assert torch.allclose(graph.vector[one], -graph.vector[other])
            atoms, image = graph.pair_atoms[pair], graph.pair_image[pair]
            positions, cell = torch.tensor(glass.positions), torch.tensor(glass.cell)
            vector = positions[atoms[1]] + image.double() @ cell - positions[atoms[0]]
            assert torch.allclose(vector.norm().float(), graph.length[one], atol=1e-4)
        assert (graph.pair_atoms[:, 0] <= graph.pair_atoms[:, 1]).all()
        apart = graph.source != graph.target
        chosen = graph.pair_edge[apart[graph.pair_edge]]
        assert (graph.source[chosen] > graph.target[chosen]).all()


def test_pairs_of_which_only_one_direction_is_left():
    graph = build_graph(make_random_glass(40, seed=2), 4.0)
    one_way = graph.edge_subgraph(graph.target < 10)
    whole = {tuple(row) for row in torch.cat([graph.pair_atoms, graph.pair_image], 1).tolist()}
    part = torch.cat([one_way.pair_atoms, one_way.pair_image], 1).tolist()
    assert len(part) == len(one_way.pair_edge) == int(one_way.pair.max()) + 1
    assert {tuple(row) for row in part} <= whole
    assert (one_way.pair[one_way.pair_edge] == torch.arange(len(part))).all()


def test_batch_keeps_graphs_apart():
    one, other = (
        build_graph(make_random_glass(50, seed=1), 4.0),
        build_graph(make_random_glass(60, seed=2), 4.0),
    )
    batch = batch_graphs([one, other, one])
    assert batch.n_atoms == 160
    assert batch.n_edges == 2 * one.n_edges + other.n_edges
    assert torch.bincount(batch.graph_index).tolist() == [50, 60, 50]
    assert (batch.graph_index[batch.source] == batch.graph_index[batch.target]).all()
    nested = batch_graphs([batch_graphs([one, other]), one])
    assert torch.equal(nested.graph_index, batch.graph_index)
    assert torch.equal(nested.source, batch.source)
    assert (torch.diff(batch.target) >= 0).all(), "edges stay sorted by target"


def test_isolated_atoms_stay():
    graph = build_graph(Glass([29, 40], [[0, 0, 0], [9, 0, 0]], np.zeros((3, 3)), [False] * 3))
    assert (graph.n_atoms, graph.n_edges) == (2, 0)
    assert graph.in_degree.tolist() == [0, 0]
    assert len(graph.pair) == 0


def test_edge_subgraph_and_degree(random_glass):
    graph = build_graph(random_glass, 5.0)
    keep = graph.length < 3.0
    short = graph.edge_subgraph(keep)
    assert short.n_atoms == graph.n_atoms
    assert short.n_edges == int(keep.sum())
    assert short.length.max() < 3.0
    assert short.in_degree.sum() == short.n_edges


def test_to_the_same_device_is_the_same_graph(random_glass):
    graph = build_graph(random_glass, 4.0)
    assert graph.to("cpu") is graph
    meta = graph.to("meta")
    assert meta.device.type == "meta"
    assert meta.n_edges == graph.n_edges


def test_what_edges_were_removed_from_stays_at_hand():
    """On the same device; edges beyond a radius do not count as removed."""
    graph = build_graph(make_random_glass(40, seed=2), 4.0)
    part = graph.edge_subgraph(graph.target < 10)
    assert part.to("meta").whole.device.type == "meta"
    assert part.within(3.0)[0].whole is graph
    assert graph.within(3.0)[0].removed_from is None
