"""Energy barriers of a glass by a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.inference.tiles import MOST_EDGES, expected_edges, tiles
from symgnn.inference.uncertainty import predict_with_features
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing
from symgnn.physical_inputs import with_physical_inputs

if TYPE_CHECKING:
    from ase import Atoms

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


def check_glass(checkpoint: Checkpoint, structure: Glass | Atoms) -> Glass:
    """The structure as a glass. Raises InputError, naming glass and checkpoint, where a prediction would not mean
    anything."""
    glass = as_glass(structure)
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
    return glass


def readable(checkpoint: Checkpoint, structure: Glass | Atoms) -> Glass:
    """The glass with all that the checkpoint's model reads: `check_glass`, then `with_physical_inputs`.

    Every prediction and explanation does this first; who makes several of one glass does it once before.
    """
    return with_physical_inputs(check_glass(checkpoint, structure), checkpoint.model.inputs)


def extrapolation(checkpoint: Checkpoint, structure: Glass | Atoms, *, tolerance: float = 0.02) -> str | None:
    """A sentence where the glass's composition is farther than `tolerance` outside the training glasses', else None.

    A checkpoint whose card does not state its composition gives None.
    """
    glass, outside = as_glass(structure), []
    for element, (low, high) in checkpoint.card.composition.items():
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
    """Barriers and their uncertainty on a graph of the checkpoint's cutoff and inputs, computed on its device."""
    graph = graph.to(checkpoint.device)
    barriers, features, standardised = predict_with_features(checkpoint.model, graph)
    if checkpoint.uncertainty is None:
        return Prediction(_array(barriers), None)
    return Prediction(_array(barriers), _array(checkpoint.uncertainty.sigma(features, standardised)))


def _array(values: Tensor) -> np.ndarray:
    return values.double().cpu().numpy()


def predict_with_uncertainty(
    checkpoint: Checkpoint, structure: Glass | Atoms, *, progress: Callable[[int, int], None] | None = None
) -> Prediction:
    """Energy barriers and how far off they may be. Raises InputError as `readable` and `neighbor_list` do.

    A glass whose graph would have more than 3 million edges (90,000 atoms at 5 Å) is predicted tile by tile, with
    progress(atoms done, atoms) after each.
    """
    glass = readable(checkpoint, structure)
    if expected_edges(glass, checkpoint.cutoff) > MOST_EDGES:
        return predict_tiled(checkpoint, glass, progress=progress)
    return predict_graph(checkpoint, cached_graph(glass, checkpoint.cutoff, checkpoint.model.inputs))


def predict_tiled(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    *,
    tile: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prediction:
    """The same predictions in bounded memory: one tile of at most `tile` Å after another (see tiles.py)."""
    glass = readable(checkpoint, structure)
    barriers = np.empty(len(glass))
    sigma = None if checkpoint.uncertainty is None else np.empty(len(glass))
    done = 0
    for part in tiles(glass, checkpoint.model, tile=tile):
        prediction = predict_graph(checkpoint, part.graph)
        barriers[part.atoms] = prediction.barriers[part.rows]
        if sigma is not None:
            sigma[part.atoms] = prediction.sigma[part.rows]
        done += len(part.atoms)
        if progress is not None:
            progress(done, len(glass))
    return Prediction(barriers, sigma)


def predict(
    checkpoint: Checkpoint, structure: Glass | Atoms, *, progress: Callable[[int, int], None] | None = None
) -> np.ndarray:
    """(N,) energy barriers in eV: `predict_with_uncertainty` without the uncertainty."""
    return predict_with_uncertainty(checkpoint, structure, progress=progress).barriers


def write_prediction(
    folder: Path, stem: str, structure: Glass | Atoms, checkpoint: Checkpoint, prediction: Prediction
) -> list[Path]:
    """Write <stem>.<checkpoint>.predicted.xyz (properties `predicted_barrier`, `predicted_sigma`) and
    <stem>.<checkpoint>.predicted.csv, <checkpoint> as in `Checkpoint.label`; return both.

    Columns of the CSV: atom, its id in the file where it has one (LAMMPS), element, x, y, z (Å), predicted_barrier_eV,
    predicted_sigma_eV where the checkpoint has an uncertainty, and barrier_eV where it is known.
    """
    glass = as_glass(structure)
    columns = {PREDICTED: prediction.barriers}
    if prediction.sigma is not None:
        columns[SIGMA] = prediction.sigma
    predicted = glass.with_properties(**columns)
    notes = {**glass.notes, "checkpoint": checkpoint.full_name, "checkpoint_key": checkpoint.key}
    name = f"{stem}.{checkpoint.label}.predicted"
    structure_file, table_file = folder / f"{name}.xyz", folder / f"{name}.csv"
    write_extxyz(structure_file, replace(predicted, notes=notes))
    if glass.barriers is not None:
        columns["barrier"] = glass.barriers
    table = pd.DataFrame({"atom": np.arange(len(glass))})
    if "id" in glass.properties:
        table["id"] = [glass.file_id(atom) for atom in range(len(glass))]
    table["element"] = glass.symbols
    table[["x", "y", "z"]] = glass.positions
    for column, values in columns.items():
        table[f"{column}_eV"] = values
    with replacing(table_file) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6f")
    return [structure_file, table_file]
