"""Energy barriers of a glass by a checkpoint."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from symgnn.errors import InputError
from symgnn.files.structures import write_extxyz
from symgnn.files.writing import replacing
from symgnn.glass import Glass
from symgnn.graph.cache import cached_graph
from symgnn.training.checkpoint import Checkpoint, list_checkpoints, load_checkpoint

__all__ = [
    "Checkpoint",
    "check_glass",
    "extrapolation",
    "list_checkpoints",
    "load_checkpoint",
    "predict",
    "write_prediction",
]

PREDICTED = "predicted_barrier"  # name of the per-atom field, eV


def check_glass(checkpoint: Checkpoint, glass: Glass) -> None:
    """Raise InputError, naming glass and checkpoint, where a prediction would not mean anything."""
    unknown = [element for element in glass.elements if element not in checkpoint.elements]
    if unknown:
        raise InputError(
            f"{glass.name}: element {', '.join(unknown)} found, but checkpoint {checkpoint.name} "
            f"knows {', '.join(checkpoint.elements)} only"
        )
    if not glass.pbc.all():
        periodic = "".join(axis for axis, is_periodic in zip("abc", glass.pbc, strict=True) if is_periodic)
        raise InputError(
            f"{glass.name}: periodic along {periodic or 'no direction'}, expected a cell that is periodic along "
            f"a, b and c: checkpoint {checkpoint.name} was trained on bulk glass"
        )


def extrapolation(checkpoint: Checkpoint, glass: Glass, *, tolerance: float = 0.02) -> str | None:
    """A sentence where the glass's composition is farther than `tolerance` outside the training glasses', else None.

    A checkpoint whose card does not state its composition gives None.
    """
    outside = []
    for element, (low, high) in checkpoint.card.get("composition", {}).items():
        fraction = glass.symbols.count(element) / len(glass)
        if not low - tolerance <= fraction <= high + tolerance:
            known = f"{100 * low:.0f}" if high - low < 0.005 else f"{100 * low:.0f} to {100 * high:.0f}"
            outside.append(f"{100 * fraction:.0f}% {element} (trained on {known}%)")
    return (
        f"Composition outside the training data: {', '.join(outside)}. Read barriers with care."
        if outside
        else None
    )


def predict(checkpoint: Checkpoint, glass: Glass) -> np.ndarray:
    """(N,) energy barriers in eV. Raises InputError as `check_glass` and `neighbor_list` do."""
    check_glass(checkpoint, glass)
    with torch.inference_mode():
        return (
            checkpoint.model(cached_graph(glass, checkpoint.cutoff, checkpoint.model.inputs)).double().numpy()
        )


def write_prediction(
    folder: Path, stem: str, glass: Glass, checkpoint: Checkpoint, barriers: np.ndarray
) -> list[Path]:
    """Write <stem>.predicted.xyz (with a column `predicted_barrier`) and <stem>.predicted.csv; returns both.

    Columns of the CSV: atom, element, x, y, z (Å), predicted_barrier_eV, and barrier_eV where it is known.
    """
    predicted = glass.with_fields(**{PREDICTED: barriers})
    notes = {**glass.notes, "checkpoint": checkpoint.name, "checkpoint_key": checkpoint.key}
    structure, table = folder / f"{stem}.predicted.xyz", folder / f"{stem}.predicted.csv"
    write_extxyz(structure, replace(predicted, notes=notes))
    with replacing(table) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        known = [] if glass.barriers is None else ["barrier_eV"]
        writer.writerow(["atom", "element", "x", "y", "z", "predicted_barrier_eV", *known])
        for atom, symbol in enumerate(glass.symbols):
            label = [] if glass.barriers is None else [f"{glass.barriers[atom]:.6f}"]
            position = [f"{x:.6f}" for x in glass.positions[atom]]
            writer.writerow([atom, symbol, *position, f"{barriers[atom]:.6f}", *label])
    return [structure, table]
