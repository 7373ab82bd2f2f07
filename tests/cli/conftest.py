"""A command line whose work is replaced by a function that notes its arguments."""

import importlib
import inspect
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.datasets import GlassDataset, SplitDataset
from symgnn.io.structures import write_extxyz
from tests.conftest import REPOSITORY, make_random_glass


class Reached(Exception):
    """The function was called with these arguments."""

    def __init__(self, arguments):
        super().__init__()
        self.arguments = arguments


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder with glass.xyz, other.xyz and replica.xyz, which is glass.xyz with every atom moved a little."""
    folder = tmp_path_factory.mktemp("options")
    glass = replace(make_random_glass(120, 7), name="glass")
    replica = replace(glass, positions=glass.positions + 0.01, name="replica")
    other = replace(make_random_glass(120, 8), name="other")
    for one in (glass, replica, other):
        write_extxyz(folder / f"{one.name}.xyz", one)
    return folder


@pytest.fixture
def called(place, monkeypatch):
    """called("module:function", command line) -> the arguments, by name, with which the command calls the function."""

    def call(target, line):
        monkeypatch.chdir(place)
        monkeypatch.setenv("SYMGNN_DATA", str(place / "data"))
        module, _, path = target.partition(":")
        owner = importlib.import_module(module)
        *parents, name = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        signature = inspect.signature(getattr(owner, name))

        def note(*arguments, **named):
            bound = signature.bind(*arguments, **named)
            bound.apply_defaults()
            raise Reached(bound.arguments)

        glass = replace(make_random_glass(20, 1), barriers=np.arange(20.0))

        def load(source="paper", folder=None):  # a data set whose glasses are named by what was asked for
            splits = (
                GlassDataset([replace(glass, name=f"{split} of {source} in {folder}")])
                for split in ("train", "validation", "test")
            )
            return SplitDataset("paper", *splits, origin=str(folder))

        monkeypatch.setattr("symgnn.datasets.load_dataset", load)
        monkeypatch.setattr("symgnn.training.same_data.is_trained_on", lambda checkpoint, dataset: True)
        monkeypatch.setattr("symgnn.cli.models.find_checkpoint", lambda name, root: root / name)
        monkeypatch.setattr(owner, name, note)
        result = CliRunner().invoke(app, line.split())
        assert isinstance(result.exception, Reached), (result.output, result.exception)
        return result.exception.arguments

    return call


@pytest.fixture
def sample():
    """A glass that comes with symgnn: a minimum of the potential."""
    return REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"
