"""What the window receives of a whole glass are the numbers of the map, in its units."""

import numpy as np
import pytest

from symgnn.explanations.maps import ImportanceMap
from symgnn.explanations.signed_map import SignedMap
from symgnn.graph.atom_graph import build_graph
from symgnn.viewer3d.columns import signed
from symgnn.viewer3d.map_data import (
    importance_columns,
    importance_edges,
    map_dataset,
    signed_map_columns,
    signed_map_edges,
    strongest,
)
from symgnn.viewer3d.window_data import EdgeSet
from tests.conftest import make_random_glass
from tests.viewer3d.test_window_data import parsed

N = 60


@pytest.fixture(scope="module")
def glass():
    return make_random_glass(N, seed=3)


@pytest.fixture(scope="module")
def graph(glass):
    return build_graph(glass, 4.0)


@pytest.fixture(scope="module")
def effect(graph):
    return np.random.default_rng(0).normal(size=len(graph.pair_edge)) / 1000


def test_a_signed_map_is_read_back_in_ev(glass, graph, effect):
    pairs, images = graph.pair_atoms.numpy(), graph.pair_image.numpy()
    lengths = graph.length[graph.pair_edge].numpy()
    atoms = np.linspace(-0.002, 0.001, N)
    result = SignedMap("gradient", {}, "glass", "checkpoint", pairs, images, lengths, effect, atoms)
    column, difference = signed_map_columns(result, glass)
    assert (column.name, column.unit, column.scale) == ("effect", "eV", "diverging")
    np.testing.assert_allclose(column.values, atoms)
    assert (difference.name, difference.scale) == ("effect_difference", "diverging")
    for element in set(glass.species):
        own = glass.species == element
        np.testing.assert_allclose(difference.values[own], atoms[own] - atoms[own].mean(), atol=1e-12)
    header, arrays = parsed(map_dataset(glass, signed_map_edges(result)).content)
    assert header["atom"] is None
    np.testing.assert_array_equal(arrays["pairs"], pairs)
    np.testing.assert_array_equal(arrays["images"], images)
    np.testing.assert_allclose(arrays["set_effect"], effect, rtol=1e-5)
    crossing = np.abs(images).any(axis=1)
    assert crossing.any(), "edges across the boundary go along"


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [(1, 5, "sequential"), (-5, -1, "sequential"), (-1, 5, "diverging"), (0, 0, "diverging")],
)
def test_effects_of_one_sign_have_the_whole_bar(low, high, scale):
    column = signed("effect", "effect", np.linspace(low, high, 50), "eV", 2)
    assert column.scale == scale
    if scale == "sequential":
        assert low <= column.range[0] < column.range[1] <= high
    else:
        assert column.range[0] == -column.range[1]


def test_importance_and_mean_effect(glass, graph, effect):
    size = np.abs(effect)
    atoms = np.linspace(0, 0.001, N)
    importance = ImportanceMap(size, effect, np.ones(len(size), dtype=int), atoms, -atoms)
    first, second = importance_columns(importance)
    assert (first.name, first.scale, second.name, second.scale) == (
        "importance", "importance", "effect", "diverging",
    )  # fmt: skip
    np.testing.assert_allclose(second.values, -1000 * atoms)
    edges = importance_edges(graph, importance, title="three atoms")
    header, arrays = parsed(map_dataset(glass, edges).content)
    assert [one["name"] for one in header["sets"]] == ["importance", "effect"]
    assert header["title"] == "three atoms"
    np.testing.assert_allclose(arrays["set_importance"], 1000 * size, rtol=1e-5)
    unsigned = ImportanceMap(size, None, importance.pair_seen, atoms, None)
    assert [one.name for one in importance_columns(unsigned)] == ["importance"]
    assert [one.name for one in importance_edges(graph, unsigned, title="").sets] == ["importance"]


def test_the_strongest_of_every_set_go_along():
    sets = (
        EdgeSet("a", "a", np.array([3.0, -5.0, 0.0, 1.0])),
        EdgeSet("b", "b", np.array([0.0, 0.0, 1.0, 9.0])),
    )
    assert strongest(sets, 1).tolist() == [1, 3]
    assert strongest(sets, 2).tolist() == [0, 1, 2, 3]
    assert strongest(sets[:1], 2).tolist() == [0, 1]
