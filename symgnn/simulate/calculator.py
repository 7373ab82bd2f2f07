"""The Mendelev 2009 Cu-Zr potential as an ASE calculator: all of ASE's dynamics and optimisers work with it.

    atoms.calc = MendelevCuZr()
    atoms.get_potential_energies(), atoms.get_forces(), atoms.get_stress(), atoms.get_stresses()

A Verlet list is kept from call to call. Let A be the homogeneous deformation of the cell since the list was
made and u the largest distance of an atom from where A alone would have taken it. A pair left out was farther
apart than cutoff + skin, so now it is farther apart than s (cutoff + skin) - 2 u with s the smallest singular
value of A. The list is made anew once that falls to the cutoff: it never misses a pair.
"""

from __future__ import annotations

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator, all_changes

from symgnn.errors import InputError
from symgnn.simulate.kernels import (
    TOO_CLOSE,
    energy_forces_virials,
    face_distances,
    find_pairs,
    largest_move2,
    wrap,
)
from symgnn.simulate.potential import ATOMIC_NUMBERS, TABLE_SPACING, mendelev2009


class MendelevCuZr(Calculator):
    """Energies, forces and stresses of Cu-Zr by Mendelev, Kramer, Ott et al., Phil. Mag. 89, 967 (2009).

    Accepts copper and zirconium atoms in any cell, triclinic too, that is periodic in all three directions
    and whose opposite faces are at least two cutoffs (15.2 Å) apart. Positions may lie outside the cell. Its
    images are found by binning, not by a minimum-image rule, so skewed cells need no reduction.

    Results: energy (eV); energies (N,) eV, half of each pair energy to either atom; free_energy, the energy;
    forces (N, 3) eV/Å; stress (6,) eV/Å³; stresses (N, 6) eV/Å³, the atoms' parts, which sum to the stress.
    Raises InputError for other elements, open boundaries, thin cells, positions that are not finite, atoms
    nearer than 1.05 Å, and densities beyond the fit.

    skin (Å, 0 to 5) trades updates of the list against pairs per call. Attributes: list_updates, how often
    the list was made; n_pairs, the pairs in it.
    """

    implemented_properties = ["energy", "energies", "free_energy", "forces", "stress", "stresses"]  # noqa: RUF012

    def __init__(self, *, skin: float = 0.7):
        super().__init__()
        if not 0 <= skin <= 5:
            raise InputError(f"skin is {skin} Å; expected 0 to 5 Å")
        self.potential = mendelev2009()
        self.skin = skin
        self.list_updates = self.n_pairs = 0
        self._numbers = self._species = self._reference = None

    def check_state(self, atoms: Atoms, tol: float = 0.0) -> list[str]:
        """What of positions, cell, numbers and pbc changed since the last call; nothing else matters here."""
        if self.atoms is None:
            return list(all_changes)
        pairs = {
            "positions": (self.atoms.positions, atoms.positions),
            "numbers": (self.atoms.numbers, atoms.numbers),
            "cell": (self.atoms.cell.array, atoms.cell.array),
            "pbc": (self.atoms.pbc, atoms.pbc),
        }
        return [name for name, (old, new) in pairs.items() if not np.array_equal(old, new)]

    def calculate(self, atoms=None, properties=("energy",), system_changes=tuple(all_changes)):
        """ASE's entry: computes all properties at once."""
        if atoms is not None:
            self.atoms = Atoms(atoms.numbers, positions=atoms.positions, cell=atoms.cell, pbc=atoms.pbc)
        atoms, potential = self.atoms, self.potential
        self.results = {}
        if self._numbers is None or not np.array_equal(self._numbers, atoms.numbers):
            self._take_species(atoms.numbers)
        cell = np.ascontiguousarray(atoms.cell.array)
        self._check_cell(cell, atoms.pbc)
        if self._needs_new_list(atoms.positions, cell):
            self._make_list(atoms.positions, cell)
        energies, forces, virials, (status, i, j) = energy_forces_virials(
            atoms.positions + self._translations @ cell,
            cell,
            self._species,
            self._first,
            self._second,
            self._image,
            potential.cutoff,
            potential.r_min,
            TABLE_SPACING,
            potential.pair_table,
            potential.root,
            potential.drho,
            potential.spline,
            self._work,
        )
        if status == TOO_CLOSE:
            distance = atoms.get_distance(i, j, mic=True)
            raise InputError(
                f"atoms {i} and {j} are {distance:.3f} Å apart; the potential holds above {potential.r_min} Å"
            )
        if status:
            limit = potential.rho_max
            raise InputError(f"the electron density at atom {i} is beyond the potential's limit of {limit:g}")
        volume = atoms.cell.volume
        energy = float(energies.sum())
        self.results = {
            "energy": energy,
            "free_energy": energy,
            "energies": energies,
            "forces": forces,
            "stresses": virials / -volume,
            "stress": virials.sum(axis=0) / -volume,
        }

    def _take_species(self, numbers: np.ndarray):
        known = np.isin(numbers, ATOMIC_NUMBERS)
        if not known.all():
            atom = int(np.argmin(known))
            symbol = Atoms(numbers=[numbers[atom]]).get_chemical_formula()
            raise InputError(f"atom {atom} is {symbol}; the potential knows Cu and Zr only")
        self._numbers = numbers.copy()
        self._species = (numbers == ATOMIC_NUMBERS[1]).astype(np.int64)
        self._reference = None

    def _needs_new_list(self, positions: np.ndarray, cell: np.ndarray) -> bool:
        if self._reference is None or len(self._reference) != len(positions):
            return True
        deformation = self._reference_inverse @ cell
        stretch = np.sqrt(max(np.linalg.eigvalsh(deformation @ deformation.T)[0], 0.0))
        cutoff = self.potential.cutoff.max()
        room = (stretch * (cutoff + self.skin) - cutoff) / 2
        return not (room > 0 and largest_move2(positions, self._reference, deformation) < room**2)

    def _check_cell(self, cell: np.ndarray, pbc: np.ndarray):
        if not pbc.all():
            raise InputError(f"periodicity is {pbc.tolist()}; the potential needs all three directions")
        least, thinnest = 2 * self.potential.cutoff.max(), face_distances(cell).min()
        if not thinnest >= least:
            raise InputError(
                f"opposite faces of the cell are {thinnest:.2f} Å apart;"
                f" the potential needs at least {least:.1f} Å (two cutoffs)"
            )

    def _make_list(self, positions: np.ndarray, cell: np.ndarray):
        if not np.isfinite(positions).all():
            raise InputError("positions are not finite numbers; in a simulation, shorten the time step")
        inverse = np.linalg.inv(cell)
        inside, translations = wrap(positions, cell, inverse)
        reach = self.potential.cutoff + self.skin
        pairs = find_pairs(
            inside, cell, inverse, face_distances(cell), self._species, reach, np.ones(len(inside), bool)
        )
        self._first, self._second, self._image = pairs
        self._translations = translations
        self._work = np.empty((len(self._second), 6))
        self._reference, self._reference_inverse = positions.copy(), inverse
        self.list_updates += 1
        self.n_pairs = len(self._second)
