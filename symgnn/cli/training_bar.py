"""The progress of `symgnn train` on standard error, and what it says when it is stopped."""

from __future__ import annotations

from pathlib import Path

from rich.progress import TextColumn

from symgnn.cli.common import errors, progress


class TrainingBar:
    """A progress bar from the first epoch on: a run that is finished already shows none.

    Ctrl-C within `with` says what is kept. state: the file that a later run goes on from, None where there is none.
    """

    def __init__(self, description: str, state: Path | None):
        self._description, self._state = description, state
        self._epoch, self._kept = 0, 0
        self._bars, self._task = progress(TextColumn("{task.fields[scores]}")), None

    def __enter__(self) -> TrainingBar:
        return self

    def show(self, epoch: int, max_epoch: int, scores: dict[str, float]) -> None:
        """After every epoch; the scores are those of the last evaluation, at their own "epoch"."""
        text = f"loss {scores['train_loss']:.4f}"
        if "pearson" in scores:
            text += f"  validation r {scores['pearson']:.4f}  MAE {scores['mae_eV']:.3f} eV"
        if self._task is None:
            self._task = self._bars.add_task(self._description, total=max_epoch, scores=text)
        self._epoch, self._kept = epoch, int(scores.get("epoch", 0))
        self._bars.update(self._task, completed=epoch, scores=text)

    def __exit__(self, kind, error, trace) -> None:
        self._bars.stop()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            errors.print(self._stopped(), markup=False, soft_wrap=True)

    def _stopped(self) -> str:
        if self._state is None or not self._kept:
            return f"Stopped after epoch {self._epoch}. Nothing is kept: the same command starts anew."
        return (
            f"Stopped after epoch {self._epoch}. The state after epoch {self._kept} is kept in {self._state}: the same "
            "command goes on from there."
        )
