"""The evaluation of a trained checkpoint: accuracy, coverage, invariance under O(3), time of inference."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import torch
from scipy.stats import ortho_group

from symgnn.benchmark.scores import score_splits
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import (
    CARD,
    Calibration,
    Card,
    Evaluation,
    InferenceTime,
    Invariance,
    Numbers,
    read_card,
    write_card,
)
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.device import device_name
from symgnn.inference.predict import predict, predict_graph, predict_with_uncertainty, readable
from symgnn.inference.uncertainty import coverage
from symgnn.training.glasses import Glasses, as_glasses

TRANSFORMATIONS = 4
REPEATS = 5


def evaluate_checkpoint(checkpoint: Checkpoint, validation: Glasses, test: list[Glass]) -> Card:
    """Evaluate a checkpoint and write the results into its card; returns the new card.

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
    card = read_card(checkpoint.folder / CARD)
    hashes = {glass.name: glass.content_hash for glass in (*validation, *test)}
    entries = {
        "scores": {**card.scores, **scores},
        "invariance": invariance_error(checkpoint, test[0]),
        "inference": inference_time(checkpoint, test[0]),
        "evaluation": Evaluation(
            data_hashes={**card.evaluation.data_hashes, **hashes}, date=datetime.now(UTC).date().isoformat()
        ),
    }
    if checkpoint.uncertainty is not None:
        calibration = card.uncertainty or Calibration()
        covered = {}
        for glasses in (*([glass] for glass in validation), test):
            covered |= coverage_of(checkpoint, glasses)
        entries["uncertainty"] = calibration.model_copy(
            update={"coverage": {**calibration.coverage, **covered}}
        )
    card = card.model_copy(update=entries)
    write_card(checkpoint.folder, card)
    return card


def coverage_of(checkpoint: Checkpoint, glasses: list[Glass]) -> dict[str, Numbers]:
    """Glass -> what `coverage` says of the stated intervals; several glasses also "pooled"."""
    predictions = [predict_with_uncertainty(checkpoint, glass) for glass in glasses]
    factor = checkpoint.uncertainty.factor95
    covered = {
        glass.name: coverage(prediction.barriers, prediction.sigma, glass.barriers, factor)
        for glass, prediction in zip(glasses, predictions, strict=True)
    }
    if len(glasses) > 1:
        barriers = np.concatenate([prediction.barriers for prediction in predictions])
        sigma = np.concatenate([prediction.sigma for prediction in predictions])
        labels = np.concatenate([glass.barriers for glass in glasses])
        covered["pooled"] = coverage(barriers, sigma, labels, factor)
    return covered


def invariance_error(checkpoint: Checkpoint, glass: Glass, *, seed: int = 0) -> Invariance:
    """How far predicted barriers move when the whole glass is turned or mirrored: 0 for an invariant model.

    Positions and cell are multiplied by TRANSFORMATIONS random elements of O(3), rotations and reflections in
    turn. Largest and rms run over all atoms and transformations; relative is the rms over the standard deviation of
    the untransformed glass's predictions.
    """
    glass = readable(checkpoint, glass)
    reference = predict(checkpoint, glass)
    changes = np.concatenate(
        [
            predict(checkpoint, transformed(glass, matrix)) - reference
            for matrix in rotations_and_reflections(TRANSFORMATIONS, seed)
        ]
    )
    rms, standard_deviation = float(np.sqrt(np.mean(changes**2))), float(reference.std())
    return Invariance(
        glass=glass.name,
        transformations=TRANSFORMATIONS,
        seed=seed,
        largest=float(np.abs(changes).max()),
        rms=rms,
        standard_deviation=standard_deviation,
        relative=rms / standard_deviation if standard_deviation else 0.0,
    )


def rotations_and_reflections(n: int, seed: int) -> np.ndarray:
    """(n, 3, 3) matrices, uniform on O(3) but for their determinants, which are 1, -1, 1, ..."""
    matrices = ortho_group.rvs(3, size=n, random_state=seed).reshape(n, 3, 3)
    wanted = (-1.0) ** np.arange(n)
    return matrices * (wanted * np.linalg.det(matrices)).round()[:, None, None]


def transformed(glass: Glass, matrix: np.ndarray) -> Glass:
    """The glass with positions and cell multiplied by a (3, 3) orthogonal matrix; per-atom properties are scalars."""
    return replace(glass, positions=glass.positions @ matrix.T, cell=glass.cell @ matrix.T)


@torch.inference_mode()
def inference_time(checkpoint: Checkpoint, glass: Glass) -> InferenceTime:
    """Seconds from a glass to its barriers, of which graph_seconds for its graph; medians of REPEATS runs."""
    glass, total, graph_only = readable(checkpoint, glass), [], []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        graph = build_graph(glass, checkpoint.cutoff, checkpoint.model.inputs)
        built = time.perf_counter()
        predict_graph(checkpoint, graph)
        total.append(time.perf_counter() - started)
        graph_only.append(built - started)
    return InferenceTime(
        glass=glass.name,
        atoms=len(glass),
        seconds=statistics.median(total[1:]),  # the first run fills caches
        graph_seconds=statistics.median(graph_only[1:]),
        repeats=REPEATS,
        device=device_name(checkpoint.device),
    )
