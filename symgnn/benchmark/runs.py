"""Evaluating several checkpoints: which ones, on which glasses, and a table of their scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from symgnn.benchmark.evaluation import evaluate_checkpoint
from symgnn.benchmark.leaderboard import POOLED, TEST, VALIDATION, card_files
from symgnn.benchmark.scores import score, score_splits, write_scores
from symgnn.benchmark.text_table import TextTable
from symgnn.datasets import SplitDataset, load_dataset
from symgnn.datasets.definition import PAPER_NAME, SPLITS
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.paths import checkpoint_folder
from symgnn.training.same_data import is_own_dataset

Progress = Callable[[int, int, str], None]


def evaluate_all(
    names: Sequence[str] | None = None,
    *,
    root: Path | None = None,
    dataset: SplitDataset | None = None,
    split: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Checkpoint]:
    """Evaluate checkpoints by name or folder, each with its seeds, by default all of `root`, which is
    `checkpoint_folder()` unless given; returns them by name.

    Runs `evaluate_checkpoint` on the validation and test glasses of `dataset`, by default those of the paper that are
    present; with `split` only the scores on that split, so that a trial run never sees a test glass.
    A checkpoint that was trained on another data set is scored, but nothing is written: its card, as returned, has the
    new scores alone.
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
    dataset = dataset or load_dataset()
    glasses = {name: _glasses(dataset, name) for name in ([split] if split else ["validation", "test"])}
    results = {}
    for done, (name, checkpoint) in enumerate(zip(all_names, checkpoints, strict=True)):
        if progress:
            progress(done, len(checkpoints), f"Evaluating {name}")
        if not is_own_dataset(checkpoint, dataset):
            scores = score_splits(
                checkpoint,
                glasses.get("validation", []),
                glasses.get("test", []) + glasses.get("train", []),
            )
            results[name] = replace(checkpoint, card=checkpoint.card.model_copy(update={"scores": scores}))
            continue
        if split:
            write_scores(checkpoint, score(checkpoint, glasses[split]))
        else:
            evaluate_checkpoint(checkpoint, glasses["validation"], glasses["test"])
        results[name] = load_checkpoint(name, root)
    if progress:
        progress(len(checkpoints), len(checkpoints), "Evaluated")
    return results


def _glasses(dataset: SplitDataset, split: str) -> list[Glass]:
    glasses = dataset.split(split).glasses
    if not glasses:
        hint = "; get them with `symgnn data fetch`" if dataset.name == PAPER_NAME else ""
        raise InputError(f"{dataset.origin}: no glass of split {split!r} here, expected at least one{hint}")
    return glasses


def _root_of(name: str, root: Path) -> Path:
    """The folder that a name is relative to: `root`, or the current folder for the path of a folder."""
    return root if (root / name).is_dir() else Path()


def scores_table(checkpoints: Mapping[str, Checkpoint], dataset: SplitDataset | None = None) -> TextTable:
    """One line per checkpoint and scored glass of `dataset`, by default of the paper."""
    names = [VALIDATION, *TEST]
    if dataset is not None and dataset.name != PAPER_NAME:
        names = [glass.name for split in SPLITS for glass in dataset.split(split).glasses]
    measures = {"pearson": "r", "spearman": "Spearman", "mae_eV": "MAE / eV", "auc_top5": "AUC top 5%"}
    measures["auc_bottom5"] = "AUC bottom 5%"
    lines = [
        [name, glass, *(f"{scores[glass][measure]:.4f}" for measure in measures)]
        for name, scores in ((name, checkpoint.card.scores) for name, checkpoint in checkpoints.items())
        for glass in (*names, POOLED)
        if glass in scores
    ]
    return TextTable(["checkpoint", "glass", *measures.values()], lines)
