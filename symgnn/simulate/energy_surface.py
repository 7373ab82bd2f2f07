"""The energy of a glass as a function of the positions of some of its atoms, the others frozen.

    whole = GlassSurface(glass)          # pairs and densities, made once
    ball = whole.mobile(atoms)           # an energy surface of these atoms
    energy, forces = ball(positions)     # eV, eV/Å

The energy is that of the whole glass, relative to its energy at the positions of the glass. Frozen atoms keep their
exact embedding energies: their densities follow the mobile atoms. Nothing is approximated but that they stand still.

Anything that maps positions (M, 3) in Å to (energy in eV, forces (M, 3) in eV/Å) is an energy surface for the searches
in activation.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from ase.geometry import find_mic

from symgnn.glass import Glass
from symgnn.simulate.kernels import TOO_CLOSE, face_distances, find_pairs, image_shifts, wrap
from symgnn.simulate.potential import ATOMIC_NUMBERS, TABLE_SPACING, mendelev2009
from symgnn.simulate.surface_kernels import (
    energy_forces,
    near_pairs,
    nearer_pairs,
    pairs_of_mobile,
    two_largest_moves,
)

Surface = Callable[[np.ndarray], tuple[float, np.ndarray]]
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""first, second, image of `kernels.find_pairs`."""
WIDE_SKIN = 4.0  # Å: two atoms may move this far in sum before pairs are searched in the whole cell again
MIDDLE_SKIN = 1.3  # Å, of a list made of the wide one, in which the nearest pairs are searched
SKIN = 0.5  # Å of the list of pairs that every call reads


class OutOfRange(ArithmeticError):
    """Positions for which the potential does not hold: atoms nearer than 1.05 Å, too dense, or not finite."""


class GlassSurface:
    """The glass at its positions and all pairs within the cutoff + 4 Å, shared by the surfaces of its atoms.

    positions (N, 3) Å, by default those of the glass, are moved into the cell. Check the glass with `verify`
    first: elements, cell and distances are taken for granted. pairs: of `pairs_of_any_elements` for a glass with the
    same cell and positions, by default searched.
    """

    def __init__(self, glass: Glass, positions: np.ndarray | None = None, *, pairs: Pairs | None = None):
        self.potential = mendelev2009()
        self.cell = np.ascontiguousarray(glass.cell)
        self.inverse = np.linalg.inv(self.cell)
        self.species = (glass.species == ATOMIC_NUMBERS[1]).astype(np.int64)
        self.table = _on_cache_lines(self.potential.pair_table)
        positions = glass.positions if positions is None else positions
        self.positions, _ = wrap(np.ascontiguousarray(positions), self.cell, self.inverse)
        self.pairs = self.pairs_at(self.positions) if pairs is None else pairs
        self.density = self.embedding = np.zeros(len(glass))
        self.density = self.mobile(np.arange(len(glass))).densities()
        self.embedding = np.array(
            [self.potential.embedding(*one) for one in zip(self.species, self.density, strict=True)]
        )

    def __len__(self) -> int:
        return len(self.species)

    def pairs_at(self, inside: np.ndarray, wanted: np.ndarray | None = None) -> Pairs:
        """find_pairs within the cutoff + 4 Å of positions (N, 3) Å in the cell; wanted (N,) bool: by default all."""
        reach = self.potential.cutoff + WIDE_SKIN
        wanted = np.ones(len(self), bool) if wanted is None else wanted
        return find_pairs(
            inside, self.cell, self.inverse, face_distances(self.cell), self.species, reach, wanted
        )

    def mobile(self, atoms: np.ndarray) -> MobileSurface:
        """The energy surface of these different atoms (M,), the others frozen."""
        return MobileSurface(self, np.asarray(atoms))

    def within(self, centre: int, radius: float) -> np.ndarray:
        """(M,) atoms whose nearest image is within `radius` (Å) of the atom, which comes first, then ascending."""
        return atoms_within(self.positions, self.cell, centre, radius)


