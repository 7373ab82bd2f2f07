"""What our own labels add to the paper's: ridge regression on both, weighted by label noise; r on the validation glass.

    SYMGNN_RAW_DATA=data/raw/paper python -m benchmarks.paper_and_own        # two minutes of one core
    python -m benchmarks.paper_and_own --network FOLDER --seeds 0 1 2        # SymGNN, 10 minutes each; resumes

The weight of an atom is the inverse variance of its label: .14 eV for the paper's (two labellings of one glass), its
standard error for our own. Our barriers lie higher than the paper's by a constant that the training glass of `own`
tells (mean difference to what ridge regression on the paper's glasses predicts for it), and are also tried less that.
Test glasses play no part.

A network makes one step for each glass and epoch: with our glass a seventh, so that its 500 atoms have 16 times the
weight of others (in the loss, as the mean over a glass). Its labels are taken less the difference.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.datasets import load_dataset
from symgnn.datasets.paper import load_paper, split_names
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import CARD, read_card
from symgnn.metrics import regression_scores
from symgnn.models.ridge import Ridge
from symgnn.paths import checkpoint_folder
from symgnn.training.closed_form import PENALTIES
from symgnn.training.config import default_config
from symgnn.training.loop import train

PAPER_NOISE = 0.14  # eV
console = Console(width=120)


def described(glass: Glass, model: Ridge) -> torch.Tensor:
    with torch.no_grad():
        return model.describe(build_graph(glass, model.cutoff))


def best_r(
    model: Ridge, descriptors: list, labels: list, weights: list, held_out: torch.Tensor, validation: Glass
) -> dict[str, float]:
    """Validation scores at the best penalty of weighted ridge regression."""
    x = model.descriptors.standardise(torch.cat(descriptors)).double()
    y, w = torch.cat(labels).double(), torch.cat(weights).double()
    mean = (w * y).sum() / w.sum()
    weighted = x * w[:, None]
    gram, moment = weighted.T @ x, weighted.T @ (y - mean)
    unknown = model.descriptors.standardise(held_out).double()
    results = []
    for penalty in PENALTIES:
        solution = torch.linalg.solve(gram + penalty * torch.eye(len(gram), dtype=gram.dtype), moment)
        results.append(regression_scores((mean + unknown @ solution).numpy(), validation.barriers))
        results[-1]["own"] = (mean + x[-len(labels[-1]) :] @ solution).mean().item()
    return max(results, key=lambda scores: scores["pearson"])


def networks(folder: Path, seeds: list[int], training: list[Glass], validation: Glass) -> None:
    table = Table("seed", "paper (checkpoint)", "paper + own", title=f"SymGNN: r on {validation.name}")
    for seed in seeds:
        config = replace(default_config("symgnn"), seed=seed)
        best = train(config, training, [validation], folder / f"seed{seed}").best
        known = read_card(checkpoint_folder() / "symgnn" / (f"seed{seed}" if seed else "") / CARD).selected
        table.add_row(str(seed), f"{known.pearson:.3f}", f"{best['pearson']:.3f}")
        console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, help="folder of the runs")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = Ridge()
    paper, (validation,) = load_paper(split_names("train")), load_paper(split_names("validation"))
    (own,) = load_dataset("own").train.glasses
    descriptors = [described(glass, model) for glass in (*paper, own)]
    held_out = described(validation, model)
    model.descriptors.fit(descriptors[:-1])
    labels = [torch.tensor(glass.barriers) for glass in (*paper, own)]
    variance = torch.tensor(own.properties["barrier_standard_error"]) ** 2
    ones = [torch.ones(len(glass)) for glass in paper]
    none = torch.zeros(len(own))
    alone = best_r(model, descriptors, labels, [*ones, none], held_out, validation)
    offset = own.barriers.mean() - alone["own"]
    console.print(f"{own.name}: our labels lie {offset:+.3f} eV above the prediction of the paper's")
    if options.network:
        networks(
            options.network, options.seeds, [*paper, replace(own, barriers=own.barriers - offset)], validation
        )
        return
    table = Table("training labels", "r", "Spearman", "MAE / eV", title=f"ridge, {validation.name}")
    rows = [("paper", none, 0.0)]
    for factor in (1, 10, 100):
        rows += [(f"paper + own, weight x {factor}", factor * PAPER_NOISE**2 / variance, 0.0)]
        rows += [
            (
                f"paper + own less {offset:.2f} eV, weight x {factor}",
                factor * PAPER_NOISE**2 / variance,
                offset,
            )
        ]
    for name, weight, less in rows:
        both = [*labels[:-1], labels[-1] - less]
        best = best_r(model, descriptors, both, [*ones, weight], held_out, validation)
        table.add_row(name, *(f"{best[key]:.4f}" for key in ("pearson", "spearman", "mae_eV")))
    console.print(table)
    only = [*(torch.zeros(len(glass)) for glass in paper), np.mean(variance.numpy()) / variance]
    best = best_r(model, descriptors, labels, only, held_out, validation)
    console.print(f"own alone: r {best['pearson']:.3f}")


if __name__ == "__main__":
    main()
