"""The topology of one glass in one call: filtration, diagrams, cycles, participation, in Rips and alpha complex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.homology.alpha import AlphaComplex, alpha_complex, alpha_cycles
from symgnn.homology.alpha_persistence import AlphaPersistence, alpha_persistence
from symgnn.homology.cycles import Cycles, representative_cycles, torus_bars
from symgnn.homology.filtration import Filtration, edge_ids, rips_filtration
from symgnn.homology.participation import edge_participation
from symgnn.homology.persistence import Persistence, persistent_homology

Progress = Callable[[float, str], None]  # (fraction done, what is being done)


@dataclass(frozen=True, eq=False)
class Loops:
    """The loops of one complex, Rips or alpha: row k of births, deaths and cycles is one class of dimension 1.

    edges           of the complex; participation (E,) int64: on how many cycles each of them lies
    births, deaths  (K,) Å; inf: alive at the cutoff
    component_deaths (P,) Å, of the classes of dimension 0, which are born at 0
    """

    edges: Filtration
    births: np.ndarray
    deaths: np.ndarray
    component_deaths: np.ndarray
    cycles: Cycles
    participation: np.ndarray

    @property
    def most_persistent(self) -> int:
        """Row of the most persistent loop that dies and closes in space; the first where there is none."""
        ordinary = np.isfinite(self.deaths) & ~self.cycles.winding
        return int(np.argmax(np.where(ordinary, self.deaths - self.births, -1)))


@dataclass(frozen=True, eq=False)
class AlphaTopology:
    """Cycles of the alpha complex, in which the paper counted (alpha.py); participation as in GlassTopology."""

    complex: AlphaComplex
    cycles: Cycles
    participation: np.ndarray

    @cached_property
    def persistence(self) -> AlphaPersistence:
        """Diagrams of dimensions 0 to 2; computed when first asked for, a second for 8000 atoms."""
        return alpha_persistence(self.complex)

    @property
    def births(self) -> np.ndarray:
        """(K,) Å, the value at which each cycle is born."""
        return self.complex.values[self._birth_edges]

    @property
    def deaths(self) -> np.ndarray:
        """(K,) Å, the value at which the class of each cycle dies; inf: never."""
        deaths = self.persistence.deaths[self._birth_edges]
        return np.where(np.isnan(deaths), self.births, deaths)  # nan: at once, in a crystal

    @property
    def loops(self) -> Loops:
        """The loops of the alpha complex."""
        return Loops(
            self.complex.edges,
            self.births,
            self.deaths,
            self.persistence.diagrams[0][:, 1],
            self.cycles,
            self.participation,
        )

    @property
    def _birth_edges(self) -> np.ndarray:
        """(K,) int64: the last edge of each cycle joins last and first atom."""
        return np.array([edges[-1] for edges in self.cycles.edges], dtype=np.int64)


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

    @property
    def loops(self) -> Loops:
        """The loops of the Rips complex."""
        h0, h1 = self.persistence.h0, self.persistence.h1
        return Loops(self.filtration, h1.birth, h1.death, h0.death, self.cycles, self.participation)

    def __repr__(self) -> str:
        return (
            f"GlassTopology({self.glass.name!r}: {len(self.filtration)} edges up to {self.filtration.cutoff} Å, "
            f"{len(self.cycles)} loops)"
        )

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
            "connected components": int((~h0.finite).sum()),
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
            "winding cycles of the alpha complex": int(self.alpha.cycles.winding.sum())
            if self.alpha
            else None,
            "mean alpha cycles per edge": _mean(self.alpha_participation()) if self.alpha else None,
            "warning": self.filtration.warning,
        }

    def with_cycles(self, cycles: Cycles) -> GlassTopology:
        """The same with other representative cycles of the same classes, e.g. exact ones; cycles per edge follow."""
        return replace(self, cycles=cycles, participation=edge_participation(cycles, len(self.filtration)))


def glass_topology(
    glass: Glass | Atoms, cutoff: float = 4.0, *, progress: Progress | None = None
) -> GlassTopology:
    """Rips filtration up to `cutoff` (Å), persistent homology of dimensions 0 and 1, cycles, participation; and cycles
    and participation of the alpha complex.

    4 Å is complete for Cu-Zr glasses (largest finite death 3.5 Å). progress(fraction, message) is called
    between the steps. Raises InputError as `rips_filtration` and `persistent_homology` do.
    """
    report = progress or (lambda fraction, message: None)
    report(0.0, "pairs of atoms")
    glass = as_glass(glass)
    filtration = rips_filtration(glass, cutoff)
    report(0.02, "persistent homology")
    persistence = persistent_homology(filtration)
    report(0.45, "representative cycles")
    cycles = representative_cycles(persistence)
    participation = edge_participation(cycles, len(filtration))
    report(0.6, "alpha complex and its cycles")
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
