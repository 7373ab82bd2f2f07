"""All findings about some glasses: which explanations are compared, and under which other conditions again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from symgnn.analysis.cycle_counts import CycleCounts, cycle_counts
from symgnn.analysis.evaluate import Result, evaluate
from symgnn.analysis.important_edges import ExplainedFields, explained_fields
from symgnn.analysis.stability import Overlap, overlap
from symgnn.errors import InputError
from symgnn.explanations.methods.base import Method
from symgnn.explanations.selection import random_atoms
from symgnn.explanations.stability import check_replica, shuffled_weights
from symgnn.glass import Glass
from symgnn.homology import glass_topology
from symgnn.inference.checkpoint import Checkpoint

Progress = Callable[[int, int, str], None]  # (done, all, what is being done)


@dataclass(frozen=True, eq=False)
class Variant:
    """The same atoms explained under another condition.

    what        in words
    overlap     with the explanation it is compared to; None for that itself
    is_control  whether it knows nothing that was learned
    """

    what: str
    result: Result
    overlap: Overlap | None
    is_control: bool = False


@dataclass(frozen=True, eq=False)
class Study:
    """Explains the same atoms of each glass in every way that is asked for.

    glasses      the first one is looked at again under other conditions
    checkpoint, methods   the first method is the one that is looked at again
    n_atoms      explained atoms per glass, in equal numbers of the elements; top_k  important edges of each
    seed         of the draw of atoms, of the methods, and of tests and intervals
    retrained    the same model trained from other seeds: (name, checkpoint)
    replicas     the same glass relaxed twice, atoms in the same order; None where there is none
    workers, scheduler    processes that explain, or address of a Dask scheduler (symgnn/jobs.py)
    """

    glasses: Sequence[Glass]
    checkpoint: Checkpoint
    methods: Sequence[Method]
    n_atoms: int = 50
    top_k: int = 10
    seed: int = 0
    retrained: Sequence[tuple[str, Checkpoint]] = ()
    replicas: tuple[Glass, Glass] | None = None
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self):
        if not self.glasses or not self.methods:
            raise InputError("findings: expected at least one glass and one method")
        if self.top_k < 1:
            raise InputError(f"findings: {self.top_k} important edges found, expected at least 1")
        if self.retrained and self.methods[0].one_checkpoint:
            raise InputError(
                f"findings: method {self.methods[0].name} found first, with models trained again, expected another: it "
                "was trained for one checkpoint only"
            )
        if self.replicas is not None:
            check_replica(*self.replicas)

    def run(self, progress: Progress | None = None) -> tuple[list[Result], list[Variant]]:
        """The results per glass and method, and those under other conditions. Explanations are stored for a rerun."""
        results, fields, first_counts = [], [], None
        for glass in self.glasses:
            atoms = random_atoms(glass, self.n_atoms, self.seed)
            counts = None
            for method in self.methods:
                explained = self._explained(
                    self.checkpoint, glass, atoms, method, seed=self.seed, progress=progress
                )
                counts = counts or counts_of(explained, progress)
                results.append(self._evaluated(explained, method, counts, self.checkpoint.full_name))
                if glass is self.glasses[0]:
                    fields.append(explained)
            first_counts = first_counts or counts
        return results, self._variants(results, fields, first_counts, progress)

    def _variants(
        self,
        results: list[Result],
        fields: list[ExplainedFields],
        counts: list[CycleCounts],
        progress: Progress | None,
    ) -> list[Variant]:
        """The first glass with the first method again. fields: of all methods on that glass."""
        glass, atoms, method, reference = self.glasses[0], fields[0].atoms, self.methods[0], fields[0]
        variants = [Variant(f"{glass.name}, {method.title}: the reference", results[0], None)]
        for explained, result in zip(fields[1:], results[1:], strict=False):
            what = f"{'control' if result.baseline else 'another method'}: {result.title}"
            overlapping = self._overlap(explained, reference)
            variants.append(Variant(what, result, overlapping, result.baseline))

        others = [("another seed of the method", self.checkpoint, self.checkpoint.full_name, self.seed + 1)]
        for name, checkpoint in self.retrained:
            others.append((f"trained again: {name}", checkpoint, checkpoint.full_name, self.seed))
        untrained = "control: weights shuffled, nothing learned"
        shuffled = shuffled_weights(self.checkpoint, self.seed)
        others.append((untrained, shuffled, f"{self.checkpoint.full_name}, weights shuffled", self.seed))
        for what, checkpoint, called, seed in others:
            explained = self._explained(checkpoint, glass, atoms, method, seed=seed, progress=progress)
            result = self._evaluated(explained, method, counts, called)
            variants.append(Variant(what, result, self._overlap(explained, reference), what == untrained))

        if self.replicas is not None:
            one, other = self.replicas
            atoms = random_atoms(one, self.n_atoms, self.seed)
            pair = [
                self._explained(self.checkpoint, replica, atoms, method, seed=self.seed, progress=progress)
                for replica in self.replicas
            ]
            first, second = (
                self._evaluated(explained, method, counts_of(explained, progress), self.checkpoint.full_name)
                for explained in pair
            )
            variants.append(Variant(f"{one.name}: the reference of its replica", first, None))
            variants.append(Variant(f"{other.name}: the replica", second, self._overlap(pair[1], pair[0])))
        return variants

    def _overlap(self, explained: ExplainedFields, reference: ExplainedFields) -> Overlap:
        return overlap(explained, reference, self.top_k, seed=self.seed)

    def _explained(
        self, checkpoint: Checkpoint, glass: Glass, atoms: np.ndarray, method: Method, *, seed: int,
        progress: Progress | None,
    ) -> ExplainedFields:  # fmt: skip
        def show(done: int, total: int) -> None:
            if progress is not None:
                progress(done, total, f"{glass.name}: {method.name}")

        return explained_fields(
            checkpoint, glass, atoms, method=method, seed=seed, workers=self.workers, scheduler=self.scheduler,
            progress=show,
        )  # fmt: skip

    def _evaluated(
        self, explained: ExplainedFields, method: Method, counts: list[CycleCounts], checkpoint: str
    ) -> Result:
        """checkpoint: the name of the one that is explained, by `method`."""
        return evaluate(
            explained, counts, checkpoint=checkpoint, title=method.title, baseline=method.is_baseline, k=self.top_k,
            seed=self.seed,
        )  # fmt: skip


def counts_of(explained: ExplainedFields, progress: Progress | None = None) -> list[CycleCounts]:
    """Cycles through every pair of the explained glass: Rips, and alpha where the cell has such a complex."""
    if progress is not None:
        progress(0, 1, f"{explained.glass.name}: cycles")
    topology, pairs, images = glass_topology(explained.glass), explained.pair_atoms, explained.pair_image
    rips = topology.filtration
    counts = [cycle_counts(f"Rips, {rips.cutoff:g} Å", rips, topology.participation, pairs, images)]
    if topology.alpha is not None:
        alpha = topology.alpha
        counts.append(cycle_counts("alpha", alpha.complex.edges, alpha.participation, pairs, images))
    return counts
