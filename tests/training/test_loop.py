"""Training on small made-up glasses: it learns, it resumes to the same result, it refuses what cannot."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.neighbors import neighbor_list
from symgnn.inference.device import check_device
from symgnn.models import BarrierModel
from symgnn.training.config import TrainingConfig
from symgnn.training.loop import STATE, train, turned
from tests.conftest import make_random_glass

CONFIG = TrainingConfig(
    model="symgnn",
    settings={"width": 8, "heads": [2, 1], "dropout": 0.1},
    max_epoch=6,
    eval_interval=2,
    learning_rate=5e-3,
    seed=3,
)


def labelled(n, seed):
    """Barriers that follow the number of neighbours within 3 Å: something that a graph network can learn."""
    glass = make_random_glass(n, seed)
    count = np.bincount(neighbor_list(glass, 3.0).target, minlength=n)
    return replace(glass, barriers=1.5 + 0.1 * count, name=f"made{seed}")


@pytest.fixture(scope="module")
def glasses():
    return [labelled(80, 1), labelled(90, 2)], labelled(80, 3)


class Killed(Exception):
    pass


def test_it_learns(glasses, tmp_path):
    config = CONFIG.with_options(max_epoch=80, eval_interval=10, learning_rate=1e-2)
    result = train(replace(config, settings={"width": 16, "heads": [2, 1]}), *glasses, tmp_path)
    assert result.best["pearson"] > 0.6
    assert result.curve[-1]["train_loss"] < 0.5 * result.curve[0]["train_loss"]
    assert result.best == max(result.curve, key=lambda row: row["pearson"])
    assert result.model.target_mean.item() == pytest.approx(
        np.mean(np.concatenate([glass.barriers for glass in glasses[0]])), rel=1e-5
    )


@pytest.mark.parametrize("killed_after", [2, 3, 5])
def test_a_killed_run_resumes_to_the_same_result(glasses, tmp_path, killed_after):
    whole = train(CONFIG, *glasses, tmp_path / "whole")

    def kill(epoch, max_epoch, scores):
        if epoch == killed_after:
            raise Killed

    with pytest.raises(Killed):
        train(CONFIG, *glasses, tmp_path / "parts", progress=kill)
    resumed = []
    parts = train(CONFIG, *glasses, tmp_path / "parts", progress=lambda epoch, *_: resumed.append(epoch))
    assert resumed[0] == killed_after // 2 * 2 + 1, "goes on after the last evaluation"
    assert [row["epoch"] for row in parts.curve] == [2, 4, 6]
    for one, other in zip(whole.curve, parts.curve, strict=True):
        assert np.isfinite([one["train_loss"], one["mae_eV"], one["pearson"]]).all()
        assert one == pytest.approx(other, rel=1e-5, nan_ok=True)  # there may be no extreme labels to find
    for name, value in whole.model.state_dict().items():
        assert torch.allclose(
            value.double(), parts.model.state_dict()[name].double(), rtol=1e-4, atol=1e-6
        ), name


def test_a_finished_run_is_not_trained_again(glasses, tmp_path):
    train(CONFIG, *glasses, tmp_path)
    again = train(CONFIG, *glasses, tmp_path, progress=lambda *_: pytest.fail("no epoch is left"))
    assert len(again.curve) == 3


def test_the_state_of_another_run_is_refused(glasses, tmp_path):
    train(CONFIG.with_options(max_epoch=1), *glasses, tmp_path)
    with pytest.raises(InputError, match=rf"{STATE}: belongs to a run with other settings \(.+ .+, now .+\)"):
        train(CONFIG.with_options(max_epoch=1, seed=4), *glasses, tmp_path)
    (tmp_path / STATE).write_bytes(b"damaged")
    with pytest.raises(InputError, match=rf"{STATE}: not readable"):
        train(CONFIG.with_options(max_epoch=1), *glasses, tmp_path)


def shifted(glass):
    """The same structure with other labels."""
    return replace(glass, barriers=glass.barriers + np.where(np.arange(len(glass)) == 7, 1e-3, 0.0))


def with_stress(glass, value):
    return glass.with_properties(stress=np.full(len(glass), value))


class ReadsStress(BarrierModel):
    """A linear function of one per-atom property."""

    def __init__(self):
        super().__init__(elements=("Cu", "Zr"), cutoff=4.0, n_layers=0, inputs=("stress",))
        self.decoder = torch.nn.Sequential(torch.nn.Linear(1, 1))

    def embed(self, graph, edge_weight):
        return graph.inputs


@pytest.mark.parametrize("which", ["training", "validation"])
def test_a_run_does_not_go_on_with_other_labels(glasses, tmp_path, which):
    (first, second), validation = glasses
    train(CONFIG.with_options(max_epoch=2), *glasses, tmp_path)
    changed = {
        "training": ([first, shifted(second)], validation),
        "validation": ([first, second], shifted(validation)),
    }
    before = (tmp_path / STATE).read_bytes()
    with pytest.raises(InputError, match=rf"{STATE}: belongs to a run with other barriers than found now"):
        train(CONFIG.with_options(max_epoch=2), *changed[which], tmp_path)
    assert (tmp_path / STATE).read_bytes() == before


@pytest.mark.parametrize("which", ["training", "validation"])
def test_a_run_does_not_go_on_with_other_per_atom_inputs(glasses, tmp_path, which, monkeypatch):
    monkeypatch.setattr("symgnn.training.loop.build_model", lambda name, settings: ReadsStress())
    (first, second), validation = glasses
    one, other = ([with_stress(glass, value) for glass in (first, second, validation)] for value in (1, 2))
    config = replace(CONFIG.with_options(max_epoch=1), settings={})
    train(config, one[:2], one[2], tmp_path)
    train(config, one[:2], one[2], tmp_path)  # the same goes on
    changed = (one[0], other[1], one[2]) if which == "training" else (one[0], one[1], other[2])
    with pytest.raises(InputError, match="belongs to a run with other per-atom inputs than found now"):
        train(config, changed[:2], changed[2], tmp_path)


def test_fields_that_the_model_does_not_read_are_no_part_of_the_run(glasses, tmp_path):
    train(CONFIG.with_options(max_epoch=1), *glasses, tmp_path)
    training = [with_stress(glass, 1.0) for glass in glasses[0]]
    train(CONFIG.with_options(max_epoch=1), training, glasses[1], tmp_path)


def test_other_structures_are_told(glasses, tmp_path):
    train(CONFIG.with_options(max_epoch=1), *glasses, tmp_path)
    moved = replace(glasses[1], positions=glasses[1].positions + 0.01)
    with pytest.raises(InputError, match="other structures, per-atom inputs than found now"):
        train(CONFIG.with_options(max_epoch=1), glasses[0], moved, tmp_path)


def test_the_state_of_an_earlier_version_is_refused(glasses, tmp_path):
    """It said nothing of labels: a run that goes on might mix them."""
    torch.save({"identity": {"config": {}, "data": ["0" * 16]}}, tmp_path / STATE)
    with pytest.raises(InputError, match=r"other settings, structures, .*barriers than found now"):
        train(CONFIG, *glasses, tmp_path)
    torch.save([1, 2], tmp_path / STATE)
    with pytest.raises(InputError, match=rf"{STATE}: not readable: .*delete it"):
        train(CONFIG, *glasses, tmp_path)


def test_the_state_cannot_run_code(glasses, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "owned"), "w"))

    torch.save({"identity": Evil()}, tmp_path / STATE)
    with pytest.raises(InputError, match="not readable"):
        train(CONFIG, *glasses, tmp_path)
    assert not (tmp_path / "owned").exists()


def test_patience_stops(glasses, tmp_path):
    standing_still = CONFIG.with_options(max_epoch=40, eval_interval=1, patience=3, learning_rate=1e-12)
    curve = train(standing_still, *glasses, tmp_path).curve
    best = max(range(len(curve)), key=lambda i: curve[i]["pearson"])
    assert len(curve) == best + 1 + 3 < 40


def test_non_finite_loss_stops_with_a_clear_error(glasses, tmp_path):
    with pytest.raises(InputError, match=r"training loss became .* in epoch \d+: lower the learning rate"):
        train(CONFIG.with_options(learning_rate=1e30, max_epoch=50, schedule="constant"), *glasses, tmp_path)


def test_labels_are_needed(glasses, tmp_path):
    with pytest.raises(InputError, match="made3: no energy barriers"):
        train(CONFIG, glasses[0], replace(glasses[1], barriers=None), tmp_path)


def test_devices():
    check_device("cpu")
    with pytest.raises(InputError, match="device 'abacus' found"):
        check_device("abacus")


def test_augmentation_turns_the_whole_glass():
    graph = build_graph(make_random_glass(60, 1), 5.0)
    torch.manual_seed(0)
    moved = turned(graph)
    assert torch.allclose(torch.linalg.norm(moved.vector, dim=1), graph.length, atol=1e-4)
    transformation = torch.linalg.lstsq(graph.vector, moved.vector).solution
    assert torch.allclose(transformation @ transformation.T, torch.eye(3), atol=1e-4)
    assert not torch.allclose(transformation, torch.eye(3), atol=0.1)


def test_augmentation_changes_the_result(glasses, tmp_path):
    config = replace(
        CONFIG.with_options(max_epoch=2), settings={**CONFIG.settings, "symmetrization": "identity"}
    )
    base = train(config, *glasses, tmp_path / "base")
    other = train(replace(config, augment=True), *glasses, tmp_path / "other")
    assert other.curve[-1]["train_loss"] != base.curve[-1]["train_loss"]
