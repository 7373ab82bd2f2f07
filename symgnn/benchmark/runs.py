"""Evaluating several checkpoints: which ones, on which glasses, and a table of their scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from symgnn.benchmark.evaluation import evaluate_checkpoint
from symgnn.benchmark.leaderboard import POOLED, TEST, VALIDATION, card_files
from symgnn.benchmark.report import TextTable
from symgnn.benchmark.scores import score, write_scores
from symgnn.datasets.paper import load_present
from symgnn.errors import InputError
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.paths import checkpoint_folder

Progress = Callable[[int, int, str], None]


def evaluate_all(
    names: Sequence[str] | None = None,
    *,
    root: Path | None = None,
    data: Path | None = None,
    split: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Checkpoint]:
    """Evaluate checkpoints by name or folder, each with its seeds, by default all of `root`, which is
    `checkpoint_folder()` unless given; returns them by name.

    Runs `evaluate_checkpoint` on the validation glass and the test glasses that are present;
    with `split` only the scores on that split, so that a trial run never sees a test glass.
    progress(done, total, text) is called before every checkpoint and at the end.

    Raises InputError where a checkpoint or a glass is missing, before anything is written.
    """
    root = root or checkpoint_folder()
    chosen = names or list_checkpoints(root)
    if not chosen:
        raise InputError(f"{root}: no checkpoint found, expected folders with card.json and weights")
    all_names = list(
        dict.fromkeys(seed for name in chosen for seed in card_files(name, _root_of(name, root)))
    )
    checkpoints = [load_checkpoint(name, root) for name in all_names]
    glasses = load_present(split, data) if split else []
    if not split:
        (validation,), test = load_present("validation", data), load_present("test", data)
    for done, checkpoint in enumerate(checkpoints):
        if progress:
            progress(done, len(checkpoints), f"Evaluating {all_names[done]}")
        if split:
            write_scores(checkpoint, score(checkpoint, glasses))
        else:
            evaluate_checkpoint(checkpoint, validation, test)
    if progress:
        progress(len(checkpoints), len(checkpoints), "Evaluated")
    return {name: load_checkpoint(name, root) for name in all_names}


def _root_of(name: str, root: Path) -> Path:
    """The folder that a name is relative to: `root`, or the current folder for the path of a folder."""
    return root if (root / name).is_dir() else Path()


def scores_table(checkpoints: Mapping[str, Checkpoint]) -> TextTable:
    """One line per checkpoint and glass."""
    measures = {"pearson": "r", "spearman": "Spearman", "mae_eV": "MAE / eV", "auc_top5": "AUC top 5%"}
    measures["auc_bottom5"] = "AUC bottom 5%"
    lines = [
        [name, glass, *(f"{scores[glass][measure]:.4f}" for measure in measures)]
        for name, scores in ((name, checkpoint.card.scores) for name, checkpoint in checkpoints.items())
        for glass in (VALIDATION, *TEST, POOLED)
        if glass in scores
    ]
    return TextTable(["checkpoint", "glass", *measures.values()], lines)
