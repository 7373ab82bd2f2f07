"""Replace one atom by one of another element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from ase.data import atomic_numbers

from symgnn.errors import InputError
from symgnn.glass import Glass, atomic_number
from symgnn.whatif.changes.base import Change, changed, whole_numbers

EXPECTED = "an atom and an element, like 17=Zr"


@dataclass(frozen=True)
class SwapElement(Change):
    """Atom `atom` (0..N-1) becomes `element`, a chemical symbol. Its own element changes nothing."""

    kind: ClassVar[str] = "swap"
    atom: int
    element: str

    def __post_init__(self):
        atomic_number(self.element)

    @property
    def value(self) -> str:
        return f"{self.atom}={self.element}"

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        atom, _, element = text.partition("=")
        (number,) = whole_numbers(atom, cls.kind, EXPECTED, 1)
        try:
            return cls(number, element.strip().capitalize())
        except InputError:
            raise InputError(f"{cls.kind} {text!r} found, expected {EXPECTED}") from None

    def apply(self, glass: Glass) -> Glass:
        glass.check_atom(self.atom)
        species = glass.species.copy()
        species[self.atom] = atomic_numbers[self.element]
        return changed(glass, self, species=species)

    def near(self, glass: Glass) -> np.ndarray:
        return np.array([self.atom])
