"""Fit a linear model: no epochs, one linear system per penalty, the penalty chosen on the validation glasses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.metrics import regression_scores
from symgnn.models.ridge import Ridge
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.glasses import Glasses, all_barriers, as_glasses, barriers_of
from symgnn.training.result import Progress, TrainingResult

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


def fit_ridge(
    model: Ridge,
    training: Glasses,
    validation: Glasses,
    *,
    penalties: Sequence[float] = PENALTIES,
    progress: Progress | None = None,
) -> TrainingResult:
    """Solve for every penalty; select by Pearson's r over all atoms of `validation`. A row of the curve is a penalty.

    Raises InputError where a glass has no barriers.
    """
    started = time.perf_counter()
    training, validation = as_glasses(training), as_glasses(validation)
    validation_labels = all_barriers(validation)
    labels = [barriers_of(glass) for glass in training]
    model.set_target_scale(torch.cat(labels))
    with torch.no_grad():
        descriptors, held_out = (
            [
                model.describe(
                    build_graph(with_physical_inputs(glass, model.inputs), model.cutoff, model.inputs)
                )
                for glass in glasses
            ]
            for glasses in (training, validation)
        )
    model.descriptors.fit(descriptors)
    fitted, curve = [], []
    for step, penalty in enumerate(penalties, start=1):
        model.solve(descriptors, labels, penalty)
        with torch.no_grad():
            error = [model.decode(x) - y for x, y in zip(descriptors, labels, strict=True)]
            predictions = np.concatenate([model.decode(x).double().numpy() for x in held_out])
        scores = regression_scores(predictions, validation_labels)
        loss = (torch.cat(error) / model.target_scale).square().mean().item()
        curve.append({"epoch": step, "penalty": penalty, "train_loss": loss, **scores})
        fitted.append(deepcopy(model))
        if progress is not None:
            progress(step, len(penalties), curve[-1])
    best = max(curve, key=lambda row: row["pearson"])
    return TrainingResult(fitted[curve.index(best)].eval(), curve, best, time.perf_counter() - started)
