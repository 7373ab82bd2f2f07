"""Whether a structure is a minimum of the potential."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from ase import Atoms, units

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.simulate.atomic_stress import atomic_fields
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.glass_maker import relax

LARGEST_FORCE = 0.01  # eV/Å; the paper's glasses, in single precision, have .002


@dataclass(frozen=True)
class Verification:
    """largest_force on an atom in eV/Å, pressure in bar, energy in eV per atom."""

    largest_force: float
    pressure: float
    energy_per_atom: float

    @property
    def is_minimum(self) -> bool:
        """Whether no atom has a force of more than .01 eV/Å. The pressure may be any: a strained glass has minima."""
        return self.largest_force <= LARGEST_FORCE


def verify(structure: Glass | Atoms) -> Verification:
    """Forces and pressure of a structure under the Mendelev 2009 potential.

    Raises InputError, naming the structure, for what the potential does not take: other elements than Cu and Zr, open
    boundaries, cells thinner than 15.2 Å, atoms nearer than 1.05 Å.
    """
    glass = as_glass(structure)
    atoms = _with_potential(glass)
    try:
        forces = atoms.get_forces()
    except InputError as error:
        raise InputError(f"{glass.name}: {error}") from None
    return Verification(
        largest_force=float(np.linalg.norm(forces, axis=1).max()),
        pressure=float(-atoms.get_stress()[:3].mean() / (1e5 * units.Pascal)),
        energy_per_atom=float(atoms.get_potential_energy() / len(atoms)),
    )


def relaxed(structure: Glass | Atoms) -> Glass:
    """The glass at the minimum nearby at zero pressure, its cell scaled, with energy and stress of every atom; without
    labels, which are those of the glass as it was.

    Raises InputError as `verify` does, RuntimeError where no minimum is reached.
    """
    glass = as_glass(structure)
    verify(glass)
    atoms = _with_potential(glass)
    relax(atoms)
    return replace(
        glass,
        positions=atoms.positions,
        cell=atoms.cell.array,
        barriers=None,
        properties={**glass.properties, **atomic_fields(atoms)},
    )


def refuse_unless_minimum(glass: Glass) -> None:
    """Raise InputError, with advice, for a glass that is no minimum, or none that the potential can compute."""
    forces = verify(glass)
    if not forces.is_minimum:
        raise InputError(
            f"{glass.name}: largest force {forces.largest_force:.3g} eV/Å found, expected at most {LARGEST_FORCE:g}:"
            " it is no minimum of the potential; relax it first: symgnn.simulate.relaxed"
        )


def _with_potential(glass: Glass) -> Atoms:
    atoms = Atoms(glass.species, positions=glass.positions, cell=glass.cell, pbc=glass.pbc)
    atoms.calc = MendelevCuZr()
    return atoms
