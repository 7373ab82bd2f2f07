"""Gradient times weight: the change of the barrier per edge weight, at the glass as it is.

Simonyan et al. 2014 (saliency), Shrikumar et al. 2017 (gradient x input); the input is the edge weight, which is 1.
To first order it is what the barrier loses when the edge is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symgnn.explanations.methods.base import Attribution, Method, Progress, gradient, signed
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel


@dataclass(frozen=True)
class GradientTimesWeight(Method):
    """Signed, in eV; has no settings and no randomness."""

    name: ClassVar[str] = "gradient"
    title: ClassVar[str] = "Gradient × weight"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 2

    @property
    def path(self) -> tuple[tuple[float, float], ...]:
        return ((1.0, 1.0),)

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        return signed(gradient(model, fields))
