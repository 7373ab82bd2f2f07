"""Swap: what the barrier would lose if a neighbour were of another element, all atoms staying where they are.

effect of neighbour j = f(as it is) - f(j swapped), as occlusion has f(as it is) - f(without). It stands on the edge
that joins j with the explained atom, so that the sum over the edges of j is its effect; a neighbour through several
images has it divided among them. Edges that do not touch the explained atom get 0. Relaxed swaps need the
potential: symgnn/whatif/relaxed_swap.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from ase.data import atomic_numbers
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.changed_elements import with_elements
from symgnn.explanations.methods.base import Attribution, Method, Progress, signed
from symgnn.explanations.receptive_field import ReceptiveFields, receptive_fields
from symgnn.models import BarrierModel

AT_ONCE = 16  # swaps side by side


@dataclass(frozen=True)
class Swap(Method):
    """Signed, in eV; no randomness. within: Å, neighbours that are tried; of three and more elements, the mean over the
    others that the glass has."""

    name: ClassVar[str] = "swap"
    title: ClassVar[str] = "Swapped neighbours"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 40
    within: float = 5.0

    def __post_init__(self):
        if not self.within > 0:
            raise InputError(f"within {self.within!r} found, expected a length above 0 Å")

    @torch.no_grad()
    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        effect = torch.zeros(fields.n_pairs, device=fields.graph.device)
        known = {atomic_numbers[symbol] for symbol in model.elements}
        elements = sorted(known & set(fields.whole.species.unique().tolist()))
        around = list(neighbours_of(fields, self.within))
        jobs = [_jobs(fields.whole.species[near.atoms], elements) for near in around]
        done, of = 0, sum(map(len, jobs))
        for number, near in enumerate(around):
            if not len(near.atoms):
                continue
            alone = receptive_fields(fields.whole, fields.centers[number : number + 1], fields.n_layers)
            total = torch.zeros(len(near.atoms), device=effect.device)
            for rows, changes in _changes(model, alone, near.atoms, jobs[number]):
                total.index_add_(0, rows, changes)
                done += len(rows)
                if progress is not None:
                    progress(done, of)
            effect[near.rows] = near.divided(total / max(len(elements) - 1, 1))
        return signed(effect)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Of one centre: the other atoms nearer than some distance, and the pairs that join them with it.

    atoms (K,) int64  numbers in the whole graph, ascending; copies (K,) how many pairs, one for each image
    rows (R,) int64   pairs of the receptive fields; which (R,) the row of `atoms` that a pair leads to
    """

    atoms: Tensor
    copies: Tensor
    rows: Tensor
    which: Tensor

    def divided(self, values: Tensor) -> Tensor:
        """(R,) for every pair: the value (K,) of its atom, divided among the atom's images."""
        return (values / self.copies)[self.which]


def neighbours_of(fields: ReceptiveFields, within: float) -> Iterator[Neighbours]:
    """For every field the neighbours of its centre nearer than `within` (Å); none twice, and not the centre itself."""
    ends = fields.whole.pair_atoms.index_select(0, fields.pair_number)
    center = fields.centers.index_select(0, fields.pair_field)
    touching = (ends == center[:, None]).any(1) & (fields.pair_length < within)
    other = torch.where(ends[:, 0] == center, ends[:, 1], ends[:, 0])
    for number in range(len(fields)):
        rows = torch.nonzero(touching & (fields.pair_field == number) & (other != center))[:, 0]
        atoms, which, copies = other[rows].unique(return_inverse=True, return_counts=True)
        yield Neighbours(atoms, copies, rows, which)


def _jobs(species: Tensor, elements: list[int]) -> list[tuple[int, int]]:
    """(row of the atom, atomic number that it gets) for every swap of atoms of these species."""
    return [(row, z) for row, own in enumerate(species.tolist()) for z in elements if z != own]


def _changes(
    model: BarrierModel, alone: ReceptiveFields, atoms: Tensor, jobs: list[tuple[int, int]]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Some swaps at a time: the rows of their atoms, and the barrier of the one centre minus that with the swap, eV."""
    full = model(alone.graph)[0]
    for first in range(0, len(jobs), AT_ONCE):
        some = jobs[first : first + AT_ONCE]
        species = alone.graph.species.repeat(len(some), 1)
        for copy, (row, z) in enumerate(some):
            species[copy, alone.atoms == atoms[row]] = z
        barriers = model(with_elements(alone, species, model))[: len(some)]
        yield torch.tensor([row for row, _ in some], device=atoms.device), full - barriers
