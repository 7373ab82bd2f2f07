"""Time of the topology of a glass by number of atoms, on one core: `python benchmarks/topology.py [folder]`.

Takes the paper's glasses from the folder (by default where `symgnn data fetch` puts them), and where none has
the size asked for, a simulated sample of the project repeated to that size, or else a cubic crystal shaken by
0.3 Å. `glass_topology` is the sum of the columns before it: diagrams of dimensions 0 and 1 by ripser, cycles,
alpha complex and its cycles, participation. Voids: dimension 2 up to 5 Å. Alpha voids: dimensions 0 to 2 of the
alpha complex. Comparison: 1000 edges with 2000 matched draws.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from pathlib import Path

import numpy as np

from symgnn.datasets.paper import load_paper
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import (
    alpha_complex,
    alpha_cycles,
    alpha_diagrams,
    edge_participation,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from symgnn.homology.persistence import COMPLETE_H2
from symgnn.io.structures import read_glass

SIZES = (1000, 3000, 8000)
STEPS = ("pairs", "ripser", "cycles", "alpha", "alpha cycles", "counts", "voids", "alpha voids")
IN_GLASS_TOPOLOGY = STEPS[:6]
PAPER = {3000: "test0", 8000: "train0"}
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"


def glass_of(size: int, folder: str | None) -> Glass:
    """A glass of about that many atoms."""
    if size in PAPER:
        try:
            return load_paper([PAPER[size]], folder)[0]
        except InputError:
            pass  # not fetched
    samples = [read_glass(path) for path in sorted(SAMPLES.glob("*.xyz"))]
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


def measure(glass: Glass) -> dict[str, float]:
    """Processor seconds of each of STEPS."""
    seconds: dict[str, float] = {}

    def timed(step, function, *arguments):
        start = time.process_time()
        result = function(*arguments)
        seconds[step] = seconds.get(step, 0.0) + time.process_time() - start
        return result

    filtration = timed("pairs", rips_filtration, glass)
    persistence = timed("ripser", persistent_homology, filtration)
    cycles = timed("cycles", representative_cycles, persistence)
    alpha = timed("alpha", alpha_complex, glass)
    of_alpha = timed("alpha cycles", alpha_cycles, alpha)
    timed("counts", edge_participation, cycles, len(filtration))
    timed("counts", edge_participation, of_alpha, len(alpha.edges))
    timed("voids", lambda: persistent_homology(rips_filtration(glass, COMPLETE_H2), 2))
    timed("alpha voids", alpha_diagrams, alpha)
    return seconds


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    names = (*IN_GLASS_TOPOLOGY, "glass_topology", *STEPS[len(IN_GLASS_TOPOLOGY) :])
    print(f"{'glass':<28}{'atoms':>7}" + "".join(f"{name:>15}" for name in names) + "   (s)")
    measure(shaken_crystal(10))  # imports and first calls
    for size in SIZES:
        glass = glass_of(size, folder)
        seconds = measure(glass)
        seconds["glass_topology"] = sum(seconds[step] for step in IN_GLASS_TOPOLOGY)
        print(f"{glass.name:<28}{len(glass):>7}" + "".join(f"{seconds[name]:>15.2f}" for name in names))


if __name__ == "__main__":
    main()
