"""A checkpoint on disk: what does not belong together is refused, and its key names weights and settings."""

import hashlib
import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from symgnn.errors import InputError
from symgnn.inference.card import CARD, Card
from symgnn.inference.checkpoint import WEIGHTS, list_checkpoints, load_checkpoint, save_checkpoint
from symgnn.models import build_model
from tests.conftest import REPOSITORY

SETTINGS = {"width": 8, "heads": [2, 1]}


def saved(folder, seed=0, **settings):
    torch.manual_seed(seed)
    settings = {**SETTINGS, **settings}
    save_checkpoint(folder, build_model("symgnn", settings), Card(model="symgnn", settings=settings))
    return folder


def edit_card(folder, **entries):
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **entries}))


def test_what_is_saved_is_loaded(tmp_path):
    torch.manual_seed(0)
    model = build_model("symgnn", SETTINGS)
    loaded = load_checkpoint(saved(tmp_path))
    for name, value in model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[name]), name
    assert not loaded.model.training
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())


def test_weights_of_another_training_are_refused(tmp_path):
    """They fit the model in every shape: nothing but the checksum tells them apart."""
    one, other = saved(tmp_path / "one", seed=0), saved(tmp_path / "other", seed=1)
    shutil.copyfile(other / WEIGHTS, one / WEIGHTS)
    with pytest.raises(InputError, match=rf"{WEIGHTS}: sha256 .* found, but {CARD} states"):
        load_checkpoint(one)


def test_one_changed_weight_is_noticed(tmp_path):
    folder = saved(tmp_path)
    state = load_file(folder / WEIGHTS)
    state["decoder.2.bias"] += 1e-6
    save_file(state, folder / WEIGHTS)
    with pytest.raises(InputError, match="sha256"):
        load_checkpoint(folder)


def test_the_card_states_the_checksum_of_the_file(tmp_path):
    folder = saved(tmp_path)
    found = json.loads((folder / CARD).read_text())["weights_sha256"]
    assert found == hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


@pytest.mark.parametrize("field", ["model", "settings", "weights_sha256"])
def test_a_card_without_what_loading_needs_is_refused(tmp_path, field):
    folder = saved(tmp_path)
    edit_card(folder, **{field: None})
    with pytest.raises(InputError, match=f"field '{field}' is 'None', expected"):
        load_checkpoint(folder)


def test_weights_that_do_not_fit_the_model_are_refused(tmp_path):
    folder = saved(tmp_path)
    edit_card(folder, settings={**SETTINGS, "width": 16})
    with pytest.raises(InputError, match=f"{WEIGHTS}: does not fit symgnn"):
        load_checkpoint(folder)


@pytest.mark.parametrize(
    "settings", [{"elements": ["Cu", "Qq"]}, {"width": -5}, {"heads": 3}, {"dropout": "x"}]
)
def test_settings_that_build_no_model_are_refused(tmp_path, settings):
    folder = saved(tmp_path)
    edit_card(folder, settings={**SETTINGS, **settings})
    with pytest.raises(InputError, match=r"card.json: the model cannot be built: .+"):
        load_checkpoint(folder)


def test_the_key_names_weights_and_settings(tmp_path):
    """Results are stored under it. `cutoff` and `dropout` leave no trace in the weights."""
    same = [load_checkpoint(saved(tmp_path / name)).key for name in ("one", "two")]
    others = [
        load_checkpoint(saved(tmp_path / "weights", seed=1)).key,
        load_checkpoint(saved(tmp_path / "cutoff", cutoff=4.5)).key,
        load_checkpoint(saved(tmp_path / "dropout", dropout=0.5)).key,
    ]
    assert same[0] == same[1]
    assert len({same[0], *others}) == 4


@pytest.mark.parametrize("name", list_checkpoints())
def test_every_committed_checkpoint_is_whole(name):
    """All seeds of it: card and weights fit, its key is its own, and no test glass had a part in it."""
    places = [path.parent for path in sorted((REPOSITORY / "checkpoints" / name).glob(f"**/{CARD}"))]
    loaded = [load_checkpoint(place) for place in places]
    assert len({one.key for one in loaded}) == len(places) >= 1
    for one in loaded:
        assert one.uncertainty is not None
        assert one.card.split.train == [f"train{k}" for k in range(6)]
        assert one.card.split.validation == ["train6"]
        assert set(one.card.data_hashes) == {f"train{k}" for k in range(7)}
