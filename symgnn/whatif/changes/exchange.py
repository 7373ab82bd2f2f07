"""Exchange two atoms of unlike elements: the composition stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.changes.base import Change, changed, whole_numbers


@dataclass(frozen=True)
class ExchangeAtoms(Change):
    """Atoms `first` and `second` (0..N-1) take each other's element; positions and numbers stay."""

    kind: ClassVar[str] = "exchange"
    first: int
    second: int

    @property
    def value(self) -> str:
        return f"{self.first},{self.second}"

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        return cls(*whole_numbers(text, cls.kind, "two atoms, like 17,23", 2))

    def apply(self, glass: Glass) -> Glass:
        for atom in (self.first, self.second):
            glass.check_atom(atom)
        species = glass.species.copy()
        if species[self.first] == species[self.second]:
            raise InputError(
                f"{glass.name}: atoms {self.first} and {self.second} are both {glass.symbols[self.first]}, expected "
                "two of unlike elements to exchange"
            )
        species[[self.first, self.second]] = species[[self.second, self.first]]
        return changed(glass, self, species=species)

    def near(self, glass: Glass) -> np.ndarray:
        return np.array([self.first, self.second])
