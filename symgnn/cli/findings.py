"""The command findings: the paper's two figures with their controls, or changes checked by physics (--physics)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import (
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
from symgnn.cli.findings_physics import physics_findings
from symgnn.errors import InputError


def findings(
    files: Annotated[
        list[Path],
        typer.Argument(
            callback=check_exists, help="Structure files; the first one is also used for stability."
        ),
    ],
    physics: Annotated[
        bool,
        typer.Option(
            "--physics",
            help="Ask physics instead: swap neighbours, search barriers before and after, compare with what was "
            "predicted and explained. Glasses that the potential of Cu-Zr takes; hours of computing, resumable.",
        ),
    ] = False,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(
            help="Name in checkpoints/ (or $SYMGNN_CHECKPOINTS), or a folder; default: symgnn. With --physics repeat "
            "for more: the first one's predicted changes make the strata."
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            help="With --physics: another checkpoint whose predicted changes are compared, but not explained; repeat."
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="Repeat for several; `symgnn explain --methods` lists them. Default: gnn_explainer and the baselines; "
            "with --physics all that a checkpoint offers."
        ),
    ] = None,
    atoms: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Explained atoms per glass, in equal numbers of the elements; default 50, with --physics 8.",
        ),
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Important edges of each; default 10.")] = None,
    swaps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --physics: swaps per atom drawn at random, and as many in strata of the predicted change; "
            "default 4.",
        ),
    ] = None,
    events: Annotated[
        int | None,
        typer.Option(min=2, help="With --physics: different events that end a search; default 12."),
    ] = None,
    seed: Seed = 0,
    retrained: Annotated[
        list[str] | None, typer.Option(help="The model trained from another seed, a folder; repeat for more.")
    ] = None,
    replicas: Annotated[
        tuple[Path, Path] | None, typer.Option(help="The same glass relaxed twice, atoms in the same order.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Folder for text, tables and figures; default: findings, findings-physics."
        ),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    types: Types = None,
) -> None:
    """Do important edges lie on more cycles, how far do they reach, how stable is it? Writes text, tables, figures.

    With --physics: does a swapped neighbour change the barrier as predicted, and which explanation knows where?
    """
    check_methods("findings", method or [])
    checkpoints = checkpoint or ["symgnn"]
    if physics:
        refuse({"--top": top, "--retrained": retrained, "--replicas": replicas}, "with --physics")
        physics_findings(
            files, types, checkpoints, compare or [], method or [], centres=atoms or 8, swaps=swaps or 4,
            events=events or 12, seed=seed, output=output or Path("findings-physics"), workers=workers,
            scheduler=scheduler,
        )  # fmt: skip
        return
    refuse({"--compare": compare, "--swaps": swaps, "--events": events}, "without --physics")
    if len(checkpoints) > 1:
        raise InputError(f"findings: {len(checkpoints)} checkpoints found, expected one without --physics")
    output = output or Path("findings")
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
    loaded = load_checkpoint(checkpoints[0])
    default = [next(iter(METHODS)), *(name for name, one in METHODS.items() if one.is_baseline)]
    study = Study(
        glasses=[readable(loaded, glass) for glass in glasses],
        checkpoint=loaded,
        methods=[build_method(name, {}, loaded) for name in method or default],
        n_atoms=atoms or 50,
        top_k=top or 10,
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


def refuse(options: dict[str, object], how: str) -> None:
    """Raise InputError for an option that was given; how: the kind of run that does not take it."""
    for option, value in options.items():
        if value is not None:
            raise InputError(f"findings: {option} found {how}, expected it otherwise only")
