"""The topology of one glass in one call: filtration, diagrams, cycles, participation; and its files."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols

from symgnn.errors import InputError
from symgnn.files.writing import replacing
from symgnn.glass import Glass
from symgnn.topology.alpha import AlphaComplex, alpha_complex, alpha_cycles
from symgnn.topology.cycles import Cycles, representative_cycles, torus_bars
from symgnn.topology.filtration import Filtration, edge_ids, rips_filtration
from symgnn.topology.participation import edge_participation
from symgnn.topology.persistence import Persistence, persistent_homology

Progress = Callable[[float, str], None]  # (fraction done, what is being done)


@dataclass(frozen=True, eq=False)
class AlphaTopology:
    """Cycles of the alpha complex, in which the paper counted (alpha.py); participation as in GlassTopology."""

    complex: AlphaComplex
    cycles: Cycles
    participation: np.ndarray


@dataclass(frozen=True, eq=False)
class GlassTopology:
    """What `glass_topology` computes.

    participation (E,) int64: on how many representative cycles each edge lies, those round the cell left out
    alpha         None for a cell that has no alpha complex here; alpha_problem says why
    """

    glass: Glass
    filtration: Filtration
    persistence: Persistence
    cycles: Cycles
    participation: np.ndarray
    alpha: AlphaTopology | None = None
    alpha_problem: str | None = None

    def alpha_participation(self) -> np.ndarray:
        """(E,) int64: for every edge of the Rips filtration, the cycles of the alpha complex it lies on; 0 for an edge
        that is not in that complex."""
        return participation_of(self.alpha, self.filtration.pairs, self.filtration.images)

    def describe(self) -> dict[str, float | int | str | None]:
        """The topology in numbers; lengths in Å, None where nothing can be averaged.

        A loop class alive at the cutoff is one of the periodic cell itself (at most one per periodic
        direction) or one that a greater cutoff may see die. Where none of the second kind is left and the
        largest death lies well below the cutoff, dimension 1 is complete.
        """
        h0, h1 = self.persistence.h0, self.persistence.h1
        torus = torus_bars(self.persistence, self.cycles)
        finite, sizes = h1.finite, self.cycles.sizes
        return {
            "glass": self.glass.name,
            "atoms": self.filtration.n_atoms,
            "edges": len(self.filtration),
            "cutoff": self.filtration.cutoff,
            "connected parts": int((~h0.finite).sum()),
            "classes of dimension 0": len(h0),
            "classes of dimension 1": len(h1),
            "loops of the cell": int(torus.sum()),
            "other loops alive at the cutoff": int((~finite & ~torus).sum()),
            "largest death": _mean(h1.death[finite], np.max),
            "mean persistence": _mean(h1.persistence[finite]),
            "mean cycles per edge": _mean(self.participation),
            "fraction of edges on no cycle": _mean(self.participation == 0),
            "mean cycle size": _mean(sizes[finite]),
            "mean cycle length": _mean(self.cycles.lengths[finite]),
            "fraction of strict cycles": _mean(self.cycles.strict[finite]),
            "winding cycles": int(self.cycles.winding.sum()),
            "edges of the alpha complex": len(self.alpha.complex.edges) if self.alpha else None,
            "cycles of the alpha complex": len(self.alpha.cycles) if self.alpha else None,
            "mean alpha cycles per edge": _mean(self.alpha_participation()) if self.alpha else None,
            "warning": self.filtration.warning,
        }

    def write(self, folder: str | os.PathLike) -> list[Path]:
        """Write diagrams.csv, cycles.json and participation.csv; return their paths. Atoms count from 0.

        diagrams.csv       per class: dimension, birth, death, persistence (Å; inf where alive at the cutoff),
                           atoms i-j of the birth and of the death edge (empty where there is none)
        cycles.json        the numbers of `describe`, and per class of dimension 1 its atoms round the cycle
        participation.csv  per edge: atoms i, j, image of j in cell vectors, length (Å), elements, cycles of the Rips
                           filtration, and of the alpha complex where there is one
        """
        folder = Path(folder)
        paths = [folder / name for name in ("diagrams.csv", "cycles.json", "participation.csv")]
        _write_csv(
            paths[0],
            ("dimension", "birth_A", "death_A", "persistence_A", "birth_atoms", "death_atoms"),
            self._diagram_rows(),
        )
        with replacing(paths[1]) as temporary:
            temporary.write_text(json.dumps(self._cycles(), indent=1) + "\n", encoding="utf-8")
        _write_csv(
            paths[2],
            ("i", "j", "image_a", "image_b", "image_c", "length_A", "elements", "cycles", "cycles_alpha"),
            self._participation_rows(),
        )
        return paths

    def _diagram_rows(self) -> Iterable[tuple]:
        names = [f"{i}-{j}" for i, j in self.filtration.pairs.tolist()] + [""]  # [-1]: no edge
        for diagram in self.persistence.diagrams:
            columns = (diagram.birth, diagram.death, diagram.persistence)
            for *lengths, born, died in zip(*columns, diagram.birth_edge, diagram.death_edge, strict=True):
                yield (diagram.dimension, *(f"{length:.6f}" for length in lengths), names[born], names[died])

    def _participation_rows(self) -> Iterable[tuple]:
        edges = self.filtration
        numbers = np.sort(self.glass.species[edges.pairs], axis=1)
        alpha = self.alpha_participation().tolist() if self.alpha else [""] * len(edges)
        for pair, image, length, (a, b), count, alpha_count in zip(
            edges.pairs.tolist(),
            edges.images.tolist(),
            edges.lengths,
            numbers,
            self.participation.tolist(),
            alpha,
            strict=True,
        ):
            elements = f"{chemical_symbols[a]}-{chemical_symbols[b]}"
            yield (*pair, *image, f"{length:.6f}", elements, count, alpha_count)

    def _cycles(self) -> dict:
        h1, cycles = self.persistence.h1, self.cycles
        return {
            "summary": self.describe(),
            "cycles": [
                {
                    "birth": round(float(h1.birth[row]), 6),
                    "death": round(float(h1.death[row]), 6) if h1.finite[row] else None,
                    "length": round(float(cycles.lengths[row]), 6),
                    "strict": bool(cycles.strict[row]),
                    "turns": cycles.turns[row].tolist(),
                    "atoms": cycles.vertices[row].tolist(),
                }
                for row in range(len(cycles))
            ],
        }


def glass_topology(glass: Glass, cutoff: float = 4.0, *, progress: Progress | None = None) -> GlassTopology:
    """Rips filtration up to `cutoff` (Å), persistent homology of dimensions 0 and 1, cycles, participation; and cycles
    and participation of the alpha complex.

    4 Å is complete for Cu-Zr glasses (largest finite death 3.5 Å). progress(fraction, message) is called
    between the steps. Raises InputError as `rips_filtration` and `persistent_homology` do.
    """
    report = progress or (lambda fraction, message: None)
    report(0.0, "pairs of atoms")
    filtration = rips_filtration(glass, cutoff)
    report(0.1, "persistent homology")
    persistence = persistent_homology(filtration)
    report(0.6, "representative cycles")
    cycles = representative_cycles(persistence)
    participation = edge_participation(cycles, len(filtration))
    report(0.8, "alpha complex")
    alpha, problem = None, None
    try:
        alpha = alpha_topology(glass)
    except InputError as error:
        problem = str(error)
    report(1.0, "done")
    return GlassTopology(glass, filtration, persistence, cycles, participation, alpha, problem)


def alpha_topology(glass: Glass) -> AlphaTopology:
    """Alpha complex, its cycles, and how many of them each edge lies on. Raises InputError as `alpha_complex`."""
    alpha = alpha_complex(glass)
    cycles = alpha_cycles(alpha)
    return AlphaTopology(alpha, cycles, edge_participation(cycles, len(alpha.edges)))


def participation_of(alpha: AlphaTopology, pairs: np.ndarray, images: np.ndarray) -> np.ndarray:
    """(P,) int64: the alpha cycles that pairs (P, 2) with images (P, 3) lie on; 0 for pairs not in the complex."""
    ids = edge_ids(alpha.complex.edges, pairs, images)
    return np.where(ids >= 0, np.append(alpha.participation, 0)[ids], 0)


def _mean(values: np.ndarray, reduce: Callable = np.mean) -> float | None:
    return float(reduce(values)) if len(values) else None


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
