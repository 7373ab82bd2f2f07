"""Anneal the glass: some time at a temperature under the potential; the quench is the relaxation that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.changes.base import Change, changed, decimal_numbers, text_of

EXPECTED = "temperature in K and time in ps, like 600:10"
TIME_STEP = 2.0  # fs
HOTTEST, LONGEST = 3000.0, 10_000.0  # K, ps
FRICTION_TIME = 1.0  # ps, of the thermostat


@dataclass(frozen=True)
class Anneal(Change):
    """Langevin dynamics in the cell as it is: temperature (K), time (ps), seed of velocities and thermostat."""

    kind: ClassVar[str] = "anneal"
    temperature: float
    time: float
    seed: int = 0

    def __post_init__(self):
        if not (0 < self.temperature <= HOTTEST and 0 < self.time <= LONGEST):
            raise InputError(
                f"anneal at {self.temperature:g} K for {self.time:g} ps found, expected above 0 up to {HOTTEST:g} K "
                f"and {LONGEST:g} ps"
            )
        if isinstance(self.seed, bool) or not isinstance(self.seed, int | np.integer) or self.seed < 0:
            raise InputError(f"anneal: seed {self.seed!r} found, expected a whole number from 0")

    @property
    def value(self) -> str:
        return f"{text_of((self.temperature,))}:{text_of((self.time,))}:{self.seed}"

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        parts = text.split(":")
        if len(parts) == 3 and parts[2].isdecimal():
            seed = int(parts.pop())
        if len(parts) != 2:
            raise InputError(f"{cls.kind} {text!r} found, expected {EXPECTED}")
        temperature, time = (decimal_numbers(part, cls.kind, EXPECTED, 1)[0] for part in parts)
        return cls(temperature, time, seed)

    def apply(self, glass: Glass) -> Glass:
        """Raises InputError where the potential does not take the glass or numba is missing."""
        from ase import Atoms, units
        from ase.md.langevinbaoab import LangevinBAOAB
        from ase.md.velocitydistribution import thermalize_momenta

        from symgnn.simulate import MendelevCuZr, verify

        verify(glass)
        rng = np.random.default_rng(self.seed)
        atoms = Atoms(glass.species, glass.positions, cell=glass.cell, pbc=glass.pbc)
        atoms.calc = MendelevCuZr()
        thermalize_momenta(atoms, self.temperature, rng=rng)
        dynamics = LangevinBAOAB(
            atoms,
            TIME_STEP * units.fs,
            temperature_K=self.temperature,
            T_tau=1e3 * FRICTION_TIME * units.fs,
            rng=rng,
        )
        dynamics.run(max(1, round(1e3 * self.time / TIME_STEP)))
        drift = (atoms.positions - glass.positions).mean(axis=0)  # the thermostat pushes the glass as a whole
        return changed(glass, self, positions=atoms.positions - drift)
