"""Configuration files: those that ship are valid, unknown keys and wrong values are named."""

import pytest

from symgnn.errors import InputError
from symgnn.models import build_model
from symgnn.training.config import CONFIGS, TrainingConfig, default_config, read_config


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("*.yaml")))
def test_shipped_configurations_build_their_model(name):
    config = default_config(name)
    build_model(config.model, config.settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: symgnn\nlearnig_rate: 0.1", "key 'learnig_rate' is unknown"),
        ("learning_rate: 0.1", "key 'model' is missing"),
        ("model: symgnn\nmax_epoch: many", "max_epoch is 'many', expected a whole number"),
        ("model: symgnn\nmax_epoch: true", "max_epoch is True, expected a whole number"),
        ("model: symgnn\nlearning_rate: -1", "learning_rate -1 found, expected a positive"),
        ("model: symgnn\nschedule: stairs", "schedule 'stairs' found, expected one-cycle or constant"),
        ("model: symgnn\nsettings: 3", "settings is 3, expected keys and values"),
        ("- model", "list found, expected keys and values"),
        ("model: [", "not readable as YAML"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"mine\.yaml") as error:
        read_config(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_yaml_runs_no_code(tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text(f"model: !!python/object/apply:os.system ['touch {tmp_path}/owned']")
    with pytest.raises(InputError, match="not readable as YAML"):
        read_config(path)
    assert not (tmp_path / "owned").exists()


def test_options_override_and_are_checked():
    config = TrainingConfig(model="symgnn").with_options(seed=5, patience=None)
    assert (config.seed, config.patience) == (5, 0)
    with pytest.raises(InputError, match="max_epoch 0 found"):
        config.with_options(max_epoch=0)
    with pytest.raises(InputError, match=r"model 'none' found, expected one of: .*symgnn"):
        default_config("none")
