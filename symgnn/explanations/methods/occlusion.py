"""Occlusion: what the barrier loses when one edge is removed, computed exactly, edge by edge.

Zeiler and Fergus 2014, for the edges of a graph: effect_p = f(all edges) - f(all but p). Weight 0 removes an edge as if
it were not in the graph, so this is no approximation; what it cannot see is that two edges may stand in for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.fidelity import AT_ONCE
from symgnn.explanations.methods.base import Attribution, Method, Progress, signed
from symgnn.explanations.receptive_field import ReceptiveFields, receptive_fields
from symgnn.models import BarrierModel


@dataclass(frozen=True)
class Occlusion(Method):
    """Signed, in eV. reach: edges are tried whose nearer end is at most so many hops from the atom (1: some 1200 edges
    at 5 Å); those farther away get 0. n_layers - 1 tries all."""

    name: ClassVar[str] = "occlusion"
    title: ClassVar[str] = "Occlusion"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 1200
    reach: int = 1

    def __post_init__(self):
        if not self.reach >= 0:
            raise InputError(f"reach {self.reach!r} found, expected a number of hops")

    @torch.no_grad()
    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        effect = torch.zeros(fields.n_pairs, device=fields.graph.device)
        full = fields.predict(model)
        tried = torch.nonzero(fields.pair_hops <= self.reach)[:, 0]
        done, first = 0, 0
        for number, count in enumerate(fields.pairs_per_field):
            own = tried[(tried >= first) & (tried < first + count)]
            alone = receptive_fields(fields.whole, fields.centers[number : number + 1], fields.n_layers)
            for some in own.split(AT_ONCE):
                effect[some] = full[number] - without_each(model, alone, some - first)
                done += len(some)
                if progress is not None:
                    progress(done, len(tried))
            first += count
        return signed(effect)


def without_each(model: BarrierModel, alone: ReceptiveFields, pairs: Tensor) -> Tensor:
    """(K,) eV: the barrier of the one centre of `alone` with pair pairs[k] removed, for each k."""
    weight = torch.ones((len(pairs), alone.n_pairs), device=alone.graph.device)
    weight.scatter_(1, pairs[:, None], 0.0)
    return alone.repeat(len(pairs)).predict(model, weight.flatten())
