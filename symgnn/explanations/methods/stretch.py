"""Stretch: how much the barrier rises if an edge becomes longer by a thermal amplitude, to first order.

effect_p = amplitude * df/dl_p, with pair p longer along its line and all other edges as they are.
No edge is ever removed: glasses with other distances are what the model was trained on. One backward pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.methods.base import Attribution, Method, Progress, signed
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.graph.atom_graph import AtomGraph
from symgnn.models import BarrierModel


@dataclass(frozen=True)
class Stretch(Method):
    """Signed, in eV; no randomness. amplitude: Å by which an edge becomes longer."""

    name: ClassVar[str] = "stretch"
    title: ClassVar[str] = "Stretched edges"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 2
    amplitude: float = 0.1

    def __post_init__(self):
        if not 0 < self.amplitude <= 1:
            raise InputError(f"amplitude {self.amplitude!r} found, expected a length above 0 up to 1 Å")

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        centers = torch.arange(len(fields), device=fields.graph.device)
        return signed(self._effect(model, fields.graph, fields.pair, fields.n_pairs, centers))

    @property
    def map_steps(self) -> int:
        return 1

    def map_effects(
        self, model: BarrierModel, graph: AtomGraph, pair: Tensor, n_pairs: int, own: Tensor
    ) -> Iterator[Tensor]:
        yield self._effect(model, graph, pair, n_pairs, own)

    def _effect(
        self, model: BarrierModel, graph: AtomGraph, pair: Tensor, n_pairs: int, own: Tensor
    ) -> Tensor:
        """(n_pairs,) eV, of the sum of the barriers of the atoms `own`."""
        with torch.enable_grad():
            longer = torch.zeros(n_pairs, dtype=graph.length.dtype, device=graph.device, requires_grad=True)
            each = longer.index_select(0, pair)
            direction = graph.vector / graph.length[:, None]
            stretched = replace(
                graph, length=graph.length + each, vector=graph.vector + each[:, None] * direction
            )
            barriers = model(stretched).index_select(0, own)
            if not barriers.requires_grad:  # no edges, or none whose length matters
                return torch.zeros_like(longer)
            (slope,) = torch.autograd.grad(barriers.sum(), longer, allow_unused=True)
        return torch.zeros_like(longer) if slope is None else self.amplitude * slope
