"""The command whatif: one change of a glass, or a scan of all swaps or exchanges around an atom."""

from __future__ import annotations

import math
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symgnn import disk_cache
from symgnn.cli.common import (
    CheckpointName,
    File,
    Output,
    Scheduler,
    Seed,
    Types,
    Workers,
    check_folders,
    console,
    errors,
    preparing,
    progress,
    read,
    resumable,
    stem,
    task,
    warn_of_extrapolation,
)
from symgnn.errors import InputError

SHOWN = 20  # changes that are printed


def whatif(
    file: File,
    atom: Annotated[
        int | None, typer.Option(help="The atom that is asked about, from 0; a scan needs one.")
    ] = None,
    change: Annotated[
        str | None, typer.Option(help="Of the scan: swap (default) or exchange of every neighbour.")
    ] = None,
    within: Annotated[
        float | None, typer.Option(help="Of the scan: Å around the atom; default 5.", min=0.1)
    ] = None,
    swap: Annotated[
        str | None, typer.Option(help="One change instead: atom 17 becomes zirconium, 17=Zr.")
    ] = None,
    exchange: Annotated[str | None, typer.Option(help="Exchange two unlike atoms, 17,23.")] = None,
    strain: Annotated[
        str | None,
        typer.Option(
            help="xx,yy,zz,yz,xz,xy (the last three engineering strains), hydrostatic:0.01, uniaxial-z:0.02 or "
            "shear-xy:0.03."
        ),
    ] = None,
    remove: Annotated[str | None, typer.Option(help="Remove an atom, 17.")] = None,
    move: Annotated[str | None, typer.Option(help="Move an atom by a vector in Å, 17=0.1,0,0.")] = None,
    anneal: Annotated[str | None, typer.Option(help="Kelvin and ps, 600:10; then quench.")] = None,
    unrelaxed: Annotated[
        bool, typer.Option("--unrelaxed", help="Predict the changed glass as it is, without relaxing it.")
    ] = False,
    check: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Search barriers around the atom before and after the change (of a scan: the first), in N tries each.",
        ),
    ] = None,
    checkpoint: CheckpointName = "symgnn",
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """Ask what would be different for an atom if its glass were changed: relaxed and predicted again.

    Without one of the changes: a scan of every neighbour of --atom, ranked. A scan or check that was stopped goes on.
    """
    given = {
        "swap": swap, "exchange": exchange, "strain": strain, "remove": remove, "move": move, "anneal": anneal,
    }  # fmt: skip
    asked = {kind: value for kind, value in given.items() if value is not None}
    if len(asked) > 1:
        raise InputError(f"whatif: --{' and --'.join(asked)} found, expected one change")
    for option, value in (("--change", change), ("--within", within)):
        if asked and value is not None:
            raise InputError(
                f"whatif: {option} found with --{next(iter(asked))}, expected it with a scan only"
            )
    if atom is None and (check or not asked):
        raise InputError(f"whatif: no --atom found, expected one {'to check' if check else 'to scan around'}")
    if check and unrelaxed:
        raise InputError(
            "whatif: --check found with --unrelaxed, expected relaxed glasses to search barriers in"
        )
    if within is not None and not math.isfinite(within):
        raise InputError(f"whatif: --within {within:g} found, expected a distance in Å")
    check_folders(output, *([] if asked else [disk_cache.folder("whatif")]))
    glass = read(file, types, atom=atom)
    from symgnn.inference.predict import load_checkpoint  # after the checks: these take seconds
    from symgnn.whatif import CHANGES

    one = next((CHANGES[kind].parse(value, seed=seed) for kind, value in asked.items()), None)
    model = load_checkpoint(checkpoint)
    warn_of_extrapolation(model, glass)
    name = f"{stem(file)}.{model.label}"
    settings = {"workers": workers, "scheduler": scheduler}
    with resumable():
        if one is None:
            ranked = _scan(
                model, glass, atom, change or "swap", within, not unrelaxed, settings, output, name
            )
            result = ranked.reference.ask(ranked.changes[0], atom=atom) if check else None
        else:
            result = _one(model, glass, atom, one, not unrelaxed, output, name)
        if check:
            _check(result, check, seed, settings)


def _scan(model, glass, atom, kind, within, relax, settings, output, name):
    """Print and write the scan; returns it."""
    from symgnn.whatif import scan
    from symgnn.whatif.candidates import WITHIN

    with progress() as bars, preparing() if relax else nullcontext() as status:
        show = task(bars, "Changing neighbours")

        def tell(done: int, total: int) -> None:
            if status is not None:
                status.stop()
            show(done, total)

        result = scan(
            model, glass, atom, kind=kind, within=WITHIN if within is None else within, relax=relax, progress=tell,
            **settings,
        )  # fmt: skip
    reference = result.reference
    _say_unrelaxed(reference, relax)
    console.print(_ranked(result.table().head(SHOWN), reference.is_relaxed))
    console.print(
        f"atom {atom} ({glass.symbols[atom]}): barrier {result.barrier_before[0]:.3f} eV; {len(result)} changes, "
        f"strongest first{f'; the first {SHOWN} are shown, all are in the files' if len(result) > SHOWN else ''}",
        markup=False,
    )
    _say_sigma(reference.ensemble, result.pooled_sigma)
    for path in result.write(output, f"{name}.atom{atom}.{kind}.whatif"):
        console.print(str(path), markup=False)
    return result


