"""Centres and swaps of the study of physics: what is drawn, and what does not depend on predictions."""

from dataclasses import dataclass

import numpy as np
import pytest

from symgnn.analysis.swap_draws import RANDOM, STRATA, drawn_centres, drawn_swaps, from_strata
from symgnn.errors import InputError
from symgnn.io.structures import read_glass
from symgnn.whatif.changes import SwapElement
from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def glass():
    return read_glass(REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz")


@dataclass
class Reference:
    given: object


class Scanned:
    """What `drawn_swaps` reads of a scan: 20 swaps around atom 3."""

    def __init__(self, glass, change):
        self.reference, self.atom = Reference(glass), 3
        order = np.argsort(-np.abs(change), kind="stable")  # a scan is ranked
        self.changes = tuple(SwapElement(int(row) + 10, "Zr") for row in order)
        self.barrier_change = change[order]

    def __len__(self):
        return len(self.changes)


def test_centres_take_the_elements_in_turn(glass):
    drawn = drawn_centres(glass, 8, seed=0)
    assert [glass.symbols[atom] for atom in drawn] == ["Cu", "Zr"] * 4 or [
        glass.symbols[atom] for atom in drawn
    ] == ["Zr", "Cu"] * 4
    assert drawn_centres(glass, 3, seed=0) == drawn[:3], "the first of more"
    assert drawn_centres(glass, 8, seed=1) != drawn
    assert sorted(drawn_centres(glass, 500, seed=0)) == list(range(500))
    with pytest.raises(InputError, match="501 centres found, expected 1 to 500"):
        drawn_centres(glass, 501, seed=0)


def test_swaps_at_random_know_no_predictions(glass):
    changes = np.random.default_rng(0).normal(size=(2, 20))
    first, second = (drawn_swaps(Scanned(glass, change), 4, 3, seed=0) for change in changes)
    assert [swap.drawn for swap in first] == [RANDOM] * 4 + [STRATA] * 3
    assert first[:4] == second[:4]
    assert first[4:] != second[4:]
    assert len({swap.change for swap in first}) == 7, "no swap twice"
    assert drawn_swaps(Scanned(glass, changes[0]), 4, 3, seed=1)[:4] != first[:4]
    assert drawn_swaps(Scanned(glass, changes[0]), 4, 3, seed=0) == first


def test_strata_are_of_equal_width_and_take_rare_changes():
    values = np.concatenate([np.linspace(-0.05, 0, 15), [-1.0, 0.8, -0.5]])
    assert set(from_strata(values, 4)) >= {15, 16, 17}
    assert len(set(from_strata(values, 10))) == 10, "empty strata leave theirs to the others"
    assert len(from_strata(values, 0)) == 0


def test_swaps_without_a_minimum_are_in_no_stratum(glass):
    change = np.full(20, np.nan)
    change[:5] = np.arange(5)
    drawn = drawn_swaps(Scanned(glass, change), 1, 3, seed=0)
    assert {swap.change.atom for swap in drawn[1:]} <= set(range(10, 15))
    with pytest.raises(InputError, match="expected at least 21"):
        drawn_swaps(Scanned(glass, change), 1, 20, seed=0)
