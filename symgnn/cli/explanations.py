"""The command explain: one atom, many atoms, a whole glass, or a benchmark of the methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symgnn.cli.common import (
    CheckpointName,
    File,
    Output,
    Scheduler,
    Seed,
    Types,
    Workers,
    check_folders,
    check_methods,
    console,
    read,
    readable,
)
from symgnn.cli.explanation_runs import evaluate_methods, explain_many, explain_one, map_glass
from symgnn.errors import InputError

TOP = 50  # edges that are printed, or kept of every atom
MODES = {
    "--setting": ("--atom", "--atoms", "--map"),
    "--top": ("--atom", "--atoms"),
    "--draws": ("--atom",),
    "--workers": ("--atoms", "--evaluate"),
    "--scheduler": ("--atoms", "--evaluate"),
    "--replica": ("--evaluate",),
}
"""What the options that do not always apply go with."""


def list_methods(wanted: bool) -> None:
    """Print name, title and settings of every method and end the command."""
    if not wanted:
        return
    from symgnn.whatif.methods import all_methods

    table = Table("name", "method", "effect / eV", "settings and their defaults")
    for method in all_methods().values():
        settings = ", ".join(f"{name}={value}" for name, value in method.defaults().items())
        table.add_row(method.name, method.title, "yes" if method.signed else "no", settings)
    console.print(table)
    raise typer.Exit


def explain(
    file: File,
    atom: Annotated[int | None, typer.Option(help="One atom, from 0: with its fidelity and a table.")] = None,
    whole_map: Annotated[
        bool,
        typer.Option(
            "--map",
            help="The whole glass at once: signed effects on all barriers together, by a gradient method.",
        ),
    ] = False,
    atoms: Annotated[
        str | None,
        typer.Option(help="Many: all, 0,5,9, 0-99, Cu, top:50, bottom:50 (by predicted barrier), random:50."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a method; default gnn_explainer, with --map gradient. --methods lists them. "
            "With --evaluate: repeat for several, default all."
        ),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option(help="Of the method, e.g. steps=100; repeat for more.")
    ] = None,
    checkpoint: CheckpointName = "symgnn",
    output: Output = Path("."),
    seed: Seed = 0,
    top: Annotated[
        int | None, typer.Option(min=1, help=f"Edges to print, or to keep of every atom; default {TOP}.")
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(min=1, help="Of matched controls, behind p; default 20. 200 decide close cases."),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Compare all methods on --atoms (default: 50).")
    ] = False,
    replica: Annotated[
        Path | None,
        typer.Option(help="With --evaluate: the same glass relaxed once more, atoms in the same order."),
    ] = None,
    types: Types = None,
    methods: Annotated[
        bool,
        typer.Option("--methods", is_eager=True, callback=list_methods, help="List the methods and stop."),
    ] = False,
) -> None:
    """Explain predicted barriers: which edges carry them. Writes CSV, and maps of the glass for many atoms."""
    names = method or []
    options = {
        "--setting": setting or None,
        "--top": top,
        "--draws": draws,
        "--workers": workers,
        "--scheduler": scheduler,
        "--replica": replica,
    }
    _check_options(atom, atoms, evaluate, whole_map, names, options)
    glass = read(file, types, atom=atom)
    replica_glass = read(replica, types) if replica else None
    from symgnn.explanations.cache import cache_folder  # after the checks: these take seconds
    from symgnn.explanations.methods import METHODS, available_methods, read_settings
    from symgnn.inference.predict import load_checkpoint
    from symgnn.whatif.methods import build_method, method_class
    from symgnn.whatif.relaxed_swap import RelaxedSwap

    default = ["gradient"] if whole_map else [next(iter(METHODS))]
    settings = {
        name: read_settings(method_class(name), setting or [])
        for name in names or ([] if evaluate else default)
    }
    if evaluate and RelaxedSwap.name in settings:
        raise InputError(
            f"explain: --method {RelaxedSwap.name} found with --evaluate, expected it with --atom or --atoms: it says "
            "nothing of the turned glasses and shuffled weights that methods are compared on"
        )
    loaded = load_checkpoint(checkpoint)
    settings = settings or {name: {} for name in available_methods(loaded)}
    chosen = [build_method(name, values, loaded, glass) for name, values in settings.items()]
    check_folders(output, cache_folder())
    glass = readable(loaded, glass)
    replica_glass = readable(loaded, replica_glass) if replica_glass else None
    if evaluate:
        evaluate_methods(file, glass, loaded, atoms, chosen, replica_glass, output, seed, workers, scheduler)
    elif whole_map:
        map_glass(file, glass, loaded, chosen[0], output)
    elif atoms is not None:
        explain_many(file, glass, loaded, atoms, chosen[0], output, seed, top or TOP, workers, scheduler)
    else:
        explain_one(file, glass, loaded, atom, chosen[0], output, seed, top or TOP, draws)


def _check_options(
    atom: int | None,
    atoms: str | None,
    evaluate: bool,
    whole_map: bool,
    methods: list[str],
    options: dict[str, object],
) -> None:
    if evaluate and atom is not None:
        raise InputError("explain: --atom found with --evaluate, expected --atoms or none")
    if whole_map and (evaluate or atom is not None or atoms is not None):
        raise InputError("explain: --map found with --atom, --atoms or --evaluate, expected it alone")
    if not evaluate and not whole_map and (atom is None) == (atoms is None):
        raise InputError("explain: expected one of --atom, --atoms and --map")
    if not evaluate and len(methods) > 1:
        raise InputError(f"explain: {len(methods)} methods found, expected one (several with --evaluate)")
    check_methods("explain", methods)
    mode = "--evaluate" if evaluate else "--map" if whole_map else "--atom" if atoms is None else "--atoms"
    for option, value in options.items():
        if value is not None and mode not in MODES[option]:
            raise InputError(
                f"explain: {option} found with {mode}, expected it with {' or '.join(MODES[option])} only"
            )
