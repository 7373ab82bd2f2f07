"""Prediction: what is refused, what is warned of, and agreement with the labels of the paper."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symgnn.benchmark.scores import score
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import (
    Prediction,
    check_glass,
    extrapolation,
    list_checkpoints,
    load_checkpoint,
    predict,
    write_prediction,
)
from symgnn.io.structures import read_glass
from symgnn.training.run import composition_range
from tests.conftest import REPOSITORY, make_random_glass

SAMPLES = sorted((REPOSITORY / "data" / "samples").glob("*.xyz"))


@pytest.fixture(scope="module")
def shipped():
    return load_checkpoint("symgnn")


def test_the_shipped_checkpoint_is_listed_and_complete(shipped):
    assert "symgnn" in list_checkpoints()
    card = shipped.card
    assert card.split.train == [f"train{k}" for k in range(6)]
    assert card.split.validation == ["train6"]
    assert card.selected.pearson == max(row["pearson"] for row in card.curve)
    assert set(card.data_hashes) == {f"train{k}" for k in range(7)}
    assert sum(p.numel() for p in shipped.model.parameters()) == card.n_parameters


def test_the_card_states_what_the_checkpoint_reaches(shipped, raw_data):
    for name in ("train6", "test0"):
        scores = score(shipped, [read_glass(raw_data / f"{name}.pickle")])[name]
        assert scores == pytest.approx(shipped.card.scores[name], abs=1e-4)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_get_plausible_barriers(shipped, path):
    barriers = predict(shipped, read_glass(path))
    assert 1.0 < barriers.mean() < 2.5
    assert 0.05 < barriers.std() < 0.6


def test_a_checkpoint_predicts_glasses_and_ase_atoms_alike(shipped):
    glass = read_glass(SAMPLES[0])
    barriers = shipped.predict(glass)
    assert barriers.shape == (len(glass),)
    assert barriers.dtype == np.float64
    assert np.array_equal(shipped.predict(glass.to_ase()), barriers)
    both = shipped.predict_with_uncertainty(glass.to_ase())
    assert np.array_equal(both.barriers, barriers)
    assert (both.sigma > 0).all()
    with pytest.raises(InputError, match=r"str found, expected a symgnn.Glass or an ase.Atoms"):
        shipped.predict("glass.xyz")


def test_no_atom_of_a_turned_sample_changes(shipped):
    glass = read_glass(SAMPLES[0])
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, -1]])
    turned = replace(glass, positions=glass.positions @ turn.T, cell=glass.cell @ turn.T)
    assert np.abs(predict(shipped, turned) - predict(shipped, glass)).max() < 1e-4


def test_another_composition_is_warned_of(shipped):
    paper_like = make_random_glass(200, seed=1)
    known = composition_range([replace(paper_like, species=[29] * 128 + [40] * 72)])
    assert known == {"Cu": [0.64, 0.64], "Zr": [0.36, 0.36]}
    assert extrapolation(shipped, replace(paper_like, species=[29] * 128 + [40] * 72)) is None
    warning = extrapolation(shipped, replace(paper_like, species=[29] * 100 + [40] * 100))
    assert "50% Cu (trained on 64%)" in warning


def test_what_a_checkpoint_cannot_predict(shipped):
    glass = make_random_glass(50, seed=1)
    with pytest.raises(InputError, match="periodic along ab, expected"):
        check_glass(shipped, replace(glass, pbc=[True, True, False]))
    with pytest.raises(InputError, match="element Al found"):
        check_glass(shipped, replace(glass, species=[13] * 50))


def test_checkpoints_that_are_not_there(tmp_path):
    assert list_checkpoints(tmp_path) == []
    with pytest.raises(InputError, match=r"checkpoint 'nothing' not found.*none yet"):
        load_checkpoint("nothing", root=Path(tmp_path))


@pytest.mark.parametrize("ids", [None, [7, 3, 5]])
def test_the_table_of_predictions_names_the_ids_of_the_file(tmp_path, shipped, ids):
    glass = Glass([29, 40, 29], [[0, 0, 0], [0, 0, 3], [4, 4, 4]], 9 * np.eye(3), (True,) * 3)
    glass = glass if ids is None else glass.with_properties(id=np.array(ids))
    paths = write_prediction(tmp_path, "a", glass, shipped, Prediction(np.array([1.0, 2.0, 3.0]), None))
    assert [path.name for path in paths] == ["a.symgnn.predicted.xyz", "a.symgnn.predicted.csv"]
    table = paths[1]
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [row["predicted_barrier_eV"] for row in rows] == ["1.000000", "2.000000", "3.000000"]
    assert [row.get("id") for row in rows] == ([None] * 3 if ids is None else ["7", "3", "5"])
