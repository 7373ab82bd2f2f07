"""Kept graphs are those of `build_graph`, whatever the threads that share them do."""

import random
from dataclasses import replace

import pytest
import torch

from symgnn.errors import InputError
from symgnn.graph import cache
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.cache import cached_graph
from symgnn.nn.aggregate import sum_neighbors
from tests.conftest import make_random_glass
from tests.test_recently_used import in_threads

GLASSES = [make_random_glass(20 + seed, seed) for seed in range(cache.KEPT + 6)]


@pytest.fixture(autouse=True)
def empty():
    cache._graphs.clear()


def test_one_content_is_one_graph():
    glass = GLASSES[0]
    assert cached_graph(glass, 4.0) is cached_graph(replace(glass, name="equal"), 4.0)
    assert cached_graph(glass, 4.0) is not cached_graph(glass, 4.5)
    one, other = (
        cached_graph(glass.with_properties(field=[value] * len(glass)), 4.0, ["field"]) for value in (1, 2)
    )
    assert not torch.equal(one.inputs, other.inputs)


def test_threads_with_more_glasses_than_are_kept():
    expected = [build_graph(glass, 4.0) for glass in GLASSES]

    def hammer(number):
        order = random.Random(number)
        for _ in range(60):
            which = order.randrange(len(GLASSES))
            found = cached_graph(GLASSES[which], 4.0)
            assert torch.equal(found.vector, expected[which].vector)
            assert torch.equal(found.within(3.0)[1], expected[which].within(3.0)[1])
            values = torch.ones(found.n_atoms, 1)
            total = sum_neighbors(found, values, torch.ones(found.n_edges, 1))[:, 0]
            assert torch.equal(total.long(), expected[which].in_degree)

    in_threads(hammer)
    assert len(cache._graphs) == cache.KEPT


def test_threads_share_one_graph(monkeypatch):
    built = []
    monkeypatch.setattr(cache, "build_graph", lambda *a: built.append(a) or build_graph(*a))
    found = in_threads(lambda number: cached_graph(GLASSES[3], 4.0))
    assert len(built) == 1
    assert all(one is found[0] for one in found)


def test_a_refused_glass_is_refused_again_and_can_be_mended():
    glass = GLASSES[1]
    for _ in range(2):
        with pytest.raises(InputError, match="'stress' not found"):
            cached_graph(glass, 4.0, ["stress"])
    assert (
        cached_graph(glass.with_properties(stress=[0.0] * len(glass)), 4.0, ["stress"]).inputs.shape[1] == 1
    )