class MobileSurface:
    """surface(positions (M, 3) Å) -> (energy in eV relative to the glass as it is, forces (M, 3) in eV/Å).

    The forces are a new array at every call. Attributes: atoms (M,); start (M, 3) Å, their positions in the glass;
    n_calls. `forget` makes what follows independent of the calls before, to the last bit. Raises OutOfRange where the
    potential does not hold.
    """

    def __init__(self, whole: GlassSurface, atoms: np.ndarray):
        n, m = len(whole), len(atoms)
        frozen = np.setdiff1d(np.arange(n), atoms)
        self.whole, self.atoms = whole, atoms
        self._order = np.concatenate([atoms, frozen])
        self._rank = np.empty(n, np.int64)
        self._rank[self._order] = np.arange(n)
        self._species = whole.species[self._order]
        self._inside = whole.positions[self._order]
        self.start = whole.positions[atoms]
        self._start_pairs = pairs_of_mobile(*whole.pairs, self._rank, m)
        self._shifts = image_shifts(whole.cell)
        self._start_embedding = whole.embedding[self._order]
        self._scratch = (np.empty((0, 5)), np.empty(0), np.empty(0, np.uint32))
        self._frozen_density, self._zero, self.n_calls = np.zeros(n), 0.0, 0
        self.forget()
        self(self.start)
        self._frozen_density[m:] = whole.density[self._order][m:] - self._arrays[2][m:n]
        self._zero = self(self.start)[0]
        self.n_calls = 0

    def forget(self) -> None:
        """Drop the lists of pairs."""
        self._wide, self._wide_reference = self._start_pairs, self.start
        self._translation, self._reference, self._middle_reference = np.zeros_like(self.start), None, None

    def __call__(self, positions: np.ndarray) -> tuple[float, np.ndarray]:
        self.n_calls += 1
        m = len(self.atoms)
        if self._reference is None or not sum(two_largest_moves(positions, self._reference, m)) < SKIN:
            self._renew_lists(positions)
        potential = self.whole.potential
        inside, species, density, slope, forces = self._arrays
        inside[:m] = positions + self._translation
        energy, status = energy_forces(
            inside, species, *self._near, potential.cutoff, potential.r_min, TABLE_SPACING, self.whole.table,
            potential.root, potential.drho, potential.spline, self._start_embedding,
            self._frozen_density, density, slope, forces, *self._scratch,
        )  # fmt: skip
        if status == TOO_CLOSE:
            raise OutOfRange(f"two atoms are nearer than {potential.r_min} Å")
        if status:
            raise OutOfRange(f"a density is beyond {potential.rho_max:g}")
        return energy - self._zero, forces[:m].copy()

    def displacement(self, positions: np.ndarray) -> np.ndarray:
        """(M, 3) Å from the glass to positions (M, 3); without the shift of the whole where all atoms are mobile."""
        moved = positions - self.start
        return moved - moved.mean(axis=0) if len(self.atoms) == len(self.whole) else moved

    def densities(self) -> np.ndarray:
        """(N,) density at the last call's positions, in the order of the glass."""
        return self._arrays[2][self._rank]

    def _renew_lists(self, positions: np.ndarray) -> None:
        n, m = len(self.whole), len(self.atoms)
        if not sum(two_largest_moves(positions, self._wide_reference, m)) < WIDE_SKIN - SKIN:
            self._renew_wide_list(positions)
        self._inside[:m] = positions + self._translation
        reach = self.whole.potential.cutoff + SKIN
        pairs = self._pairs_around(positions)
        self._near = near_pairs(self._inside, self._species, self._shifts, *pairs, reach)
        second, owner = self._near[1], self._near[3]
        images = np.empty((len(owner), 3))
        self._arrays = (
            np.concatenate([self._inside, images]),
            np.concatenate([self._species, self._species[owner]]).astype(np.uint8),
            *np.zeros((2, n + len(owner))),
            np.zeros((n + len(owner), 3)),
        )
        n_scratch = len(second) + m
        if len(self._scratch[1]) < n_scratch:
            n_scratch += n_scratch // 10  # pages of new memory cost more than the pairs in them
            self._scratch = (np.empty((n_scratch, 5)), np.empty(n_scratch), np.empty(n_scratch, np.uint32))
        self._reference = positions.copy()

    def _pairs_around(self, positions: np.ndarray) -> Pairs:
        """The middle list, made anew of the wide one where atoms have moved too far: both hold all pairs that are near
        now, in the same order."""
        m = len(self.atoms)
        before = self._middle_reference
        if before is not None and sum(two_largest_moves(positions, before, m)) < MIDDLE_SKIN - SKIN:
            return self._middle
        reach = self.whole.potential.cutoff + MIDDLE_SKIN
        self._middle = nearer_pairs(self._inside, self._species, self._shifts, *self._wide, reach)
        self._middle_reference = positions.copy()
        return self._middle

    def _renew_wide_list(self, positions: np.ndarray) -> None:
        m = len(self.atoms)
        if not np.isfinite(positions).all():
            raise OutOfRange("positions are not finite")
        self._inside[:m], cells = wrap(positions, self.whole.cell, self.whole.inverse)
        self._translation = cells @ self.whole.cell
        pairs = self.whole.pairs_at(self._inside[self._rank], self._rank < m)
        self._wide = pairs_of_mobile(*pairs, self._rank, m)
        self._wide_reference, self._middle_reference = positions.copy(), None


def pairs_of_any_elements(glass: Glass) -> Pairs:
    """The pairs of a `GlassSurface` of this cell and these positions, whichever atoms are copper and zirconium."""
    cell = np.ascontiguousarray(glass.cell)
    inverse = np.linalg.inv(cell)
    inside, _ = wrap(np.ascontiguousarray(glass.positions), cell, inverse)
    reach = np.full((2, 2), mendelev2009().cutoff.max() + WIDE_SKIN)
    species = np.zeros(len(glass), np.int64)
    return find_pairs(inside, cell, inverse, face_distances(cell), species, reach, np.ones(len(inside), bool))


def atoms_within(positions: np.ndarray, cell: np.ndarray, centre: int, radius: float) -> np.ndarray:
    """(M,) atoms whose nearest image is within `radius` (Å) of the atom `centre`, which comes first, then ascending."""
    away = find_mic(positions - positions[centre], cell)[1]
    atoms = np.flatnonzero(away < radius)
    return np.concatenate(([centre], atoms[atoms != centre]))


def _on_cache_lines(table: np.ndarray) -> np.ndarray:
    """A copy whose rows of 8 doubles start at multiples of 64 bytes: one row, one cache line."""
    memory = np.empty(table.size + 8)
    offset = -memory.ctypes.data % 64 // 8
    aligned = memory[offset : offset + table.size].reshape(table.shape)
    aligned[:] = table
    return aligned
