"""Glasses as a data set of PyTorch."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from symgnn.datasets import GlassDataset, collate_graphs
from symgnn.errors import InputError
from symgnn.graph.atom_graph import batch_graphs, build_graph
from tests.conftest import make_random_glass

GLASSES = [
    replace(make_random_glass(20 + k, k), barriers=np.arange(20.0 + k), name=f"glass{k}") for k in range(3)
]


def test_each_glass_is_read_once_and_only_when_asked_for():
    read = []

    def source(number):
        read.append(number)
        return GLASSES[number]

    dataset = GlassDataset([partial(source, number) for number in range(3)])
    assert (len(dataset), read) == (3, [])
    assert dataset[1] is GLASSES[1]
    assert dataset[-1] is GLASSES[2]
    assert dataset.graphs(4.0)[1][0].n_atoms == 21  # shares what was read
    assert read == [1, 2]
    assert dataset.glasses == GLASSES
    assert list(dataset) == GLASSES
    assert read == [1, 2, 0]
    with pytest.raises(IndexError):
        dataset[3]


def test_a_transform_is_applied_to_what_is_asked_for():
    dataset = GlassDataset([GLASSES[0].to_ase()], transform=len)
    assert dataset[0] == 20
    assert dataset.glasses[0].name == "glass0"


def test_a_glass_without_labels_is_refused_unless_none_are_needed():
    bare = replace(GLASSES[0], barriers=None)
    with pytest.raises(InputError, match="glass0: no energy barriers found"):
        GlassDataset([bare])[0]
    graph = GlassDataset([bare], labelled=False).graphs(4.0)[0]
    torch.testing.assert_close(graph.vector, build_graph(bare, 4.0).vector)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_data_loader_gives_batches_of_graphs_and_labels(workers):
    loader = DataLoader(
        GlassDataset(GLASSES).graphs(4.0), batch_size=2, collate_fn=collate_graphs, num_workers=workers
    )
    batches = list(loader)
    assert [graph.n_atoms for graph, _ in batches] == [41, 22]
    graph, barriers = batches[0]
    expected = batch_graphs([build_graph(glass, 4.0) for glass in GLASSES[:2]])
    for name in ("species", "source", "target", "vector", "image", "graph_index"):
        torch.testing.assert_close(getattr(graph, name), getattr(expected, name))
    assert barriers.dtype == torch.float32
    assert barriers.tolist() == [*range(20), *range(21)]


def test_unlabelled_graphs_are_batched_alone():
    dataset = GlassDataset(GLASSES, labelled=False).graphs(4.0)
    graph = collate_graphs([dataset[0], dataset[2]])
    assert graph.n_atoms == 42
    assert graph.graph_index.tolist() == [0] * 20 + [1] * 22


def test_graphs_carry_the_inputs_of_a_model():
    glass = GLASSES[0].with_properties(charge=np.linspace(0, 1, 20))
    graph, _ = GlassDataset([glass]).graphs(4.0, ["charge"])[0]
    np.testing.assert_allclose(graph.inputs[:, 0], np.linspace(0, 1, 20), atol=1e-6)
