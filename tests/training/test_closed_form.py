"""Ridge regression against SciPy's solver, and its selection."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.linalg import lstsq

from symgnn.errors import InputError
from symgnn.graph.atom_graph import build_graph
from symgnn.models import build_model
from symgnn.training.closed_form import PENALTIES, fit_ridge
from symgnn.training.config import TrainingConfig
from symgnn.training.run import train_checkpoint
from tests.training.test_loop import labelled


@pytest.fixture(scope="module")
def glasses():
    return [labelled(150, 1), labelled(150, 2)], labelled(150, 3)


def model():
    return build_model("ridge", {"cutoff": 5.0, "decays": [2.0]})


def test_weights_are_those_of_augmented_least_squares(glasses):
    training, validation = glasses
    fitted = fit_ridge(model(), training, validation, penalties=(10.0,)).model
    with torch.no_grad():
        x = np.vstack([fitted.embed(build_graph(glass, 5.0), None).double().numpy() for glass in training])
    y = np.concatenate([glass.barriers for glass in training])
    z = (y - y.mean()) / y.std(ddof=1)
    wide = np.vstack([x, np.sqrt(10.0) * np.eye(x.shape[1])])  # |Xw - z|^2 + 10 |w|^2
    expected = lstsq(wide, np.r_[z, np.zeros(x.shape[1])])[0]
    np.testing.assert_allclose(fitted.decoder[-1].weight[0].detach(), expected, atol=2e-3)


def test_it_learns_what_is_linear_and_selects_by_validation(glasses):
    result = fit_ridge(model(), *glasses)
    assert [row["penalty"] for row in result.curve] == list(PENALTIES)
    assert result.best == max(result.curve, key=lambda row: row["pearson"])
    assert result.best["pearson"] > 0.8
    loss = [row["train_loss"] for row in result.curve]
    assert loss == sorted(loss), "a larger penalty fits less"
    with torch.no_grad():
        validation = result.model(build_graph(glasses[1], 5.0)).numpy()
    assert np.corrcoef(validation, glasses[1].barriers)[0, 1] == pytest.approx(
        result.best["pearson"], abs=1e-4
    )


def test_further_inputs_are_read_and_missing_ones_named(glasses, tmp_path):
    training, validation = glasses
    config = TrainingConfig(model="ridge", settings={"cutoff": 4.0, "inputs": ["pressure"]})
    with pytest.raises(InputError, match="made1: per-atom property pressure not found"):
        train_checkpoint(config, training, validation, tmp_path)
    told = [glass.with_properties(pressure=glass.barriers) for glass in (*training, validation)]
    assert train_checkpoint(config, told[:2], told[2], tmp_path).best["pearson"] > 0.99


def test_labels_are_needed(glasses):
    with pytest.raises(InputError, match="no energy barriers"):
        fit_ridge(model(), [replace(glasses[0][0], barriers=None)], glasses[1])
