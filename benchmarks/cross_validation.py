"""Grouped cross-validation: which model to choose, without a look at test glasses.

    python benchmarks/cross_validation.py symgnn equiformer ridge [--folds train0+train1 train2] [--data FOLDER]

The training and validation glasses of the paper are held out in turn, one group at a time; train0 and train1 are one
glass labelled twice, train6 is train5 strained, so that they stay together. Every model is trained on all other
glasses for its configured number of epochs and scored at the last one: nothing is selected within a fold.
Predictions go to runs/cross-validation/<model>/<fold>.npz; what is there already is not computed again.
Prints Pearson's r per held-out glass (mean over the glasses of a fold), for every model and for the mean of all.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.datasets.paper import load_paper
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.io.writing import replacing
from symgnn.metrics import pearson
from symgnn.models import build_model
from symgnn.training.closed_form import fit_ridge
from symgnn.training.config import default_config
from symgnn.training.loop import train

FOLDS = (("train0", "train1"), ("train2",), ("train3",), ("train4",), ("train5", "train6"))
NAMES = [name for fold in FOLDS for name in fold]
RIDGE_PENALTY = 0.1  # as selected on the validation glass of the paper's split


def predictions(
    model_name: str, fold: Sequence[str], glasses: dict[str, Glass], folder: Path, seed: int
) -> dict:
    """Held-out glass -> (N,) predicted barriers in eV."""
    path = folder / model_name / f"{'+'.join(fold)}.npz"
    if not path.is_file():
        config = default_config(model_name).with_options(seed=seed)
        config = config.with_options(eval_interval=config.max_epoch)
        training, held = (
            [glasses[name] for name in NAMES if name not in fold],
            [glasses[name] for name in fold],
        )
        if config.model == "ridge":
            model = build_model("ridge", config.settings)
            model = fit_ridge(model, training, held[0], penalties=(RIDGE_PENALTY,)).model
        else:
            model = train(config, training, held[0], path.with_suffix("")).model
        with torch.inference_mode():
            found = {
                glass.name: model(build_graph(glass, model.cutoff, model.inputs)).numpy() for glass in held
            }
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **found)
    with np.load(path) as stored:
        return dict(stored)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--folds", nargs="+", default=["+".join(fold) for fold in FOLDS])
    parser.add_argument("--data", default=None)
    parser.add_argument("--folder", type=Path, default=Path("runs/cross-validation"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keep_large_buffers()
    glasses = {glass.name: glass for glass in load_paper(NAMES, options.data)}
    folds = [tuple(fold.split("+")) for fold in options.folds]
    table = Table("model", *options.folds, "mean", title="Pearson r on held-out glasses")
    scores: dict[str, list[float]] = {}
    for fold in folds:
        found = {
            name: predictions(name, fold, glasses, options.folder, options.seed) for name in options.models
        }
        if len(found) > 1:
            found["mean of these"] = {
                glass: np.mean([one[glass] for one in found.values()], axis=0) for glass in fold
            }
        for name, held in found.items():
            r = np.mean([pearson(held[glass], glasses[glass].barriers) for glass in fold])
            scores.setdefault(name, []).append(float(r))
    for name, row in scores.items():
        table.add_row(name, *(f"{r:.3f}" for r in row), f"{np.mean(row):.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
