"""Columns of a glass: names, order, honest ranges."""

import dataclasses

import numpy as np
import pytest

from symgnn.structure import local_structure
from symgnn.viewer3d.columns import RESERVED, columns, diverging, free_name, uncertainty
from tests.conftest import make_random_glass

N = 40


@pytest.fixture
def glass():
    rng = np.random.default_rng(0)
    properties = {
        "potential_energy": rng.normal(-4, 0.1, N),
        "von mises!": rng.normal(size=N),
        "barrier": np.ones(N),
    }
    return dataclasses.replace(
        make_random_glass(N, seed=1), barriers=rng.normal(1.6, 0.2, N), properties=properties
    )


def test_all_that_is_known_is_a_column_under_a_name_of_its_own(glass):
    predicted = np.full(N, 1.5)
    listed = columns(glass, predicted=predicted, sigma=np.full(N, 0.2), local=local_structure(glass))
    assert [column.name for column in listed] == [
        "barrier", "label", "residual", "uncertainty", "element", "coordination", "voronoi", "volume", "q6",
        "potential_energy", "von_mises", "barrier_file",
    ]  # fmt: skip
    by_name = {column.name: column for column in listed}
    np.testing.assert_allclose(by_name["residual"].values, predicted - glass.barriers)
    assert by_name["von_mises"].title == "von mises!"
    assert by_name["potential_energy"].unit == "eV"


def test_without_a_model_and_without_voronoi_cells_the_rest_is_there(glass):
    bare = dataclasses.replace(glass, barriers=None, properties={})
    listed = columns(bare, coordination=np.arange(N))
    assert [column.name for column in listed] == ["element", "coordination"]
    assert listed[0].labels == tuple(bare.elements)


def test_uncertainty_begins_at_zero(glass):
    low, high = uncertainty(0.25 + 0.001 * np.arange(N)).range
    assert low == 0
    assert high == pytest.approx(0.2886, abs=0.001)


def test_signed_columns_have_zero_in_the_middle():
    low, high = diverging("residual", "r", np.array([-3.0, 1.0, np.nan]), "eV", 2).range
    assert low == -high
    assert diverging("residual", "r", np.zeros(3), "eV", 2).range == (-1.0, 1.0)


def test_names_can_be_read_by_the_filter():
    assert free_name("c_1[2]", set()) == "c_1_2"
    assert free_name("2nd", set()) == "_2nd"
    assert free_name("…", set()) == "column"
    assert free_name("and", RESERVED) == "and_file"
    assert free_name("a", {"a", "a_file"}) == "a_file2"
    assert free_name("a", {"a", "a_file", "a_file2"}) == "a_file3"


def test_means_of_searched_barriers_that_are_the_labels_are_listed_once(glass):
    def names(mean):
        own = dataclasses.replace(glass, properties={"barrier_mean": mean, "barrier_tries": np.ones(N)})
        return [column.name for column in columns(own) if column.unit == "eV"]

    assert names(glass.barriers) == ["label"]
    assert names(glass.barriers + 0.1) == ["label", "barrier_mean"]
