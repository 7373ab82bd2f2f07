"""Tables and predictions of the study of physics, of centres made by hand: every number stands in its own column."""

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from symgnn.analysis import importance_ranking, moving_atoms, swap_predictions
from symgnn.analysis.centre_statistics import agreement, over_centres
from symgnn.analysis.moving_atoms import event_table
from symgnn.analysis.physics_study import CentreResult, Searched
from symgnn.analysis.physics_tables import changes_of, measured_rows, ranking_table, swap_rows
from symgnn.analysis.swap_draws import RANDOM, STRATA, DrawnSwap
from symgnn.analysis.swap_predictions import PREDICTED, Answers, Question, SwapPredictions, strength
from symgnn.glass import Glass
from symgnn.whatif.changes import SwapElement
from symgnn.whatif.ensemble import Barriers


@dataclass
class Reference:
    given: Glass
    glass: Glass


@dataclass
class Scanned:
    """What is read of a scan: atoms 1 to 4 can be swapped, 4 is nearest."""

    reference: Reference
    changes = tuple(SwapElement(atom, "Zr") for atom in (1, 2, 3, 4))
    distance = np.array([4.0, 3.5, 3.0, 2.5])

    def atom_change(self):
        return np.array([np.nan, 0.1, -0.2, 0.3, -0.4, *[np.nan] * 5])


def searched(barriers, glass, moving=(), tries=7):
    rows = np.zeros((len(barriers), len(glass)), bool)
    rows[:, list(moving)] = True
    return Searched((np.array(barriers),), rows, glass.positions + 0.5, tries)


@pytest.fixture
def glass():
    """Ten atoms on a line, 2.5 Å apart."""
    positions = np.column_stack([2.5 * np.arange(10), np.zeros((10, 2))])
    return Glass(species=[29] * 10, positions=positions, cell=np.eye(3) * 40, pbc=[True] * 3, name="line")


@pytest.fixture
def centre(glass):
    """Around atom 0, the atoms 2 and 3 swapped; atoms 0, 1, 2 and 9 move before."""
    before = Searched(
        (np.array([1.0, 1.2, 1.4]), np.array([1.1, 1.3])),
        searched([0.0], glass, (0, 1, 2, 9)).moving, glass.positions, 9,
    )  # fmt: skip
    swaps = DrawnSwap(SwapElement(2, "Zr"), RANDOM), DrawnSwap(SwapElement(3, "Zr"), STRATA)
    after = searched([1.5, 1.9], glass, tries=4), searched([0.2, 0.4, 0.6], glass, tries=5)
    return CentreResult(3, 0, Scanned(Reference(glass, glass)), before, swaps, after)


@pytest.fixture
def given():
    importance = np.arange(10.0)
    predicted = {name: np.array([k + 0.1, k + 0.2]) for k, name in enumerate(PREDICTED)}
    return Answers({("one", 0): predicted}, {("one", "gradient", 0): importance})


def test_searches_before_count_alike():
    one = Searched((np.array([1.0, 2.0]), np.array([4.0, 4.5, 5.0, 5.5])), np.empty((6, 0)), np.empty(0), 6)
    assert one.mean == pytest.approx((1.5 + 4.75) / 2)
    errors = [np.std(some, ddof=1) / math.sqrt(len(some)) for some in one.barriers]
    assert one.standard_error == pytest.approx(math.hypot(*errors) / 2)
    assert one.n_events == 6
    none = Searched((np.array([1.0, 2.0]), np.empty(0)), np.empty((2, 0)), np.empty(0), 6)
    assert math.isnan(none.mean)
    assert math.isnan(none.standard_error)


def test_every_swap_has_its_own_numbers(centre, given):
    rows = swap_rows([centre], given, seed=4)
    assert rows["swapped"].tolist() == [2, 3]
    assert rows["distance_A"].tolist() == [3.5, 3.0]
    assert rows["drawn"].tolist() == [RANDOM, STRATA]
    assert (rows["centre"] == 0).all()
    assert rows["one gradient"].tolist() == [2, 3], "the importance of the swapped atom, not of the centre"
    for k, name in enumerate(PREDICTED):
        assert rows[f"one {name}_eV"].to_numpy() == pytest.approx([k + 0.1, k + 0.2])
    assert rows["before_eV"].to_numpy() == pytest.approx([1.2, 1.2])
    assert rows["after_eV"].to_numpy() == pytest.approx([1.7, 0.4])
    assert rows["change_eV"].to_numpy() == pytest.approx([0.5, -0.8])
    before, after = centre.before.standard_error, [one.standard_error for one in centre.after]
    assert rows["before_standard_error_eV"].to_numpy() == pytest.approx([before] * 2)
    assert rows["after_standard_error_eV"].to_numpy() == pytest.approx(after)
    assert rows["standard_error_eV"].to_numpy() == pytest.approx(np.hypot(after, before))
    assert rows["before_events"].tolist() == [5, 5]
    assert rows["after_events"].tolist() == [2, 3]
    assert (rows["before_tries"].tolist(), rows["after_tries"].tolist()) == ([9, 9], [4, 5])
    changes = changes_of(rows)
    assert changes.own_error == pytest.approx(after)
    assert changes.shared_error == pytest.approx([before] * 2)
    assert measured_rows(rows, "strata")["swapped"].tolist() == [3]


