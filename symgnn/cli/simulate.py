"""Commands under the potential: simulate glass, verify, barriers, sampling. They need the extra `physics`."""

from __future__ import annotations

from contextlib import nullcontext
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
    check_file,
    check_folders,
    command,
    console,
    errors,
    preparing,
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

    check_file(output)
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
        check_file(relax)
    with nullcontext() if force_field else preparing():
        found = verified(structure, force_field)
    _print_verification(file.name, found)
    if relax:
        with nullcontext() if force_field else preparing():
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


def sampling(
    file: File,
    temperature: Annotated[float, typer.Option(help="K, of the dynamics.")] = 700.0,
    time: Annotated[float, typer.Option(help="ps, of each run.")] = 1.0,
    runs: Annotated[int, typer.Option(min=1, help="Each from the same minimum, quenched at its end.")] = 200,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """MD local sampling: barriers of all atoms from short dynamics and quenches. Writes a CSV.

    The barrier of an atom follows from how often it leaves its place: a coarse baseline beside searched barriers.
    """
    import numpy as np
    import pandas as pd

    from symgnn.io.writing import replacing
    from symgnn.simulate import sample_locally

    structure = read(file, types)
    check_folders(output)
    with progress() as bars:
        sample = sample_locally(
            structure, temperature=temperature, time=time, runs=runs, seed=seed, workers=workers, scheduler=scheduler,
            progress=task(bars, "Sampling"),
        )  # fmt: skip
    barriers, path = sample.barriers(), output / f"{stem(file)}.sampling.csv"
    columns = {
        "atom": np.arange(len(barriers)),
        "element": structure.symbols,
        "moves": sample.moves,
        "barrier_eV": barriers,
    }
    with replacing(path) as temporary:
        pd.DataFrame(columns).to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")
    console.print(
        f"{structure.composition}, {len(barriers)} atoms: {(sample.moves > 0).sum()} left their place in {runs} runs; "
        f"barrier {barriers.mean():.3f} ± {barriers.std():.3f} eV (mean ± standard deviation over atoms)\n{path}",
        markup=False,
    )
