"""What the vibrational mean-square displacement of an atom adds to ridge regression: r on the validation glass.

    SYMGNN_RAW_DATA=data/raw/paper python -m benchmarks.flexibility        # about 12 minutes of one core

Each glass of the paper's training and validation set vibrates (symgnn/simulate/vibrations.py) and is kept in the cache.
Test glasses play no part. --noise: how far predictions change with the velocities that the vibrations start with.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.datasets.own import own_files
from symgnn.datasets.paper import load_paper, split_names
from symgnn.glass import Glass
from symgnn.inference.predict import load_checkpoint, predict
from symgnn.io.structures import read_glass
from symgnn.models.ridge import Ridge
from symgnn.physical_inputs import with_physical_inputs
from symgnn.simulate import mean_square_displacement
from symgnn.training.closed_form import fit_ridge

INPUT = "log_mean_square_displacement"
PHYSICS = ("potential_energy", "pressure", "von_mises")
console = Console(width=120)


def with_displacement(glass: Glass) -> Glass:
    complete = with_physical_inputs(glass, (INPUT,))
    r = np.corrcoef(complete.properties[INPUT], glass.barriers)[0, 1]
    console.print(f"{glass.name}: r of the logarithm with the labels {r:.3f}")
    return complete


def noise() -> None:
    """Standard deviation of predicted barriers over three seeds of the velocities, on a glass of 500 atoms."""
    glass = read_glass(own_files()["Cu64Zr36_500_1e12"])
    complete = [
        glass.with_properties(**{INPUT: np.log(mean_square_displacement(glass, seed=seed))})
        for seed in range(3)
    ]
    for name in ("ridge-flexibility", "committee-flexibility"):
        barriers = np.stack([predict(load_checkpoint(name), one) for one in complete])
        console.print(f"{name}: {np.sqrt(barriers.var(axis=0, ddof=1).mean()):.4f} eV")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--noise", action="store_true", help="how far barriers change with the velocities' seed"
    )
    if parser.parse_args().noise:
        noise()
        return
    torch.set_num_threads(1)
    training, validation = (
        [with_displacement(glass) for glass in load_paper(split_names(split))]
        for split in ("train", "validation")
    )
    table = Table("inputs beside the densities", "r", "Spearman", "MAE / eV", title="ridge, validation glass")
    for inputs in ((), (INPUT,), PHYSICS, (*PHYSICS, INPUT)):
        best = fit_ridge(Ridge(inputs=inputs), training, validation).best
        shown = [f"{best[name]:.3f}" for name in ("pearson", "spearman", "mae_eV")]
        table.add_row(", ".join(inputs) or "none", *shown)
    console.print(table)


if __name__ == "__main__":
    main()
