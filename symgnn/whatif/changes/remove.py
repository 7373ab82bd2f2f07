"""Remove an atom: a vacancy, which relaxation fills in part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symgnn.glass import Glass
from symgnn.pair_search import find_pairs
from symgnn.whatif.changes.base import Change, changed, whole_numbers

NEIGHBOURS = 4.0  # Å, of the atoms around the hole


@dataclass(frozen=True)
class RemoveAtom(Change):
    """Atom `atom` (0..N-1) is taken out; those after it move up by one number (`kept`)."""

    kind: ClassVar[str] = "remove"
    atom: int

    @property
    def value(self) -> str:
        return str(self.atom)

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        return cls(*whole_numbers(text, cls.kind, "an atom, like 17", 1))

    def kept(self, glass: Glass) -> np.ndarray:
        return np.delete(np.arange(len(glass)), self.atom)

    def apply(self, glass: Glass) -> Glass:
        glass.check_atom(self.atom)
        kept = self.kept(glass)
        return changed(glass, self, kept=kept, species=glass.species[kept], positions=glass.positions[kept])

    def near(self, glass: Glass) -> np.ndarray | None:
        first, second = find_pairs(glass, glass.wrapped(), NEIGHBOURS, "ij", both_directions=True)
        around = np.unique(second[(first == self.atom) & (second != self.atom)]).astype(np.int64)
        return around - (around > self.atom) if len(around) else None
