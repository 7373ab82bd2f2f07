"""Predictions for many frames, one in memory at a time: their file, and a table of their mean barriers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import PREDICTED, SIGMA, predict_with_uncertainty, readable
from symgnn.io.structures import extxyz_lines
from symgnn.io.writing import replacing


@dataclass(frozen=True, eq=False)
class PredictedFrames:
    """structure   the extended XYZ file with a frame for each glass, properties `predicted_barrier`, `predicted_sigma`
    table_file  its table as CSV; table: frame (from 0), atoms, composition, mean_barrier_eV, standard_deviation_eV over
                atoms, lowest_eV, highest_eV
    """

    structure: Path
    table_file: Path
    table: pd.DataFrame


def predict_frames(
    folder: Path,
    stem: str,
    glasses: Iterable[Glass | Atoms],
    checkpoint: Checkpoint,
    *,
    progress: Callable[[int, None], None] | None = None,
) -> PredictedFrames:
    """Predict every glass in turn and write <stem>.<checkpoint>.frames.xyz and .frames.csv.

    progress(frames done, None) is called after each. Nothing is written where one frame fails. Raises InputError,
    naming the frame, as `predict_with_uncertainty` does, and where there is no glass.
    """
    name = f"{stem}.{checkpoint.label}.frames"
    structure, table_file = folder / f"{name}.xyz", folder / f"{name}.csv"
    rows = []
    with replacing(structure) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for index, one in enumerate(glasses):
            glass = readable(checkpoint, as_glass(one))
            prediction = predict_with_uncertainty(checkpoint, glass)
            barriers, columns = prediction.barriers, {PREDICTED: prediction.barriers}
            if prediction.sigma is not None:
                columns[SIGMA] = prediction.sigma
            notes = {**glass.notes, "checkpoint": checkpoint.full_name, "checkpoint_key": checkpoint.key}
            file.writelines(extxyz_lines(replace(glass.with_properties(**columns), notes=notes)))
            rows.append(
                {
                    "frame": index,
                    "atoms": len(glass),
                    "composition": glass.composition,
                    "mean_barrier_eV": barriers.mean(),
                    "standard_deviation_eV": barriers.std(),
                    "lowest_eV": barriers.min(),
                    "highest_eV": barriers.max(),
                }
            )
            if progress is not None:
                progress(index + 1, None)
        if not rows:
            raise InputError(f"{stem}: no frames found, expected one or more")
    table = pd.DataFrame(rows)
    with replacing(table_file) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6f")
    return PredictedFrames(structure, table_file, table)
