"""Which edges and atoms matter for explained atoms, together with everything that could have mattered.

A finding compares the important edges with others of the same receptive field, so the whole field is kept: every edge
and every atom whose change can reach the explained atom's prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.methods.base import Method, Progress
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.shards import SIDE_BY_SIDE
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.stats import element_pairs

EVERY_EDGE = 1_000_000  # more than a receptive field holds


@dataclass(frozen=True, eq=False)
class ExplainedFields:
    """The receptive fields of A explained atoms, with the importance of each edge.

    glass, method, seed   what was explained, how
    atoms         (A,) int64    the explained atoms: field f is that of atoms[f]
    pair_atoms    (P, 2) int64  pair_image (P, 3) int64  pair_length (P,) Å: all pairs of the glass below the model's
                                cutoff, as in AtomGraph
    Edges of the fields, field after field, the most important edge first (R rows):
    field         (R,) int64    ascending; pair (R,) int64 row of pair_atoms; importance (R,) >= 0
    hops          (R,) int64    from the explained atom to the nearer end: 0 touches it
    distance      (R,) Å        from the explained atom to the middle of the edge
    Atoms of the fields, the explained one left out, ascending in each field (M rows):
    atom_field    (M,) int64    atom (M,) int64 number in the glass; atom_distance (M,) Å from the explained atom
    """

    glass: Glass
    method: str
    seed: int
    atoms: np.ndarray
    pair_atoms: np.ndarray
    pair_image: np.ndarray
    pair_length: np.ndarray
    field: np.ndarray
    pair: np.ndarray
    importance: np.ndarray
    hops: np.ndarray
    distance: np.ndarray
    atom_field: np.ndarray
    atom: np.ndarray
    atom_distance: np.ndarray

    @cached_property
    def rank(self) -> np.ndarray:
        """(R,) int64: 0 for the most important edge of a field, 1 for the next..."""
        sizes = np.bincount(self.field, minlength=len(self.atoms))
        return np.arange(len(self.field)) - np.repeat(np.cumsum(sizes) - sizes, sizes)

    @property
    def length(self) -> np.ndarray:
        """(R,) Å."""
        return self.pair_length[self.pair]

    @cached_property
    def element_pair(self) -> np.ndarray:
        """(R,) int64: equal for edges of the same unordered pair of elements."""
        return element_pairs(self.glass.species, self.pair_atoms)[self.pair]

    def top(self, k: int) -> np.ndarray:
        """(R,) bool: the k most important edges of every field, all where it has fewer."""
        return self.rank < k

    def reranked(self, importance: np.ndarray, method: str) -> ExplainedFields:
        """The same fields with another importance (R,): a control. Ties are ordered by length."""
        order = np.lexsort((self.length, -importance, self.field))
        columns = {name: getattr(self, name)[order] for name in ("field", "pair", "hops", "distance")}
        return replace(self, method=method, importance=importance[order], **columns)

    def nearest(self) -> ExplainedFields:
        """Control: the nearer to the explained atom, the more important."""
        return self.reranked(1 / (1 + self.distance), "nearest")

    def shuffled(self, seed: int) -> ExplainedFields:
        """Control: the importance of each field dealt out among its edges at random."""
        order = np.lexsort((np.random.default_rng(seed).random(len(self.field)), self.field))
        return self.reranked(self.importance[order], "shuffled")

    def on_atoms(self, weight: np.ndarray) -> np.ndarray:
        """(M,): half the sum of `weight` (R,) over the edges at each atom of a field, the explained one left out."""
        n, rows = len(self.glass), np.flatnonzero(weight)
        known = self.atom_field * n + self.atom  # ascending
        field, half, total = self.field[rows], weight[rows] / 2, np.zeros(len(known))
        for end in self.pair_atoms[self.pair[rows]].T:
            there = end != self.atoms[field]
            position = np.searchsorted(known, (field * n + end)[there])
            total += np.bincount(position, weights=half[there], minlength=len(known))
        return total


def explained_fields(
    checkpoint: Checkpoint,
    glass: Glass,
    atoms: Sequence[int],
    *,
    method: Method,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> ExplainedFields:
    """Explain `atoms`, or read what an equal call has stored (`symgnn.explanations.batch`).

    Raises InputError for an atom named twice, and as `explain_batch` does.
    """
    atoms = np.asarray(atoms, dtype=np.int64)
    if len(np.unique(atoms)) != len(atoms) or len(atoms) == 0:
        raise InputError(
            f"{glass.name}: {len(atoms)} atoms found, some of them twice, expected different ones"
        )
    glass = readable(checkpoint, glass)
    batch = explain_batch(
        checkpoint, glass, atoms, method=method, seed=seed, top=EVERY_EDGE, folder=folder, workers=workers,
        scheduler=scheduler, progress=progress,
    )  # fmt: skip
    number, distance = [], []
    for first in range(0, len(atoms), SIDE_BY_SIDE):
        fields = fields_of(checkpoint, glass, atoms[first : first + SIDE_BY_SIDE].tolist())
        number.append(
            np.stack([fields.graph.graph_index.numpy() + first, fields.atoms.numpy()])[:, len(fields) :]
        )
        distance.append(fields.atom_vector.norm(dim=1).double().numpy()[len(fields) :])
    (atom_field, atom), atom_distance = np.concatenate(number, axis=1), np.concatenate(distance)
    order = np.lexsort((atom, atom_field))
    graph = fields.whole
    return ExplainedFields(
        glass=glass,
        method=method.name,
        seed=seed,
        atoms=atoms,
        pair_atoms=graph.pair_atoms.numpy(),
        pair_image=graph.pair_image.numpy(),
        pair_length=graph.length[graph.pair_edge].double().numpy(),
        field=np.repeat(np.arange(len(atoms)), batch.n_edges),
        pair=batch.pair,
        importance=batch.importance,
        hops=batch.hops,
        distance=batch.distance,
        atom_field=atom_field[order],
        atom=atom[order],
        atom_distance=atom_distance[order],
    )
