"""What a scan gives: a ranked table of changes, as CSV and on the atoms of the glass as extended XYZ."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.glass import Glass
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing
from symgnn.whatif.candidates import atoms_of
from symgnn.whatif.changes import Change
from symgnn.whatif.reference import Reference

COLUMNS = (
    "barrier_before", "barrier_change", "sigma", "unrelaxed_barrier_change", "unrelaxed_sigma", "energy_change",
    "moved", "farthest", "n_moved",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scan:
    """K changes around the atom `atom` of `reference.glass`.

    changes                    what was changed
    distance                   (K,) Å, of the (nearer) changed atom
    barrier_before             (K,) eV, predicted barrier of the atom without a change
    barrier_change, sigma      (K,) eV, how much higher it is after the change, relaxed where `reference.is_relaxed`,
                               and the standard deviation of that difference (ensemble.py). NaN where a changed glass
                               has no minimum nearby, and a sigma where there is one model only
    unrelaxed_barrier_change, unrelaxed_sigma   (K,) eV, the same before relaxation
    energy_change              (K,) eV, of the glass under the potential; NaN where nothing is relaxed
    moved, farthest, n_moved   (K,) Å how far the atom went, and the atom that went farthest; how many went over .1 Å
    """

    reference: Reference
    atom: int
    changes: tuple[Change, ...]
    distance: np.ndarray
    barrier_before: np.ndarray
    barrier_change: np.ndarray
    sigma: np.ndarray
    unrelaxed_barrier_change: np.ndarray
    unrelaxed_sigma: np.ndarray
    energy_change: np.ndarray
    moved: np.ndarray
    farthest: np.ndarray
    n_moved: np.ndarray

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def pooled_sigma(self) -> float | None:
        """eV: root mean square of `sigma` over all changes, better known than each; None for one model."""
        known = self.sigma[np.isfinite(self.sigma)]
        return float(np.sqrt((known**2).mean())) if len(known) else None

    def ranked(self) -> Scan:
        """The same, what changes the barrier most first, whether up or down; equal ones as they are."""
        size = np.nan_to_num(-np.abs(self.barrier_change), nan=np.inf)
        order = np.argsort(size, kind="stable")
        columns = {
            column.name: getattr(self, column.name)[order]
            for column in fields(self)
            if isinstance(getattr(self, column.name), np.ndarray)
        }
        return replace(self, changes=tuple(self.changes[row] for row in order), **columns)

    def atom_change(self) -> np.ndarray:
        """(N,) eV: for every atom of the glass the change of the barrier when it is changed, the largest where it is in
        several changes; 0 where it is in none."""
        result = np.zeros(len(self.reference.glass))
        for change, value in zip(reversed(self.changes), self.barrier_change[::-1], strict=True):
            if np.isfinite(value):  # the largest come last
                result[list(atoms_of(change))] = value
        return result

    def table(self) -> pd.DataFrame:
        """One row per change, ranked: change, atoms and elements before, distance (Å), barriers and changes (eV)."""
        glass = self.reference.given
        atoms = [atoms_of(change) for change in self.changes]
        columns = {
            "rank": np.arange(1, len(self) + 1),
            "change": [str(change) for change in self.changes],
            "atoms": [" ".join(map(str, some)) for some in atoms],
            "elements": [" ".join(glass.symbols[atom] for atom in some) for some in atoms],
            "distance_A": self.distance,
            "barrier_before_eV": self.barrier_before,
            "barrier_after_eV": self.barrier_before + self.barrier_change,
            "barrier_change_eV": self.barrier_change,
            "sigma_of_change_eV": self.sigma,
            "unrelaxed_change_eV": self.unrelaxed_barrier_change,
            "unrelaxed_sigma_eV": self.unrelaxed_sigma,
            "energy_change_eV": self.energy_change,
            "moved_A": self.moved,
            "farthest_moved_A": self.farthest,
            "atoms_moved": self.n_moved,
        }
        return pd.DataFrame(columns)

    def as_glass(self) -> Glass:
        """The glass before any change with the properties barrier_change (eV, `atom_change`), changed (1 for an atom
        that a change was tried on) and asked (1 for the atom asked about)."""
        tried, asked = np.zeros((2, len(self.reference.glass)))
        tried[[atom for change in self.changes for atom in atoms_of(change)]] = 1
        asked[self.atom] = 1
        given = self.reference.given
        notes = {**given.notes, "whatif": f"{self.changes[0].kind} around atom {self.atom}"}
        notes |= {
            "checkpoint": self.reference.checkpoint.full_name,
            "relaxed": str(self.reference.is_relaxed),
        }
        glass = self.reference.glass.with_properties(
            barrier_change=self.atom_change(), changed=tried, asked=asked
        )
        return replace(glass, name=given.name, notes=notes)

    def write(self, folder: Path, stem: str) -> list[Path]:
        """Write <stem>.csv, the table with six decimals, and <stem>.xyz, `as_glass`; returns both."""
        table, structure = folder / f"{stem}.csv", folder / f"{stem}.xyz"
        with replacing(table) as temporary:
            self.table().to_csv(temporary, index=False, float_format="%.6f")
        write_extxyz(structure, self.as_glass())
        return [table, structure]
