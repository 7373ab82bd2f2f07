"""All that is measured of a trained checkpoint: accuracy, coverage, invariance under O(3), time of inference."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import torch
from scipy.stats import ortho_group

from symgnn.benchmark.scores import score_splits
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.checkpoint import Checkpoint, update_card
from symgnn.inference.predict import predict, predict_graph, predict_with_uncertainty, readable
from symgnn.inference.uncertainty import coverage
from symgnn.training.glasses import Glasses, as_glasses

TRANSFORMATIONS = 4
REPEATS = 5


def evaluate_checkpoint(checkpoint: Checkpoint, validation: Glasses, test: list[Glass]) -> dict[str, Any]:
    """Measure a checkpoint and write what was found into its card; returns the new card.

    Entries of the card:
    scores      glass -> scores, for every validation glass and every test glass; "pooled": over the atoms of all
                test glasses, where there are several
    uncertainty the coverage of its intervals on the same glasses is added, where the checkpoint has an uncertainty
    invariance  see `invariance_error`; inference: see `inference_time`. Both on the structure of the first test glass
    evaluation  content hashes of the glasses and the date

    Scores and coverage of glasses that are not given stay as they are: they belong to the same weights.
    """
    if not test:
        raise InputError(f"no test glass to score {checkpoint.full_name} on, expected at least one")
    validation = [readable(checkpoint, glass) for glass in as_glasses(validation)]
    test = [readable(checkpoint, glass) for glass in test]
    scores = score_splits(checkpoint, validation, test)
    before = checkpoint.card.get("evaluation", {}).get("data_hashes", {})
    hashes = {glass.name: glass.content_hash for glass in (*validation, *test)}
    uncertainty = checkpoint.card.get("uncertainty", {})
    if checkpoint.uncertainty is not None:
        covered = {}
        for glasses in (*([glass] for glass in validation), test):
            covered |= measured_coverage(checkpoint, glasses)
        uncertainty = {**uncertainty, "coverage": {**uncertainty.get("coverage", {}), **covered}}
    return update_card(
        checkpoint,
        uncertainty=uncertainty,
        scores={**checkpoint.card.get("scores", {}), **scores},
        invariance=invariance_error(checkpoint, test[0]),
        inference=inference_time(checkpoint, test[0]),
        evaluation={"data_hashes": {**before, **hashes}, "date": datetime.now(UTC).date().isoformat()},
    )


def measured_coverage(checkpoint: Checkpoint, glasses: list[Glass]) -> dict[str, dict[str, float]]:
    """Glass -> what `coverage` says of the stated intervals; several glasses also "pooled"."""
    predictions = [predict_with_uncertainty(checkpoint, glass) for glass in glasses]
    factor = checkpoint.uncertainty.factor95
    found = {
        glass.name: coverage(prediction.barriers, prediction.sigma, glass.barriers, factor)
        for glass, prediction in zip(glasses, predictions, strict=True)
    }
    if len(glasses) > 1:
        barriers = np.concatenate([prediction.barriers for prediction in predictions])
        sigma = np.concatenate([prediction.sigma for prediction in predictions])
        labels = np.concatenate([glass.barriers for glass in glasses])
        found["pooled"] = coverage(barriers, sigma, labels, factor)
    return found


def invariance_error(checkpoint: Checkpoint, glass: Glass, *, seed: int = 0) -> dict[str, Any]:
    """How far predicted barriers move when the whole glass is turned or mirrored: 0 for an invariant model.

    Positions and cell are multiplied by TRANSFORMATIONS random elements of O(3), rotations and reflections in
    turn. largest_eV and rms_eV run over all atoms and transformations; relative is rms_eV over spread_eV, the
    standard deviation of the untransformed glass's predictions.
    """
    glass = readable(checkpoint, glass)
    reference = predict(checkpoint, glass)
    changes = np.concatenate(
        [
            predict(checkpoint, transformed(glass, matrix)) - reference
            for matrix in rotations_and_reflections(TRANSFORMATIONS, seed)
        ]
    )
    rms, spread = float(np.sqrt(np.mean(changes**2))), float(reference.std())
    return {
        "glass": glass.name,
        "transformations": TRANSFORMATIONS,
        "seed": seed,
        "largest_eV": float(np.abs(changes).max()),
        "rms_eV": rms,
        "spread_eV": spread,
        "relative": rms / spread if spread else 0.0,
    }


def rotations_and_reflections(n: int, seed: int) -> np.ndarray:
    """(n, 3, 3) matrices, uniform on O(3) but for their determinants, which are 1, -1, 1, ..."""
    matrices = ortho_group.rvs(3, size=n, random_state=seed).reshape(n, 3, 3)
    wanted = (-1.0) ** np.arange(n)
    return matrices * (wanted * np.linalg.det(matrices)).round()[:, None, None]


def transformed(glass: Glass, matrix: np.ndarray) -> Glass:
    """The glass with positions and cell multiplied by a (3, 3) orthogonal matrix; per-atom properties are scalars."""
    return replace(glass, positions=glass.positions @ matrix.T, cell=glass.cell @ matrix.T)


@torch.inference_mode()
def inference_time(checkpoint: Checkpoint, glass: Glass) -> dict[str, Any]:
    """Seconds from a glass to its barriers, of which graph_seconds for its graph; medians of REPEATS runs."""
    glass, total, graph_only = readable(checkpoint, glass), [], []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        graph = build_graph(glass, checkpoint.cutoff, checkpoint.model.inputs)
        built = time.perf_counter()
        predict_graph(checkpoint, graph)
        total.append(time.perf_counter() - started)
        graph_only.append(built - started)
    return {
        "glass": glass.name,
        "atoms": len(glass),
        "seconds": statistics.median(total[1:]),  # the first run fills caches
        "graph_seconds": statistics.median(graph_only[1:]),
        "repeats": REPEATS,
        "device": f"CPU, {torch.get_num_threads()} thread(s)",
    }
