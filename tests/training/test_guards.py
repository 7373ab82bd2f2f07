"""What keeps training honest: validation decides which epoch is kept and nothing else; clipping, augmentation."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.metrics import regression_scores
from symgnn.models import build_model
from symgnn.training.closed_form import fit_ridge
from symgnn.training.loop import train, turned
from symgnn.training.norm import settle_norm
from tests.conftest import make_random_glass
from tests.training.test_loop import CONFIG, labelled


@pytest.fixture(scope="module")
def glasses():
    return [labelled(80, 1), labelled(90, 2)], labelled(80, 3)


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_augmentation_rotates_and_reflects():
    """The transformation of every draw, from the vectors themselves: orthogonal, of both handednesses, about equally
    often, and nothing but the vectors is touched."""
    graph = build_graph(make_random_glass(60, 1), 5.0)
    torch.manual_seed(0)
    determinants = []
    for _ in range(60):
        moved = turned(graph)
        transformation = torch.linalg.lstsq(graph.vector.double(), moved.vector.double()).solution
        assert torch.allclose(graph.vector.double() @ transformation, moved.vector.double(), atol=1e-4)
        determinants.append(torch.linalg.det(transformation).item())
        for name in ("species", "source", "target", "length", "image", "inputs"):
            assert getattr(moved, name) is getattr(graph, name)
    assert np.abs(determinants) == pytest.approx(1, abs=1e-4)
    assert 15 <= (np.array(determinants) > 0).sum() <= 45  # of 60, four standard deviations


def test_every_epoch_has_draws_of_its_own(glasses, tmp_path, monkeypatch):
    """The order of the glasses and their transformations, in every epoch and for every seed."""
    drawn = []

    def recorded(graph):
        drawn.append((graph.n_atoms, turned(graph).vector[0].tolist()))
        return graph

    monkeypatch.setattr("symgnn.training.loop.turned", recorded)
    for seed in (3, 4):
        train(replace(CONFIG, augment=True, max_epoch=6, seed=seed), *glasses, tmp_path / str(seed))
    assert len({tuple(vector) for _, vector in drawn}) == len(drawn) == 2 * 6 * 2
    orders = [(first[0], second[0]) for first, second in zip(drawn[::2], drawn[1::2], strict=True)]
    assert set(orders) == {(80, 90), (90, 80)}


def test_gradients_are_clipped(glasses, tmp_path):
    """Adam divides by the size of the gradient plus 1e-8: a gradient of norm 1e-12 moves no weight, whatever it was."""
    config = replace(CONFIG, max_epoch=2, weight_decay=0.0, schedule="constant", averaging=0.0)
    torch.manual_seed(config.seed)
    start = weights(build_model(config.model, config.settings))
    moves = {}
    for clip in (1e-12, 1.0):
        result = train(replace(config, gradient_clip=clip), *glasses, tmp_path / str(clip))
        moves[clip] = (weights(result.model) - start).abs().max().item()
    steps = config.max_epoch * len(glasses[0])
    assert moves[1e-12] < 1e-3 * config.learning_rate * steps
    assert moves[1.0] > 0.5 * config.learning_rate


def test_the_weights_kept_are_those_of_the_best_evaluation(glasses, tmp_path):
    """With patience the best evaluation is never the last one."""
    config = CONFIG.with_options(max_epoch=300, eval_interval=1, patience=3, learning_rate=2e-2)
    config = replace(config, schedule="constant", averaging=0.0)  # unsteady
    result = train(config, *glasses, tmp_path)
    assert result.curve[-1]["epoch"] - result.best["epoch"] == 3
    with torch.no_grad():
        barriers = result.model(build_graph(glasses[1], result.model.cutoff)).numpy()
    scores = regression_scores(barriers, glasses[1].barriers)
    assert scores["pearson"] == pytest.approx(result.best["pearson"], abs=1e-5)
    assert abs(scores["pearson"] - result.curve[-1]["pearson"]) > 1e-3
    assert result.best["pearson"] == max(row["pearson"] for row in result.curve)


@pytest.mark.parametrize("model", ["symgnn", "egat"])
def test_the_validation_glass_decides_nothing_but_the_epoch(glasses, tmp_path, model):
    """Evaluated once, at the end: the same weights, scale and statistics whatever the validation glass is."""
    settings = CONFIG.settings if model == "symgnn" else {}
    config = replace(CONFIG, model=model, settings=settings, max_epoch=2, eval_interval=2)
    validation = glasses[1]
    others = (
        replace(labelled(40, 9), name="other"),
        replace(validation, barriers=100 - 3 * validation.barriers),
    )
    first = train(config, glasses[0], validation, tmp_path / "first").model.state_dict()
    for number, other in enumerate(others):
        second = train(config, glasses[0], other, tmp_path / str(number)).model.state_dict()
        for name, values in first.items():
            assert torch.equal(values, second[name]), name
    labels = np.concatenate([glass.barriers for glass in glasses[0]])
    assert first["target_mean"].item() == pytest.approx(labels.mean(), rel=1e-6)
    assert first["target_scale"].item() == pytest.approx(labels.std(ddof=1), rel=1e-5)


def test_statistics_of_normalisation_are_the_training_glasses(glasses, tmp_path):
    result = train(replace(CONFIG, max_epoch=2), *glasses, tmp_path)
    anew = copy.deepcopy(result.model)
    settle_norm(anew, [build_graph(glass, anew.cutoff) for glass in glasses[0]])
    buffers = [name for name, _ in anew.named_buffers() if "running" in name]
    assert buffers
    for name in buffers:
        assert torch.allclose(anew.state_dict()[name], result.model.state_dict()[name], atol=1e-5), name


def test_ridge_learns_nothing_from_the_validation_glass(glasses):
    """Descriptors, scale and weights for one penalty; with several, the one of the best validation score is kept."""

    def fit(validation, penalties):
        return fit_ridge(build_model("ridge", {"cutoff": 5.0}), glasses[0], validation, penalties=penalties)

    validation = glasses[1]
    other = replace(labelled(40, 9), barriers=np.random.default_rng(0).normal(50, 9, 40), name="other")
    one, two = (fit(glass, (10.0,)).model.state_dict() for glass in (validation, other))
    for name, values in one.items():
        assert torch.equal(values, two[name]), name
    penalties = (1e-6, 1.0, 30.0, 1e6)
    result = fit(validation, penalties)
    scores = [fit(validation, (penalty,)).best["pearson"] for penalty in penalties]
    losses = [row["train_loss"] for row in result.curve]
    assert result.best["penalty"] == penalties[int(np.argmax(scores))]
    assert np.argmax(scores) != np.argmin(losses) == 0, "the training loss would choose another one"
    alone = fit(validation, (result.best["penalty"],)).model
    assert torch.equal(weights(alone), weights(result.model))
