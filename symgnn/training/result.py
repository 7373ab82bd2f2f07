"""What a training run returns, and how it reports its progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symgnn.models import BarrierModel

Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(eq=False)
class TrainingResult:
    """The selected model and how it came about.

    model     weights of the best evaluation, in evaluation mode, on CPU
    curve     one row per evaluation: epoch, train_loss (standardised MSE), and validation scores
    best      the row of `curve` that was selected (highest validation Pearson r)
    seconds   of training, over all parts of an interrupted run
    trained   False where an earlier call had finished the run already, so that nothing was left to do
    """

    model: BarrierModel
    curve: list[dict[str, float]]
    best: dict[str, float]
    seconds: float
    trained: bool = True
