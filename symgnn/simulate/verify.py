"""Whether a structure is a minimum of the potential."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from ase import Atoms, units

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.simulate.atomic_stress import atomic_fields
from symgnn.simulate.bulk import refuse_unless_bulk
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.eam_file import EamPotential
from symgnn.simulate.glass_maker import relax
from symgnn.simulate.potential import ELEMENTS

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


def verify(structure: Glass | Atoms, potential: EamPotential | None = None) -> Verification:
    """Forces and pressure of a structure under the Mendelev 2009 potential of Cu-Zr, or one of a file (eam_file.py).

    Raises InputError, naming the structure, for what the potential does not take: other elements, open boundaries,
    cells thinner than two cutoffs (15.2 Å), atoms nearer than 1.05 Å; and for surfaces and pores.
    """
    glass = as_glass(structure)
    others = [symbol for symbol in glass.elements if symbol not in ELEMENTS]
    if potential is None and others:
        raise InputError(
            f"{glass.name}: {' and '.join(others)} found, expected Cu and Zr only, which the built-in potential knows, "
            "or an EAM file that knows the others (--potential)"
        )
    atoms = _with_potential(glass, potential)
    try:
        forces = atoms.get_forces()
    except InputError as error:
        raise InputError(f"{glass.name}: {error}") from None
    if not np.isfinite(forces).all():
        raise InputError(
            f"{glass.name}: forces that are no numbers found, expected atoms that do not overlap"
        )
    refuse_unless_bulk(glass)
    return Verification(
        largest_force=float(np.linalg.norm(forces, axis=1).max()),
        pressure=float(-atoms.get_stress()[:3].mean() / (1e5 * units.Pascal)),
        energy_per_atom=float(atoms.get_potential_energy() / len(atoms)),
    )


def relaxed(structure: Glass | Atoms, potential: EamPotential | None = None) -> Glass:
    """The glass at the minimum nearby at zero pressure, its cell scaled, with energy and stress of every atom (by the
    built-in potential). Labels and properties but `id` are left out: they are those of the glass as it was.

    Raises InputError as `verify` does, and where no minimum is reached.
    """
    glass = as_glass(structure)
    verify(glass, potential)
    atoms = _with_potential(glass, potential)
    try:
        relax(atoms)
    except (RuntimeError, InputError) as error:
        raise InputError(
            f"{glass.name}: no minimum reached, expected a structure near one: {error}"
        ) from None
    kept = {name: values for name, values in glass.properties.items() if name == "id"}
    computed = {} if potential else atomic_fields(atoms)
    return replace(
        glass,
        positions=atoms.positions,
        cell=atoms.cell.array,
        barriers=None,
        properties=kept | computed,
    )


def refuse_unless_minimum(glass: Glass, potential: EamPotential | None = None) -> None:
    """Raise InputError, with advice, for a glass that is no minimum, or none that the potential can compute."""
    forces = verify(glass, potential)
    if not forces.is_minimum:
        raise InputError(
            f"{glass.name}: largest force {forces.largest_force:.3g} eV/Å found, expected at most {LARGEST_FORCE:g}:"
            " it is no minimum of the potential; relax it first: symgnn simulate verify FILE --relax OUT.xyz"
        )


def _with_potential(glass: Glass, potential: EamPotential | None) -> Atoms:
    atoms = Atoms(glass.species, positions=glass.positions, cell=glass.cell, pbc=glass.pbc)
    atoms.calc = potential.calculator() if potential else MendelevCuZr()
    return atoms
