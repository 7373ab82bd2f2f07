"""A whole training run: load the data set's split, train, score, and write the checkpoint folder."""

from __future__ import annotations

import csv
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

import symgnn
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Calibration, Card, Recipe, Selected, Split, Target
from symgnn.inference.checkpoint import Checkpoint, save_checkpoint
from symgnn.inference.device import device_name
from symgnn.inference.uncertainty import Uncertainty, coverage, fit_uncertainty, predict_with_features
from symgnn.io.writing import replacing
from symgnn.models import BarrierModel, build_model
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.closed_form import fit_ridge
from symgnn.training.config import TrainingConfig
from symgnn.training.loop import train
from symgnn.training.result import Progress, TrainingResult
from symgnn.training.resuming import label_hash

CURVE = "curve.csv"


def train_checkpoint(
    config: TrainingConfig,
    training: Sequence[Glass],
    validation: Glass,
    folder: Path,
    *,
    device: str = "cpu",
    command: str = "",
    progress: Progress | None = None,
) -> TrainingResult:
    """Train and write folder/weights.safetensors, card.json and curve.csv. Test glasses play no part in it."""
    if config.model == "ridge":
        model = build_model("ridge", config.settings)
        result = fit_ridge(model, training, validation, progress=progress)
    else:
        result = train(config, training, validation, folder, device=device, progress=progress)
    write_curve(folder / CURVE, result.curve)
    card = _card(config, training, validation, result, device, command)
    entry, uncertainty = calibrate(result.model, training, validation)
    save_checkpoint(folder, result.model, card.model_copy(update={"uncertainty": entry}), uncertainty)
    return result


def calibrate(
    model: BarrierModel, training: Sequence[Glass], validation: Glass
) -> tuple[Calibration, Uncertainty]:
    """Fit the uncertainty of a trained model; returns what its card says of it, and the uncertainty."""
    glasses = [with_physical_inputs(glass, model.inputs) for glass in (*training, validation)]
    graphs = [build_graph(glass, model.cutoff, model.inputs) for glass in glasses]
    fitted = fit_uncertainty(model, graphs[:-1], graphs[-1], validation.barriers)
    barriers, features, standardised = predict_with_features(model, graphs[-1])
    sigma = fitted.sigma(features, standardised).numpy()
    covered = coverage(barriers.numpy(), sigma, validation.barriers, fitted.factor95)
    entry = Calibration(
        method="last-layer leverage, split-conformal scale",
        calibrated_on=validation.name,
        coverage={validation.name: covered},
    )
    return entry, fitted


def calibrate_checkpoint(checkpoint: Checkpoint, training: Sequence[Glass], validation: Glass) -> Calibration:
    """Calibrate (anew) the uncertainty of a checkpoint on disk; returns its new entry of the card."""
    entry, fitted = calibrate(checkpoint.model, training, validation)
    card = checkpoint.card.model_copy(update={"uncertainty": entry})
    save_checkpoint(checkpoint.folder, checkpoint.model, card, fitted)
    return entry


def composition_range(glasses: Sequence[Glass]) -> dict[str, list[float]]:
    """Element -> [lowest, highest] atomic fraction among some glasses."""
    elements = sorted({element for glass in glasses for element in glass.elements})
    fractions = {
        element: [glass.symbols.count(element) / len(glass) for glass in glasses] for element in elements
    }
    return {element: [min(values), max(values)] for element, values in fractions.items()}


def write_curve(path: Path, curve: Sequence[dict[str, float]]) -> None:
    """One row per evaluation: epoch, train_loss (standardised squared error), validation scores."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(curve[0]) if curve else ["epoch"])
        writer.writeheader()
        writer.writerows({key: f"{value:.6g}" for key, value in row.items()} for row in curve)


def _card(
    config: TrainingConfig,
    training: Sequence[Glass],
    validation: Glass,
    result: TrainingResult,
    device: str,
    command: str,
) -> Card:
    model = result.model
    return Card(
        model=config.model,
        settings={**config.settings, "elements": list(model.elements), "cutoff": model.cutoff},
        inputs=list(model.inputs),
        n_parameters=sum(parameter.numel() for parameter in model.parameters()),
        target=Target(
            quantity="energy barrier",
            unit="eV",
            mean=model.target_mean.item(),
            standard_deviation=model.target_scale.item(),
        ),
        training=Recipe(**asdict(config)),
        split=Split(train=[glass.name for glass in training], validation=[validation.name]),
        composition=composition_range(training),
        data_hashes={glass.name: glass.content_hash for glass in (*training, validation)},
        label_hashes={glass.name: label_hash(glass) for glass in (*training, validation)},
        selected=Selected(by="highest Pearson r on the validation glass", **result.best),
        scores={},
        curve=result.curve,
        seconds=round(result.seconds, 1),
        device=device_name(device),
        software={
            "symgnn": symgnn.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        date=datetime.now(UTC).date().isoformat(),
        command=command,
    )
