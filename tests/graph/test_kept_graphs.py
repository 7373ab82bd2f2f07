"""Kept graphs: the same one for equal content, another one for whatever changes what a model reads."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.graph import cache
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.cache import cached_graph
from tests.conftest import make_random_glass

READ = ("pressure", "potential_energy")


@pytest.fixture(scope="module")
def glass():
    fields = np.random.default_rng(0).normal(size=(3, 60))
    return make_random_glass(60, seed=4).with_properties(
        pressure=fields[0], potential_energy=fields[1], q=fields[2]
    )


def assert_same(found, expected):
    for name in ("species", "source", "target", "vector", "length", "image", "graph_index", "inputs"):
        assert torch.equal(getattr(found, name), getattr(expected, name)), name


def moved(glass):
    positions = glass.positions.copy()
    positions[7, 1] += 1e-3
    return replace(glass, positions=positions)


def exchanged(glass):
    species = glass.species.copy()
    species[7] = 69 - species[7]
    return replace(glass, species=species)


def pressed(glass):
    pressure = glass.properties["pressure"].copy()
    pressure[7] += 1e-3
    return glass.with_properties(pressure=pressure)


CHANGES = {
    "positions": lambda glass: (moved(glass), 4.0, READ),
    "species": lambda glass: (exchanged(glass), 4.0, READ),
    "cell": lambda glass: (replace(glass, cell=glass.cell * 1.01), 4.0, READ),
    "periodicity": lambda glass: (replace(glass, pbc=[True, True, False]), 4.0, READ),
    "values of an input": lambda glass: (pressed(glass), 4.0, READ),
    "cutoff": lambda glass: (glass, 4.1, READ),
    "inputs": lambda glass: (glass, 4.0, ("pressure", "q")),
    "fewer inputs": lambda glass: (glass, 4.0, READ[:1]),
    "no inputs": lambda glass: (glass, 4.0, ()),
    "order of the inputs": lambda glass: (glass, 4.0, READ[::-1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_a_graph_gives_another_one(glass, change):
    """Whichever of the two is asked for first."""
    arguments = CHANGES[change](glass)
    base = cached_graph(glass, 4.0, READ)
    assert_same(cached_graph(*arguments), build_graph(*arguments))
    assert_same(cached_graph(glass, 4.0, READ), build_graph(glass, 4.0, READ))
    assert cached_graph(glass, 4.0, READ) is base
    assert cached_graph(*arguments) is not base
    differs = [
        not torch.equal(a, b)
        for a, b in zip(*(contents(g) for g in (base, build_graph(*arguments))), strict=True)
    ]
    assert any(differs), "the change is one that a model can see"


def contents(graph):
    size = torch.tensor([graph.n_edges, *graph.inputs.shape])
    return size, graph.species, graph.length.double().sum(), graph.image.sum(0), graph.inputs.double().sum(0)


def test_equal_content_shares_a_graph(glass):
    base = cached_graph(glass, 4.0, READ)
    for other in (
        replace(glass, name="another name"),
        replace(glass, notes={"seed": "7"}),
        replace(glass, barriers=np.ones(60)),
        glass.with_properties(q=np.zeros(60)),
    ):
        assert cached_graph(other, 4.0, READ) is base, "nothing that this graph holds has changed"
    assert cached_graph(glass, 4, list(READ)) is base


def test_the_least_recently_used_goes_first(glass):
    kept = cached_graph(glass, 4.0)
    for number in range(cache.KEPT + 3):
        cached_graph(glass, 3.0 + 0.01 * number)
        assert cached_graph(glass, 4.0) is kept, "used again and again"
    first = cached_graph(glass, 3.0)
    assert_same(first, build_graph(glass, 3.0))
    for number in range(cache.KEPT):
        cached_graph(glass, 2.0 + 0.01 * number)
    assert cached_graph(glass, 4.0) is not kept, "not used for as many graphs as are kept"
