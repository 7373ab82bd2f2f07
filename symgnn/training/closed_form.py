"""Fit a linear model: no epochs, one linear system per penalty, the penalty chosen on the validation glass."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import deepcopy

import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.metrics import regression_scores
from symgnn.models.ridge import Ridge
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.result import Progress, TrainingResult, barriers_of

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


def fit_ridge(
    model: Ridge,
    training: Sequence[Glass],
    validation: Glass,
    *,
    penalties: Sequence[float] = PENALTIES,
    progress: Progress | None = None,
) -> TrainingResult:
    """Solve for every penalty; select by Pearson's r on `validation`. A row of the curve is a penalty."""
    started = time.perf_counter()
    labels = [barriers_of(glass) for glass in training]
    model.set_target_scale(torch.cat(labels))
    with torch.no_grad():
        *descriptors, held_out = (
            model.describe(build_graph(with_physical_inputs(glass, model.inputs), model.cutoff, model.inputs))
            for glass in (*training, validation)
        )
    model.descriptors.fit(descriptors)
    fitted, curve = [], []
    for step, penalty in enumerate(penalties, start=1):
        model.solve(descriptors, labels, penalty)
        with torch.no_grad():
            error = [model.decode(x) - y for x, y in zip(descriptors, labels, strict=True)]
            scores = regression_scores(model.decode(held_out).double().numpy(), validation.barriers)
        loss = (torch.cat(error) / model.target_scale).square().mean().item()
        curve.append({"epoch": step, "penalty": penalty, "train_loss": loss, **scores})
        fitted.append(deepcopy(model))
        if progress is not None:
            progress(step, len(penalties), curve[-1])
    best = max(curve, key=lambda row: row["pearson"])
    return TrainingResult(fitted[curve.index(best)].eval(), curve, best, time.perf_counter() - started)
