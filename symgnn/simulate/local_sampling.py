"""MD local sampling: barriers from how often short dynamics carry an atom into another inherent structure.

    sample = sample_locally(glass, temperature=700, runs=200, seed=0)
    sample.barriers()                       # (N,) eV

Every run starts in the minimum that the glass is, with velocities of its own, moves for a short time at constant
energy and is quenched to the minimum below, its inherent structure (Sastry, Debenedetti, Stillinger, Nature 393, 554
(1998)). An atom that stands elsewhere there has left its place. From the rate at which it does, k, its barrier follows
by Arrhenius' law, B = kB T ln(nu / k), with an attempt frequency nu. The paper names the method without its details;
these are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from ase import Atoms, units
from ase.data import atomic_masses

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.jobs import run_all
from symgnn.simulate.energy_surface import GlassSurface, MobileSurface, OutOfRange
from symgnn.simulate.optimizers import minimise, point_at
from symgnn.simulate.verify import refuse_unless_minimum

TIME_STEP = 2.0  # fs
MOVED = 0.3  # Å: an atom that is farther from its place in another inherent structure has left it
ATTEMPT_FREQUENCY = 10.0  # THz
INHERENT_FORCE = 0.02  # eV/Å, that a quench leaves on an atom at most
QUENCH_CALLS = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class LocalSample:
    """What R runs of `time` ps at `temperature` K ended in; N atoms.

    displacement   (R, N) float32 Å, of each atom in the inherent structure from where it was
    energy         (R,) eV, of the inherent structure above the minimum of the start
    """

    temperature: float
    time: float
    displacement: np.ndarray
    energy: np.ndarray

    @property
    def moves(self) -> np.ndarray:
        """(N,) number of runs in which each atom has left its place."""
        return (self.displacement > MOVED).sum(axis=0)

    def barriers(self) -> np.ndarray:
        """(N,) eV: kB T ln(nu t / (moves + 1/2)), t the time of all runs; an atom that never moves gets the largest."""
        attempts = ATTEMPT_FREQUENCY * self.time * len(self.energy)
        return units.kB * self.temperature * np.log(attempts / (self.moves + 0.5))


@dataclass(frozen=True, eq=False)
class SamplingWork:
    """One run after the other from the same minimum."""

    glass: Glass
    temperature: float
    time: float
    seed: int

    @cached_property
    def surface(self) -> MobileSurface:
        return GlassSurface(self.glass).mobile(np.arange(len(self.glass)))

    def compute(self, run: int) -> tuple[np.ndarray, float]:
        """(N,) displacements (Å) and the energy (eV) of the inherent structure that a run ends in. Depends on glass,
        settings, seed and run alone."""
        surface = self.surface
        surface.forget()
        rng = np.random.default_rng([self.seed, int(self.glass.content_hash, 16), run])
        masses = atomic_masses[self.glass.species][:, None]
        # half of the kinetic energy goes into the potential: the start is a minimum
        velocities = rng.normal(size=surface.start.shape) * np.sqrt(2 * units.kB * self.temperature / masses)
        velocities -= (masses * velocities).sum(axis=0) / masses.sum()
        steps = max(1, round(1e3 * self.time / TIME_STEP))
        positions, _ = verlet(surface, surface.start, velocities, masses, TIME_STEP * units.fs, steps)
        end, done = minimise(surface, point_at(surface, positions), INHERENT_FORCE, QUENCH_CALLS)
        if not done:
            raise OutOfRange(f"run {run}: the quench did not end within {QUENCH_CALLS} steps")
        moved = np.linalg.norm(surface.displacement(end.positions), axis=1)
        return moved.astype(np.float32), end.energy


def sample_locally(
    structure: Glass | Atoms,
    *,
    temperature: float = 700.0,
    time: float = 1.0,
    runs: int = 200,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> LocalSample:
    """Runs of `time` ps at `temperature` K from the minimum that the structure is, each quenched.

    The result depends on structure, settings and seed alone, not on workers (processes, by default one per core) or
    scheduler (address of a Dask scheduler). progress(runs done, runs) is called after every run.
    Raises InputError for a structure that is no minimum of the potential, or settings that are impossible.
    """
    glass = as_glass(structure)
    if not (0 < temperature < 5000 and 0 < time <= 1000 and runs >= 1 and seed >= 0):
        raise InputError(
            f"temperature {temperature:g} K, time {time:g} ps, {runs} runs, seed {seed} found, expected up to 5000 K, "
            "up to 1000 ps, at least one run and a seed from 0 on"
        )
    refuse_unless_minimum(glass, None)
    work = SamplingWork(glass, float(temperature), float(time), int(seed))
    displacement, energy = np.empty((runs, len(glass)), np.float32), np.empty(runs)
    for done, (run, result) in enumerate(
        run_all(work.compute, range(runs), workers=workers, scheduler=scheduler)
    ):
        displacement[run], energy[run] = result
        if progress:
            progress(done + 1, runs)
    return LocalSample(float(temperature), float(time), displacement, energy)


def verlet(
    surface: MobileSurface,
    positions: np.ndarray,
    velocities: np.ndarray,
    masses: np.ndarray,
    step: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Positions and velocities (M, 3) after velocity Verlet steps; masses (M, 1) u, times in ASE's unit."""
    forces = surface(positions)[1]
    for _ in range(steps):
        velocities = velocities + 0.5 * step * forces / masses
        positions = positions + step * velocities
        forces = surface(positions)[1]
        velocities = velocities + 0.5 * step * forces / masses
    return positions, velocities
