"""The amortised explainer learns its teacher, is symmetric where it should be, and refuses what does not fit."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from symgnn.errors import InputError
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.methods.amortised import EXPLAINER, has_explainer, load_explainer, states_of
from symgnn.explanations.methods.amortised_training import STATE, ExplainerTraining, train_explainer, validate
from symgnn.explanations.methods.base import gradient
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.stability import rotated, shuffled_weights
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import build_model
from tests.conftest import make_random_glass

BRIEF = ExplainerTraining(atoms=60, epochs=30, batch=1024, width=24)


@pytest.fixture(scope="module")
def trained(symgnn_checkpoint, glass, tmp_path_factory):
    """Its scores on a glass that it has not seen."""
    checkpoint = replace(symgnn_checkpoint, folder=tmp_path_factory.mktemp("amortised") / "untrained")
    steps = []
    scores = train_explainer(
        checkpoint, [glass, make_random_glass(120, seed=13)], make_random_glass(140, seed=14), BRIEF,
        command="train it", progress=lambda *step: steps.append(step),
    )  # fmt: skip
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (90, 90)
    return checkpoint, scores


def test_it_learns_its_teacher(trained, symgnn_checkpoint, glass):
    checkpoint, scores = trained
    assert scores["r2"] > 0.7
    assert scores["jaccard_top10"] > 0.25
    explainer, unseen = load_explainer(checkpoint), make_random_glass(140, seed=14)
    fields = fields_of(checkpoint, unseen, [5, 6])
    found, exact = explainer.attribute(checkpoint.model, fields).effect, gradient(checkpoint.model, fields)
    assert np.corrcoef(found, exact)[0, 1] > 0.8
    other = shuffled_weights(checkpoint, 0).model
    wrong = explainer.attribute(other, fields_of(checkpoint, unseen, [5, 6])).effect
    assert np.corrcoef(wrong, exact)[0, 1] < np.corrcoef(found, exact)[0, 1] - 0.05
    scored = validate(checkpoint, unseen, explainer, seed=BRIEF.seed)
    assert scored == pytest.approx(scores), "the file holds what was trained"


def test_one_seed_gives_one_network(symgnn_checkpoint, glass, tmp_path):
    found = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        checkpoint = replace(symgnn_checkpoint, folder=tmp_path / name)
        train_explainer(checkpoint, [glass], glass, ExplainerTraining(atoms=8, epochs=1, width=8, seed=seed))
        found.append(load_explainer(checkpoint).scorer.state_dict())
    for name, values in found[0].items():
        assert torch.equal(values, found[1][name]), name
    assert not torch.equal(found[0]["from_state.weight"], found[2]["from_state.weight"])
    with safe_open(tmp_path / "a" / EXPLAINER, framework="pt") as file:
        assert json.loads(file.metadata()["card"])["training"]["atoms"] == 8


def test_it_does_not_see_directions_or_the_order_of_atoms(trained, glass):
    checkpoint, _ = trained
    method = load_explainer(checkpoint)
    (one,) = explain_atoms(checkpoint, glass, [3], method=method)
    (turned,) = explain_atoms(checkpoint, rotated(glass, 1), [3], method=method)
    assert np.allclose(one.effect, turned.effect, atol=1e-5)
    order = np.arange(len(glass))[::-1].copy()
    backwards = replace(glass, species=glass.species[order], positions=glass.positions[order])
    (other,) = explain_atoms(checkpoint, backwards, [len(glass) - 1 - 3], method=method)
    assert np.allclose(np.sort(one.effect), np.sort(other.effect), atol=1e-5)


def test_a_batch_needs_no_pass_through_the_model_per_atom(trained, glass, tmp_path, monkeypatch):
    checkpoint, _ = trained
    method = load_explainer(checkpoint)
    passes = []
    embed = checkpoint.model.embed
    monkeypatch.setattr(checkpoint.model, "embed", lambda *a: passes.append(a) or embed(*a))
    states_of(checkpoint.model, fields_of(checkpoint, glass, [0]).whole)
    before = len(passes)
    found = explain_batch(checkpoint, glass, range(40), method=method, folder=tmp_path, workers=1, top=5)
    assert len(passes) - before <= 1, "but for the predictions"
    assert np.isfinite(found.effect).all()
    assert found.effect_sum is not None


def rewrite(folder, changes=None, drop=()):
    with safe_open(folder / EXPLAINER, framework="pt") as file:
        card = json.loads(file.metadata()["card"])
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    card = {name: value for name, value in (card | (changes or {})).items() if name not in drop}
    save_file(state, folder / EXPLAINER, metadata={"card": json.dumps(card)})


@pytest.mark.parametrize(
    ("changes", "drop", "message"),
    [
        (
            {"checkpoint_key": "f" * 16},
            (),
            r"was trained for weights f+, but those of \S*untrained are 1+: run",
        ),
        ({"width": 9}, (), "does not fit the model symgnn"),
        ({}, ("unit_eV",), "field 'unit_eV' of its card is missing or not float"),
    ],
)
def test_files_that_do_not_fit_are_refused(changes, drop, message, symgnn_checkpoint, glass, tmp_path):
    checkpoint = replace(symgnn_checkpoint, folder=tmp_path / "untrained")
    assert not has_explainer(checkpoint)
    train_explainer(checkpoint, [glass], glass, ExplainerTraining(atoms=4, epochs=1, width=8))
    assert has_explainer(checkpoint)
    rewrite(checkpoint.folder, changes, drop)
    with pytest.raises(InputError, match=message):
        load_explainer(checkpoint)
    (checkpoint.folder / EXPLAINER).write_bytes(b"not safetensors")
    with pytest.raises(InputError, match=r"explainer.safetensors: not readable as safetensors"):
        load_explainer(checkpoint)


def test_a_killed_training_goes_on_to_the_same_network(symgnn_checkpoint, glass, tmp_path):
    training = ExplainerTraining(atoms=8, epochs=4, batch=512, width=8)
    stop_after = [4]  # atoms, in the first run

    def stop(done, total):
        if done == stop_after[0]:
            raise KeyboardInterrupt

    whole, killed = (replace(symgnn_checkpoint, folder=tmp_path / name) for name in ("whole", "killed"))
    train_explainer(whole, [glass], glass, training)
    with pytest.raises(KeyboardInterrupt):
        train_explainer(killed, [glass], glass, training, progress=stop)
    for epoch in (2, 3):
        stop_after[0] = training.atoms + epoch
        with pytest.raises(KeyboardInterrupt):
            train_explainer(killed, [glass], glass, training, progress=stop)
        assert [path.name for path in killed.folder.iterdir()] == [STATE], "no half-trained explainer"
    steps = []
    train_explainer(killed, [glass], glass, training, progress=lambda done, total: steps.append(done))
    assert steps[-1] == 12
    assert training.atoms + 1 not in steps, "finished epochs are not done again"
    assert [path.name for path in killed.folder.iterdir()] == [EXPLAINER]
    expected = load_explainer(whole).scorer.state_dict()
    for name, values in load_explainer(killed).scorer.state_dict().items():
        assert torch.equal(values, expected[name]), name


class Stopped(Exception):
    pass


def stop_after_one_epoch(checkpoint, glasses, training):
    def stop(done, total):
        if done == training.atoms + 1:
            raise Stopped

    with pytest.raises(Stopped):
        train_explainer(checkpoint, glasses, glasses[0], training, progress=stop)
    assert (checkpoint.folder / STATE).is_file()


def test_a_training_goes_on_only_where_it_would_learn_the_same(symgnn_checkpoint, glass, tmp_path):
    training = ExplainerTraining(atoms=8, epochs=2, batch=512, width=8)
    checkpoint = replace(symgnn_checkpoint, folder=tmp_path / "untrained")
    stop_after_one_epoch(checkpoint, [glass], training)
    before = (checkpoint.folder / STATE).read_bytes()
    moved = replace(glass, positions=glass.positions + 1e-3)
    for other, changed, settings in (
        ("structures", (checkpoint, [moved]), training),
        ("checkpoint", (replace(checkpoint, key="2" * 16), [glass]), training),
        ("settings", (checkpoint, [glass]), replace(training, seed=1)),
    ):
        with pytest.raises(InputError, match=rf"{STATE}: belongs to a run with other {other}"):
            train_explainer(*changed, glass, settings)
        assert (checkpoint.folder / STATE).read_bytes() == before
    labelled = replace(glass, barriers=np.arange(len(glass)))
    train_explainer(checkpoint, [labelled], glass, training)  # labels are not read


def test_a_training_does_not_go_on_with_other_inputs_of_the_model(glass, tmp_path):
    model = build_model("ridge", {"inputs": ["pressure"]})
    model.descriptors.fit([torch.rand(50, model.descriptors.out_features)])
    checkpoint = Checkpoint(
        tmp_path / "reads", model.eval().requires_grad_(False), Card(model="ridge", settings={}), "3" * 16
    )
    training = ExplainerTraining(atoms=4, epochs=2, batch=512, width=8)
    one, other = (glass.with_properties(pressure=np.full(len(glass), value)) for value in (0.1, 0.2))
    stop_after_one_epoch(checkpoint, [one], training)
    with pytest.raises(InputError, match="belongs to a run with other per-atom inputs"):
        train_explainer(checkpoint, [other], one, training)


def test_a_damaged_state_is_told(symgnn_checkpoint, glass, tmp_path):
    checkpoint = replace(symgnn_checkpoint, folder=tmp_path)
    (tmp_path / STATE).write_bytes(b"damaged")
    with pytest.raises(InputError, match=rf"{STATE}: not readable: .*delete it to start anew"):
        train_explainer(checkpoint, [glass], glass, ExplainerTraining(atoms=4, epochs=1, width=8))


def test_settings_are_checked():
    with pytest.raises(InputError, match="epochs 0 found, expected a positive number"):
        ExplainerTraining(epochs=0)


def test_the_shipped_explainers_fit_their_checkpoints():
    from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint

    shipped = [load_checkpoint(name) for name in list_checkpoints()]
    with_explainer = [checkpoint for checkpoint in shipped if has_explainer(checkpoint)]
    assert "symgnn" in [checkpoint.name for checkpoint in with_explainer]
    for checkpoint in with_explainer:
        assert all(torch.isfinite(p).all() for p in load_explainer(checkpoint).scorer.parameters())
