"""What energy_surface.py is for the built-in potential, with any ASE calculator: slow, every call computes the whole
glass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.simulate.energy_surface import OutOfRange, atoms_within
from symgnn.simulate.kernels import wrap


class CalculatorGlass:
    """The glass at its positions (N, 3) Å, by default its own, moved into the cell."""

    def __init__(
        self, glass: Glass, new_calculator: Callable[[], Calculator], positions: np.ndarray | None = None
    ):
        self.glass, self.new_calculator = glass, new_calculator
        self.cell = np.ascontiguousarray(glass.cell)
        positions = np.ascontiguousarray(glass.positions if positions is None else positions)
        self.positions, _ = wrap(positions, self.cell, np.linalg.inv(self.cell))

    def __len__(self) -> int:
        return len(self.positions)

    def mobile(self, atoms: np.ndarray) -> CalculatorSurface:
        """The energy surface of these different atoms (M,), the others frozen."""
        return CalculatorSurface(self, np.asarray(atoms))

    def within(self, centre: int, radius: float) -> np.ndarray:
        """(M,) atoms whose nearest image is within `radius` (Å) of the atom, which comes first, then ascending."""
        return atoms_within(self.positions, self.cell, centre, radius)


class CalculatorSurface:
    """surface(positions (M, 3) Å) -> (energy in eV relative to the glass as it is, forces (M, 3) in eV/Å).

    Attributes and methods are those of MobileSurface.
    """

    def __init__(self, whole: CalculatorGlass, atoms: np.ndarray):
        self.whole, self.atoms = whole, atoms
        self.start = whole.positions[atoms]
        self._zero = 0.0
        self.forget()
        self._zero = self(self.start)[0]
        self.n_calls = 0

    def forget(self) -> None:
        """Drop the calculator with its lists of neighbours."""
        glass = self.whole.glass
        self._atoms = Atoms(glass.species, self.whole.positions, cell=glass.cell, pbc=glass.pbc)
        self._atoms.calc = self.whole.new_calculator()
        self.n_calls = getattr(self, "n_calls", 0)

    def __call__(self, positions: np.ndarray) -> tuple[float, np.ndarray]:
        self.n_calls += 1
        if not np.isfinite(positions).all():
            raise OutOfRange("positions are not finite")
        self._atoms.positions[self.atoms] = positions
        try:
            energy, forces = self._atoms.get_potential_energy(), self._atoms.get_forces()
        except InputError as error:
            raise OutOfRange(str(error)) from None
        if not (np.isfinite(energy) and np.isfinite(forces).all()):
            raise OutOfRange("energy or forces are not finite")
        return float(energy) - self._zero, forces[self.atoms]

    def displacement(self, positions: np.ndarray) -> np.ndarray:
        """(M, 3) Å from the glass to positions (M, 3); without the shift of the whole where all atoms are mobile."""
        moved = positions - self.start
        return moved - moved.mean(axis=0) if len(self.atoms) == len(self.whole) else moved
