"""What an explanation method finds: a number for every undirected pair of the receptive fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel

Progress = Callable[[int, int], None]
"""progress(steps done, steps): an exception that it raises cancels the run."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """strength  (P,) >= 0   what pairs are ranked by within a field, in any unit
    effect    (P,) eV     signed: how much a pair raises (+) or lowers (-) the centre's barrier; None for a method
                          without sign
    mask      (P,) in [0, 1]  weights under which the prediction should stay the same; None for a method without
    """

    strength: Tensor
    effect: Tensor | None = None
    mask: Tensor | None = None

    def importance(self, fields: ReceptiveFields) -> Tensor:
        """(P,) in [0, 1]: strength divided by the largest in its field."""
        largest = self.strength.new_zeros(len(fields))
        largest.scatter_reduce_(0, fields.pair_field, self.strength, "amax")
        return self.strength / largest.clamp(min=1e-12).index_select(0, fields.pair_field)


class Method(Protocol):
    """A way to explain. Its dataclass fields are its settings; equal settings and seed give equal results, and the
    result for a field does not depend on which others stand beside it."""

    name: ClassVar[str]

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution: ...


def signed(effect: Tensor) -> Attribution:
    """The attribution of a signed method: ranked by |effect|."""
    effect = effect.detach()
    return Attribution(strength=effect.abs(), effect=effect)


def gradient(model: BarrierModel, fields: ReceptiveFields, pair_weight: Tensor | None = None) -> Tensor:
    """(P,) eV: derivative of each centre's barrier by the weights of its pairs, at `pair_weight` (default: 1)."""
    ones = torch.ones(fields.n_pairs, device=fields.graph.device)
    weight = (ones if pair_weight is None else pair_weight.detach().clone()).requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(fields.predict(model, weight).sum(), weight)[0]
