"""Topology as files: diagrams, images and distances as CSV, cycles as JSON. Lengths in Å, atoms counted from 0."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from ase.data import chemical_symbols

from symgnn.homology.distances import DiagramDistance
from symgnn.homology.images import PersistenceImage
from symgnn.homology.local_diagrams import LocalPersistence
from symgnn.homology.persistence import Diagram
from symgnn.homology.summary import GlassTopology
from symgnn.io.writing import replacing

CLASS = ("dimension", "birth_A", "death_A", "persistence_A")
ATOMS = ("birth_atoms", "death_atoms")
OPTIONAL = (
    "alpha_diagrams.csv",
    "alpha_cycles.json",
    "voids.csv",
    "image.csv",
    "around_*.csv",
    "distances_*.csv",
)
"""Files that `symgnn topology` writes into its folder or not, by glass and options."""


def write_topology(topology: GlassTopology, folder: str | os.PathLike) -> list[Path]:
    """Write a glass's topology into a folder; return the paths.

    diagrams.csv        per class of the Rips complex: dimension, birth, death, persistence (Å; inf where alive at the
                        cutoff), atoms i-j of the birth and of the death edge (empty where there is none)
    cycles.json         the numbers of `GlassTopology.describe`, and per class of dimension 1 its atoms round the cycle
    participation.csv   per edge: atoms i, j, image of j in cell vectors, length (Å), elements, cycles of the Rips
                        complex that it lies on, and of the alpha complex where there is one
    alpha_diagrams.csv  per class of the alpha complex: dimension, birth, death, persistence (Å, diameters of spheres;
                        inf: never dies)
    alpha_cycles.json   the cycles of the alpha complex

    A cycle's `winding` says whether it goes round the periodic cell instead of closing in space, `turns` how often
    along each cell vector. The last two files are left out for a cell that has no alpha complex here.
    """
    folder = Path(folder)
    paths = [folder / name for name in ("diagrams.csv", "cycles.json", "participation.csv")]
    write_diagrams(paths[0], topology.persistence.diagrams, topology.filtration.pairs)
    _write_cycles(paths[1], _cycles(topology), summary=topology.describe())
    _write_csv(
        paths[2],
        ("i", "j", "image_a", "image_b", "image_c", "length_A", "elements", "cycles", "cycles_alpha"),
        _participation(topology),
    )
    if topology.alpha is None:
        return paths
    paths += [folder / name for name in ("alpha_diagrams.csv", "alpha_cycles.json")]
    rows = (
        (dimension, *_texts(birth, death, death - birth))
        for dimension, diagram in enumerate(topology.alpha.persistence.diagrams)
        for birth, death in diagram[np.lexsort(diagram.T[::-1])].tolist()
    )
    _write_csv(paths[3], CLASS, rows)
    _write_cycles(paths[4], _alpha_cycles(topology))
    return paths


def write_diagrams(path: Path, diagrams: Sequence[Diagram], pairs: np.ndarray) -> None:
    """Write the classes of Rips diagrams; pairs (E, 2): the atoms of each edge."""
    _write_csv(path, CLASS + ATOMS, (row for diagram in diagrams for row in _classes(diagram, pairs)))


def write_local_diagrams(path: Path, local: LocalPersistence) -> None:
    """Write the classes around one atom, `interior` 1 where they lie below the surface of the ball. Atoms are those of
    the glass."""
    rows = (
        (*row, int(interior))
        for diagram in local.persistence.diagrams
        for row, interior in zip(_classes(diagram, local.pairs), local.interior(diagram), strict=True)
    )
    _write_csv(path, (*CLASS, *ATOMS, "interior"), rows)


def write_image(path: Path, image: PersistenceImage) -> None:
    """Write a persistence image as a table: the head names the birth (Å, centre of the pixel) of each column, the first
    column the persistence of each row."""
    births = [f"{birth:.6g}" for birth in image.births]
    rows = (
        (f"{persistence:.6g}", *(f"{value:.6g}" for value in values))
        for persistence, values in zip(image.persistences, image.values, strict=True)
    )
    _write_csv(path, ("persistence_A / birth_A", *births), rows)


def write_distances(path: Path, distances: Sequence[DiagramDistance]) -> None:
    """Write distances between two glasses, one row per dimension; empty where there are too many classes to match."""
    unit = "A_per_atom" if all(distance.per_atom for distance in distances) else "A"
    header = ("dimension", "bottleneck_A", f"wasserstein_{unit}", "order")
    counts = ("classes_1", "classes_2", "alive_at_cutoff_1", "alive_at_cutoff_2")
    rows = (
        (
            distance.dimension,
            f"{distance.bottleneck:.6f}",
            "" if distance.wasserstein is None else f"{distance.wasserstein:.6f}",
            f"{distance.order:g}",
            *distance.finite,
            *distance.infinite,
        )
        for distance in distances
    )
    _write_csv(path, header + counts, rows)


def remove_outdated(folder: Path, written: Sequence[Path]) -> None:
    """Remove what an earlier run left in `folder` and the present one has not written: it may be of another cutoff."""
    for pattern in OPTIONAL:
        for path in set(folder.glob(pattern)) - set(written):
            path.unlink()


def _classes(diagram: Diagram, pairs: np.ndarray) -> Iterable[tuple]:
    names = [f"{i}-{j}" for i, j in pairs.tolist()] + [""]  # [-1]: no edge
    columns = (diagram.birth, diagram.death, diagram.persistence, diagram.birth_edge, diagram.death_edge)
    for *lengths, born, died in zip(*columns, strict=True):
        yield (diagram.dimension, *_texts(*lengths), names[born], names[died])


def _participation(topology: GlassTopology) -> Iterable[tuple]:
    edges = topology.filtration
    numbers = np.sort(topology.glass.species[edges.pairs], axis=1)
    alpha = topology.alpha_participation().tolist() if topology.alpha else [""] * len(edges)
    for pair, image, length, (a, b), count, alpha_count in zip(
        edges.pairs.tolist(),
        edges.images.tolist(),
        edges.lengths,
        numbers,
        topology.participation.tolist(),
        alpha,
        strict=True,
    ):
        elements = f"{chemical_symbols[a]}-{chemical_symbols[b]}"
        yield (*pair, *image, *_texts(length), elements, count, alpha_count)


def _cycles(topology: GlassTopology) -> Iterable[dict]:
    h1, cycles = topology.persistence.h1, topology.cycles
    for row, (birth, death) in enumerate(zip(h1.birth.tolist(), h1.death.tolist(), strict=True)):
        yield {
            "birth": round(birth, 6),
            "death": round(death, 6) if math.isfinite(death) else None,
            "length": round(float(cycles.lengths[row]), 6),
            "strict": bool(cycles.strict[row]),
            "winding": bool(cycles.winding[row]),
            "turns": cycles.turns[row].tolist(),
            "atoms": cycles.vertices[row].tolist(),
        }


def _alpha_cycles(topology: GlassTopology) -> Iterable[dict]:
    alpha = topology.alpha
    cycles, winding = alpha.cycles, alpha.cycles.winding.tolist()
    for row, (birth, death) in enumerate(zip(alpha.births.tolist(), alpha.deaths.tolist(), strict=True)):
        yield {
            "birth": round(birth, 6),
            "death": round(death, 6) if math.isfinite(death) else None,
            "length": round(float(cycles.lengths[row]), 6),
            "winding": winding[row],
            "turns": cycles.turns[row].tolist(),
            "atoms": cycles.vertices[row].tolist(),
        }


def _texts(*lengths: float) -> list[str]:
    return [f"{length:.6f}" for length in lengths]


def _write_cycles(path: Path, cycles: Iterable[dict], summary: dict | None = None) -> None:
    """One line per cycle."""
    head = "" if summary is None else f'"summary": {json.dumps(summary, indent=1)},\n'
    lines = ",\n".join(json.dumps(cycle) for cycle in cycles)
    with replacing(path) as temporary:
        temporary.write_text(f'{{{head}"cycles": [\n{lines}\n]}}\n', encoding="utf-8")


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with replacing(path) as temporary:
        pd.DataFrame(list(rows), columns=list(header)).to_csv(temporary, index=False)