def test_methods_are_ranked_by_the_size_of_the_changes(monkeypatch):
    """Importance that follows |change| is first; distance counts as nearness."""
    monkeypatch.setattr(importance_ranking, "over_centres", partial(over_centres, n_draws=5))
    monkeypatch.setattr(importance_ranking, "RANDOM_DRAWS", 5)
    rng = np.random.default_rng(0)
    change = rng.normal(size=40)
    rows = pd.DataFrame({
        "change_eV": change, "standard_error_eV": 0.1, "drawn": RANDOM, "centre_number": np.repeat(range(8), 5),
        "distance_A": 5 - 0.5 * np.abs(change), "one relaxed_eV": -change, "one unrelaxed_eV": rng.normal(size=40),
        "one gradient": np.abs(change),
    })  # fmt: skip
    table = ranking_table(rows, ["one"], Answers({}, {("one", "gradient", 0): np.zeros(1)}), seed=0)
    pooled = table[table["swaps"] == "random"].set_index("method")["pooled"]
    for method in ("gradient", moving_atoms.RELAXED_SWAP, "distance alone"):
        assert pooled[method] == pytest.approx(1), method
    assert abs(pooled["swap"]) < 0.5


def test_the_means_of_both_changes():
    rows = pd.DataFrame({"centre_number": [0, 0, 1], "change_eV": [1.0, 2, 3], "after_standard_error_eV": 0.1,
                         "before_standard_error_eV": 0.0})  # fmt: skip
    one = agreement(changes_of(rows), np.array([0.1, 0.2, 0.6]), n_draws=2)
    assert (one.predicted, one.measured) == (pytest.approx(0.3), pytest.approx(2))


def test_moving_atoms_are_those_that_the_importance_belongs_to(centre, given, monkeypatch):
    """Atoms 1, 2 and 9 move besides the centre; 1 and 2 are neighbours that can be swapped."""
    monkeypatch.setattr(moving_atoms, "DRAWS", 20)
    importance = np.full(10, 0.1)
    importance[[0, 1, 2, 9]] = 1
    given.importance["one", "gradient", 0] = importance
    table = event_table([centre], given, seed=0).set_index(["method", "atoms"])
    everywhere, near = table.loc["gradient", "all"], table.loc["gradient", "within 5 Å"]
    assert (everywhere["moving"], everywhere["shared"]) == (3, 3)
    assert (near["moving"], near["shared"]) == (2, 2)
    assert everywhere["ratio"] == pytest.approx(everywhere["shared"] / everywhere["control"])
    swap = table.loc[moving_atoms.RELAXED_SWAP, "within 5 Å"]
    assert (swap["moving"], swap["shared"]) == (2, 0), (
        "of the size of the changes, atoms 3 and 4 have the largest"
    )
    assert (moving_atoms.RELAXED_SWAP, "all") not in table.index


def test_predicted_changes_are_after_minus_before_the_swap(centre, glass, tmp_path, monkeypatch):
    """A model whose barrier is the x of the atom, plus 10 for every zirconium atom in the glass."""

    class Summed:
        def of_glass(self, one):
            value = one.positions[:, 0] + 10.0 * (one.species == 40).sum()
            return Barriers(value, np.stack([value, value * 1.1]))

    monkeypatch.setattr(swap_predictions, "ensemble_of", lambda checkpoint: Summed())
    nowhere = searched([], glass)
    nowhere.positions[:] = np.nan
    centre = CentreResult(3, 0, centre.scan, centre.before, centre.swaps, (centre.after[0], nowhere))
    answer = SwapPredictions([None], [centre], 0, tmp_path).compute(Question(0, 0))
    assert answer["unrelaxed"] == pytest.approx([10, 10])
    assert answer["relaxed"] == pytest.approx([10.5, np.nan], nan_ok=True)
    assert answer["relaxed_sigma"] == pytest.approx([1.05 / math.sqrt(2), np.nan], nan_ok=True)
    assert answer["unrelaxed_sigma"] == pytest.approx([1 / math.sqrt(2)] * 2)


def test_effects_of_either_sign_are_important():
    @dataclass
    class Explained:
        effect: np.ndarray | None
        importance = np.array([0.7, 0.2, 0.1])
        pairs = np.array([[0, 1], [0, 2], [1, 2]])

    assert strength(Explained(np.array([0.3, -0.3, 0.1])), 4) == pytest.approx([0.6, 0.4, 0.4, 0])
    assert strength(Explained(None), 4) == pytest.approx([0.9, 0.8, 0.3, 0])


def test_an_answer_is_that_of_its_question(centre, monkeypatch):
    @dataclass
    class Named:
        key: str

    monkeypatch.setattr(swap_predictions, "ensemble_of", lambda checkpoint: checkpoint)
    other = CentreResult(3, 1, centre.scan, centre.before, centre.swaps[:1], centre.after[:1])
    fewer = CentreResult(3, 0, centre.scan, centre.before, centre.swaps[:1], centre.after[:1])
    paths = {
        SwapPredictions([Named("a"), Named("b")], [centre, other, fewer], seed, Path()).path(
            Question(checkpoint, number, method)
        )
        for seed in (0, 1) for checkpoint in (0, 1) for number in (0, 1) for method in ("gradient", "occlusion")
    }  # fmt: skip
    assert len(paths) == 16
    work = SwapPredictions([Named("a"), Named("b")], [centre, other, fewer], 0, Path())
    assert len({work.path(Question(k, n)) for k in (0, 1) for n in (0, 1, 2)}) == 6
