"""Potentials of other elements from files of the embedded-atom method, in the formats eam/alloy and eam/fs of LAMMPS.

ASE reads them and computes. It is slow: what the built-in potential of Cu-Zr does in a millisecond takes it seconds.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.calculators.calculator import all_changes
from ase.calculators.eam import EAM
from ase.neighborlist import NeighborList, NewPrimitiveNeighborList

from symgnn.errors import InputError
from symgnn.io.reading import clean_name, one_line
from symgnn.simulate.kernels import face_distances

FORMS = {".alloy": "alloy", ".fs": "fs"}
SKIN = 0.5  # Å, of the list of neighbours that is kept from call to call


@dataclass(frozen=True)
class EamPotential:
    """A file of a potential: its name, form (alloy or fs) and text. It can be sent to other machines."""

    name: str
    form: str
    text: str

    @property
    def key(self) -> str:
        """16 hex digits that name its content."""
        return hashlib.sha256(f"{self.form}\n{self.text}".encode()).hexdigest()[:16]

    def calculator(self) -> EamCalculator:
        return EamCalculator(self)


class EamCalculator(EAM):
    """ASE's calculator of such a potential: energy, forces, stress (eV, Å).

    Raises InputError for elements that the file lacks, open boundaries, and cells with faces nearer than two cutoffs.
    """

    def __init__(self, potential: EamPotential):
        self._name, self._list = potential.name, None
        super().__init__(potential=io.StringIO(potential.text), form=potential.form)

    def calculate(self, atoms=None, properties=("energy",), system_changes=tuple(all_changes)):
        """ASE's entry: computes all properties at once."""
        super().calculate(atoms, ["energy", "forces", "stress"], system_changes)

    def update(self, atoms: Atoms) -> None:
        """Make the list of neighbours, or keep it: ASE's own makes one of twice the cutoff at every call."""
        symbols = atoms.get_chemical_symbols()
        self._check(atoms, symbols)
        self.Nelements = len(self.elements)
        self.index = np.array([self.elements.index(symbol) for symbol in symbols])
        self.pbc = atoms.get_pbc()
        if self._list is None or len(self._list.nl.cutoffs) != len(atoms):
            self._list = NeighborList(
                [self.cutoff / 2] * len(atoms), skin=SKIN / 2, self_interaction=False, bothways=True,
                primitive=NewPrimitiveNeighborList,
            )  # fmt: skip
        self.neighbors = self._list
        self.neighbors.update(atoms)

    def _check(self, atoms: Atoms, symbols: list[str]) -> None:
        for atom, symbol in enumerate(symbols):
            if symbol not in self.elements:
                known = " and ".join(self.elements)
                raise InputError(f"atom {atom} is {symbol}; the potential {self._name} knows {known} only")
        if not atoms.pbc.all():
            raise InputError(f"periodicity is {atoms.pbc.tolist()}; the potential needs all three directions")
        least, thinnest = 2 * self.cutoff, face_distances(np.ascontiguousarray(atoms.cell.array)).min()
        if not thinnest >= least:
            raise InputError(
                f"opposite faces of the cell are {thinnest:.2f} Å apart;"
                f" the potential needs at least {least:.1f} Å (two cutoffs)"
            )


def read_potential(path: str | Path) -> EamPotential:
    """The potential in a file whose name ends in .alloy or .fs (also .eam.alloy, .eam.fs).

    Raises InputError for another ending, and for a file that is no such potential.
    """
    path = Path(path)
    shown = clean_name(str(path))
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{shown}: ending {path.suffix or 'none'} found, expected .eam.alloy or .eam.fs of a potential"
        )
    try:
        potential = EamPotential(path.name, form, path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise InputError(f"{shown}: {error.strerror}, expected the file of a potential") from None
    try:
        potential.calculator()
    except Exception as error:  # ASE says in many ways that it cannot read a file
        raise InputError(f"{shown}: not readable as a potential of form {form}: {one_line(error)}") from None
    return potential
