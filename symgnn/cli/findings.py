"""The command findings: the paper's two figures with their controls, as pictures, tables and text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import CheckpointName, Types, command, console, progress, read, task
from symgnn.errors import InputError


def findings(
    files: Annotated[
        list[Path], typer.Argument(help="Structure files; the first one is also used for stability.")
    ],
    checkpoint: CheckpointName = "symgnn",
    method: Annotated[
        list[str] | None, typer.Option(help="Repeat for several. Default: gnn_explainer, nearest, random.")
    ] = None,
    atoms: Annotated[
        int, typer.Option(help="Explained atoms per glass, in equal shares of the elements.")
    ] = 50,
    top: Annotated[int, typer.Option(help="Important edges of each.")] = 10,
    seed: Annotated[int, typer.Option()] = 0,
    retrained: Annotated[
        list[str] | None, typer.Option(help="The model trained from another seed, a folder; repeat for more.")
    ] = None,
    twins: Annotated[
        tuple[Path, Path] | None, typer.Option(help="The same glass relaxed twice, atoms in the same order.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for text, tables and figures.")
    ] = Path("findings"),
    workers: Annotated[int | None, typer.Option(help="Processes; default: one per core.")] = None,
    types: Types = None,
) -> None:
    """Do important edges lie on more cycles, how far do they reach, how stable is it? Writes text, tables, figures."""
    from symgnn.evaluation.predict import load_checkpoint
    from symgnn.explain.methods import build_method
    from symgnn.files.writing import replacing
    from symgnn.findings.report import report
    from symgnn.findings.study import Study
    from symgnn.findings.tables import write_tables
    from symgnn.pictures.finding_plots import write_figures

    glasses = [read(file, types) for file in files]
    if len({glass.name for glass in glasses}) < len(glasses):
        raise InputError("findings: two glasses of one name found, expected different files")
    loaded = load_checkpoint(checkpoint)
    study = Study(
        glasses=glasses,
        checkpoint=loaded,
        methods=[build_method(name, {}, loaded) for name in method or ["gnn_explainer", "nearest", "random"]],
        n_atoms=atoms,
        top_k=top,
        seed=seed,
        retrained=[(name, load_checkpoint(name)) for name in retrained or []],
        twins=None if twins is None else (read(twins[0], types), read(twins[1], types)),
        workers=workers,
    )
    with progress() as bars:
        results, variants = study.run(task(bars, "Findings"))
    tables, figures = write_tables(output, results, variants), write_figures(output, results)
    names = [path.name for path in figures]
    text = report(results, variants, study=study, command=command(), figures=names)
    page = output / "README.md"
    with replacing(page) as temporary:
        temporary.write_text(text, encoding="utf-8")
    for path in (*tables, *figures, page):
        console.print(str(path), markup=False)