def _ranked(table, is_relaxed: bool) -> Table:
    """The rows of a scan's table; without columns that say nothing. At most 80 characters wide."""
    columns = [
        ("change", "change", str),
        ("distance_A", "away\n/ Å", ".2f"),
        ("barrier_after_eV", "barrier\nafter", ".3f"),
        ("barrier_change_eV", "barrier\nchange", "+z.3f"),
        ("sigma_of_change_eV", "±", ".3f"),
        ("unrelaxed_change_eV", "change\nunrelaxed", "+z.3f"),
        ("energy_change_eV", "energy\nchange", "+z.2f"),
    ]
    said = [
        (name, title, form)
        for name, title, form in columns
        if (name != "unrelaxed_change_eV" or is_relaxed) and table[name].notna().any()
    ]
    rows = Table(caption="barriers and energies in eV")
    for _, title, form in said:
        rows.add_column(title, justify="left" if form is str else "right", no_wrap=form is str)
    for _, row in table.iterrows():
        rows.add_row(*(row[name] if form is str else _number(row[name], form) for name, _, form in said))
    return rows


def _one(model, glass, atom, change, relax, output, name):
    """Print and write one change; its result."""
    from symgnn.io.structures import write_extxyz
    from symgnn.whatif import Reference
    from symgnn.whatif.changes import Anneal
    from symgnn.whatif.one_table import write_result_table

    with preparing() if relax or isinstance(change, Anneal) else nullcontext():
        reference = Reference(model, glass, relax=relax)
        result = reference.ask(change, atom=atom)
    _say_unrelaxed(reference, relax)
    energy = "" if result.energy_change is None else f", energy {result.energy_change:+z.3f} eV"
    console.print(f"{change}: {result.n_moved} atoms moved farther than 0.1 Å{energy}", markup=False)
    if atom is not None:
        now = result.number_after
        sigma = "" if result.sigma is None else f" ± {result.sigma[now]:.3f}"
        console.print(
            f"atom {atom} ({glass.symbols[atom]}): barrier {result.barriers_before[atom]:.3f} to "
            f"{result.barriers_after[now]:.3f} eV, change {result.barrier_change[now]:+z.3f}{sigma} eV "
            f"(unrelaxed {result.unrelaxed_change[now]:+z.3f} eV)",
            markup=False,
        )
    _say_sigma(reference.ensemble, None)
    plain = re.sub(r"[^\w.+-]+", "_", str(change).replace(" ", "-"))
    structure, table = (output / f"{name}.{plain}.whatif.{ending}" for ending in ("xyz", "csv"))
    write_extxyz(structure, result.as_glass())
    write_result_table(table, result)
    for path in (table, structure):
        console.print(str(path), markup=False)
    return result


def _say_unrelaxed(reference, relax: bool) -> None:
    if relax and not reference.is_relaxed:
        errors.print(f"Not relaxed: {reference.note}", style="yellow", markup=False)


def _say_sigma(ensemble, pooled: float | None) -> None:
    if not ensemble.title:
        console.print("± is not known: the checkpoint has no seeds and no members.", markup=False)
        return
    mean = "" if pooled is None else f"; root mean square over all changes {pooled:.3f} eV"
    console.print(f"±: standard deviation of the difference over {ensemble.title}{mean}", markup=False)


def _check(result, tries: int, seed: int, settings) -> None:
    from symgnn.whatif import check_by_searches
    from symgnn.whatif.searches import standard_error

    with progress() as bars:
        measured = check_by_searches(
            result, tries=tries, seed=seed, progress=task(bars, "Searching barriers"), **settings
        )
    now = result.number_after
    sigma = "" if result.sigma is None else f"{result.sigma[now]:.3f}"
    rows = Table("/ eV", "before", "after", "change", "±", "events")
    rows.add_row(
        "predicted", f"{result.barriers_before[result.atom]:.3f}", f"{result.barriers_after[now]:.3f}",
        f"{result.barrier_change[now]:+z.3f}", sigma, "",
    )  # fmt: skip
    means = [f"{one.mean():.3f} ± {standard_error(one):.3f}" if len(one) else "none" for one in
             (measured.before, measured.after)]  # fmt: skip
    rows.add_row(
        "measured", *means, _number(measured.change, "+z.3f"), _number(measured.standard_error, ".3f"),
        f"{len(measured.before)}, {len(measured.after)}",
    )  # fmt: skip
    console.print(rows)
    console.print(
        f"{result.change}: {tries} tries in either glass; ± of the measured change: its standard error",
        markup=False,
    )


def _number(value: float, form: str) -> str:
    """Empty for NaN."""
    return "" if value != value else format(value, form)
