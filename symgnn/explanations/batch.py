"""Explanations of many atoms of a glass: on all cores or a cluster, resumable, in bounded memory.

The atoms are cut into shards of 16, fields of 4 atoms stand side by side, and each core takes one shard after the
other (symgnn/jobs.py). Of every explanation the k most important edges are kept, and what it adds to the maps of the
whole glass (maps.py). A finished shard is a file named by what it was computed from: a run that was stopped goes on
where it was, and gives the same numbers as one that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from symgnn.errors import InputError
from symgnn.explanations.cache import cache_folder
from symgnn.explanations.methods.base import Method, Progress
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.shards import SUMS, Work, shards_of
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import predict, readable
from symgnn.jobs import run_all


@dataclass(frozen=True, eq=False)
class BatchExplanation:
    """What is kept of the explanations of A atoms. Pairs are numbered as in `AtomGraph.pair` of the whole glass.

    method, settings, seed, glass_key, checkpoint_key    as in Explanation
    atoms       (A,) int64    the explained atoms, as asked for
    prediction  (A,) float64  eV
    n_edges     (A,) int64    edges of the receptive field
    The k most important edges of every atom, atom after atom, most important first (T rows):
    rank_atom   (T,) int64    the explained atom (its number in the glass)
    pair        (T,) int64    importance (T,) in [0, 1]; effect (T,) eV, NaN for a method without sign
    hops        (T,) int64    distance (T,) Å, from the explained atom to the middle of the edge
    Sums over all explanations, for each of the P pairs of the glass:
    seen        (P,) int64    in how many receptive fields it was
    fraction    (P,) float64  its importance divided by the sum over the field: every explained atom gives away 1
    effect_sum  (P,) float64  eV, signed; None for a method without sign
    """

    method: str
    settings: Mapping[str, Any]
    seed: int
    glass_key: str
    checkpoint_key: str
    atoms: np.ndarray
    prediction: np.ndarray
    n_edges: np.ndarray
    rank_atom: np.ndarray
    pair: np.ndarray
    importance: np.ndarray
    effect: np.ndarray
    hops: np.ndarray
    distance: np.ndarray
    seen: np.ndarray
    fraction: np.ndarray
    effect_sum: np.ndarray | None


def explain_batch(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    atoms: Sequence[int],
    *,
    method: Method,
    seed: int = 0,
    top: int = 50,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> BatchExplanation:
    """Explain `atoms` (0..N-1); results are those of single runs (`explain_atoms`).

    workers: processes, by default one per core that this process may use; 1 stays in this process. scheduler: address
    of a Dask scheduler, whose workers explain instead.
    folder: where shards are kept, by default that of the explanations. progress(atoms done, atoms) is called after
    every shard; an exception that it raises stops the run, and what is finished stays.
    Raises InputError as `fields_of` and the method do.
    """
    atoms, glass = np.asarray(atoms, dtype=np.int64), readable(checkpoint, as_glass(glass))
    fields_of(checkpoint, glass, atoms[:1])  # refuse at once what cannot be explained
    for atom in (atoms.min(), atoms.max()):
        fields_of(checkpoint, glass, [int(atom)])
    work = Work(checkpoint, glass, method, seed, top, folder or cache_folder())
    shards = shards_of(atoms)
    missing = [shard for shard in shards if work.read(shard) is None]
    done = len(atoms) - sum(map(len, missing))
    for shard, arrays in run_all(work.compute, missing, workers=workers, scheduler=scheduler):
        work.write(shard, arrays)
        done += len(shard)
        if progress is not None:
            progress(done, len(atoms))
    return _joined(work, atoms, (_arrays_of(work, shard) for shard in shards))


def unexplained(
    checkpoint: Checkpoint,
    glass: Glass,
    atoms: Sequence[int],
    *,
    method: Method,
    seed: int = 0,
    top: int = 50,
    folder: Path | None = None,
) -> int:
    """How many of `atoms` a call of `explain_batch` would still have to explain."""
    glass = readable(checkpoint, glass)
    work = Work(checkpoint, glass, method, seed, top, folder or cache_folder())
    return sum(len(shard) for shard in shards_of(atoms) if work.read(shard) is None)


def _arrays_of(work: Work, shard: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of a shard, computed anew where its file has been removed meanwhile (the cache has a limit)."""
    arrays = work.read(shard)
    if arrays is None:
        work.write(shard, work.compute(shard))
        arrays = work.read(shard)
    if arrays is None:
        raise InputError(
            f"{work.path(shard)}: cannot be read though it was just written, expected a cache that keeps files"
        )
    return arrays


def _joined(work: Work, atoms: np.ndarray, shards: Iterable[dict[str, np.ndarray]]) -> BatchExplanation:
    """Rows one after the other, sums over the glass added up in the order of the shards, one shard in memory."""
    sums: dict[str, np.ndarray] = {}
    parts: dict[str, list[np.ndarray]] = {}
    for shard in shards:
        for name, values in shard.items():
            if name in SUMS:
                sums[name] = sums[name] + values if name in sums else values
            else:
                parts.setdefault(name, []).append(values)
    rows = {name: np.concatenate(values) for name, values in parts.items()}
    if np.isnan(rows["effect"]).all():
        sums["effect_sum"] = None
    return BatchExplanation(
        method=work.method.name,
        settings=work.method.settings,
        seed=work.seed,
        glass_key=work.glass_key,
        checkpoint_key=work.checkpoint.key,
        atoms=atoms,
        prediction=predict(work.checkpoint, work.glass)[atoms].astype(float),
        **rows,
        **sums,
    )
