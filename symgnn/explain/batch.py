"""Explanations of many atoms of a glass: on all cores, resumable, in bounded memory.

The atoms are cut into shards of 16, fields of 4 atoms stand side by side, and each core takes one shard after the
other. Of every explanation the k most important edges are kept, and what it adds to the maps of the whole glass
(maps.py). A finished shard is a file named by what it was computed from: a run that was stopped goes on where it was,
and gives the same numbers as one that was not.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch

from symgnn.evaluation.predict import predict
from symgnn.explain.attribution import Method, Progress
from symgnn.explain.explaining import fields_of
from symgnn.explain.explanation import explanation_key
from symgnn.explain.methods import settings_of
from symgnn.explain.store import store_folder
from symgnn.files.writing import replacing
from symgnn.glass import Glass
from symgnn.training.checkpoint import Checkpoint

SHARD, SIDE_BY_SIDE = 16, 4
VERSION = 2  # of the arrays below; a shard of another version is computed anew

ROWS = ("n_edges", "rank_atom", "pair", "importance", "effect", "hops", "distance")
SUMS = ("seen", "share", "effect_sum")


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
    share       (P,) float64  its importance divided by the sum over the field: every explained atom gives away 1
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
    share: np.ndarray
    effect_sum: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Work:
    """What a shard is computed from, besides its atoms."""

    checkpoint: Checkpoint
    glass: Glass
    method: Method
    seed: int
    top: int
    folder: Path

    def path(self, atoms: Sequence[int]) -> Path:
        facts = {
            **settings_of(self.method),
            "top": self.top,
            "atoms": list(map(int, atoms)),
            "version": VERSION,
        }
        key = explanation_key(
            self.glass.content_hash, self.checkpoint.key, atoms[0], self.method.name, facts, self.seed
        )
        return self.folder / f"shard-{key}.npz"


def explain_batch(
    checkpoint: Checkpoint,
    glass: Glass,
    atoms: Sequence[int],
    *,
    method: Method,
    seed: int = 0,
    top: int = 50,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> BatchExplanation:
    """Explain `atoms` (0..N-1); results are those of single runs (`explain_atoms`).

    workers: processes, by default one per core that this process may use; 1 stays in this process.
    folder: where shards are kept, by default that of the explanations. progress(atoms done, atoms) is called after
    every shard; an exception that it raises stops the run, and what is finished stays.
    Raises InputError as `fields_of` and the method do.
    """
    atoms = np.asarray(atoms, dtype=np.int64)
    fields_of(checkpoint, glass, atoms[:1])  # refuse at once what cannot be explained
    for atom in (atoms.min(), atoms.max()):
        fields_of(checkpoint, glass, [int(atom)])
    work = Work(checkpoint, glass, method, seed, top, folder or store_folder())
    shards = _shards(atoms)
    missing = [shard for shard in shards if _read(work.path(shard)) is None]
    done = len(atoms) - sum(map(len, missing))
    for n_atoms in _run(work, missing, workers):
        done += n_atoms
        if progress is not None:
            progress(done, len(atoms))
    return _joined(work, atoms, (_read(work.path(shard)) for shard in shards))


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
    work = Work(checkpoint, glass, method, seed, top, folder or store_folder())
    return sum(len(shard) for shard in _shards(atoms) if _read(work.path(shard)) is None)


def _shards(atoms: Sequence[int]) -> list[np.ndarray]:
    atoms = np.asarray(atoms, dtype=np.int64)
    return [atoms[first : first + SHARD] for first in range(0, len(atoms), SHARD)]


def _run(work: Work, shards: list[np.ndarray], workers: int | None) -> Iterator[int]:
    """Compute shards in any order; yields the number of atoms of each that is finished."""
    workers = min(workers or len(os.sched_getaffinity(0)), len(shards))
    if workers <= 1:
        yield from (_compute(work, shard) for shard in shards)
        return
    context = multiprocessing.get_context("spawn")  # forking a process with running threads can lock up
    left = dict(enumerate(shards))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(work,)) as pool:
        try:
            futures = {pool.submit(_compute_here, shard): number for number, shard in left.items()}
            for future in as_completed(futures):
                yield future.result()
                del left[futures[future]]
        except BrokenProcessPool:
            pass  # workers cannot start where the main module cannot be imported again: go on here
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    yield from (_compute(work, shard) for shard in left.values())


def _start(work: Work) -> None:
    """Make a worker: one thread, silent when Ctrl-C ends it, gone when the process that started it is."""
    from symgnn.allocator import keep_large_buffers

    global _work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    torch.set_num_threads(1)
    keep_large_buffers()
    _work = work


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _compute_here(atoms: np.ndarray) -> int:
    return _compute(_work, atoms)


def _compute(work: Work, atoms: np.ndarray) -> int:
    columns: dict[str, list[np.ndarray]] = {name: [] for name in ROWS}
    graph = fields_of(work.checkpoint, work.glass, atoms[:1]).whole
    n_pairs = len(graph.pair_edge)
    seen, share, effect_sum = (np.zeros(n_pairs) for _ in range(3))
    for first in range(0, len(atoms), SIDE_BY_SIDE):
        some = atoms[first : first + SIDE_BY_SIDE]
        fields = fields_of(work.checkpoint, work.glass, some.tolist())
        found = work.method.attribute(work.checkpoint.model, fields, seed=work.seed)
        importance = found.importance(fields).double().cpu().numpy()
        effect = (
            np.full(len(importance), np.nan) if found.effect is None else found.effect.double().cpu().numpy()
        )
        number, hops = fields.pair_number.cpu().numpy(), fields.pair_hops.cpu().numpy()
        distance = fields.pair_distance.double().cpu().numpy()
        length = graph.length[graph.pair_edge].index_select(0, fields.pair_number).cpu().numpy()
        ends = np.cumsum([0, *fields.pairs_per_field])
        columns["n_edges"].append(np.diff(ends))
        for atom, start, end in zip(some, ends, ends[1:], strict=False):
            own = slice(start, end)
            best = start + np.lexsort((length[own], -importance[own]))[: work.top]
            columns["rank_atom"].append(np.full(len(best), atom))
            for name, values in (
                ("pair", number), ("importance", importance), ("effect", effect), ("hops", hops), ("distance", distance)
            ):  # fmt: skip
                columns[name].append(values[best])
            seen[number[own]] += 1
            share[number[own]] += importance[own] / max(importance[own].sum(), 1e-300)
            effect_sum[number[own]] += effect[own]
    arrays = {name: np.concatenate(parts) for name, parts in columns.items() if parts}
    path = work.path(atoms)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        np.savez(temporary, **arrays, seen=seen.astype(np.int64), share=share, effect_sum=effect_sum)
    return len(atoms)


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a finished shard; None where there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in (*ROWS, *SUMS)}
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return None


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
        settings=settings_of(work.method),
        seed=work.seed,
        glass_key=work.glass.content_hash,
        checkpoint_key=work.checkpoint.key,
        atoms=atoms,
        prediction=predict(work.checkpoint, work.glass)[atoms].astype(float),
        **rows,
        **sums,
    )
