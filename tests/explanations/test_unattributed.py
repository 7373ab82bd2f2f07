"""What an explanation by edges says of what no edge stands for."""

import pytest

from symgnn.explanations.unattributed import unattributed
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import load_checkpoint
from symgnn.models import build_model
from tests.conftest import REPOSITORY


@pytest.fixture
def of_members(tmp_path):
    def make(*members: dict) -> Checkpoint:
        settings = {"members": list(members)}
        model = build_model("committee", settings).eval()
        return Checkpoint(tmp_path / "c", model, Card(model="committee", settings=settings), "0" * 16)

    return make


NETWORK = {"model": "symgnn", "settings": {"width": 8, "heads": [2, 1]}}


def test_a_member_that_reads_no_edges_or_properties_of_atoms_is_named(of_members):
    text = unattributed(of_members(NETWORK, {"model": "mlp", "settings": {"width": 8}}))
    assert (
        text
        == "Explained is the mean of symgnn and mlp; mlp reads no edges, so that its part is assigned to none."
    )
    ridge = {"model": "ridge", "settings": {"inputs": ["pressure", "log_mean_square_displacement"]}}
    assert unattributed(of_members(NETWORK, ridge)) == (
        "Explained is the mean of symgnn and ridge; what ridge takes from the atom's own pressure and log mean-square "
        "displacement is assigned to no edge."
    )
    assert unattributed(of_members(NETWORK, NETWORK)) == ""


def test_checkpoints_of_the_repository():
    folder = REPOSITORY / "checkpoints"
    assert "what ridge-physics takes from the atom's own potential energy" in unattributed(
        load_checkpoint("committee-physics", folder)
    )
    assert unattributed(load_checkpoint("ridge-physics", folder)).startswith("What the model takes from")
    assert unattributed(load_checkpoint("symgnn", folder)) == ""
