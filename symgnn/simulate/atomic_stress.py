"""Energy, pressure and shear stress of every atom under the potential, as the paper's data state them.

The stress of an atom is its part of the virial as LAMMPS computes it (`stress/atom`, in bar Å³: stress times volume,
positive under tension), half of every pair to either atom, without a kinetic part: nothing moves.

    potential_energy   eV
    pressure           -(sxx + syy + szz) / 1e7                                                  in 1e7 bar Å³
    von_mises          sqrt((sxx - syy)^2 + (syy - szz)^2 + (szz - sxx)^2 + 6 (syz^2 + sxz^2 + sxy^2)) / 1e7   likewise

The last is sqrt(2) times the von Mises stress.
"""

from __future__ import annotations

import numpy as np
from ase import Atoms, units

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.simulate.calculator import MendelevCuZr

BAR = 1e5 * units.Pascal  # eV/Å³
SCALE = 1e7  # bar Å³, the unit of pressure and von_mises in the paper's files


def atomic_fields(atoms: Atoms) -> dict[str, np.ndarray]:
    """potential_energy, pressure and von_mises (N,) of atoms whose calculator is a MendelevCuZr."""
    energies = atoms.get_potential_energies()
    stress = atoms.get_stresses() * atoms.get_volume() / BAR / SCALE  # (N, 6): xx, yy, zz, yz, xz, xy
    normal, shear = stress[:, :3], stress[:, 3:]
    differences = normal - np.roll(normal, 1, axis=1)
    return {
        "potential_energy": energies,
        "pressure": -normal.sum(axis=1),
        "von_mises": np.sqrt((differences**2).sum(axis=1) + 6 * (shear**2).sum(axis=1)),
    }


def fields_of_glass(glass: Glass) -> dict[str, np.ndarray]:
    """The same for a glass, at its positions as they are: it need not be a minimum.

    Raises InputError, naming the glass, for what MendelevCuZr does not take: other elements than Cu and Zr, open
    boundaries, thin cells, atoms too near.
    """
    atoms = Atoms(glass.species, positions=glass.positions, cell=glass.cell, pbc=glass.pbc)
    atoms.calc = MendelevCuZr()
    try:
        return atomic_fields(atoms)
    except InputError as error:
        raise InputError(f"{glass.name}: {error}") from None
