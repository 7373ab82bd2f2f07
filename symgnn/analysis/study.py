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
from symgnn.explanations.amortised import Amortised
from symgnn.explanations.attribution import Method
from symgnn.explanations.methods import TITLES
from symgnn.explanations.selection import random_atoms
from symgnn.explanations.stability import check_replica, shuffled_weights
from symgnn.glass import Glass
from symgnn.homology import glass_topology
from symgnn.inference.checkpoint import Checkpoint

BASELINES = ("nearest", "random")  # methods that know nothing of the model
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
    n_atoms      explained atoms per glass, in equal shares of the elements; top_k  important edges of each
    seed         of the draw of atoms, of the methods, and of tests and intervals
    retrained    the same model trained from other seeds: (name, checkpoint)
    replicas        the same glass relaxed twice, atoms in the same order; None where there is none
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

    def __post_init__(self):
        if not self.glasses or not self.methods:
            raise InputError("findings: expected at least one glass and one method")
        if self.top_k < 1:
            raise InputError(f"findings: {self.top_k} important edges found, expected at least 1")
        if self.retrained and self.methods[0].name == Amortised.name:
            raise InputError(
                f"findings: method {Amortised.name} found first, with models trained again, expected another: it knows "
                "the states of one checkpoint only"
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
                found = self._explained(
                    self.checkpoint, glass, atoms, method, seed=self.seed, progress=progress
                )
                counts = counts or counts_of(found, progress)
                results.append(self._evaluated(found, counts, self.checkpoint.full_name))
                if glass is self.glasses[0]:
                    fields.append(found)
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
        variants = [Variant(f"{glass.name}, {TITLES[method.name]}: the reference", results[0], None)]
        for found, result in zip(fields[1:], results[1:], strict=False):
            is_control = found.method in BASELINES
            what = f"{'control' if is_control else 'another method'}: {TITLES[found.method]}"
            variants.append(Variant(what, result, self._overlap(found, reference), is_control))

        others = [("another seed of the method", self.checkpoint, self.checkpoint.full_name, self.seed + 1)]
        for name, checkpoint in self.retrained:
            others.append((f"trained again: {name}", checkpoint, checkpoint.full_name, self.seed))
        untrained = "control: weights shuffled, nothing learned"
        shuffled = shuffled_weights(self.checkpoint, self.seed)
        others.append((untrained, shuffled, f"{self.checkpoint.full_name}, weights shuffled", self.seed))
        for what, checkpoint, called, seed in others:
            found = self._explained(checkpoint, glass, atoms, method, seed=seed, progress=progress)
            shared = self._overlap(found, reference)
            variants.append(Variant(what, self._evaluated(found, counts, called), shared, what == untrained))

        if self.replicas is not None:
            one, other = self.replicas
            atoms = random_atoms(one, self.n_atoms, self.seed)
            pair = [
                self._explained(self.checkpoint, replica, atoms, method, seed=self.seed, progress=progress)
                for replica in self.replicas
            ]
            first, second = (
                self._evaluated(found, counts_of(found, progress), self.checkpoint.full_name)
                for found in pair
            )
            variants.append(Variant(f"{one.name}: the reference of its replica", first, None))
            variants.append(Variant(f"{other.name}: the replica", second, self._overlap(pair[1], pair[0])))
        return variants

    def _overlap(self, found: ExplainedFields, reference: ExplainedFields) -> Overlap:
        return overlap(found, reference, self.top_k, seed=self.seed)

    def _explained(
        self, checkpoint: Checkpoint, glass: Glass, atoms: np.ndarray, method: Method, *, seed: int,
        progress: Progress | None,
    ) -> ExplainedFields:  # fmt: skip
        def show(done: int, total: int) -> None:
            if progress is not None:
                progress(done, total, f"{glass.name}: {method.name}")

        return explained_fields(
            checkpoint, glass, atoms, method=method, seed=seed, workers=self.workers, progress=show
        )

    def _evaluated(self, found: ExplainedFields, counts: list[CycleCounts], checkpoint: str) -> Result:
        """checkpoint: the name of the one that `found` explains."""
        return evaluate(found, counts, checkpoint=checkpoint, k=self.top_k, seed=self.seed)


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
