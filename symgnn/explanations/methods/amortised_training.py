"""Train the amortised explainer of a checkpoint on gradients of its model (amortised.py says what for)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from symgnn.errors import InputError
from symgnn.explanations.explanation import most_important
from symgnn.explanations.methods.amortised import Amortised, save_explainer, states_of
from symgnn.explanations.methods.base import Progress, gradient
from symgnn.explanations.methods.edge_scorer import EdgeScorer
from symgnn.explanations.receptive_field import fields_of
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.io.writing import replacing
from symgnn.stats import jaccard
from symgnn.training.resuming import data_identity, saved_state

Report = Callable[[int], None]  # (atoms and epochs done)
STATE = "explainer-last.pt"  # of a run that is not finished
SIDE_BY_SIDE = 4  # atoms whose gradients are taken at once
NEAR, FAR_FRACTION = 1, 0.05  # pairs within so many hops all serve, of those farther away this fraction
VALIDATION_ATOMS, TOP = 24, 10  # atoms of the validation glass, and edges of each that are compared


@dataclass(frozen=True)
class ExplainerTraining:
    """atoms: explained ones, in equal numbers from the glasses; epochs over their pairs, in batches of `batch` pairs;
    learning_rate: the peak of a one-cycle of Adam; seed: of initial weights, atoms and order."""

    atoms: int = 1200
    epochs: int = 30
    batch: int = 4096
    learning_rate: float = 5e-3
    width: int = 64
    seed: int = 0

    def __post_init__(self):
        for column in fields(self):
            value = getattr(self, column.name)
            if column.name != "seed" and not value > 0:
                raise InputError(f"{column.name} {value!r} found, expected a positive number")


@dataclass(frozen=True, eq=False)
class Examples:
    """Pairs of some explained atoms, one row each; atoms are rows of `states`.

    states (M, D); ends (R, 2) int64 atoms; center (R,) int64; distance (R, 2) Å of the ends from the centre;
    length (R,) Å; effect (R,) eV, gradient × weight; touches (R,) bool: an end is the centre
    """

    states: Tensor
    ends: Tensor
    center: Tensor
    distance: Tensor
    length: Tensor
    effect: Tensor
    touches: Tensor

    def digest(self) -> str:
        """sha256 over all columns."""
        digest = hashlib.sha256()
        for column in fields(self):
            digest.update(getattr(self, column.name).contiguous().numpy().tobytes())
        return digest.hexdigest()


def train_explainer(
    checkpoint: Checkpoint,
    glasses: Sequence[Glass],
    validation: Glass,
    training: ExplainerTraining | None = None,
    *,
    command: str = "",
    progress: Progress | None = None,
) -> dict[str, float]:
    """Train on atoms of `glasses`, write explainer.safetensors into the checkpoint's folder; returns its scores.

    Labels play no part: the network learns what the model does. The scores are taken on atoms of `validation`.
    progress(done, all) counts explained atoms and epochs; an exception that it raises stops the run, and a later one
    with the same settings, checkpoint and glasses goes on after the last whole epoch. One seed gives one network, on
    the same number of threads. Raises InputError as `fields_of` does and where explainer-last.pt belongs to another
    run.
    """
    training = training or ExplainerTraining()
    started = time.perf_counter()
    glasses, validation = [readable(checkpoint, glass) for glass in glasses], readable(checkpoint, validation)
    state_file = checkpoint.folder / STATE
    identity = run_identity(checkpoint, glasses, training)
    saved_state(state_file, identity)  # refuse at once, before atoms are explained

    def report(done: int) -> None:
        if progress is not None:
            progress(done, training.atoms + training.epochs)

    torch.manual_seed(training.seed)
    examples = collect(checkpoint, glasses, training.atoms, seed=training.seed, report=report)
    unit = float(examples.effect[examples.touches].square().mean().sqrt().clamp(min=1e-6))
    scorer = EdgeScorer(
        n_states=examples.states.shape[1],
        cutoff=checkpoint.cutoff,
        n_layers=checkpoint.model.n_layers,
        width=training.width,
    )
    scorer.standardise(examples.states)
    fit(scorer, examples, unit, training, state_file, identity, report)
    scorer.eval().requires_grad_(False)
    scores = validate(checkpoint, validation, Amortised("", unit, scorer), seed=training.seed)
    facts = {
        "training": asdict(training),
        "trained_on": [glass.name for glass in glasses],
        "scores": {validation.name: scores},
        "seconds": round(time.perf_counter() - started, 1),
        "command": command,
    }
    save_explainer(checkpoint, scorer, unit, facts)
    state_file.unlink(missing_ok=True)
    return scores


def run_identity(
    checkpoint: Checkpoint, glasses: Sequence[Glass], training: ExplainerTraining
) -> dict[str, Any]:
    """What the trained network depends on. Barriers of the glasses are no part of it: they are not read."""
    data = data_identity(glasses, checkpoint.model.inputs)
    del data["barriers"]
    return {"settings": asdict(training), "checkpoint": checkpoint.key, **data}


def collect(
    checkpoint: Checkpoint, glasses: Sequence[Glass], atoms: int, *, seed: int, report: Report
) -> Examples:
    """Explain random atoms of the glasses by gradient × weight; report(atoms done)."""
    model, rng, parts, states, before, done = checkpoint.model, np.random.default_rng(seed), [], [], 0, 0
    for part, glass in zip(np.array_split(np.arange(atoms), len(glasses)), glasses, strict=True):
        chosen = rng.choice(len(glass), min(len(part), len(glass)), replace=False).tolist()
        states.append(states_of(model, fields_of(checkpoint, glass, [0]).whole))
        for first in range(0, len(chosen), SIDE_BY_SIDE):
            some = fields_of(checkpoint, glass, chosen[first : first + SIDE_BY_SIDE])
            graph, distance = some.graph, some.atom_vector.norm(dim=1)
            row = torch.stack([graph.source[some.pair_edge], graph.target[some.pair_edge]], 1)
            kept = (some.pair_hops <= NEAR) | (torch.rand(some.n_pairs) < FAR_FRACTION)
            columns = (
                before + some.atoms[row],
                before + some.centers[some.pair_field],
                distance[row],
                graph.length[some.pair_edge],
                gradient(model, some),
                some.pair_hops == 0,
            )
            parts.append([column[kept] for column in columns])
            done += len(some)
            report(done)
        before += len(glass)
    return Examples(torch.cat(states), *(torch.cat(column) for column in zip(*parts, strict=True)))


@torch.enable_grad()
def fit(
    scorer: EdgeScorer,
    examples: Examples,
    unit: float,
    training: ExplainerTraining,
    state_file: Path,
    identity: dict[str, Any],
    report: Report,
) -> None:
    """Least squares on effect / unit, by Adam; report(steps done) after every epoch.

    The state after each epoch is kept in `state_file` while the run lasts: one that was killed goes on from there to
    the same network, where it has the same identity and the same examples (which another number of threads rounds
    differently); else InputError.
    """
    target, states = examples.effect / unit, examples.states
    batches = max(1, len(target) // training.batch)
    optimizer = torch.optim.Adam(scorer.parameters(), lr=training.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, training.learning_rate, total_steps=training.epochs * batches, pct_start=0.1
    )
    parts = {"scorer": scorer, "optimizer": optimizer, "schedule": schedule}
    identity = {**identity, "examples": examples.digest()}
    state = saved_state(state_file, identity)
    if state is not None:
        for name, part in parts.items():
            part.load_state_dict(state[name])
    for epoch in range(0 if state is None else state["epochs"], training.epochs):
        torch.manual_seed(training.seed * 1_000_003 + epoch)  # the order does not depend on a resume
        for rows in torch.randperm(len(target)).chunk(batches):
            ends = examples.ends[rows]
            both = sum(scorer.end(states[ends[:, end]], examples.distance[rows, end]) for end in (0, 1))
            score = scorer.score(both, states[examples.center[rows]], examples.length[rows])
            loss = (score - target[rows]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(scorer.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        with replacing(state_file) as temporary:
            state = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"identity": identity, "epochs": epoch + 1, **state}, temporary)
        report(training.atoms + epoch + 1)


def validate(
    checkpoint: Checkpoint,
    glass: Glass,
    explainer: Amortised,
    *,
    atoms: int = VALIDATION_ATOMS,
    seed: int = 0,
) -> dict[str, float]:
    """How well the explainer stands in for gradient × weight, on random atoms of a glass.

    r2              fraction of the variance of effects explained, over all pairs of the receptive fields
    jaccard_top10   Jaccard index of the 10 most important edges, mean over atoms
    """
    chosen = np.random.default_rng(seed).choice(len(glass), min(atoms, len(glass)), replace=False)
    shared, wrong, total = [], 0.0, 0.0
    for atom in chosen.tolist():
        some = fields_of(checkpoint, glass, [atom])
        effect, exact = explainer.attribute(checkpoint.model, some).effect, gradient(checkpoint.model, some)
        shared.append(jaccard(*(most_important(values.abs().numpy(), TOP) for values in (effect, exact))))
        wrong += float((effect - exact).double().square().sum())
        total += float((exact - exact.mean()).double().square().sum())
    return {"atoms": len(chosen), "r2": 1 - wrong / total, f"jaccard_top{TOP}": float(np.mean(shared))}
