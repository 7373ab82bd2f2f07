"""Time of the topology of a glass by number of atoms, on one core: `python benchmarks/topology.py [folder]`.

Takes the paper's glasses from the folder (by default where `symgnn data fetch` puts them), and where none has
the size asked for, a simulated sample of the project repeated to that size, or else a cubic crystal shaken by
0.3 Å. Comparison: 1000 edges with 2000 matched draws. Alpha: complex, cycles and participation.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.files.datasets import load_paper
from symgnn.files.structures import read_glass
from symgnn.glass import Glass
from symgnn.topology import (
    alpha_topology,
    compare_participation,
    edge_participation,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)

SIZES = (1000, 3000, 8000)
PAPER = {3000: "test0", 8000: "train0"}
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"


def glass_of(size: int, folder: str | None) -> Glass:
    """A glass of about that many atoms."""
    if size in PAPER:
        try:
            return load_paper([PAPER[size]], folder)[0]
        except InputError:
            pass  # not fetched
    samples = [read_glass(path) for path in sorted(SAMPLES.glob("*.extxyz"))]
    if not samples:
        return shaken_crystal(round(size ** (1 / 3)))
    repeated = [
        repeat(sample, grid) for sample in samples for grid in ((1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2))
    ]
    return min(repeated, key=lambda glass: abs(len(glass) - size))


def repeat(glass: Glass, grid: tuple[int, int, int]) -> Glass:
    """The same glass, `grid` times along its cell vectors."""
    shifts = np.array(list(np.ndindex(*grid))) @ glass.cell
    positions = (glass.positions[None] + shifts[:, None]).reshape(-1, 3)
    species = np.tile(glass.species, len(shifts))
    return Glass(
        species, positions, glass.cell * np.array(grid)[:, None], glass.pbc, name=f"{glass.name} {grid}"
    )


def shaken_crystal(n: int) -> Glass:
    """n³ Cu and Zr atoms at the density of the glass."""
    rng = np.random.default_rng(0)
    spacing = 0.063 ** (-1 / 3)
    places = np.array(list(np.ndindex(n, n, n))) * spacing + rng.uniform(-0.3, 0.3, size=(n**3, 3))
    return Glass(
        rng.choice([29, 40], n**3), places, np.eye(3) * n * spacing, (True, True, True), name=f"crystal{n}"
    )


def measure(glass: Glass) -> list[float]:
    """Processor seconds of filtration, ripser, cycles, participation, comparison, alpha."""
    marks = [time.process_time()]

    def mark(result):
        marks.append(time.process_time())
        return result

    filtration = mark(rips_filtration(glass))
    persistence = mark(persistent_homology(filtration))
    cycles = mark(representative_cycles(persistence))
    counts = mark(edge_participation(cycles, len(filtration)))
    selected = np.random.default_rng(0).choice(len(filtration), 1000, replace=False)
    mark(compare_participation(filtration, glass, counts, selected, seed=0))
    mark(alpha_topology(glass))
    return np.diff(marks).tolist()


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    names = ("filtration", "ripser", "cycles", "participation", "comparison", "alpha")
    print(f"{'glass':<24}{'atoms':>7}" + "".join(f"{name:>15}" for name in names) + "   (s)")
    measure(shaken_crystal(5))  # imports and first calls
    for size in SIZES:
        glass = glass_of(size, folder)
        times = measure(glass)
        print(f"{glass.name:<24}{len(glass):>7}" + "".join(f"{seconds:>15.3f}" for seconds in times))


if __name__ == "__main__":
    main()
