"""Strain the whole glass: cell and positions together."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.changes.base import Change, changed, decimal_numbers, text_of

LARGEST = 0.2  # of a component
AXES = ("xx", "yy", "zz", "yz", "xz", "xy")
EXPECTED = (
    "six numbers (xx,yy,zz,yz,xz,xy), hydrostatic:0.01, uniaxial-z:0.02 or shear-xy:0.03 (axes x, y and z)"
)


@dataclass(frozen=True)
class Strain(Change):
    """components: six numbers in Voigt's order xx, yy, zz, yz, xz, xy; the last three are engineering strains, twice
    the tensor's components. Cell vectors and positions r become (1 + strain) r; the cell then stays as it is."""

    kind: ClassVar[str] = "strain"
    components: tuple[float, ...]

    def __post_init__(self):
        numbers = np.array(self.components, dtype=float)
        if numbers.shape != (6,) or not (np.abs(numbers) <= LARGEST).all():
            raise InputError(
                f"strain {self.components} found, expected six numbers from {-LARGEST} to {LARGEST} ({', '.join(AXES)})"
            )
        object.__setattr__(self, "components", tuple(numbers.tolist()))

    @classmethod
    def hydrostatic(cls, strain: float) -> Self:
        """All lengths change by this fraction."""
        return cls((strain, strain, strain, 0, 0, 0))

    @classmethod
    def uniaxial(cls, axis: str, strain: float) -> Self:
        """Lengths along x, y or z change by this fraction, those across it stay."""
        return cls._of(axis * 2, strain)

    @classmethod
    def shear(cls, axes: str, strain: float) -> Self:
        """Engineering shear strain in the plane yz, xz or xy."""
        return cls._of("".join(sorted(axes)), strain)

    @classmethod
    def _of(cls, axes: str, strain: float) -> Self:
        if axes not in AXES:
            raise InputError(f"strain along {axes!r} found, expected one of {', '.join(AXES)}")
        return cls(tuple(strain * (name == axes) for name in AXES))

    @property
    def tensor(self) -> np.ndarray:
        """(3, 3) symmetric."""
        xx, yy, zz, yz, xz, xy = self.components
        return np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])

    @property
    def value(self) -> str:
        return text_of(self.components)

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        name, sign, number = text.partition(":")
        if not sign:
            return cls(decimal_numbers(text, cls.kind, EXPECTED, 6))
        (strain,) = decimal_numbers(number, cls.kind, EXPECTED, 1)
        shape, _, axes = name.partition("-")
        if shape == "hydrostatic" and not axes:
            return cls.hydrostatic(strain)
        if shape == "uniaxial" and axes in set("xyz"):
            return cls.uniaxial(axes, strain)
        if shape == "shear" and axes in {"".join(pair) for pair in itertools.permutations("xyz", 2)}:
            return cls.shear(axes, strain)
        raise InputError(f"strain {text!r} found, expected {EXPECTED}")

    def apply(self, glass: Glass) -> Glass:
        deformation = np.eye(3) + self.tensor
        return changed(glass, self, positions=glass.positions @ deformation, cell=glass.cell @ deformation)
