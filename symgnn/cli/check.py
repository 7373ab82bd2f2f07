"""The command check: does a glass resemble the training data?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import File, Types, check_file, console, errors, read


def check(
    file: File,
    dataset: Annotated[
        str,
        typer.Option("--dataset", help="Training data to compare with: paper, or the YAML file of your own."),
    ] = "paper",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Extended XYZ file to write: distance and percentile of every atom."
        ),
    ] = None,
    types: Types = None,
) -> None:
    """Compare a glass with the training data: density, distances, composition, surroundings of its atoms."""
    from symgnn.check import fit_surroundings, validation_report
    from symgnn.datasets.definition import PAPER_NAME
    from symgnn.io.structures import write_extxyz

    glass, reference = read(file, types), None
    if output is not None:
        check_file(output)
    if dataset != PAPER_NAME:
        from symgnn.datasets import load_dataset

        training = load_dataset(dataset).train.glasses
        with errors.status("Reading the training glasses"):
            reference = fit_surroundings(training)
    report = validation_report(glass, reference)
    for line in report.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if output is not None and report.distance is not None:
        columns = {"training_distance": report.distance, "training_percentile": report.percentile}
        write_extxyz(output, glass.with_properties(**columns))
        console.print(str(output), markup=False)
