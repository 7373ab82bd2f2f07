"""Training that starts from the weights of a checkpoint."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.io.structures import write_extxyz
from symgnn.training.config import TrainingConfig
from symgnn.training.loop import train
from symgnn.training.run import train_checkpoint
from tests.conftest import make_random_glass

CONFIG = TrainingConfig(
    model="symgnn", settings={"width": 8, "heads": [1]}, max_epoch=1, eval_interval=1, averaging=0.0
)


@pytest.fixture(scope="module")
def glasses():
    labels = [1.0, 2.0] * 40
    return [replace(make_random_glass(80, seed), barriers=labels, name=f"g{seed}") for seed in (1, 2)]


@pytest.fixture(scope="module")
def first(glasses, tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    train_checkpoint(CONFIG, glasses[:1], glasses[1], folder)
    return folder


def test_training_goes_on_from_the_weights_and_the_scale(glasses, first, tmp_path):
    start = load_checkpoint(first).model.state_dict()
    shifted = [replace(glass, barriers=glass.barriers + 3.0) for glass in glasses]
    config = replace(CONFIG, start_from=str(first), learning_rate=1e-9, seed=5)
    trained = train_checkpoint(config, shifted[:1], shifted[1], tmp_path).model.state_dict()
    for name, values in trained.items():
        if "running" not in name and "num_batches" not in name:
            assert torch.allclose(values, start[name], atol=1e-6), name
    assert load_checkpoint(tmp_path).card.training.start_from == str(first)


def test_no_epoch_gives_the_weights_as_they_are(glasses, first, tmp_path):
    settings = {**CONFIG.settings, "kept_coordination": [2.0, 3.5, 5.0]}
    config = replace(CONFIG, settings=settings, start_from=str(first), max_epoch=0)
    result = train_checkpoint(config, glasses[:1], glasses[1], tmp_path)
    assert result.trained
    start, same = load_checkpoint(first), load_checkpoint(tmp_path)
    assert same.model.kept_coordination is not None
    assert start.key != same.key, "explanations differ"
    assert np.abs(start.predict(glasses[0]) - same.predict(glasses[0])).max() < 1e-6
    assert same.card.selected.epoch == 0
    assert same.card.selected.pearson == pytest.approx(start.card.selected.pearson)
    error = (start.predict(glasses[0]) - glasses[0].barriers) / float(start.model.target_scale)
    assert result.curve[0]["train_loss"] == pytest.approx((error**2).mean(), rel=1e-5)
    assert not train_checkpoint(config, glasses[:1], glasses[1], tmp_path).trained
    with pytest.raises(InputError, match="max_epoch 0 found"):
        replace(config, start_from="")


def test_what_it_starts_from_is_kept_where_no_epoch_is_better(glasses, first, tmp_path):
    config = replace(CONFIG, start_from=str(first), learning_rate=1.0, max_epoch=2)
    result = train(config, glasses[:1], glasses[1], tmp_path)
    assert [row["epoch"] for row in result.curve] == [0, 1, 2]
    assert result.best == max(result.curve, key=lambda row: row["pearson"])


def test_a_run_does_not_go_on_from_other_weights(glasses, first, tmp_path):
    other = tmp_path / "other"
    train_checkpoint(CONFIG.with_options(seed=1), glasses[:1], glasses[1], other)
    config = replace(CONFIG, start_from=str(other))
    train_checkpoint(config, glasses[:1], glasses[1], tmp_path / "run")
    (other / "last.pt").unlink()
    train_checkpoint(CONFIG.with_options(seed=2), glasses[:1], glasses[1], other)
    with pytest.raises(InputError, match="belongs to a run with other weights to start from"):
        train_checkpoint(config, glasses[:1], glasses[1], tmp_path / "run")


def test_weights_that_do_not_fit_are_refused(glasses, first, tmp_path):
    config = replace(CONFIG, settings={"width": 16, "heads": [1]}, start_from=str(first))
    with pytest.raises(InputError, match="its weights do not fit, expected a checkpoint of the same model"):
        train_checkpoint(config, glasses[:1], glasses[1], tmp_path)
    with pytest.raises(InputError, match="nowhere"):
        train_checkpoint(replace(config, start_from="nowhere"), glasses[:1], glasses[1], tmp_path)


def test_a_command_that_is_refused_leaves_no_log(glasses, tmp_path, monkeypatch):
    third = replace(make_random_glass(80, 3), barriers=glasses[0].barriers)
    for name, glass in zip("abc", (*glasses, third), strict=True):
        write_extxyz(tmp_path / f"{name}.xyz", glass)
    (tmp_path / "mine.yaml").write_text("name: mine\ntrain: a.xyz\nvalidation: b.xyz\ntest: c.xyz\n")
    options = ["--dataset", "mine.yaml", "--start-from", "nowhere", "--output-dir", "out"]
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["train", *options])
    assert "checkpoint 'nowhere' not found" in str(refused.exception)
    assert not list((tmp_path / "out").glob("*"))
