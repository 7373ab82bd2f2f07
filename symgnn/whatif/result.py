"""What came of a change: the glass before and after, barriers, energy, and who moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from symgnn.glass import Glass
from symgnn.whatif.changes import Change

MOVED = 0.1  # Å: an atom that went farther has moved


@dataclass(frozen=True, eq=False)
class WhatIf:
    """N atoms before, M after; M = N - 1 where one was removed, else N and numbers stay.

    change      what was changed
    given       Glass of N atoms, untouched: to undo the change is to take it again
    reference   Glass of N atoms that everything is compared with: `given` relaxed, as it is if nothing is relaxed
    unrelaxed   Glass of M atoms: `reference` with the change, before relaxation
    after       Glass of M atoms: the same relaxed; `unrelaxed` itself if nothing is relaxed
    is_relaxed, note   whether reference and changed glass were relaxed; why not, where it was asked for and cannot be
    kept        (M,) for every atom after the change its number before
    barriers_before   (N,) eV, predicted barriers of `reference`
    barriers_after    (M,) eV, of `after`
    barrier_change   (M,) eV, how much higher the barrier of each atom is than before
    sigma    (M,) eV, standard deviation of that difference over models like the one asked (ensemble.py); None for one
                model
    unrelaxed_change, unrelaxed_sigma   (M,) eV, the same before relaxation
    energy_change   eV, energy of `after` minus that of `reference` under the potential; None where they are not relaxed
    atom        number before the change of the atom that was asked about, None if none was
    """

    change: Change
    given: Glass
    reference: Glass
    unrelaxed: Glass
    after: Glass
    is_relaxed: bool
    note: str
    kept: np.ndarray
    barriers_before: np.ndarray
    barriers_after: np.ndarray
    barrier_change: np.ndarray
    sigma: np.ndarray | None
    unrelaxed_change: np.ndarray
    unrelaxed_sigma: np.ndarray | None
    energy_change: float | None
    atom: int | None = None

    def __repr__(self) -> str:
        of_atom = (
            ""
            if self.atom is None
            else f"; atom {self.atom}: {self.barrier_change[self.number_after]:+.3f} eV"
        )
        how = "relaxed" if self.is_relaxed else "not relaxed"
        return f"WhatIf({self.change}, {self.given.name!r}, {how}{of_atom})"

    @cached_property
    def now(self) -> np.ndarray:
        """(N,) for every atom before the change its number after it, -1 for one that was removed."""
        numbers = np.full(len(self.reference), -1)
        numbers[self.kept] = np.arange(len(self.kept))
        return numbers

    @property
    def number_after(self) -> int | None:
        """Number after the change of the atom that was asked about, None if none was."""
        return None if self.atom is None else int(self.now[self.atom])

    @cached_property
    def displacement(self) -> np.ndarray:
        """(M, 3) Å, of all atoms from `reference` to `after`, beyond what the cell's own deformation moves them."""
        start = self.reference.positions[self.kept]
        if not np.array_equal(self.reference.cell, self.after.cell):
            start = start @ np.linalg.inv(self.reference.cell) @ self.after.cell
        return self.after.positions - start

    @cached_property
    def moved(self) -> np.ndarray:
        """(M,) Å, how far each atom went."""
        return np.linalg.norm(self.displacement, axis=1)

    @property
    def n_moved(self) -> int:
        """Number of atoms that went farther than .1 Å."""
        return int((self.moved > MOVED).sum())

    def as_glass(self) -> Glass:
        """`after` with the properties predicted_barrier and barrier_change (eV), moved (Å) and atom_before, to be saved
        or opened elsewhere."""
        columns = {
            "predicted_barrier": self.barriers_after,
            "barrier_change": self.barrier_change,
            "moved": self.moved,
        }
        if self.sigma is not None:
            columns["barrier_change_sigma"] = self.sigma
        notes = {**self.given.notes, "change": str(self.change), "changed_glass": self.given.name}
        notes["relaxed"] = "yes" if self.is_relaxed else f"no {self.note}".strip()
        return replace(
            self.after.with_properties(**columns, atom_before=self.kept.astype(float)), notes=notes
        )
