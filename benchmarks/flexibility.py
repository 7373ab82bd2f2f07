"""What the vibrational mean-square displacement of an atom adds to ridge regression: r on the validation glass.

    SYMGNN_RAW_DATA=data/raw/paper python -m benchmarks.flexibility        # about 12 minutes of one core

Each glass of the paper's training and validation set vibrates (symgnn/simulate/vibrations.py) and is kept in the cache.
Test glasses play no part.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.datasets.paper import load_paper, split_names
from symgnn.glass import Glass
from symgnn.models.ridge import Ridge
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.closed_form import fit_ridge

INPUT = "log_mean_square_displacement"
PHYSICS = ("potential_energy", "pressure", "von_mises")
console = Console(width=120)


def with_displacement(glass: Glass) -> Glass:
    complete = with_physical_inputs(glass, (INPUT,))
    r = np.corrcoef(complete.properties[INPUT], glass.barriers)[0, 1]
    console.print(f"{glass.name}: r of the logarithm with the labels {r:.3f}")
    return complete


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
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
