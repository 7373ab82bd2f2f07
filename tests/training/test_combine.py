"""Committees of checkpoints on disk."""

from dataclasses import replace

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.inference.predict import predict
from symgnn.training.combine import combine
from symgnn.training.config import TrainingConfig
from symgnn.training.run import train_checkpoint
from tests.training.test_loop import CONFIG, labelled


@pytest.fixture(scope="module")
def glasses():
    return [labelled(100, 1), labelled(100, 2)], labelled(100, 3)


@pytest.fixture(scope="module")
def members(glasses, tmp_path_factory):
    folder = tmp_path_factory.mktemp("members")
    train_checkpoint(CONFIG, *glasses, folder / "one")
    train_checkpoint(TrainingConfig(model="ridge", settings={"cutoff": 4.0}), *glasses, folder / "two")
    return [load_checkpoint(folder / name) for name in ("one", "two")]


def test_mean_of_the_members(members, glasses, tmp_path):
    scores = combine(members, *glasses, tmp_path / "both", seed=0)
    both = load_checkpoint(tmp_path / "both")
    probe = labelled(90, 8)
    expected = np.mean([predict(member, probe) for member in members], axis=0)
    np.testing.assert_allclose(predict(both, probe), expected, atol=1e-5)
    assert both.uncertainty is not None
    assert both.card.selected.pearson == scores["pearson"]
    parent = members[0].folder.parent.name
    assert [member.name for member in both.card.members] == [f"{parent}/one", f"{parent}/two"]
    assert both.card.n_parameters == sum(member.card.n_parameters for member in members)


def test_members_of_other_data_are_refused(members, glasses, tmp_path):
    other = [labelled(100, 4)], glasses[1]
    train_checkpoint(TrainingConfig(model="ridge", settings={"cutoff": 4.0}), *other, tmp_path / "other")
    with pytest.raises(InputError, match="other: split differs from that of members0/one"):
        combine([members[0], load_checkpoint(tmp_path / "other")], *glasses, tmp_path / "both", seed=0)
    assert not (tmp_path / "both").exists()


def test_members_trained_on_other_labels_are_refused(members, glasses, tmp_path):
    relabelled = [replace(glass, barriers=glass.barriers[::-1]) for glass in glasses[0]]
    config = TrainingConfig(model="ridge", settings={"cutoff": 4.0})
    train_checkpoint(config, relabelled, glasses[1], tmp_path / "relabelled")
    other = load_checkpoint(tmp_path / "relabelled")
    with pytest.raises(InputError, match="relabelled: label_hashes differs from that of members0/one"):
        combine([members[0], other], *glasses, tmp_path / "both", seed=0)
    assert not (tmp_path / "both").exists()
    stated = other.card.as_dict()
    stated.pop("label_hashes")
    old = replace(other, card=Card(**stated))
    combine([members[0], old], *glasses, tmp_path / "both", seed=0)  # an older card says nothing of labels
    assert load_checkpoint(tmp_path / "both").card.label_hashes == members[0].card.label_hashes
