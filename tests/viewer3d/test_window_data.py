"""Datasets of the linked window, read back from their bytes with numpy alone."""

import dataclasses
import json

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.graph.neighbors import neighbor_list
from symgnn.structure import local_structure
from symgnn.viewer3d import window_data
from symgnn.viewer3d.columns import columns
from symgnn.viewer3d.environment import environment
from symgnn.viewer3d.window_data import (
    EdgeSet,
    edges_dataset,
    explanation_dataset,
    frame_commands,
    glass_dataset,
)
from tests.conftest import make_random_glass

N = 60


@pytest.fixture(scope="module")
def glass():
    return make_random_glass(N, seed=3)


def parsed(content: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    types = {"f4": "<f4", "i4": "<i4", "i1": "i1", "u1": "u1"}
    arrays = {}
    for one in header["arrays"]:
        assert (start + one["offset"]) % 8 == 0
        count = int(np.prod(one["shape"]))
        flat = np.frombuffer(content, types[one["dtype"]], count, start + one["offset"])
        arrays[one["name"]] = flat.reshape(one["shape"])
    return header, arrays


def test_a_glass_is_read_back_as_it_was(glass):
    predicted = np.linspace(1, 2, N)
    listed = columns(glass, predicted=predicted, local=local_structure(glass))
    dataset = glass_dataset(glass, listed)
    header, arrays = parsed(dataset.content)
    assert header["digest"] == dataset.digest
    assert (header["n"], header["symbols"], header["pbc"]) == (N, glass.elements, [True] * 3)
    assert [header["symbols"][code] for code in arrays["species"]] == glass.symbols
    np.testing.assert_allclose(arrays["positions"], glass.positions, atol=1e-5)
    np.testing.assert_allclose(header["cell"], glass.cell)
    named = {column["name"]: column for column in header["columns"]}
    np.testing.assert_allclose(arrays[named["barrier"]["array"]], predicted, rtol=1e-6)
    voronoi = named["voronoi"]
    texts = [voronoi["labels"][code] for code in arrays[voronoi["array"]]]
    index = local_structure(glass).voronoi_index
    assert texts == ["<" + ",".join(map(str, row)) + ">" for row in index.tolist()]


def test_every_pair_is_there_once_with_its_image(glass):
    _, arrays = parsed(glass_dataset(glass, []).content)
    expected = neighbor_list(glass, window_data.LONGEST_BOND)
    assert len(arrays["length"]) == len(expected) // 2
    first, second = glass.positions[arrays["pairs"]].transpose(1, 0, 2)
    vectors = second + arrays["images"] @ glass.cell - first
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), arrays["length"], atol=1e-4)
    rows = {
        (*pair, *image)
        for pair, image in zip(arrays["pairs"].tolist(), arrays["images"].tolist(), strict=True)
    }
    assert len(rows) == len(arrays["pairs"])


def test_large_glasses_go_without_pairs(glass, monkeypatch):
    monkeypatch.setattr(window_data, "MOST_WITH_BONDS", N - 1)
    _, arrays = parsed(glass_dataset(glass, []).content)
    assert set(arrays) == {"positions", "species"}


def test_the_digest_is_that_of_the_content(glass):
    listed = columns(glass, predicted=np.ones(N))
    same = glass_dataset(glass, columns(glass, predicted=np.ones(N)))
    assert glass_dataset(glass, listed).digest == same.digest
    other = columns(glass, predicted=np.full(N, 1.5))
    assert glass_dataset(glass, other).digest != same.digest
    assert glass_dataset(dataclasses.replace(glass, name="other"), listed).digest != same.digest


def test_a_glass_without_a_cell_has_none_and_no_lines(glass):
    free = dataclasses.replace(glass, pbc=[False] * 3)
    assert parsed(glass_dataset(free, []).content)[0]["cell"] is None
    assert frame_commands(free) == []
    assert [command[:2] for command in frame_commands(glass)] == [["viewer", "addLine"]] * 12


def explained(glass, *, effect=None):
    pairs = neighbor_list(glass, 3.5)
    once = pairs.target < pairs.source
    ends = np.column_stack([pairs.target, pairs.source])[once]
    count = len(ends)
    return Explanation(
        atom=5, prediction=1.5, method="test", settings={}, seed=0, glass_key="g", checkpoint_key="c", pairs=ends,
        images=pairs.image[once], lengths=pairs.length[once], importance=np.linspace(0, 1, count), mask=None,
        hops=np.arange(count) % 3, effect=None if effect is None else effect * np.linspace(-1, 2, count),
    )  # fmt: skip


def test_an_explanation_has_its_edges_with_hops_and_distances(glass):
    one = explained(glass)
    header, arrays = parsed(explanation_dataset(glass, one).content)
    assert header["atom"] == 5
    assert [(s["name"], s["range"]) for s in header["sets"]] == [("importance", [0.0, 1.0])]
    np.testing.assert_array_equal(arrays["pairs"], one.pairs)
    np.testing.assert_array_equal(arrays["images"], one.images)
    np.testing.assert_array_equal(arrays["hops"], one.hops)
    middle = environment(glass, 5, one.pairs, one.images, radius=0.0).bond_middle
    np.testing.assert_allclose(arrays["distance"], np.linalg.norm(middle, axis=1), rtol=1e-5)
    importance = arrays[header["sets"][0]["array"]]
    assert np.flatnonzero(np.isnan(importance)).tolist() == [0], "what has no importance is not drawn"
    np.testing.assert_allclose(importance[1:], one.importance[1:], rtol=1e-6)


def test_effects_come_first_in_mev_with_zero_in_the_middle(glass):
    header, arrays = parsed(explanation_dataset(glass, explained(glass, effect=0.01)).content)
    effect, importance = header["sets"]
    assert (effect["name"], effect["unit"], effect["scale"]) == ("effect", "meV", "diverging")
    assert effect["range"] == pytest.approx([-20, 20])
    assert importance["name"] == "importance"
    assert arrays[effect["array"]][-1] == pytest.approx(20)


def test_columns_and_sets_of_another_length_are_refused(glass):
    with pytest.raises(InputError, match=rf"column barrier has 3 values, expected {N}"):
        glass_dataset(glass, columns(make_random_glass(3, seed=0), predicted=np.ones(3)))
    sets = [EdgeSet("importance", "importance", np.ones(2))]
    with pytest.raises(InputError, match="set importance has 2 values, expected 1"):
        edges_dataset(glass, np.array([[0, 1]]), np.zeros((1, 3)), np.ones(1), sets, title="one")
