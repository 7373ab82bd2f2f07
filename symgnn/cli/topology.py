"""The command topology: diagrams and cycles of a glass, of an atom's surroundings, and distances to another glass."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from symgnn.cli.common import File, Output, Types, check_folders, console, errors, progress, read, stem, task
from symgnn.errors import InputError


def topology(
    file: File,
    cutoff: Annotated[float, typer.Option(help="Largest edge of the Rips complex, Å.")] = 4.0,
    voids: Annotated[
        bool, typer.Option("--voids", help="Dimension 2 too, with edges up to 5 Å at least.")
    ] = False,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="Seek a strict cycle, one that dies with its class, where the shortest is not."
        ),
    ] = False,
    image: Annotated[
        bool, typer.Option("--image", help="The persistence image of the loops, per atom.")
    ] = False,
    around: Annotated[
        int | None,
        typer.Option(metavar="ATOM", help="Diagrams of the ball of atoms around this one, from 0."),
    ] = None,
    radius: Annotated[
        float | None, typer.Option(help="Of the ball of --around, Å; default 8.", show_default=False)
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Another glass: bottleneck and Wasserstein distances of the diagrams."
        ),
    ] = None,
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """Persistent homology of a glass: diagrams, cycles, and how many cycles each edge lies on.

    Writes into the folder FILE.topology (lengths in Å, atoms counted from 0):

    diagrams.csv, cycles.json, participation.csv: the Rips complex, dimensions 0 and 1

    alpha_diagrams.csv, alpha_cycles.json: the alpha complex, dimensions 0 to 2

    voids.csv, image.csv, around_ATOM.csv, distances_FILE.csv: with the options

    Those of an earlier run that this one does not write are removed.
    """
    if radius is not None and around is None:
        raise InputError("topology: --radius found without --around, expected --around ATOM with it")
    from symgnn.homology import files  # after the check: these take seconds
    from symgnn.homology.local_diagrams import RADIUS, local_persistence

    glass = read(file, types)
    other = read(against, types) if against else None
    folder = output / f"{stem(file)}.topology"
    check_folders(folder)
    local = None
    if around is not None:
        local = local_persistence(glass, around, radius=RADIUS if radius is None else radius, cutoff=cutoff)
    # All is computed before the first file is written.
    with progress() as bars:
        void = _voids(glass, cutoff, bars) if voids else None
        result = _whole(glass, cutoff, bars)
        shortest = result.cycles
        if exact:
            result = _with_exact_cycles(result, bars)
        distances = [] if other is None else _distances(result, void, other, bars)

    paths = files.write_topology(result, folder)
    title = f"{glass.composition}, {len(glass)} atoms, Rips up to {cutoff:g} Å"
    _print_numbers(title, result.describe())
    if result.alpha is None:
        errors.print(f"No alpha complex: {result.alpha_problem}", style="yellow", markup=False)
    if exact:
        console.print(
            f"Strict cycles: {shortest.strict.sum()} of {len(shortest)} as computed, "
            f"{result.cycles.strict.sum()} after the search for exact ones",
            markup=False,
        )
    if void is not None:
        paths.append(folder / "voids.csv")
        files.write_diagrams(paths[-1], [void.h2], void.filtration.pairs)
        console.print(f"{len(void.h2)} voids (H2), edges up to {void.filtration.cutoff:g} Å", markup=False)
        if void.warning:
            errors.print(void.warning, style="yellow", markup=False)
    if local is not None:
        paths.append(folder / f"around_{around}.csv")
        files.write_local_diagrams(paths[-1], local)
        h1 = local.persistence.h1
        console.print(
            f"Around atom {around}: {len(local.atoms)} atoms within {local.radius:g} Å, {len(h1)} loops, "
            f"{local.interior(h1).sum()} of them a cutoff below the surface of the ball",
            markup=False,
        )
    if image:
        paths.append(folder / "image.csv")
        files.write_image(paths[-1], _image(result))
    if other is not None:
        paths.append(folder / f"distances_{stem(against)}.csv")
        files.write_distances(paths[-1], distances)
        _print_distances(f"Distances of the diagrams: {file.name} and {against.name}", distances)
    files.remove_outdated(folder, paths)
    for path in paths:
        console.print(str(path), markup=False)


def _whole(glass, cutoff: float, bars: Progress):
    from symgnn.homology import glass_topology

    show = task(bars, "Topology")

    def report(fraction: float, what: str) -> None:
        if fraction > 0:  # a cutoff that is refused prints no bar
            show(round(95 * fraction), 100, f"Topology: {what}")

    result = glass_topology(glass, cutoff, progress=report)
    if result.alpha is not None:
        show(95, 100, "Topology: alpha diagrams")
        _ = result.alpha.persistence  # kept from now on
    show(100, 100, "Topology")
    return result


def _with_exact_cycles(result, bars: Progress):
    from symgnn.homology.exact_cycles import exact_cycles

    show = task(bars, "Exact cycles")
    return result.with_cycles(exact_cycles(result.persistence, result.cycles, progress=show))


def _voids(glass, cutoff: float, bars: Progress):
    from symgnn.homology import persistent_homology, rips_filtration
    from symgnn.homology.persistence import COMPLETE_H2, check_size

    filtration = rips_filtration(glass, max(cutoff, COMPLETE_H2))
    check_size(filtration, 2)
    show = task(bars, f"Voids of {glass.name}")
    show(0, 1)
    persistence = persistent_homology(filtration, 2)
    show(1, 1)
    return persistence


def _distances(result, void, other, bars: Progress) -> list:
    from symgnn.homology import persistent_homology, rips_filtration
    from symgnn.homology.distances import diagram_distances

    cutoff = result.filtration.cutoff
    second_void = None if void is None else _voids(other, cutoff, bars)
    show = task(bars, "Distances")
    second = persistent_homology(rips_filtration(other, cutoff))
    distances = diagram_distances(result.persistence, second, progress=show)
    if void is not None:
        distances += diagram_distances(void, second_void, dimensions=(2,), progress=show)
    return distances


def _image(result):
    """The persistence image of the loops, after a line that states its grid."""
    from symgnn.homology.images import ImageGrid, persistence_image

    grid = ImageGrid()
    image = persistence_image(result.persistence.h1, grid=grid, n_atoms=len(result.glass))
    console.print(
        f"Persistence image of {image.n_classes} loops, {image.unit}: birth {grid.birth[0]:g} to {grid.birth[1]:g} Å, "
        f"persistence {grid.persistence[0]:g} to {grid.persistence[1]:g} Å, pixels of {grid.pixel:g} Å, Gaussians of "
        f"{image.sigma:g} Å; {100 * image.outside:.1f}% of the weight lies outside",
        markup=False,
    )
    return image


def _print_numbers(title: str, numbers: dict) -> None:
    table = Table("quantity", "value", title=title)
    for name, value in numbers.items():
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        table.add_row(name, "none" if value is None else text)
    console.print(table)


def _print_distances(title: str, distances: list) -> None:
    table = Table(
        "dimension",
        "bottleneck / Å",
        "Wasserstein / Å per atom",
        "classes matched",
        "alive at the cutoff",
        title=title,
    )
    for one in distances:
        length = "too many to match" if one.wasserstein is None else f"{one.wasserstein:.4f}"
        counts = (" and ".join(map(str, pair)) for pair in (one.finite, one.infinite))
        table.add_row(f"H{one.dimension}", f"{one.bottleneck:.4f}", length, *counts)
    console.print(table)
