"""Commands under the potential: simulate glass, verify, barriers. They need the extra `physics`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symgnn.cli.common import (
    File,
    Output,
    Scheduler,
    Seed,
    Types,
    Workers,
    check_folders,
    command,
    console,
    errors,
    progress,
    read,
    resumable,
    stem,
    task,
)

SHOWN = 20  # atoms that are printed one by one
PotentialFile = Annotated[
    Path | None,
    typer.Option(
        "--potential",
        help="Of other elements: an .eam.alloy or .eam.fs file, read by ASE; a thousand times slower than the "
        "built-in one of Cu-Zr.",
    ),
]


def glass(
    output: Annotated[Path, typer.Option("--output", "-o", help="Extended XYZ file to write.")],
    atoms: Annotated[int, typer.Option(help="Number of atoms, at least 234 for Cu64Zr36.")] = 500,
    composition: Annotated[str, typer.Option(help="Atomic percent.")] = "Cu64Zr36",
    quench_rate: Annotated[float, typer.Option(help="K/s.")] = 1e13,
    seed: Seed = 0,
) -> None:
    """Melt and quench a Cu-Zr glass under the Mendelev 2009 potential (needs the extra `physics`).

    The file states energy, pressure and shear stress of every atom.
    """
    from symgnn.io.structures import write_extxyz
    from symgnn.simulate import make_glass, parse_composition

    check_folders(output.parent)
    with progress() as bars:
        show = task(bars, "Quenching")
        made = make_glass(
            n_atoms=atoms, composition=parse_composition(composition), quench_rate=quench_rate, seed=seed,
            command=command(),
            progress=lambda share, text: show(round(100 * share), 100, text),
        )  # fmt: skip
    write_extxyz(output, made)
    console.print(f"{made.composition}, {len(made)} atoms: {output}", markup=False)


def verify(
    file: File,
    relax: Annotated[
        Path | None, typer.Option(help="Relax atoms and size of the cell, and write this extended XYZ file.")
    ] = None,
    potential: PotentialFile = None,
    types: Types = None,
) -> None:
    """Say whether a structure is a minimum of the potential, as barriers need it."""
    from symgnn.io.structures import write_extxyz
    from symgnn.simulate import read_potential, relaxed
    from symgnn.simulate import verify as verified

    structure, force_field = read(file, types), read_potential(potential) if potential else None
    if relax:
        check_folders(relax.parent)
    _print_verification(file.name, verified(structure, force_field))
    if relax:
        minimum = relaxed(structure, force_field)
        write_extxyz(relax, minimum)
        _print_verification(str(relax), verified(minimum, force_field))


def _print_verification(name: str, result) -> None:
    verdict = "a minimum" if result.is_minimum else "no minimum: --relax OUT.xyz makes one of it"
    console.print(
        f"{name}: {verdict}; largest force {result.largest_force:.2g} eV/Å, pressure {result.pressure:.0f} bar, energy "
        f"{result.energy_per_atom:.4f} eV per atom",
        markup=False,
    )


def barriers(
    file: File,
    atoms: Annotated[str, typer.Option(help="all, 0,5,9, 0-99, Cu, random:50.")],
    events: Annotated[int, typer.Option(min=1, help="Different events around each atom.")] = 10,
    max_tries: Annotated[
        int | None,
        typer.Option(min=1, help="After which an atom with fewer events is left; default: 4 per event."),
    ] = None,
    seed: Seed = 0,
    potential: PotentialFile = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """Search saddles around atoms of a glass: energy barriers by physics. Writes events and atoms as CSV, npz and XYZ.

    The file has to be a minimum of the potential: see `symgnn simulate verify`. A run that was stopped goes on.
    """
    from symgnn import disk_cache
    from symgnn.explanations.selection import parse_atoms
    from symgnn.simulate import read_potential, search_barriers

    structure, force_field = read(file, types), read_potential(potential) if potential else None
    chosen = parse_atoms(atoms, structure, None, seed)
    check_folders(output, disk_cache.folder("barriers"))
    if force_field:
        errors.print(f"{force_field.name} is computed by ASE: expect many minutes per event.", markup=False)
    with resumable(), progress() as bars:
        table = search_barriers(
            structure, chosen, events=events, max_tries=max_tries, seed=seed, potential=force_field, workers=workers,
            scheduler=scheduler, progress=task(bars, "Searching around atoms"),
        )  # fmt: skip
    _print_barriers(structure, table)
    for path in table.write(output, stem(file), structure):
        console.print(str(path), markup=False)


def _print_barriers(structure, table) -> None:
    mean, error, number = table.of_atoms()
    if len(table.atom) <= SHOWN:
        rows = Table("atom", "element", "barrier / eV", "standard error / eV", "events", "connected", "tries")
        connected = table.of_atoms(connected=True)[2]
        for row, atom in enumerate(table.atom):
            rows.add_row(
                str(atom), structure.symbols[atom], f"{mean[row]:.3f}", f"{error[row]:.3f}", str(number[row]),
                str(connected[row]), str(table.tries[row]),
            )  # fmt: skip
        console.print(rows)
    some = mean[number > 0]
    average = f": barrier {some.mean():.3f} ± {some.std():.3f} eV (mean ± standard deviation over atoms)"
    console.print(
        f"{structure.composition}, {len(mean)} atoms searched{average if len(some) else ''}; {len(table.barrier)} "
        f"events, {table.connected.sum()} of them strictly connected, in {table.tries.sum()} tries",
        markup=False,
    )
    if table.duplicates.sum():
        console.print(f"{table.duplicates.sum()} tries: an event that was there", markup=False)
    for reason, tries in zip(table.reason, table.reason_tries, strict=True):
        console.print(f"{tries} tries: {reason}", markup=False)
