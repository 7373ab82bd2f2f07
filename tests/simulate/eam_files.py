"""The built-in potential written as files that ASE and LAMMPS read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ase.data import atomic_masses

from symgnn.simulate.potential import ATOMIC_NUMBERS, ELEMENTS, mendelev2009

N_RHO, D_RHO, N_R = 4000, 0.035, 4000


def write_eam(path: Path, elements: tuple[str, ...] = ELEMENTS) -> Path:
    """Write an eam/fs or, of one element, eam/alloy file, as the ending of the name says."""
    potential = mendelev2009()
    species = [ELEMENTS.index(element) for element in elements]
    cutoff = potential.cutoff.max()
    r, rho = np.arange(N_R) * cutoff / (N_R - 1), np.arange(N_RHO) * D_RHO
    inside = np.maximum(r, 1.3)
    lines = ["the Cu-Zr potential", "of 2009", "for a test", f"{len(elements)} {' '.join(elements)}",
             f"{N_RHO} {D_RHO} {N_R} {cutoff / (N_R - 1)} {cutoff}"]  # fmt: skip
    for a in species:
        lines.append(f"{ATOMIC_NUMBERS[a]} {atomic_masses[ATOMIC_NUMBERS[a]]} 3.6 fcc")
        lines += map(repr, potential.embedding(a, rho).tolist())
        for b in species:
            lines += map(repr, potential.density(a, b, inside).tolist())
    for i, a in enumerate(species):
        for b in species[: i + 1]:
            lines += map(repr, (r * potential.pair_energy(a, b, inside)).tolist())
    path.write_text("\n".join(lines) + "\n")
    return path
