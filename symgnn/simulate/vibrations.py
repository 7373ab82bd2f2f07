"""How far atoms vibrate: the mean-square displacement of every atom around its mean position, in short dynamics.

    msd = mean_square_displacement(glass)            # (N,) Å²

It tells how soft an atom's surroundings are, beyond what distances say ("flexibility volume": J. Ding et al., Nature
Communications 7, 13733 (2016)). The glass moves for 10 ps at constant energy (velocity Verlet), started in its minimum
with velocities of twice 300 K, half of which goes into the potential.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.data import atomic_masses

from symgnn import disk_cache
from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.simulate.energy_surface import GlassSurface, OutOfRange
from symgnn.simulate.local_sampling import verlet
from symgnn.simulate.optimizers import minimise, point_at
from symgnn.simulate.verify import verify

TEMPERATURE, STEP = 300.0, 3.0  # K, fs
SETTLING, SAMPLES, BETWEEN = 200, 400, 8  # steps before the first sample, samples, steps between two
SEED = 7
MINIMUM_FORCE, MOST_CALLS = 1e-3, 3000  # eV/Å, of the minimum under a glass that is none
SECONDS_PER_ATOM = 0.02  # of one core, about
VERSION = 1  # of the files and of what they hold
KIND = "vibrations"  # folder of the cache

Progress = Callable[[float], None]


def mean_square_displacement(
    structure: Glass | Atoms, *, seed: int = SEED, progress: Progress | None = None
) -> np.ndarray:
    """(N,) Å²; equal for equal structures and seeds. A structure that is no minimum vibrates around the one below it.

    progress(fraction) is called now and then; an exception that it raises ends the run. Raises InputError, naming the
    structure, as `verify` does, and where it has no minimum nearby.
    """
    glass = as_glass(structure)
    is_minimum = verify(glass).is_minimum
    surface = GlassSurface(glass).mobile(np.arange(len(glass)))
    positions = surface.start
    masses = atomic_masses[glass.species][:, None]
    rng = np.random.default_rng([seed, int(glass.content_hash, 16)])
    velocities = rng.normal(size=surface.start.shape) * np.sqrt(2 * units.kB * TEMPERATURE / masses)
    velocities -= (masses * velocities).sum(axis=0) / masses.sum()
    step = STEP * units.fs
    total, squares = np.zeros_like(positions), np.zeros(len(glass))
    try:
        if not is_minimum:
            point, done = minimise(surface, point_at(surface, positions), MINIMUM_FORCE, MOST_CALLS)
            if not done:
                raise InputError(
                    f"{glass.name}: no minimum reached in {MOST_CALLS} steps, expected one nearby"
                )
            positions = point.positions
        positions, velocities = verlet(surface, positions, velocities, masses, step, SETTLING)
        for sample in range(SAMPLES):
            positions, velocities = verlet(surface, positions, velocities, masses, step, BETWEEN)
            displacement = surface.displacement(positions)
            total += displacement
            squares += (displacement**2).sum(axis=1)
            if progress is not None:
                progress((sample + 1) / SAMPLES)
    except OutOfRange as error:
        raise InputError(f"{glass.name}: {error}; expected atoms that vibrate around a minimum") from None
    return squares / SAMPLES - ((total / SAMPLES) ** 2).sum(axis=1)


def kept_displacement(glass: Glass, *, progress: Progress | None = None) -> np.ndarray:
    """`mean_square_displacement`, computed once for equal structures and kept in the user's cache folder."""
    path = _path(glass)
    kept = read_arrays(path, ("msd",))
    if kept is not None and kept["msd"].shape == (len(glass),):
        return kept["msd"]
    msd = mean_square_displacement(glass, progress=progress)
    write_arrays(path, {"msd": msd})
    return msd


def is_kept(glass: Glass) -> bool:
    """Whether `kept_displacement` has it at once."""
    return _path(glass).is_file()


def _path(glass: Glass) -> Path:
    key = hashlib.sha256(json.dumps([VERSION, glass.content_hash]).encode()).hexdigest()[:20]
    return disk_cache.folder(KIND) / f"{KIND}-{key}.npz"
