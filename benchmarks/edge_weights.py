"""How a barrier depends on the weight of all edges at once, and what that does to integrated gradients.

    python benchmarks/edge_weights.py FILE [--checkpoint symgnn] [--atoms 6] [--seed 0]

Prints the predicted barrier of random atoms for edges of weight 0 to 1; then, for paths that start at several baselines
and several numbers of quadrature points, how far the effects are from adding up, and their correlation with 64 points
of the same path and with 64 points of the path from 0.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.selection import random_atoms
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass

WEIGHTS = (0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1)
POINTS = (2, 3, 4, 8, 16, 32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--checkpoint", default="symgnn")
    parser.add_argument("--atoms", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keep_large_buffers()
    glass, checkpoint = read_glass(options.file), load_checkpoint(options.checkpoint)
    model, console = checkpoint.model, Console()
    fields = fields_of(checkpoint, glass, random_atoms(glass, options.atoms, options.seed).tolist())

    def barriers(weight: float) -> np.ndarray:
        with torch.no_grad():
            return fields.predict(model, torch.full((fields.n_pairs,), float(weight))).numpy()

    table = Table("weight of all edges", *(f"atom {atom} / eV" for atom in fields.centers.tolist()))
    for weight in WEIGHTS:
        table.add_row(f"{weight:g}", *(f"{barrier:.3f}" for barrier in barriers(weight)))
    console.print(table)

    def effects(points: int, baseline: float) -> np.ndarray:
        method = IntegratedGradients(points=points, baseline=baseline)
        return method.attribute(model, fields).effect.numpy()

    classic = effects(64, 0.0)
    table = Table(
        "baseline", "points", "largest error of the sum / eV", "r with 64 points", "r with the path from 0"
    )
    for baseline in (0.0, 0.8, 0.9):
        change, exact = barriers(1) - barriers(baseline), effects(64, baseline)
        for points in POINTS:
            found = effects(points, baseline)
            sums = [part.sum() for part in np.split(found, np.cumsum(fields.pairs_per_field)[:-1])]
            correlations = [np.corrcoef(found, other)[0, 1] for other in (exact, classic)]
            table.add_row(f"{baseline:g}", str(points), f"{np.abs(sums - change).max():.3f}",
                          *(f"{number:.4f}" for number in correlations))  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main()
