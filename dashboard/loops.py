"""The loops of a complex on the page Topology: those that live long enough, and those through an atom or an edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symgnn.glass import Glass
from symgnn.homology import Cycles, Filtration, edge_ids
from symgnn.homology.participation import edge_participation
from symgnn.homology.summary import Loops
from symgnn.viewer3d.columns import Column, number
from symgnn.viewer3d.cycle_images import cycle_images
from symgnn.viewer3d.window_data import Dataset, EdgeSet, edges_dataset

RING = ("edge of the cycle", "edge that closes it")


@dataclass(frozen=True, eq=False)
class LivingLoops:
    """The loops of `loops` that live at least `lifetime` Å: `rows` of them, ascending."""

    loops: Loops
    lifetime: float

    @cached_property
    def rows(self) -> np.ndarray:
        return np.flatnonzero(self.loops.deaths - self.loops.births >= self.lifetime - 1e-12)

    @cached_property
    def participation(self) -> np.ndarray:
        """(E,) int64: on how many cycles of these loops each edge lies."""
        if len(self.rows) == len(self.loops.cycles):
            return self.loops.participation
        return edge_participation(self.loops.cycles.select(self.rows.tolist()), len(self.loops.edges))

    def through_atom(self, atom: int) -> np.ndarray:
        """Rows of the loops on whose cycle the atom lies, the longest-lived first."""
        vertices = self.loops.cycles.vertices
        return self._by_life([row for row in self.rows if atom in vertices[row]])

    def through_edge(self, edge: int) -> np.ndarray:
        """Rows of the loops on whose cycle the edge lies, the longest-lived first."""
        edges = self.loops.cycles.edges
        return self._by_life([row for row in self.rows if edge in edges[row]])

    def edges_of(self, atom: int) -> np.ndarray:
        """Numbers of the edges at an atom that lie on a cycle, those on the most cycles first."""
        ids = np.flatnonzero((self.loops.edges.pairs == atom).any(axis=1) & (self.participation > 0))
        return ids[np.lexsort((self.loops.edges.lengths[ids], -self.participation[ids]))]

    def column(self, n_atoms: int) -> Column:
        """On how many cycles each atom lies, for the colours of the window."""
        counts = np.zeros(n_atoms)
        for row in self.rows:
            if not self.loops.cycles.winding[row]:
                counts[self.loops.cycles.vertices[row]] += 1
        words = "Cycles on which the atom lies, of the loops that live long enough."
        return number("cycles", "Cycles through the atom", counts, "", 0, words)

    def _by_life(self, rows: list[int]) -> np.ndarray:
        rows = np.asarray(rows, dtype=np.int64)
        return rows[np.argsort(-(self.loops.deaths - self.loops.births)[rows], kind="stable")]


def cycle_dataset(glass: Glass, filtration: Filtration, cycle: Cycles) -> Dataset:
    """One cycle for the window; the edge that closes it, at whose length it is born, is coloured apart."""
    atoms = cycle.vertices[0]
    closing = np.arange(len(atoms)) == len(atoms) - 1
    return edges_dataset(
        glass, np.column_stack([atoms, np.roll(atoms, -1)]), cycle_images(filtration, cycle, 0),
        filtration.lengths[cycle.edges[0]], [EdgeSet("cycle", "cycle", closing, scale="category", labels=RING)],
        title="cycle", atom=int(atoms[0]),
    )  # fmt: skip


def void_dataset(glass: Glass, filtration: Filtration, corners: np.ndarray) -> Dataset:
    """The tetrahedron (4,) with which a void is filled, for the window."""
    pairs = corners[np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])]
    ids = edge_ids(filtration, pairs)
    ordered = filtration.pairs[ids]
    return edges_dataset(
        glass, ordered, filtration.images[ids], filtration.lengths[ids],
        [EdgeSet("void", "void", np.zeros(6), scale="category", labels=("atoms around the empty sphere",))],
        title="void", atom=int(corners[0]),
    )  # fmt: skip
