"""The command findings: the paper's two figures with their controls, as pictures, tables and text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import (
    CheckpointName,
    Scheduler,
    Seed,
    Types,
    Workers,
    check_exists,
    check_folders,
    check_methods,
    command,
    console,
    progress,
    read,
    readable,
    resumable,
    task,
)
from symgnn.errors import InputError


def findings(
    files: Annotated[
        list[Path],
        typer.Argument(
            callback=check_exists, help="Structure files; the first one is also used for stability."
        ),
    ],
    checkpoint: CheckpointName = "symgnn",
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="Repeat for several; `symgnn explain --methods` lists them. Default: gnn_explainer and the baselines."
        ),
    ] = None,
    atoms: Annotated[
        int, typer.Option(min=1, help="Explained atoms per glass, in equal numbers of the elements.")
    ] = 50,
    top: Annotated[int, typer.Option(min=1, help="Important edges of each.")] = 10,
    seed: Seed = 0,
    retrained: Annotated[
        list[str] | None, typer.Option(help="The model trained from another seed, a folder; repeat for more.")
    ] = None,
    replicas: Annotated[
        tuple[Path, Path] | None, typer.Option(help="The same glass relaxed twice, atoms in the same order.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for text, tables and figures.")
    ] = Path("findings"),
    workers: Workers = None,
    scheduler: Scheduler = None,
    types: Types = None,
) -> None:
    """Do important edges lie on more cycles, how far do they reach, how stable is it? Writes text, tables, figures."""
    check_methods("findings", method or [])
    from symgnn.analysis.report import report  # after the check: these take seconds
    from symgnn.analysis.study import Study
    from symgnn.analysis.tables import write_tables
    from symgnn.explanations.cache import cache_folder
    from symgnn.explanations.methods import METHODS, build_method
    from symgnn.inference.predict import load_checkpoint
    from symgnn.io.writing import replacing
    from symgnn.plotting.figure_files import figure_file, write_figure
    from symgnn.plotting.finding_plots import finding_figures

    glasses = [read(file, types) for file in files]
    if len({glass.name for glass in glasses}) < len(glasses):
        raise InputError("findings: two glasses of one name found, expected different files")
    loaded = load_checkpoint(checkpoint)
    default = [next(iter(METHODS)), *(name for name, one in METHODS.items() if one.is_baseline)]
    study = Study(
        glasses=[readable(loaded, glass) for glass in glasses],
        checkpoint=loaded,
        methods=[build_method(name, {}, loaded) for name in method or default],
        n_atoms=atoms,
        top_k=top,
        seed=seed,
        retrained=[(name, load_checkpoint(name)) for name in retrained or []],
        replicas=None
        if replicas is None
        else tuple(readable(loaded, read(replica, types)) for replica in replicas),
        workers=workers,
        scheduler=scheduler,
    )
    check_folders(output, cache_folder())
    with resumable(), progress() as bars:
        results, variants = study.run(task(bars, "Findings"))
    figures = finding_figures(results)
    names = [figure_file(name) for name in figures]
    text = report(results, variants, study=study, command=command(), figures=names)
    tables = write_tables(output, results, variants)
    pictures = [write_figure(output, name, figure) for name, figure in figures.items()]
    page = output / "README.md"
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
    for path in (*tables, *pictures, page):
        console.print(str(path), markup=False)
