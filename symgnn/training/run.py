"""A whole training run: train, calibrate the uncertainty, and write the checkpoint folder."""

from __future__ import annotations

import csv
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

import symgnn
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import CARD, Calibration, Card, Recipe, Selected, Split, Target
from symgnn.inference.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from symgnn.inference.device import device_name
from symgnn.inference.uncertainty import Uncertainty, coverage, fit_uncertainty, predict_with_features
from symgnn.io.writing import replacing
from symgnn.models import BarrierModel, build_model
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.closed_form import fit_ridge
from symgnn.training.config import TrainingConfig
from symgnn.training.glasses import Glasses, all_barriers, as_glasses, as_one_graph, elements_of
from symgnn.training.loop import train
from symgnn.training.result import Progress, TrainingResult
from symgnn.training.resuming import label_hash

CURVE = "curve.csv"


def train_checkpoint(
    config: TrainingConfig,
    training: Glasses,
    validation: Glasses,
    folder: Path,
    *,
    dataset: str | None = None,
    device: str = "cpu",
    command: str = "",
    progress: Progress | None = None,
) -> TrainingResult:
    """Train and write folder/weights.safetensors, card.json and curve.csv. Test glasses play no part in it.

    dataset: name of the data set, for the card. Where an earlier call finished the same run (`result.trained` is
    False), its files stay as they are, with the scores that were added to them since.
    """
    training, validation = as_glasses(training), as_glasses(validation)
    if config.model == "ridge":
        model = build_model("ridge", {"elements": elements_of(training), **config.settings})
        result = fit_ridge(model, training, validation, progress=progress)
    else:
        result = train(config, training, validation, folder, device=device, progress=progress)
    if not result.trained and _is_written(folder, result.model):
        return result
    write_curve(folder / CURVE, result.curve)
    card = _card(config, training, validation, result, device, command, dataset)
    entry, uncertainty = calibrate(result.model, training, validation)
    save_checkpoint(folder, result.model, card.model_copy(update={"uncertainty": entry}), uncertainty)
    return result


def calibrate(model: BarrierModel, training: Glasses, validation: Glasses) -> tuple[Calibration, Uncertainty]:
    """Fit the uncertainty of a trained model; returns what its card says of it, and the uncertainty.

    Of several validation glasses all atoms count alike; the coverage is stated for each glass.
    """
    training, validation = as_glasses(training), as_glasses(validation)
    glasses = [with_physical_inputs(glass, model.inputs) for glass in (*training, *validation)]
    graphs = [build_graph(glass, model.cutoff, model.inputs) for glass in glasses]
    split = len(training)
    fitted = fit_uncertainty(model, graphs[:split], as_one_graph(graphs[split:]), all_barriers(validation))
    covered = {}
    for glass, graph in zip(validation, graphs[split:], strict=True):
        barriers, features, standardised = predict_with_features(model, graph)
        sigma = fitted.sigma(features, standardised).numpy()
        covered[glass.name] = coverage(barriers.numpy(), sigma, glass.barriers, fitted.factor95)
    entry = Calibration(
        method="last-layer leverage, split-conformal scale",
        calibrated_on=", ".join(glass.name for glass in validation),
        coverage=covered,
    )
    return entry, fitted


def calibrate_checkpoint(checkpoint: Checkpoint, training: Glasses, validation: Glasses) -> Calibration:
    """Calibrate (anew) the uncertainty of a checkpoint on disk; returns its new entry of the card."""
    entry, fitted = calibrate(checkpoint.model, training, validation)
    card = checkpoint.card.model_copy(update={"uncertainty": entry})
    save_checkpoint(checkpoint.folder, checkpoint.model, card, fitted)
    return entry


def _is_written(folder: Path, model: BarrierModel) -> bool:
    """Whether the checkpoint in a folder holds these weights."""
    if not (folder / CARD).is_file():
        return False
    try:
        written = load_checkpoint(folder.resolve()).model.state_dict()
    except InputError:  # torn or older files: written anew
        return False
    state = model.state_dict()
    return written.keys() == state.keys() and all(
        torch.equal(value, written[name]) for name, value in state.items()
    )


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
    validation: Sequence[Glass],
    result: TrainingResult,
    device: str,
    command: str,
    dataset: str | None,
) -> Card:
    model, glasses = result.model, [*training, *validation]
    which = "the validation glass" if len(validation) == 1 else "all atoms of the validation glasses"
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
        **({} if dataset is None else {"dataset": dataset}),
        split=Split(
            train=[glass.name for glass in training], validation=[glass.name for glass in validation]
        ),
        composition=composition_range(training),
        data_hashes={glass.name: glass.content_hash for glass in glasses},
        label_hashes={glass.name: label_hash(glass) for glass in glasses},
        selected=Selected(by=f"highest Pearson r on {which}", **result.best),
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
