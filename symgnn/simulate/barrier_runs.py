"""Barriers around many atoms: on all cores or a cluster, resumable.

What is found around an atom is a file of the user's cache folder, named by all that it was computed from: a run that
was stopped goes on where it was and gives the same numbers as one that was not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from ase import Atoms

from symgnn import disk_cache
from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.jobs import run_all
from symgnn.simulate.barrier_table import COLUMNS, BarrierTable, arrays_of, joined
from symgnn.simulate.barriers import TRIES_PER_EVENT, BarrierSearch
from symgnn.simulate.eam_file import EamPotential
from symgnn.simulate.verify import refuse_unless_minimum

VERSION = 2  # of the files and of what a search computes
KIND = "barriers"  # folder of the cache

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class BarrierWork:
    """What is searched around each atom, and where it is kept."""

    glass: Glass
    events: int
    max_tries: int
    seed: int
    potential: EamPotential | None
    folder: Path

    @cached_property
    def _search(self) -> BarrierSearch:
        return BarrierSearch(self.glass, seed=self.seed, potential=self.potential)

    def compute(self, atom: int) -> dict[str, np.ndarray]:
        """Search around the atom: the columns of its table."""
        return arrays_of(self._search.around(atom, events=self.events, max_tries=self.max_tries))

    def path(self, atom: int) -> Path:
        facts = [VERSION, self.glass.content_hash, self.events, self.max_tries, self.seed, int(atom)]
        facts.append(self.potential.key if self.potential else "built-in")
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"{KIND}-{key}.npz"

    def write(self, atom: int, arrays: dict[str, np.ndarray]) -> None:
        write_arrays(self.path(atom), arrays, compressed=True)

    def read(self, atom: int) -> dict[str, np.ndarray] | None:
        """What is kept of the atom; None where there is nothing that can be read."""
        return read_arrays(self.path(atom), COLUMNS)


def search_barriers(
    structure: Glass | Atoms,
    atoms: Sequence[int],
    *,
    events: int = 10,
    max_tries: int | None = None,
    seed: int = 0,
    potential: EamPotential | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> BarrierTable:
    """Events around each of `atoms` (0..N-1, different): as many as asked for, or those of max_tries tries.

    What is found around an atom depends on glass, seed and atom alone (`BarrierSearch`). max_tries: by default 4 per
    event. potential: of a file, by default the built-in one. folder: where atoms are kept, by default in the user's
    cache. workers: processes, by default one per core; 1 stays in this process. scheduler: address of a Dask scheduler,
    whose workers compute instead. progress(atoms done, atoms) is called after every atom; an exception that it raises
    stops the run, and what is finished stays.
    Raises InputError for a structure that is no minimum of the potential, or none that it can compute.
    """
    glass = as_glass(structure)
    atoms = [int(atom) for atom in atoms]
    if not atoms or len(set(atoms)) < len(atoms):
        raise InputError(
            f"{glass.name}: {len(atoms)} atoms, {len(set(atoms))} different ones found, expected different ones"
        )
    for atom in (min(atoms), max(atoms)):
        glass.check_atom(atom)
    max_tries = TRIES_PER_EVENT * events if max_tries is None else max_tries
    if events < 1 or max_tries < 1:
        raise InputError(f"{events} events in {max_tries} tries asked for, expected at least 1 each")
    refuse_unless_minimum(glass, potential)
    work = BarrierWork(glass, events, max_tries, seed, potential, folder or disk_cache.folder(KIND))
    parts = {atom: work.read(atom) for atom in atoms}
    missing = [atom for atom in atoms if parts[atom] is None]
    done = len(atoms) - len(missing)
    for atom, arrays in run_all(work.compute, missing, workers=workers, scheduler=scheduler):
        work.write(atom, arrays)
        parts[atom] = arrays
        done += 1
        if progress is not None:
            progress(done, len(atoms))
    return joined(parts[atom] for atom in atoms)
