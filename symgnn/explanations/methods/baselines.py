"""Explanations that know nothing of the model: what every method has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from symgnn.explanations.methods.base import Attribution, Method, Progress
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel


@dataclass(frozen=True)
class RandomEdges(Method):
    """Edges of the receptive field in random order."""

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random edges (baseline)"
    signed: ClassVar[bool] = False
    is_baseline: ClassVar[bool] = True
    passes: ClassVar[int] = 0

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        parts = []
        for center, count in zip(fields.centers.tolist(), fields.pairs_per_field, strict=True):
            generator = torch.Generator().manual_seed(seed * 1_000_003 + center)
            parts.append(torch.rand(count, generator=generator))
        return Attribution(torch.cat(parts).to(fields.graph.device))


@dataclass(frozen=True)
class NearestEdges(Method):
    """Edges by the distance of their midpoint from the explained atom, nearest first: strength = 1 / (1 + d / Å)."""

    name: ClassVar[str] = "nearest"
    title: ClassVar[str] = "Nearest edges (baseline)"
    signed: ClassVar[bool] = False
    is_baseline: ClassVar[bool] = True
    passes: ClassVar[int] = 0

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        return Attribution(1 / (1 + fields.pair_distance))
