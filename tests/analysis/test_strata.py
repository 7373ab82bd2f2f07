"""What the controls of the findings have in common with important edges: every property counts, in `like_edges` and in
`compare_participation`, alone and in any combination."""

import itertools

import numpy as np
import pytest

from symgnn.analysis.cycle_enrichment import LENGTH_BIN, like_edges
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import Filtration, compare_participation

VALUES = {"field": (0, 1), "length": (2.51, 2.56), "elements": (29029, 29040), "hops": (0, 1)}
ROWS = [dict(zip(VALUES, row, strict=True)) for row in itertools.product(*VALUES.values())]


def groups_of(rows, hops=True):
    column = lambda name: np.array([row[name] for row in rows])  # noqa: E731
    arguments = [column("field"), column("length"), column("elements")]
    return like_edges(*arguments, column("hops")) if hops else like_edges(*arguments)


@pytest.mark.parametrize("name", VALUES)
def test_edges_that_differ_in_one_property_alone_are_unlike(name):
    found = groups_of(ROWS)
    for one, other in itertools.combinations(range(len(ROWS)), 2):
        differing = [key for key in VALUES if ROWS[one][key] != ROWS[other][key]]
        if differing == [name]:
            assert found[one] != found[other]
    assert len(np.unique(found)) == len(ROWS) == 16


def test_without_hops_they_do_not_count():
    found = groups_of(ROWS, hops=False)
    assert len(np.unique(found)) == 8
    for one, other in itertools.combinations(range(len(ROWS)), 2):
        same = all(ROWS[one][key] == ROWS[other][key] for key in ("field", "length", "elements"))
        assert (found[one] == found[other]) == same


def test_labels_never_run_into_each_other():
    """Random properties of many values: the grouping by brute force."""
    rng = np.random.default_rng(0)
    field, elements, hops = (
        rng.integers(0, 7, 400),
        rng.choice([29029, 29040, 40040], 400),
        rng.integers(0, 4, 400),
    )
    length = rng.uniform(2.0, 5.0, 400)
    found = like_edges(field, length, elements, hops)
    facts = np.stack([field, np.floor(length / LENGTH_BIN), elements, hops], 1)
    expected = (facts[:, None] == facts).all(2)
    assert np.array_equal(found[:, None] == found, expected)


def edges(lengths, species):
    """One edge between two atoms of its own for every row: (lengths in Å, pairs of atomic numbers)."""
    n = len(lengths)
    pairs = np.arange(2 * n).reshape(n, 2)
    glass = Glass(
        np.ravel(species), np.random.default_rng(0).uniform(0, 90, (2 * n, 3)), np.zeros((3, 3)), [0] * 3
    )
    return Filtration("rips", pairs, np.zeros((n, 3), int), np.array(lengths), 2 * n, 4.0), glass


CU_CU, CU_ZR, ZR_CU, ZR_ZR = (29, 29), (29, 40), (40, 29), (40, 40)


@pytest.mark.parametrize(
    ("length", "pair"),
    [(2.56, CU_ZR), (2.49, CU_ZR), (2.51, CU_CU), (2.51, ZR_ZR)],
    ids=["longer", "shorter", "two copper atoms", "two zirconium atoms"],
)
def test_participation_is_not_compared_with_unlike_edges(length, pair):
    filtration, glass = edges([2.51, length], [CU_ZR, pair])
    with pytest.raises(InputError, match="nothing to compare with"):
        compare_participation(filtration, glass, np.array([5, 0]), [0], 0)


def test_the_order_of_the_two_elements_does_not_count():
    filtration, glass = edges([2.51, 2.52, 2.53, 2.61], [CU_ZR, ZR_CU, CU_CU, CU_ZR])
    found = compare_participation(filtration, glass, np.array([5, 1, 100, 100]), [0], 0)
    assert found.matched_mean == pytest.approx(3)  # of 5 and 1
    assert found.n_selected == 1
