"""Commands on structures: data fetch, graph, predict, structure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import (
    CheckpointName,
    File,
    Output,
    Types,
    check_exists,
    check_file,
    check_folders,
    console,
    progress,
    read,
    readable,
    stem,
    task,
    warn_of_extrapolation,
)
from symgnn.errors import InputError


def data_fetch(
    source: Annotated[Path | None, typer.Option("--from", help="Copy from this folder instead.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--to", help="Default: raw/paper in the data folder ($SYMGNN_DATA).")
    ] = None,
) -> None:
    """Fetch the paper's nine glasses and verify their checksums."""
    from symgnn.datasets.paper import PAPER, fetch, paper_folder

    with progress() as bars:
        tasks = {file.name: task(bars, file.name) for file in PAPER}
        missing = fetch(
            folder, source=source, progress=lambda file, done, total: tasks[file.name](done, total)
        )
    for name in missing:
        console.print(f"{name}: not in {source}", style="yellow", markup=False)
    console.print(
        f"{len(PAPER) - len(missing)} of {len(PAPER)} glasses in {folder or paper_folder()}", markup=False
    )


def graph(
    files: Annotated[list[Path], typer.Argument(callback=check_exists, help="Structure files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .bin file to write.")],
    cutoff: Annotated[float, typer.Option(help="Å.")] = 5.0,
    self_loops: Annotated[bool, typer.Option(help="Add them, as the paper's own files do.")] = False,
    types: Types = None,
) -> None:
    """Write the graphs of some glasses as a DGL .bin file with the paper's fields."""
    from symgnn.graph.dgl_files import label_names, write_graphs

    glasses = [read(file, types) for file in files]
    check_file(output)
    write_graphs(output, glasses, cutoff=cutoff, self_loops=self_loops)
    console.print(f"{len(glasses)} graph(s) in {output}", markup=False)
    for index, (file, name, glass) in enumerate(zip(files, label_names(glasses), glasses, strict=True)):
        labels = f"labels '{name}'" if glass.barriers is not None else "no labels"
        console.print(f"graph {index}: {file}, {labels}", markup=False)


def predict(
    file: File,
    checkpoint: CheckpointName = "symgnn",
    output: Output = Path("."),
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, ...")] = "cpu",
    frame: Annotated[
        str | None,
        typer.Option(
            help="Of a file with several: all, or a number from 0, -1 for the last. Default: the last."
        ),
    ] = None,
    types: Types = None,
) -> None:
    """Predict the energy barrier of every atom; write FILE.CHECKPOINT.predicted.xyz and .csv."""
    from symgnn.inference.predict import load_checkpoint, predict_with_uncertainty, write_prediction

    if frame is not None and frame != "all" and not re.fullmatch(r"-?\d{1,9}", frame):
        raise InputError(f"predict: --frame {frame!r} found, expected all or a number")
    if frame == "all":
        loaded = load_checkpoint(checkpoint, device=device)
        check_folders(output)
        _predict_all(file, loaded, output, types)
        return
    glass = read(file, types, None if frame is None else int(frame))
    loaded = load_checkpoint(checkpoint, device=device)
    check_folders(output)
    glass = readable(loaded, glass)
    with progress() as bars:  # shown only for a glass so big that it is predicted in tiles
        prediction = predict_with_uncertainty(loaded, glass, progress=task(bars, "Predicting atoms"))
    barriers = prediction.barriers
    warn_of_extrapolation(loaded, glass)
    paths = write_prediction(output, stem(file), glass, loaded, prediction)
    console.print(
        f"{glass.composition}, {len(glass)} atoms: predicted barrier {barriers.mean():.3f} ± {barriers.std():.3f} eV "
        f"(mean ± standard deviation over atoms), {barriers.min():.3f} to {barriers.max():.3f} eV",
        markup=False,
    )
    if prediction.sigma is not None:
        calibrated_on = loaded.card.uncertainty.calibrated_on or "the validation glass"
        console.print(
            f"Uncertainty of a barrier: {prediction.sigma.mean():.3f} eV on average (68% of atoms are within), "
            f"{prediction.sigma.max():.3f} eV at most; calibrated on {calibrated_on}",
            markup=False,
        )
    for path in paths:
        console.print(str(path), markup=False)


def _predict_all(file: Path, checkpoint, output: Path, types: str | None) -> None:
    from symgnn.inference.frames import predict_frames
    from symgnn.io.frames import read_frames
    from symgnn.io.structures import parse_types

    glasses = read_frames(file, types=parse_types(types) if types else None)
    with progress() as bars:
        result = predict_frames(
            output, stem(file), glasses, checkpoint, progress=task(bars, "Predicting frames")
        )
    means = result.table["mean_barrier_eV"]
    console.print(
        f"{len(means)} frames: predicted barrier {means.mean():.3f} ± {means.std(ddof=0):.3f} eV (mean ± standard "
        f"deviation over frames), lowest {means.min():.3f} eV in frame {means.idxmin()}, highest "
        f"{means.max():.3f} eV in frame {means.idxmax()}",
        markup=False,
    )
    for path in (result.structure, result.table_file):
        console.print(str(path), markup=False)


def structure(file: File, output: Output = Path("."), types: Types = None) -> None:
    """Write the local structure of every atom: Voronoi index, coordination, volume, Q6, first shell."""
    from symgnn.structure import write_table

    glass = read(file, types)
    check_folders(output)
    path = output / f"{stem(file)}.local_structure.csv"
    write_table(path, glass)
    console.print(str(path), markup=False)
