"""A dashboard on two small glasses and an untrained model, run without a browser."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

import dashboard.calls.explanations
import dashboard.workers.pool
from dashboard.workers.here import Here
from symgnn.explanations.methods import build_method
from symgnn.explanations.methods.base import Method
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.inference import checkpoint
from symgnn.inference.card import Card
from symgnn.io.structures import write_extxyz
from symgnn.models import build_model
from tests.conftest import REPOSITORY, make_random_glass

SETTINGS = {"symgnn": {"width": 8, "heads": [2, 1]}}
STEPS = 3


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """A data folder with the samples alpha (no labels) and beta (labels, potential energy)."""
    folder = tmp_path_factory.mktemp("data")
    for name, seed in (("alpha", 1), ("beta", 2)):
        glass = dataclasses.replace(make_random_glass(90, seed=seed), name=name)
        if name == "beta":
            rng = np.random.default_rng(0)
            properties = {"potential_energy": rng.normal(-4.5, 0.3, 90)}
            glass = dataclasses.replace(glass, barriers=rng.normal(1.6, 0.3, 90), properties=properties)
        write_extxyz(folder / "samples" / f"{name}.xyz", glass)
    return folder


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory) -> Path:
    """A folder of checkpoints with a small untrained model, called tiny, and the same as tiny2 with some scores."""
    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    model = build_model("symgnn", SETTINGS["symgnn"])
    model.set_target_scale(torch.tensor([1.3, 1.6, 1.9]))
    card = {"model": "symgnn", "settings": SETTINGS["symgnn"]}
    checkpoint.save_checkpoint(folder / "tiny", model, Card(**card))
    curve = [{"epoch": epoch, "train_loss": 1 / epoch, "pearson": 0.1 * epoch} for epoch in (1, 2, 3)]
    known = {"scores": {"test0": {"pearson": 0.3, "mae_eV": 0.2}}, "curve": curve}
    checkpoint.save_checkpoint(folder / "tiny2", model, Card(**(card | known)))
    return folder


@pytest.fixture
def app(data, checkpoints, monkeypatch) -> AppTest:
    """The dashboard, not yet run."""
    monkeypatch.setenv("SYMGNN_DATA", str(data))
    monkeypatch.setenv("SYMGNN_CACHE", str(data / "cache"))
    monkeypatch.delenv("SYMGNN_RAW_DATA", raising=False)
    use_checkpoints(monkeypatch, checkpoints)
    monkeypatch.setattr(dashboard.calls.explanations, "build_method", quick_method)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Here())
    return AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=120)


def quick_method(name: str, settings: dict, model: checkpoint.Checkpoint) -> Method:
    """`build_method` with STEPS steps of GNNExplainer instead of its 150."""
    return build_method(name, {"steps": STEPS} if name == GNNExplainer.name else settings, model)


def use_checkpoints(monkeypatch, folder: Path) -> None:
    """Let the dashboard find its checkpoints in a folder."""
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(folder))
