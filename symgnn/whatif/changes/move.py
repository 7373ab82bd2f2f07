"""Move an atom by a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.changes.base import Change, changed, decimal_numbers, text_of, whole_numbers

EXPECTED = "an atom and a vector in Å, like 17=0.1,0,0"
LONGEST = 5.0  # Å


@dataclass(frozen=True)
class MoveAtom(Change):
    """Atom `atom` (0..N-1) is displaced by `vector` (3 numbers, Å, at most 5 Å long)."""

    kind: ClassVar[str] = "move"
    atom: int
    vector: tuple[float, ...]

    def __post_init__(self):
        numbers = np.array(self.vector, dtype=float)
        if numbers.shape != (3,) or not np.linalg.norm(numbers) <= LONGEST:
            raise InputError(
                f"move by {self.vector} found, expected three numbers, a vector of at most {LONGEST:g} Å"
            )
        object.__setattr__(self, "vector", tuple(numbers.tolist()))

    @property
    def value(self) -> str:
        return f"{self.atom}={text_of(self.vector)}"

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        atom, _, vector = text.partition("=")
        (number,) = whole_numbers(atom, cls.kind, EXPECTED, 1)
        return cls(number, decimal_numbers(vector, cls.kind, EXPECTED, 3))

    def apply(self, glass: Glass) -> Glass:
        glass.check_atom(self.atom)
        positions = glass.positions.copy()
        positions[self.atom] += self.vector
        return changed(glass, self, positions=positions)

    def near(self, glass: Glass) -> np.ndarray:
        return np.array([self.atom])
