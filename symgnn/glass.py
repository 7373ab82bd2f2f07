"""A glass: which atoms stand where in which cell, and what is known about each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from ase.data import atomic_numbers, chemical_symbols

from symgnn.errors import InputError

if TYPE_CHECKING:
    from ase import Atoms

BARRIER_COLUMN = "barrier"
"""Name of the labels in files and in the arrays of `ase.Atoms`, eV."""
_RESULTS_PER_ATOM = (
    "energies",
    "charges",
    "magmoms",
)  # of an ASE calculator; other results belong to the whole


@dataclass(frozen=True, eq=False)
class Glass:
    """An atomic structure with optional per-atom properties and energy barriers. Immutable and validated.

    species    (N,) int     atomic numbers, 1..118
    positions  (N, 3) float Å, as read: not wrapped into the cell
    cell       (3, 3) float Å, rows are the cell vectors; all zero where there is no cell
    pbc        (3,) bool    periodic along each cell vector
    barriers   (N,) float   energy barriers in eV (labels), or None
    properties name -> (N,) float  further per-atom values, e.g. potential_energy in eV
    name       what to call it on screen
    notes      name -> text: where it comes from (command, seed, potential, quench rate, ...)

    Raises InputError where shapes disagree, a number is not finite, a species is unknown,
    there are fewer than two atoms, or a periodic direction has no cell vector.
    """

    species: np.ndarray
    positions: np.ndarray
    cell: np.ndarray
    pbc: np.ndarray
    barriers: np.ndarray | None = None
    properties: Mapping[str, np.ndarray] = field(default_factory=dict)
    name: str = "glass"
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        def freeze(name: str, value, dtype, shape: tuple[int, ...]) -> np.ndarray:
            try:
                array = np.array(value, dtype=dtype)
            except (TypeError, ValueError) as error:
                raise InputError(f"{self.name}: {name} are not numbers: {error}") from None
            if array.shape != shape:
                raise InputError(f"{self.name}: {name} have shape {array.shape}, expected {shape}")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                bad = int(np.argwhere(~np.isfinite(array))[0][0])
                what = f"row {bad}" if name == "cell" else f"atom {bad}"
                raise InputError(f"{self.name}: {name} of {what} are not finite ({array[bad]})")
            array.setflags(write=False)
            return array

        n = len(np.atleast_1d(self.species))
        if n < 2:
            raise InputError(f"{self.name}: {n} atom(s) found, a glass needs at least 2")
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731 (frozen dataclass)
        put("species", freeze("species", self.species, np.int64, (n,)))
        put("positions", freeze("positions", self.positions, np.float64, (n, 3)))
        put("cell", freeze("cell", self.cell, np.float64, (3, 3)))
        put("pbc", freeze("pbc", self.pbc, bool, (3,)))
        if self.barriers is not None:
            put("barriers", freeze("barriers", self.barriers, np.float64, (n,)))
        properties = {key: freeze(key, value, np.float64, (n,)) for key, value in self.properties.items()}
        put("properties", MappingProxyType(properties))
        put("notes", MappingProxyType(dict(self.notes)))

        unknown = (self.species < 1) | (self.species >= len(chemical_symbols))
        if unknown.any():
            atom = int(np.argmax(unknown))
            raise InputError(
                f"{self.name}: atom {atom} has atomic number {self.species[atom]}, expected 1..118"
            )
        lengths = np.linalg.norm(self.cell, axis=1)
        for axis in np.flatnonzero(self.pbc & (lengths < 1e-6)):
            raise InputError(f"{self.name}: periodic along cell vector {axis}, but that vector is zero")
        given = self.cell[lengths >= 1e-6]
        if len(given) and np.linalg.matrix_rank(given, tol=1e-3) < len(given):
            raise InputError(
                f"{self.name}: the cell vectors are parallel or in one plane: {self.cell.tolist()}"
            )
        periodic = self.cell[self.pbc]
        if len(periodic) and np.linalg.matrix_rank(periodic, tol=1e-3) < len(periodic):
            raise InputError(
                f"{self.name}: the periodic cell vectors are parallel or in one plane: {self.cell.tolist()}"
            )

    @classmethod
    def from_ase(cls, atoms: Atoms, name: str | None = None) -> Glass:
        """The glass of an `ase.Atoms`, with its arrays of one number per atom (and results of its calculator) as
        properties; the array `barrier` holds the labels in eV.

        name: by default `atoms.info["name"]`, else the chemical formula. Raises InputError as `Glass` does, and where
        the array `barrier` does not hold one number per atom.
        """
        given = name or str(atoms.info.get("name", "")) or atoms.get_chemical_formula() or "glass"
        name = " ".join(given.split())
        results = atoms.calc.results if atoms.calc is not None else {}
        columns = dict(atoms.arrays) | {key: results[key] for key in _RESULTS_PER_ATOM if key in results}
        columns = {
            key: np.array(values)
            for key, values in columns.items()
            if key not in ("numbers", "positions")
            and np.shape(values) == (len(atoms),)
            and np.asarray(values).dtype.kind in "iufb"
        }
        if BARRIER_COLUMN in atoms.arrays and BARRIER_COLUMN not in columns:
            array = atoms.arrays[BARRIER_COLUMN]
            raise InputError(
                f"{name}: array {BARRIER_COLUMN!r} of shape {array.shape} and type {array.dtype} found, "
                "expected one number per atom, in eV"
            )
        return cls(
            species=atoms.numbers,
            positions=atoms.positions,
            cell=atoms.cell.array,
            pbc=atoms.pbc,
            barriers=columns.pop(BARRIER_COLUMN, None),
            properties=columns,
            name=name,
        )

    def to_ase(self) -> Atoms:
        """The same atoms as `ase.Atoms`: properties and labels as arrays, the name as `info["name"]`.

        `Glass.from_ase` gives back all but the notes.
        """
        from ase import Atoms

        atoms = Atoms(self.species, self.positions, cell=self.cell, pbc=self.pbc, info={"name": self.name})
        labels = {} if self.barriers is None else {BARRIER_COLUMN: self.barriers}
        for key, values in {**self.properties, **labels}.items():
            if key in atoms.arrays or key in ("numbers", "positions"):
                raise InputError(
                    f"{self.name}: property {key!r} found, but ASE uses that name for something else"
                )
            atoms.set_array(key, values)
        return atoms

    def __len__(self) -> int:
        return len(self.species)

    def __getstate__(self):  # a mapping proxy cannot be pickled; caches and worker processes need it
        return {**self.__dict__, "properties": dict(self.properties), "notes": dict(self.notes)}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.__dict__["properties"] = MappingProxyType(state["properties"])
        self.__dict__["notes"] = MappingProxyType(state["notes"])

    @property
    def symbols(self) -> list[str]:
        """(N,) chemical symbols."""
        return [chemical_symbols[z] for z in self.species]

    @property
    def elements(self) -> list[str]:
        """The different elements, in order of atomic number."""
        return [chemical_symbols[z] for z in np.unique(self.species)]

    @property
    def composition(self) -> str:
        """Composition in atomic percent, in the field's notation: 'Cu64Zr36'."""
        numbers, counts = np.unique(self.species, return_counts=True)
        percent = 100 * counts / len(self)
        return "".join(f"{chemical_symbols[z]}{p:.3g}" for z, p in zip(numbers, percent, strict=True))

    def __repr__(self) -> str:
        cell = "x".join(f"{length:.1f}" for length in np.linalg.norm(self.cell, axis=1))
        where = f"{cell} Å" if self.pbc.any() else "not periodic"
        columns = ", ".join([*self.properties, *(["barriers"] if self.barriers is not None else [])])
        return (
            f"Glass({self.name!r}: {len(self)} atoms, {self.composition}, {where}; {columns or 'no columns'})"
        )

    @property
    def number_density(self) -> float | None:
        """Atoms per Å³, None where the glass is not periodic in all three directions."""
        return len(self) / abs(np.linalg.det(self.cell)) if self.pbc.all() else None

    @cached_property
    def content_hash(self) -> str:
        """16 hex digits of sha256 over what a graph depends on: species, positions (1e-6 Å), cell, periodicity."""
        digest = hashlib.sha256(b"glass-1")
        digest.update(self.species.astype("<i8").tobytes())
        for lengths in (self.positions, self.cell):
            digest.update((np.round(lengths, 6) + 0.0).astype("<f8").tobytes())  # + 0.0 turns -0. into 0.
        digest.update(self.pbc.tobytes())
        return digest.hexdigest()[:16]

    def content_hash_with(self, names: Sequence[str]) -> str:
        """`content_hash` for a model that also reads these properties: other values give another hash. Without
        any it is `content_hash`."""
        known = [name for name in names if name in self.properties]
        if not known:
            return self.content_hash
        digest = hashlib.sha256(self.content_hash.encode())
        for name in known:
            digest.update(name.encode() + b"\0" + self.properties[name].astype("<f8").tobytes())
        return digest.hexdigest()[:16]

    def file_id(self, atom: int) -> int | None:
        """The id that the file gives an atom 0..N-1 (property `id`, of LAMMPS); None where it has no ids."""
        return int(self.properties["id"][atom]) if "id" in self.properties else None

    def check_atom(self, atom: int) -> None:
        """Raise InputError where `atom` is none of the whole numbers 0..N-1; it says so where a file's id was meant."""
        if isinstance(atom, bool) or not isinstance(atom, int | np.integer):
            raise InputError(
                f"{self.name}: atom {atom!r} found, expected a whole number from 0 to {len(self) - 1}"
            )
        if 0 <= atom < len(self):
            return
        found = np.flatnonzero(self.properties["id"] == atom) if "id" in self.properties else []
        meant = f"; the atom with id {atom} in the file is {found[0]}" if len(found) else ""
        raise InputError(f"{self.name}: atom {atom} found, expected 0..{len(self) - 1}{meant}")

    def wrapped(self) -> np.ndarray:
        """(N, 3) positions in Å, moved into the cell along its periodic directions."""
        if not self.pbc.any():
            return self.positions.copy()
        from ase.geometry import complete_cell, wrap_positions

        return wrap_positions(self.positions, complete_cell(self.cell), pbc=self.pbc)

    def with_properties(self, **properties: np.ndarray) -> Glass:
        """A copy with further per-atom properties, each (N,)."""
        return replace(self, properties={**self.properties, **properties})


def atomic_number(symbol: str) -> int:
    """Atomic number of a chemical symbol. Raises InputError for an unknown one."""
    name = symbol.strip().capitalize()
    if name == "X" or name not in atomic_numbers:
        raise InputError(f"{symbol!r} is not a chemical symbol")
    return atomic_numbers[name]


def as_glass(structure: Glass | Atoms) -> Glass:
    """The glass itself, or that of an `ase.Atoms`: what public functions do with the structure they are given.

    Raises InputError for anything else.
    """
    if isinstance(structure, Glass):
        return structure
    from ase import Atoms

    if isinstance(structure, Atoms):
        return Glass.from_ase(structure)
    raise InputError(f"{type(structure).__name__} found, expected a symgnn.Glass or an ase.Atoms")
