"""What an explanation method is: it gives a number to every undirected pair of the receptive fields, and says what it
is called, which settings it has and which checkpoints it works for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.graph.atom_graph import AtomGraph
from symgnn.inference.checkpoint import Checkpoint
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


class Method(ABC):
    """A way to explain: a frozen dataclass in a file of this folder, and an entry of `METHODS`.

    Its dataclass fields are its settings; equal settings and seed give equal results, and the result for a field does
    not depend on which others stand beside it.

    name            on the command line, in files and keys
    title           on screen and in reports
    signed          whether it gives an effect in eV
    passes          about how many passes through the model one explanation takes
    is_baseline     whether it knows nothing of the model: what the others have to beat
    one_checkpoint  whether it was trained for one checkpoint and says nothing of others
    """

    name: ClassVar[str]
    title: ClassVar[str]
    signed: ClassVar[bool]
    passes: ClassVar[int]
    is_baseline: ClassVar[bool] = False
    one_checkpoint: ClassVar[bool] = False

    @abstractmethod
    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        """The attribution of all pairs of the fields. Raises InputError for a model that it does not work for."""

    @property
    def path(self) -> tuple[tuple[float, float], ...] | None:
        """Of a method that integrates the gradient over a path on which all edges have one weight: that weight and the
        factor of the gradient there, point by point. None for other methods."""
        return None

    @property
    def map_steps(self) -> int:
        """How many backward passes give the effects on a whole glass (`symgnn.explanations.signed_map`): one for each
        point of a path; 0 for a method that has no such map."""
        return len(self.path or ())

    def map_effects(
        self, model: BarrierModel, graph: AtomGraph, pair: Tensor, n_pairs: int, own: Tensor
    ) -> Iterator[Tensor]:
        """(n_pairs,) eV of every pass: its part of the effect of all pairs on the sum of the barriers of the atoms
        `own`. pair (E,): of every edge of the graph."""
        with torch.no_grad():
            prepared = model.prepare(graph)
        for weight, factor in self.path or ():
            weights = torch.full((n_pairs,), weight, device=graph.device, requires_grad=True)
            with torch.enable_grad():
                barriers = model(graph, weights.index_select(0, pair), prepared).index_select(0, own)
                (derivative,) = torch.autograd.grad(barriers.sum(), weights)
            yield factor * derivative

    @property
    def settings(self) -> dict[str, Any]:
        """Values by name of what, with the seed, decides the result."""
        return {column.name: getattr(self, column.name) for column in fields(self) if column.compare}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The settings that a user may choose, with their defaults."""
        return {column.name: column.default for column in fields(cls)}

    @classmethod
    def supports(cls, checkpoint: Checkpoint) -> bool:
        """Whether the method works for this checkpoint: by default for any model that reads edges."""
        return checkpoint.model.n_layers > 0

    @classmethod
    def build(cls, checkpoint: Checkpoint, settings: Mapping[str, Any]) -> Self:
        """The method with those settings, the others at their defaults, for a checkpoint.

        Raises InputError for a setting that is not there or does not fit, and for a checkpoint without what the method
        needs.
        """
        cls.check_names(settings)
        return cls(**settings)

    @classmethod
    def check_names(cls, settings: Iterable[str]) -> None:
        """Raise InputError for a setting that is not there."""
        known = cls.defaults()
        for key in settings:
            if key not in known:
                raise InputError(
                    f"method {cls.name}: setting {key!r} found, expected one of {', '.join(known) or 'none'}"
                )


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
