"""The folder of checkpoints: its variable is read at every call, everywhere."""

import shutil

import pytest

from symgnn.benchmark.leaderboard import card_files, leaderboard
from symgnn.benchmark.report import write_readme
from symgnn.benchmark.runs import evaluate_all
from symgnn.datasets import GlassDataset, SplitDataset
from symgnn.errors import InputError
from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint
from symgnn.paths import checkpoint_folder
from tests.conftest import REPOSITORY, make_random_glass


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another folder of checkpoints, with one that is called mine and one further seed of it."""
    folder = tmp_path / "models"
    shutil.copytree(REPOSITORY / "checkpoints" / "mlp", folder / "mine")
    shutil.copytree(REPOSITORY / "checkpoints" / "mlp", folder / "mine" / "seed1")
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(folder))
    return folder


def test_without_the_variable_it_is_that_of_the_checkout(monkeypatch):
    for value in (None, ""):
        monkeypatch.delenv("SYMGNN_CHECKPOINTS", raising=False)
        if value is not None:
            monkeypatch.setenv("SYMGNN_CHECKPOINTS", value)
        assert checkpoint_folder() == REPOSITORY / "checkpoints"
        assert "symgnn" in list_checkpoints()


def test_the_variable_is_heard_by_all_that_look_for_checkpoints(elsewhere):
    assert list_checkpoints() == ["mine"]
    found = load_checkpoint("mine/seed1")
    assert found.folder == elsewhere / "mine" / "seed1"
    assert (found.argument, found.full_name, found.label) == ("mine/seed1", "mine/seed1", "mine-seed1")
    assert list(card_files("mine")) == ["mine", "mine/seed1"]
    assert [row.name for row in leaderboard()] == ["mine"]
    assert write_readme() == elsewhere / "README.md"
    assert "| `mine` |" in (elsewhere / "README.md").read_text()
    with pytest.raises(InputError, match=r"checkpoint 'symgnn' not found.*one of: mine"):
        load_checkpoint("symgnn")


def test_all_checkpoints_of_the_folder_are_evaluated(elsewhere, monkeypatch):
    scored = []
    glasses = GlassDataset([make_random_glass(20, 1)], labelled=False)
    monkeypatch.setattr(
        "symgnn.benchmark.runs.load_dataset", lambda: SplitDataset("paper", glasses, glasses, glasses, "here")
    )
    monkeypatch.setattr("symgnn.benchmark.runs.score", lambda checkpoint, glasses: {})
    monkeypatch.setattr(
        "symgnn.benchmark.runs.write_scores", lambda checkpoint, scores: scored.append(checkpoint.folder)
    )
    evaluate_all(split="validation")
    assert scored == [elsewhere / "mine", elsewhere / "mine" / "seed1"]


def test_a_relative_folder_is_taken_from_where_we_are(elsewhere, monkeypatch):
    monkeypatch.chdir(elsewhere.parent)
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", "models")
    assert load_checkpoint("mine").full_name == "mine"


def test_a_folder_that_does_not_exist_is_told_by_the_name_of_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(tmp_path / "nowhere"))
    for ask in (list_checkpoints, leaderboard, write_readme, lambda: load_checkpoint("symgnn")):
        with pytest.raises(InputError, match=r"SYMGNN_CHECKPOINTS: .*nowhere found, expected a folder"):
            ask()
