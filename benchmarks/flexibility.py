"""What the vibrational mean-square displacement of an atom adds to ridge regression: r on the validation glass.

    SYMGNN_RAW_DATA=data/raw/paper python -m benchmarks.flexibility        # about 12 minutes of one core
    python -m benchmarks.flexibility --folder FOLDER                       # keeps the displacements there

Each glass of the paper's training and validation set vibrates for 10 ps around its minimum at 300 K (velocity Verlet at
constant energy, started with twice the temperature, half of which goes into the potential). Test glasses play no part.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from ase import units
from ase.data import atomic_masses
from rich.console import Console
from rich.table import Table

from symgnn.datasets.paper import load_paper, split_names
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.models.ridge import Ridge
from symgnn.simulate.energy_surface import GlassSurface
from symgnn.simulate.local_sampling import verlet
from symgnn.training.closed_form import fit_ridge

TEMPERATURE, STEP = 300.0, 3.0  # K, fs
SETTLING, SAMPLES, BETWEEN = 200, 400, 8  # steps before the first sample, samples, steps between two
SEED = 7
INPUT = "log_mean_square_displacement"
PHYSICS = ("potential_energy", "pressure", "von_mises")
console = Console(width=120)


def mean_square_displacement(glass: Glass) -> np.ndarray:
    """(N,) Å², around each atom's mean position during the run."""
    surface = GlassSurface(glass).mobile(np.arange(len(glass)))
    masses = atomic_masses[glass.species][:, None]
    rng = np.random.default_rng([SEED, int(glass.content_hash, 16)])
    velocities = rng.normal(size=surface.start.shape) * np.sqrt(2 * units.kB * TEMPERATURE / masses)
    velocities -= (masses * velocities).sum(axis=0) / masses.sum()
    step = STEP * units.fs
    positions, velocities = verlet(surface, surface.start, velocities, masses, step, SETTLING)
    total, squares = np.zeros_like(positions), np.zeros(len(glass))
    for _ in range(SAMPLES):
        positions, velocities = verlet(surface, positions, velocities, masses, step, BETWEEN)
        displacement = surface.displacement(positions)
        total += displacement
        squares += (displacement**2).sum(axis=1)
    return squares / SAMPLES - ((total / SAMPLES) ** 2).sum(axis=1)


def with_displacement(glass: Glass, folder: Path | None) -> Glass:
    path = folder / f"{glass.content_hash}.npz" if folder else None
    kept = read_arrays(path, ("msd",)) if path else None
    msd = kept["msd"] if kept else mean_square_displacement(glass)
    if path and not kept:
        write_arrays(path, {"msd": msd})
    console.print(
        f"{glass.name}: mean {msd.mean():.4f} Å², r of its logarithm with the labels "
        f"{np.corrcoef(np.log(msd), glass.barriers)[0, 1]:.3f}"
    )
    return glass.with_properties(**{INPUT: np.log(msd)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    training, validation = (
        [with_displacement(glass, options.folder) for glass in load_paper(split_names(split))]
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
