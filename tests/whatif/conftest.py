"""A sample glass, a small model that was not trained, and no more than one thread."""

from pathlib import Path

import pytest
import torch

from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.io.structures import read_glass
from tests.conftest import REPOSITORY
from tests.models.test_contract import make


@pytest.fixture(scope="session")
def sample():
    return read_glass(REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz")


@pytest.fixture(scope="session")
def checkpoint():
    """SymGNN of two layers with random weights; it has neither seeds nor members."""
    model = make("symgnn", {"heads": [2, 1]}).requires_grad_(False)
    return Checkpoint(Path("untrained"), model, Card(model="symgnn", settings={}), "1" * 16)


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
