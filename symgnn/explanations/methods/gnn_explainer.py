"""GNNExplainer for node regression: a soft mask over the edges that suffice for one atom's predicted barrier.

After Ying et al., GNNExplainer, NeurIPS 2019 (eqs. 5-6), as the paper extends it to regression (arXiv 2401.08627,
section 5), with these corrections:
- the mask lives on the atom's receptive field alone, one parameter per undirected pair;
- it enters as edge weight of the model (log-weight on attention logits), so that 0 is exact removal;
- it starts near 1, where the model knows its inputs: a barrier depends so strongly on density that a mask of .7
  throughout is already unlike any glass, and the search never finds back;
- the size term is paid per edge, whatever the size of the receptive field.

    minimise over m:  ((f(m) - f(1)) / s)^2 + size * sum(m) / 1000

f(m) is the centre's prediction under mask m in eV, s the standard deviation of the barriers trained on. Every edge
that the mask needs ends near 1, thousands of them. They are ranked by how much each matters there:
importance = m * |df/dm at m = 1|, divided by the largest.

Several fields are optimised at once: their losses have no parameter in common and Adam works on each number alone,
so the masks are those of single runs.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import ClassVar

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.methods.base import Attribution, Method, Progress, gradient
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel

START = 4.0  # logit of the mask at the start: .98


@dataclass(frozen=True)
class GNNExplainer(Method):
    """steps of Adam at learning_rate; size: what 1000 kept edges cost, in squared standard deviations."""

    name: ClassVar[str] = "gnn_explainer"
    title: ClassVar[str] = "GNNExplainer"
    signed: ClassVar[bool] = False
    passes: ClassVar[int] = 300
    steps: int = 150
    learning_rate: float = 0.1
    size: float = 1.0

    def __post_init__(self):
        for name, value in asdict(self).items():
            if not 0 < value < math.inf:
                raise InputError(f"{name} {value!r} found, expected a positive, finite number")

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        mask = self.optimise(model, fields, seed=seed, progress=progress)
        return Attribution(strength=mask * gradient(model, fields).abs(), mask=mask)

    @torch.enable_grad()
    def optimise(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int, progress: Progress | None = None
    ) -> Tensor:
        """The masks (P,) in [0, 1]."""
        full = fields.predict(model).detach()
        noise = [
            torch.randn(n, generator=torch.Generator().manual_seed(seed)) for n in fields.pairs_per_field
        ]
        logits = (START + 0.1 * torch.cat(noise)).to(full.device).requires_grad_()
        optimizer = torch.optim.Adam([logits], lr=self.learning_rate)
        for step in range(self.steps):
            mask = torch.sigmoid(logits)
            errors = (fields.predict(model, mask) - full) / model.target_scale
            loss = errors.square().sum() + self.size * mask.sum() / 1000
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if progress is not None:
                progress(step + 1, self.steps)
        return torch.sigmoid(logits.detach())
