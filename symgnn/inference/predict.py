"""Energy barriers of a glass by a checkpoint."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.inference.tiles import MOST_EDGES, expected_edges, tiles
from symgnn.inference.uncertainty import predict_with_features
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing
from symgnn.physical_inputs import with_physical_inputs

__all__ = [
    "Checkpoint",
    "Prediction",
    "check_glass",
    "extrapolation",
    "list_checkpoints",
    "load_checkpoint",
    "predict",
    "predict_graph",
    "predict_tiled",
    "predict_with_uncertainty",
    "readable",
    "write_prediction",
]

PREDICTED, SIGMA = "predicted_barrier", "predicted_sigma"  # names of the per-atom properties, eV


def check_glass(checkpoint: Checkpoint, glass: Glass) -> None:
    """Raise InputError, naming glass and checkpoint, where a prediction would not mean anything."""
    unknown = [element for element in glass.elements if element not in checkpoint.elements]
    if unknown:
        raise InputError(
            f"{glass.name}: element {', '.join(unknown)} found, but checkpoint {checkpoint.full_name} "
            f"knows {', '.join(checkpoint.elements)} only"
        )
    if not glass.pbc.all():
        periodic = "".join(axis for axis, is_periodic in zip("abc", glass.pbc, strict=True) if is_periodic)
        raise InputError(
            f"{glass.name}: periodic along {periodic or 'no direction'}, expected a cell that is periodic along "
            f"a, b and c: checkpoint {checkpoint.full_name} was trained on bulk glass"
        )


def readable(checkpoint: Checkpoint, glass: Glass) -> Glass:
    """The glass with all that the checkpoint's model reads: `check_glass`, then `with_physical_inputs`.

    Every prediction and explanation does this first; who makes several of one glass does it once before.
    """
    check_glass(checkpoint, glass)
    return with_physical_inputs(glass, checkpoint.model.inputs)


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


@dataclass(frozen=True, eq=False)
class Prediction:
    """barriers (N,) in eV, and sigma (N,) in eV, their standard deviation; None for a checkpoint without one."""

    barriers: np.ndarray
    sigma: np.ndarray | None


def predict_graph(checkpoint: Checkpoint, graph: AtomGraph) -> Prediction:
    """Barriers and their uncertainty on a graph of the checkpoint's cutoff and inputs."""
    barriers, features, standardised = predict_with_features(checkpoint.model, graph)
    if checkpoint.uncertainty is None:
        return Prediction(barriers.numpy(), None)
    return Prediction(barriers.numpy(), checkpoint.uncertainty.sigma(features, standardised).numpy())


def predict_with_uncertainty(
    checkpoint: Checkpoint, glass: Glass, *, progress: Callable[[int, int], None] | None = None
) -> Prediction:
    """Energy barriers and how far off they may be. Raises InputError as `readable` and `neighbor_list` do.

    A glass whose graph would have more than 3 million edges (90,000 atoms at 5 Å) is predicted tile by tile, with
    progress(atoms done, atoms) after each.
    """
    glass = readable(checkpoint, glass)
    if expected_edges(glass, checkpoint.cutoff) > MOST_EDGES:
        return predict_tiled(checkpoint, glass, progress=progress)
    return predict_graph(checkpoint, cached_graph(glass, checkpoint.cutoff, checkpoint.model.inputs))


def predict_tiled(
    checkpoint: Checkpoint,
    glass: Glass,
    *,
    tile: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prediction:
    """The same predictions in bounded memory: one tile of at most `tile` Å after another (see tiles.py)."""
    glass = readable(checkpoint, glass)
    barriers = np.empty(len(glass))
    sigma = None if checkpoint.uncertainty is None else np.empty(len(glass))
    done = 0
    for part in tiles(glass, checkpoint.model, tile=tile):
        found = predict_graph(checkpoint, part.graph)
        barriers[part.atoms] = found.barriers[part.rows]
        if sigma is not None:
            sigma[part.atoms] = found.sigma[part.rows]
        done += len(part.atoms)
        if progress is not None:
            progress(done, len(glass))
    return Prediction(barriers, sigma)


def predict(
    checkpoint: Checkpoint, glass: Glass, *, progress: Callable[[int, int], None] | None = None
) -> np.ndarray:
    """(N,) energy barriers in eV: `predict_with_uncertainty` without the uncertainty."""
    return predict_with_uncertainty(checkpoint, glass, progress=progress).barriers


def write_prediction(
    folder: Path, stem: str, glass: Glass, checkpoint: Checkpoint, prediction: Prediction
) -> list[Path]:
    """Write <stem>.predicted.xyz (properties `predicted_barrier`, `predicted_sigma`) and <stem>.predicted.csv;
    return both.

    Columns of the CSV: atom, its id in the file where it has one (LAMMPS), element, x, y, z (Å), predicted_barrier_eV,
    predicted_sigma_eV where the checkpoint has an uncertainty, and barrier_eV where it is known.
    """
    columns = {PREDICTED: prediction.barriers}
    if prediction.sigma is not None:
        columns[SIGMA] = prediction.sigma
    predicted = glass.with_properties(**columns)
    notes = {**glass.notes, "checkpoint": checkpoint.full_name, "checkpoint_key": checkpoint.key}
    structure, table = folder / f"{stem}.predicted.xyz", folder / f"{stem}.predicted.csv"
    write_extxyz(structure, replace(predicted, notes=notes))
    with replacing(table) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if glass.barriers is not None:
            columns["barrier"] = glass.barriers
        ids = ["id"] if "id" in glass.properties else []
        writer.writerow(["atom", *ids, "element", "x", "y", "z", *(f"{name}_eV" for name in columns)])
        for atom, symbol in enumerate(glass.symbols):
            named = [atom, *(glass.file_id(atom) for _ in ids), symbol]
            numbers = [*glass.positions[atom], *(values[atom] for values in columns.values())]
            writer.writerow([*named, *(f"{number:.6f}" for number in numbers)])
    return [structure, table]
