"""Compare explanation methods on the same atoms, each beside its control, with intervals over the atoms.

For every atom and method: what the barrier does when its most important edges are removed, or only they are kept, over
a range of edge budgets, beside random edges matched in length, element pair and hops; and whether the explanation stays
the same where it should. What each column means stands in docs/explanations.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from ase import Atoms

from symgnn.explanations.benchmark_record import BenchmarkRecords
from symgnn.explanations.benchmark_tables import Benchmark
from symgnn.explanations.cache import cache_folder
from symgnn.explanations.methods.base import Method, Progress
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.stability import check_replica
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.jobs import run_all
from symgnn.stats import jaccard

BUDGETS = (1, 3, 10, 30, 100, 300, 1000, 3000)


def compare_methods(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    atoms: Sequence[int],
    methods: Sequence[Method],
    *,
    replica: Glass | None = None,
    budgets: Sequence[int] = BUDGETS,
    n_draws: int = 5,
    n_stability: int = 10,
    seed: int = 0,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Compare `methods` on `atoms` of a glass; stability on the first `n_stability` of a random order of them.

    replica: the same glass but for noise, atoms in the same order. Every record is kept in `folder`, so that a run
    that was stopped goes on. workers: processes, by default one per core; 1 stays in this process. scheduler: address
    of a Dask scheduler, whose workers compute instead.
    progress(records done, records): an exception that it raises stops the run.
    Raises InputError as `explain_atoms` does, and for a replica that is another glass.
    """
    if replica is not None:
        check_replica(as_glass(glass), replica)
        replica = readable(checkpoint, replica)
    glass = readable(checkpoint, as_glass(glass))
    atoms = [int(atom) for atom in atoms]
    graph = fields_of(
        checkpoint, glass, [min(atoms), max(atoms)]
    ).whole  # refuse at once what cannot be explained
    with torch.no_grad():
        deviation = float(checkpoint.model(graph).std())
    watched = frozenset(np.random.default_rng(seed).permutation(atoms)[:n_stability].tolist())
    records = BenchmarkRecords(
        checkpoint,
        glass,
        replica,
        deviation,
        tuple(budgets),
        n_draws,
        watched,
        seed,
        folder or cache_folder(),
    )
    jobs = [(atom, method) for atom in atoms for method in methods]
    missing = [job for job in jobs if records.read(*job) is None]
    results = run_all(records.compute, missing, workers=workers, scheduler=scheduler)
    for done, (job, record) in enumerate(results, len(jobs) - len(missing) + 1):
        records.write(job, record)
        if progress is not None:
            progress(done, len(jobs))
    results = {method.name: {atom: records.read(atom, method) for atom in atoms} for method in methods}
    agreement = [
        [
            np.mean([jaccard(one[atom]["top"], other[atom]["top"]) for atom in atoms])
            for other in results.values()
        ]
        for one in results.values()
    ]
    return Benchmark(
        records={
            name: {atom: record["measures"] for atom, record in of.items()} for name, of in results.items()
        },
        curves={
            name: {atom: record["curves"] for atom, record in of.items()} for name, of in results.items()
        },
        budgets=tuple(budgets),
        agreement=np.array(agreement),
        seed=seed,
    )
