"""What a training run returns, and what all runs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.models import BarrierModel

Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(eq=False)
class TrainingResult:
    """The selected model and how it came about.

    model     weights of the best evaluation, in evaluation mode, on CPU
    curve     one row per evaluation: epoch, train_loss (standardised MSE), and validation scores
    best      the row of `curve` that was selected (highest validation Pearson r)
    seconds   of training, over all parts of an interrupted run
    """

    model: BarrierModel
    curve: list[dict[str, float]]
    best: dict[str, float]
    seconds: float


def barriers_of(glass: Glass) -> Tensor:
    """(N,) float32 labels in eV. Raises InputError where the glass has none."""
    if glass.barriers is None:
        raise InputError(f"{glass.name}: no energy barriers found, expected one per atom to train on")
    return torch.tensor(glass.barriers, dtype=torch.float32)
