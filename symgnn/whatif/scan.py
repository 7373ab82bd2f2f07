"""Every change around an atom, relaxed and predicted again: on all cores or a cluster, resumable.

    result = scan(checkpoint, glass, 17)            # Scan: ranked by how much the barrier of atom 17 changes

Four changes are a file of the user's cache folder, named by all that it was computed from: a scan that was stopped goes
on where it was and gives the same table as one that was not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from ase import Atoms

from symgnn import disk_cache
from symgnn.errors import InputError
from symgnn.explanations.changed_elements import with_elements
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, batch_graphs, build_graph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.jobs import run_all
from symgnn.physical_inputs import slow_inputs_anew
from symgnn.whatif.candidates import WITHIN, atoms_of, candidates, distances
from symgnn.whatif.changes import Change
from symgnn.whatif.ensemble import Barriers
from symgnn.whatif.reference import Reference
from symgnn.whatif.result import MOVED
from symgnn.whatif.scan_table import COLUMNS, Scan

VERSION = 1  # of the files and of what a scan computes: raise that of explanations/cache.py with it (relaxed_swap.py)
KIND = "whatif"  # folder of the cache
SHARD, SHARD_UNRELAXED = 4, 32

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class ScanWork:
    """What changes are tried on, the atom that is asked about, and where results are kept."""

    reference: Reference
    atom: int
    folder: Path

    def compute(self, changes: Sequence[Change]) -> dict[str, np.ndarray]:
        """The columns of the scan for these changes; NaN where a changed glass relaxes to no minimum."""
        reference, atom = self.reference, self.atom
        rows = {name: np.full(len(changes), np.nan) for name in COLUMNS}
        unrelaxed, after = [], []
        for row, change in enumerate(changes):
            first = change.apply(reference.glass)
            unrelaxed.append(first)
            try:
                last = reference.changed(change)[1] if reference.is_relaxed else first
            except InputError:
                after.append(None)
                continue
            after.append(last)
            energy = reference.energy_of(last)
            rows["energy_change"][row] = np.nan if energy is None else energy
            moved = np.linalg.norm(last.positions - reference.glass.positions, axis=1)
            rows["moved"][row], rows["farthest"][row] = moved[atom], moved.max()
            rows["n_moved"][row] = (moved > MOVED).sum()
        for name, glasses in (("unrelaxed_", unrelaxed), ("", after if reference.is_relaxed else [])):
            done = [row for row, glass in enumerate(glasses) if glass is not None]
            if not done:
                continue
            barriers = self._barriers([glasses[row] for row in done])
            change, sigma = barriers.change_from(self._before)
            rows[f"{name}barrier_change"][done] = change
            rows[f"{name}sigma"][done] = np.nan if sigma is None else sigma
        if not reference.is_relaxed:
            for name in ("barrier_change", "sigma"):
                rows[name] = rows[f"unrelaxed_{name}"]
        rows["barrier_before"][:] = self._before.value[0]
        return rows

    @cached_property
    def _before(self) -> Barriers:
        return self._barriers([self.reference.glass])

    @cached_property
    def _graph(self) -> AtomGraph:
        return self._new_graph(self.reference.glass)

    def _barriers(self, glasses: Sequence[Glass]) -> Barriers:
        """Of the atom in each of the glasses, which are predicted side by side, as far as they matter for it."""
        model, reference, each = (
            self.reference.checkpoint.model,
            self.reference.glass,
            np.arange(len(glasses)),
        )
        same_places = all(np.array_equal(one.positions, reference.positions) for one in glasses)
        if same_places and not model.inputs:  # those follow from the elements
            alone = receptive_fields(self._graph, [self.atom], model.n_layers)
            species = torch.from_numpy(np.stack([glass.species for glass in glasses]))
            graph = with_elements(alone, species.to(alone.graph.device)[:, alone.atoms], model)
        else:
            whole = batch_graphs([self._new_graph(glass) for glass in glasses])
            graph = receptive_fields(whole, self.atom + each * len(reference), model.n_layers).graph
        return self.reference.ensemble.of_graph(graph).of(each)

    def _new_graph(self, glass: Glass) -> AtomGraph:
        checkpoint = self.reference.checkpoint
        return build_graph(readable(checkpoint, glass), checkpoint.cutoff, checkpoint.model.inputs)

    def path(self, changes: Sequence[Change]) -> Path:
        facts = [VERSION, self.reference.given.content_hash, self.reference.ensemble.key, int(self.atom)]
        facts += [self.reference.is_relaxed, [str(change) for change in changes]]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"{KIND}-{key}.npz"

    def write(self, changes: Sequence[Change], arrays: dict[str, np.ndarray]) -> None:
        write_arrays(self.path(changes), arrays)

    def read(self, changes: Sequence[Change]) -> dict[str, np.ndarray] | None:
        """What is kept of these changes; None where there is nothing that can be read."""
        return read_arrays(self.path(changes), COLUMNS)


def scan(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    atom: int,
    *,
    kind: str = "swap",
    within: float = WITHIN,
    relax: bool = True,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Every `swap` or `exchange` (`kind`) nearer than `within` (Å) to the atom: see `candidates`.

    relax: whether glasses are relaxed, wherever the potential takes them. folder: where results are kept, by default
    in the user's cache. workers: processes, by default one per core, and one for a scan where each change takes a
    moment; 1 stays in this process. scheduler: address of a Dask scheduler, whose workers compute instead.
    progress(changes done, changes) is called after every few; an exception that it raises stops the run, and what is
    finished stays.
    Raises InputError as `candidates` and `Reference` do.
    """
    return scan_of(
        Reference(checkpoint, structure, relax=relax), atom, kind=kind, within=within, folder=folder,
        workers=workers, scheduler=scheduler, progress=progress,
    )  # fmt: skip


def scan_of(
    reference: Reference,
    atom: int,
    *,
    kind: str = "swap",
    within: float = WITHIN,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Scan:
    """`scan` of a glass that is relaxed already, for several atoms of it."""
    elements = reference.checkpoint.elements
    changes = candidates(reference.given, atom, kind=kind, within=within, elements=elements)
    work = ScanWork(reference, int(atom), folder or disk_cache.folder(KIND))
    inputs = reference.checkpoint.model.inputs
    is_slow = reference.is_relaxed or slow_inputs_anew(len(reference.given), inputs) > 0
    size = SHARD if is_slow else SHARD_UNRELAXED
    shards = [tuple(changes[first : first + size]) for first in range(0, len(changes), size)]
    parts = {shard: work.read(shard) for shard in shards}
    missing = [shard for shard in shards if parts[shard] is None]
    done = len(changes) - sum(map(len, missing))
    if workers is None and scheduler is None and not is_slow:
        workers = 1  # done before other processes have started
    for shard, arrays in run_all(work.compute, missing, workers=workers, scheduler=scheduler):
        work.write(shard, arrays)
        parts[shard] = arrays
        done += len(shard)
        if progress is not None:
            progress(done, len(changes))
    columns = {name: np.concatenate([parts[shard][name] for shard in shards]) for name in COLUMNS}
    away = distances(reference.given, atom, within)
    return Scan(
        reference=reference,
        atom=int(atom),
        changes=tuple(changes),
        distance=np.array([min(away[one] for one in atoms_of(change)) for change in changes]),
        **columns,
    ).ranked()
