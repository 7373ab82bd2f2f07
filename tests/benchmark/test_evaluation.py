"""The evaluation of a checkpoint: against its definition, and on the paper's glasses from the command line."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.benchmark.evaluation import (
    evaluate_checkpoint,
    inference_time,
    invariance_error,
    rotations_and_reflections,
    transformed,
)
from symgnn.benchmark.runs import evaluate_all, scores_table
from symgnn.datasets import load_dataset
from symgnn.errors import InputError
from symgnn.inference.card import CARD, Card, read_card
from symgnn.inference.checkpoint import load_checkpoint, save_checkpoint
from symgnn.inference.predict import predict, predict_with_uncertainty
from symgnn.inference.uncertainty import Uncertainty
from symgnn.metrics import pearson, regression_scores
from tests.conftest import make_random_glass
from tests.models.test_contract import make


def write_checkpoint(folder, symmetrization="haar", **card):
    settings = {"symmetrization": symmetrization, "width": 8, "heads": [2, 1]}
    model = make("symgnn", settings)
    ones = torch.ones(8, dtype=torch.float64)
    uncertainty = Uncertainty(0 * ones, torch.eye(8, dtype=torch.float64), -1.0, 0.1, 0.0, 2.0)
    save_checkpoint(folder, model, Card(model="symgnn", settings=settings, **card), uncertainty)
    return load_checkpoint(folder)


def labelled(name, seed, n=150):
    glass = make_random_glass(n, seed)
    return replace(glass, name=name, barriers=np.random.default_rng(seed).normal(1.6, 0.3, n))


def test_transformations_are_rotations_and_reflections_in_turn():
    matrices = rotations_and_reflections(6, seed=3)
    np.testing.assert_allclose(
        matrices @ matrices.transpose(0, 2, 1), np.tile(np.eye(3), (6, 1, 1)), atol=1e-12
    )
    np.testing.assert_allclose(np.linalg.det(matrices), [1, -1, 1, -1, 1, -1])
    assert np.abs(matrices[0] - matrices[2]).max() > 0.1


def test_invariance_error_by_its_definition(tmp_path):
    glass = make_random_glass(150, 1)
    directional = write_checkpoint(tmp_path / "identity", "identity")
    error = invariance_error(directional, glass)
    changes = [
        predict(directional, transformed(glass, matrix)) - predict(directional, glass)
        for matrix in rotations_and_reflections(4, seed=0)
    ]
    assert error.largest == pytest.approx(np.abs(changes).max())
    assert error.rms == pytest.approx(np.sqrt(np.mean(np.square(changes))))
    assert error.relative == pytest.approx(error.rms / predict(directional, glass).std())
    assert error.largest > 1e-3
    assert invariance_error(write_checkpoint(tmp_path / "haar"), glass).largest < 1e-5


def test_inference_time_is_that_of_graph_and_model(tmp_path, monkeypatch):
    runs = [
        (50, 70),
        (1, 3),
        (2, 3),
        (2, 4),
        (3, 5),
        (4, 5),
    ]  # seconds of graph and model, the first run slow
    ticks = (tick for graph, model in runs for tick in (0, graph, graph + model))
    monkeypatch.setattr("symgnn.benchmark.evaluation.time.perf_counter", lambda: next(ticks))
    found = inference_time(write_checkpoint(tmp_path), make_random_glass(60, 1))
    assert (found.seconds, found.graph_seconds) == (6, 2)
    assert (found.atoms, found.repeats) == (60, 5)
    assert found.device == f"CPU, {torch.get_num_threads()} thread(s)"


def test_evaluation_stands_in_the_card(tmp_path):
    before = {"train6": {"pearson": 0.0}, "elsewhere": {"pearson": 0.5}}
    checkpoint = write_checkpoint(tmp_path, scores=before, seconds=12.0)
    validation, test = labelled("train6", 1), [labelled("test0", 2), labelled("test1", 3, n=90)]
    card = evaluate_checkpoint(checkpoint, validation, test)
    assert card == read_card(tmp_path / CARD)
    predictions = [predict(checkpoint, glass) for glass in test]
    assert card.scores["test1"] == regression_scores(predictions[1], test[1].barriers)
    everything = np.concatenate([glass.barriers for glass in test])
    assert card.scores["pooled"]["pearson"] == pearson(np.concatenate(predictions), everything)
    assert card.scores["train6"] == regression_scores(predict(checkpoint, validation), validation.barriers)
    assert card.scores["elsewhere"] == {"pearson": 0.5}
    assert card.seconds == 12.0
    assert card.evaluation.data_hashes["test1"] == test[1].content_hash
    assert card.invariance.glass == card.inference.glass == "test0"
    assert load_checkpoint(tmp_path).key == checkpoint.key


def test_coverage_is_the_fraction_of_labels_inside_the_intervals(tmp_path):
    checkpoint = write_checkpoint(tmp_path)
    test = [labelled("test0", 2), labelled("test1", 3, n=90)]
    card = evaluate_checkpoint(checkpoint, labelled("train6", 1), test)
    coverage = card.uncertainty.coverage
    assert set(coverage) == {"train6", "test0", "test1", "pooled"}
    atoms = {"68%": 0.0, "95%": 0.0}
    for glass in test:
        found = predict_with_uncertainty(checkpoint, glass)
        error = np.abs(found.barriers - glass.barriers)
        for level, factor in (("68%", 1.0), ("95%", 2.0)):
            inside = int((error <= factor * found.sigma).sum())
            assert coverage[glass.name][level] == pytest.approx(inside / len(glass))
            atoms[level] += inside
    for level, inside in atoms.items():
        assert coverage["pooled"][level] == pytest.approx(inside / 240)
    assert 0 < coverage["pooled"]["68%"] < coverage["pooled"]["95%"]
    assert card.uncertainty.parameters == checkpoint.card.uncertainty.parameters


def test_without_test_glasses_nothing_is_written(tmp_path):
    checkpoint = write_checkpoint(tmp_path)
    before = (tmp_path / CARD).read_text()
    with pytest.raises(InputError, match="no test glass"):
        evaluate_checkpoint(checkpoint, labelled("train6", 1), [])
    assert (tmp_path / CARD).read_text() == before


def test_all_checkpoints_and_seeds_are_evaluated_on_the_glasses_present(tmp_path, raw_data):
    root = tmp_path / "checkpoints"
    for name in ("one", "one/seed1"):
        write_checkpoint(root / name)
    seen = []
    found = evaluate_all(
        root=root,
        dataset=load_dataset(folder=raw_data),
        progress=lambda done, total, text: seen.append((done, total)),
    )
    assert list(found) == ["one", "one/seed1"]
    assert seen == [(0, 2), (1, 2), (2, 2)]
    present = {name for name in ("test0", "test1") if (raw_data / f"{name}.pickle").is_file()}
    for checkpoint in found.values():
        assert {"train6", *present} <= set(checkpoint.card.scores)
        assert checkpoint.card.inference.atoms == 3000
    assert [line[:2] for line in scores_table(found).lines][:2] == [["one", "train6"], ["one", "test0"]]


def test_one_split_is_all_that_a_trial_run_sees(tmp_path, raw_data):
    for name in ("one", "other"):
        write_checkpoint(tmp_path / name)
    results = evaluate_all(["one"], root=tmp_path, dataset=load_dataset(folder=raw_data), split="validation")
    assert list(results["one"].card.scores) == ["train6"]
    assert results["one"].card.invariance is None
    assert load_checkpoint(tmp_path / "other").card.scores == {}


def test_missing_glasses_end_it_before_anything_is_written(tmp_path, raw_data):
    root, data = tmp_path / "checkpoints", tmp_path / "data"
    write_checkpoint(root / "one")
    before = (root / "one" / CARD).read_text()
    with pytest.raises(InputError, match="none of the paper's files"):
        evaluate_all(root=root, dataset=load_dataset(folder=data))
    data.mkdir()
    shutil.copy(raw_data / "train6.pickle", data)
    with pytest.raises(InputError, match="no glass of split 'test'"):
        evaluate_all(root=root, dataset=load_dataset(folder=data))
    with pytest.raises(InputError, match="checkpoint 'none' not found"):
        evaluate_all(["one", "none"], root=root, dataset=load_dataset(folder=raw_data))
    with pytest.raises(InputError, match="no checkpoint found"):
        evaluate_all(root=data, dataset=load_dataset(folder=raw_data))
    assert (root / "one" / CARD).read_text() == before


def test_a_checkpoint_that_is_not_there_is_told_before_glasses_are_read(tmp_path):
    write_checkpoint(tmp_path / "one")
    with pytest.raises(InputError, match=r"'nowhere' not found, expected a folder .* one"):
        evaluate_all(["one", "nowhere"], root=tmp_path)
