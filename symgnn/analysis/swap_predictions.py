"""What checkpoints predict and explain for the swaps of a study of physics: changes in eV, and importance of atoms.

Explanations are of the centre in the relaxed glass before any swap. The importance of an atom is the sum over its
edges, as `Explanation.atom_importance` has it; of a signed method in eV, so that centres can be compared.
Every answer is a file of the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from symgnn import disk_cache
from symgnn.analysis.physics_study import KIND, CentreResult
from symgnn.errors import InputError
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.explanation import Explanation, sums_over_atoms
from symgnn.explanations.methods import METHODS, available_methods, build_method
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.jobs import run_all
from symgnn.whatif.ensemble import ensemble_of

VERSION = 1
SETTINGS: dict[str, dict[str, Any]] = {"gnn_explainer": {"steps": 10}, "occlusion": {"reach": 0}}
"""Of methods that would take minutes per centre: fewer steps, and only the edges that touch the centre."""

PREDICTED = ("relaxed", "relaxed_sigma", "unrelaxed", "unrelaxed_sigma")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """checkpoint, centre: their numbers in the study; method: that explains, "" for the predicted changes."""

    checkpoint: int
    centre: int
    method: str = ""


@dataclass(frozen=True, eq=False)
class Answers:
    """predicted: (checkpoint, centre) -> for each of `PREDICTED` (swaps,) eV, NaN where there is none; importance:
    (checkpoint, method, centre) -> (N,)."""

    predicted: dict[tuple[str, int], dict[str, np.ndarray]]
    importance: dict[tuple[str, str, int], np.ndarray]

    def methods_of(self, checkpoint: str) -> list[str]:
        """Names of the methods that explained this checkpoint."""
        return list(dict.fromkeys(method for name, method, _ in self.importance if name == checkpoint))


@dataclass(frozen=True, eq=False)
class SwapPredictions:
    """checkpoints; centres: results of the searches; seed: of the methods; folder: where answers are kept."""

    checkpoints: Sequence[Checkpoint]
    centres: Sequence[CentreResult]
    seed: int
    folder: Path

    def compute(self, question: Question) -> dict[str, np.ndarray]:
        """What is asked: `PREDICTED`, or the importance of all atoms."""
        checkpoint, centre = self.checkpoints[question.checkpoint], self.centres[question.centre]
        glass = centre.scan.reference.glass
        if question.method:
            method = build_method(question.method, SETTINGS.get(question.method, {}), checkpoint)
            (explained,) = explain_atoms(checkpoint, glass, [centre.centre], method=method, seed=self.seed)
            return {"importance": strength(explained, len(glass))}
        return self._predicted(checkpoint, centre, glass)

    def _predicted(self, checkpoint: Checkpoint, centre: CentreResult, glass: Glass) -> dict[str, np.ndarray]:
        ensemble, atom = ensemble_of(checkpoint), np.array([centre.centre])
        before = ensemble.of_glass(glass).of(atom)
        answer = {name: np.full(len(centre.swaps), np.nan) for name in PREDICTED}
        for number, (swap, searched) in enumerate(zip(centre.swaps, centre.after, strict=True)):
            unrelaxed = swap.change.apply(glass)
            changed = {"unrelaxed": unrelaxed}
            if np.isfinite(searched.positions).all():
                changed["relaxed"] = replace(unrelaxed, positions=searched.positions)
            for name, one in changed.items():
                change, sigma = ensemble.of_glass(one).of(atom).change_from(before)
                answer[name][number] = change[0]
                answer[f"{name}_sigma"][number] = np.nan if sigma is None else sigma[0]
        return answer

    def path(self, question: Question) -> Path:
        checkpoint, centre = self.checkpoints[question.checkpoint], self.centres[question.centre]
        facts: list[Any] = [VERSION, centre.scan.reference.glass.content_hash, centre.centre]
        if question.method:
            facts += [checkpoint.key, question.method, SETTINGS.get(question.method, {}), self.seed]
        else:
            facts += [ensemble_of(checkpoint).key, [str(swap.change) for swap in centre.swaps]]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"answer-{key}.npz"


def answers(
    centres: Sequence[CentreResult],
    explained: Sequence[Checkpoint],
    others: Sequence[Checkpoint] = (),
    *,
    methods: Sequence[str] = (),
    seed: int = 0,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Predicted changes of all checkpoints, and importance by every method that an `explained` one offers, of `methods`
    if some are named. folder, workers, scheduler as in `PhysicsStudy`; progress(done, all)."""
    checkpoints = [*explained, *others]
    work = SwapPredictions(checkpoints, centres, seed, folder or disk_cache.folder(KIND))
    questions = [
        Question(number, centre, method)
        for number, checkpoint in enumerate(checkpoints)
        for method in ("", *(methods_for(checkpoint, methods) if number < len(explained) else ()))
        for centre in range(len(centres))
    ]
    names = {one: (("importance",) if one.method else PREDICTED) for one in questions}
    paths = {one: work.path(one) for one in questions}
    kept = {one: read_arrays(paths[one], names[one]) for one in questions}
    missing = [one for one in questions if kept[one] is None]
    results = run_all(work.compute, missing, workers=workers, scheduler=scheduler)
    for done, (one, arrays) in enumerate(results, len(questions) - len(missing) + 1):
        write_arrays(paths[one], arrays)
        kept[one] = arrays
        if progress is not None:
            progress(done, len(questions))
    named = [checkpoint.full_name for checkpoint in checkpoints]
    return Answers(
        {(named[one.checkpoint], one.centre): kept[one] for one in questions if not one.method},
        {
            (named[one.checkpoint], one.method, one.centre): kept[one]["importance"]
            for one in questions
            if one.method
        },
    )


def methods_for(checkpoint: Checkpoint, methods: Sequence[str] = ()) -> list[str]:
    """Names of the methods that explain the checkpoint: `methods`, or all that work for it and read it.

    Raises InputError for one that does not.
    """
    usable = [name for name in available_methods(checkpoint) if not METHODS[name].is_baseline]
    for name in methods:
        if name not in usable:
            raise InputError(
                f"checkpoint {checkpoint.full_name}: method {name!r} found, expected one of {', '.join(usable)}"
            )
    return [name for name in usable if not methods or name in methods]


def strength(explained: Explanation, n_atoms: int) -> np.ndarray:
    """(N,) importance of every atom: the sum over its edges of |effect| in eV, of importance for a method without
    sign."""
    size = explained.importance if explained.effect is None else np.abs(explained.effect)
    return sums_over_atoms(explained.pairs, size, n_atoms)
