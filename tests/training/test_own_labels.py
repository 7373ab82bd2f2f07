"""The tutorial docs/tutorials/own_labels.md in small: a data set of other elements, from labels to explanations."""

import importlib.util
import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.datasets import load_dataset
from symgnn.inference.card import CARD
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.training.loop import STATE
from symgnn.training.run import calibrate_checkpoint
from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "examples" / "own_labels" / "make_toy.py"


def run(line, folder):
    """The output of a command, whose words {toy} and {runs} are folders."""
    words = line.format(toy=folder / "toy" / "toy.yaml", runs=folder / "runs", folder=folder).split()
    return CliRunner().invoke(app, words, env={"COLUMNS": "200", "SYMGNN_DATA": str(folder / "data")})


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A folder with the toy data set, of small glasses, and a checkpoint runs/toy trained on it."""
    folder = tmp_path_factory.mktemp("own_labels")
    specification = importlib.util.spec_from_file_location("make_toy", SCRIPT)
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    script.ATOMS, script.PUSHES = 60, 100
    assert script.write_toy(folder / "toy") == folder / "toy" / "toy.yaml"
    trained = run(
        "train --dataset {toy} --model-name egat --max-epoch 10 --eval-interval 5 --output-dir {runs}/toy",
        folder,
    )
    assert trained.exit_code == 0, trained.output
    return folder


def test_the_checkpoint_is_made_for_the_data_set(toy):
    checkpoint = load_checkpoint(toy / "runs" / "toy")
    assert checkpoint.elements == ("Al", "Sm")
    assert checkpoint.card.dataset == "toy"
    assert (checkpoint.card.split.train, checkpoint.card.split.validation) == (["a", "b", "c"], ["d"])
    assert checkpoint.predict(read_glass(toy / "toy" / "e.xyz")).shape == (60,)


def test_it_is_scored_per_glass_and_a_rerun_keeps_the_scores(toy):
    evaluated = run("evaluate {runs}/toy --dataset {toy}", toy)
    assert evaluated.exit_code == 0, evaluated.output
    card = toy / "runs" / "toy" / CARD
    written = card.read_text()
    assert set(json.loads(written)["scores"]) == {"d", "e", "f", "pooled"}
    for glass, scores in json.loads(written)["scores"].items():
        assert any(
            glass in line.split() and f"{scores['pearson']:.4f}" in line
            for line in evaluated.output.splitlines()
        )
    again = run(
        "train --dataset {toy} --model-name egat --max-epoch 10 --eval-interval 5 --output-dir {runs}/toy",
        toy,
    )
    assert "This training is finished already" in again.output
    assert "Training egat" not in again.output
    assert card.read_text() == written


def test_predict_explain_combine_and_calibrate_take_it(toy):
    for line in (
        "predict {folder}/toy/e.xyz --checkpoint {runs}/toy -o {folder}/results",
        "explain {folder}/toy/e.xyz --atom 7 --checkpoint {runs}/toy --method gradient -o {folder}/results",
        "train --dataset {toy} --model-name ridge --output-dir {runs}/ridge",
        "combine {runs}/toy {runs}/ridge --dataset {toy} --output-dir {runs}/both",
        "calibrate {runs}/both --dataset {toy}",
    ):
        result = run(line, toy)
        assert result.exit_code == 0, result.output
    assert "within the 95% interval" in result.output
    assert load_checkpoint(toy / "runs" / "both").card.dataset == "toy"


def test_a_checkpoint_of_another_data_set_is_not_calibrated_on_this_one(toy):
    result = run("calibrate egat --dataset {toy}", toy)
    assert "expected the same training and validation glasses" in str(result.exception)


def test_several_validation_glasses_are_scored_together(toy, tmp_path):
    path = toy / "toy" / "several.yaml"
    path.write_text("train: [a.xyz, b.xyz]\nvalidation: [c.xyz, d.xyz]\n")
    result = run(f"train --dataset {path} --model-name ridge --output-dir {{folder}}/several", toy)
    assert result.exit_code == 0, result.output
    checkpoint, dataset = load_checkpoint(toy / "several"), load_dataset(path)
    assert checkpoint.card.split.validation == ["c", "d"]
    assert checkpoint.card.uncertainty.calibrated_on == "c, d"
    assert set(checkpoint.card.uncertainty.coverage) == {"c", "d"}
    error = sum(abs(checkpoint.predict(glass) - glass.barriers).sum() for glass in dataset.validation) / sum(
        map(len, dataset.validation)
    )
    assert checkpoint.card.selected.mae_eV == pytest.approx(error, rel=1e-4)
    entry = calibrate_checkpoint(checkpoint, dataset.train.glasses, dataset.validation.glasses)
    inside = [entry.coverage[glass.name]["68%"] * len(glass) for glass in dataset.validation]
    assert sum(inside) / 120 == pytest.approx(0.6827, abs=0.01)


@pytest.mark.parametrize(("epoch", "kept"), [(3, None), (7, 5)])
def test_ctrl_c_says_what_is_kept(toy, monkeypatch, epoch, kept):
    from symgnn.cli.training_bar import TrainingBar

    show, folder = TrainingBar.show, toy / f"stopped{epoch}"

    def stop(self, done, max_epoch, scores):
        show(self, done, max_epoch, scores)
        if done == epoch:
            raise KeyboardInterrupt

    monkeypatch.setattr(TrainingBar, "show", stop)
    line = "train --dataset {toy} --model-name egat --max-epoch 10 --eval-interval 5 --output-dir " + str(
        folder
    )
    output = run(line, toy).output.replace("\n", " ")
    assert f"Stopped after epoch {epoch}." in output
    assert (folder / STATE).is_file() == (kept is not None)
    if kept is None:
        assert "Nothing is kept: the same command starts anew." in output
        return
    assert f"The state after epoch {kept} is kept in" in output
    monkeypatch.setattr(TrainingBar, "show", show)
    assert "Selected epoch" in run(line, toy).output


def test_what_the_tutorial_writes_is_not_tracked(tmp_path):
    """Into runs/, which git ignores."""
    text = (REPOSITORY / "docs" / "tutorials" / "own_labels.md").read_text(encoding="utf-8")
    written = re.findall(r"(?:-o|--output-dir) (\S+)", text)
    assert len(written) == 3
    assert {folder.split("/")[0] for folder in written} == {"runs"}
    done = subprocess.run([sys.executable, SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "runs/labels/toy.yaml\n"
    assert "--dataset runs/labels/toy.yaml" in text
