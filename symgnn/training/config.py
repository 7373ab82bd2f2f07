"""What a training run is told, read from YAML; an unknown key is an error."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from symgnn.errors import InputError

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class TrainingConfig:
    """One training run.

    model            name of the model, a key of symgnn.models.MODELS
    settings         keyword settings of the model's constructor
    learning_rate    the peak of the one-cycle schedule, or the constant rate
    schedule         "one-cycle" (up for the first fifth, then down to nearly 0) or "constant" (the paper's)
    weight_decay     of AdamW
    gradient_clip    largest norm of the gradient
    max_epoch        passes over all training glasses; a step is one glass. 0: the weights of start_from as they are
    eval_interval    epochs between two evaluations on the validation glasses
    averaging        decay per step of the running average of the weights that is evaluated and kept; 0 = none
    augment          turn each glass by a random element of O(3) at every step (data augmentation)
    edge_removal     atoms of each glass around which edges are removed at random at every step (removal.py)
    start_from       checkpoint of the same model and sizes whose weights training starts from, kept where no epoch is
                     better on the validation glasses; "" for random ones
    patience         stop after so many evaluations without a better validation score; 0 = never
    seed             of initial weights, order of glasses, dropout and random transformations
    """

    model: str
    settings: dict[str, Any] = field(default_factory=dict)
    learning_rate: float = 4e-3
    schedule: str = "one-cycle"
    weight_decay: float = 1e-2
    gradient_clip: float = 1.0
    max_epoch: int = 300
    eval_interval: int = 5
    averaging: float = 0.98
    augment: bool = False
    edge_removal: int = 0
    start_from: str = ""
    patience: int = 0
    seed: int = 0

    def __post_init__(self):
        checks = (
            ("learning_rate", self.learning_rate > 0, "a positive number"),
            ("schedule", self.schedule in ("one-cycle", "constant"), "one-cycle or constant"),
            ("weight_decay", self.weight_decay >= 0, "a number not below 0"),
            ("gradient_clip", self.gradient_clip > 0, "a positive number"),
            ("max_epoch", self.max_epoch >= (0 if self.start_from else 1), "at least 1"),
            ("eval_interval", self.eval_interval >= 1, "at least 1"),
            ("averaging", 0 <= self.averaging < 1, "a decay from 0 to below 1"),
            ("edge_removal", self.edge_removal >= 0, "a number of atoms, 0 for none"),
            (
                "start_from",
                not self.start_from or self.model != "ridge",
                "none: ridge is fitted in closed form",
            ),
            ("patience", self.patience >= 0, "0 (never stop early) or more"),
        )
        for name, holds, expected in checks:
            if not holds:
                raise InputError(f"{name} {getattr(self, name)!r} found, expected {expected}")

    def with_options(self, **options: Any) -> TrainingConfig:
        """A copy with those options that are not None."""
        return replace(self, **{name: value for name, value in options.items() if value is not None})


def read_config(path: str | Path) -> TrainingConfig:
    """Read a YAML file. Raises InputError naming the file and the key where something does not fit."""
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file, expected a YAML configuration") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: {type(content).__name__} found, expected keys and values")
    types = {"str": str, "float": (int, float), "int": int, "bool": bool, "dict[str, Any]": dict}
    known = {column.name: types[column.type] for column in fields(TrainingConfig)}
    for key, value in content.items():
        if key not in known:
            raise InputError(f"{path}: key {key!r} is unknown, expected one of: {', '.join(known)}")
        if not isinstance(value, known[key]) or isinstance(value, bool) != (known[key] is bool):
            expected = {
                str: "text",
                int: "a whole number",
                bool: "true or false",
                dict: "keys and values",
            }.get(known[key], "a number")
            raise InputError(f"{path}: {key} is {value!r}, expected {expected}")
    if "model" not in content:
        raise InputError(f"{path}: key 'model' is missing")
    try:
        return TrainingConfig(**content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def default_config(model: str) -> TrainingConfig:
    """The configuration that ships with the package for a model (or a variant of one)."""
    path = CONFIGS / f"{model}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(file.stem for file in CONFIGS.glob("*.yaml")))
        raise InputError(f"model {model!r} found, expected one of: {names}")
    return read_config(path)
