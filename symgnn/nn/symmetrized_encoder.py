"""The symmetrization module of SymGNN (arXiv 2401.08627, section 4): edge encodings averaged over O(3)."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.orthogonal import LearnedOrthogonal, sphere_quadrature
from symgnn.nn.radial import interpolate

Symmetrization = Literal["haar", "learned", "identity"]


class SymmetrizedEncoder(nn.Module):
    """Encode every edge vector v as the average of f(Q v) over transformations Q in O(3).

    haar      Q uniform: the average is a function g of the length r alone,
                  g(r) = mean over directions n of f(r n).
              g is evaluated on a grid of lengths with a fixed quadrature of the sphere and interpolated
              linearly, so that an edge costs one look-up and invariance is exact whatever the quadrature.
    learned   Q from a distribution that is trained with the model (as published); invariant only as far as
              that distribution is uniform.
    identity  no average: the ablation "without symmetrization".

    The network f maps (3,) -> (width,). It starts well conditioned for edges: the biases of its first layer are
    spread so that units switch at lengths between 0 and the cutoff, and its last layer is scaled so that g has
    mean 0 and standard deviation 1 over lengths between 40% of the cutoff and the cutoff.
    """

    def __init__(
        self,
        *,
        width: int,
        cutoff: float,
        symmetrization: Symmetrization = "haar",
        hidden: int = 64,
        n_samples: int = 4,
        quadrature_degree: int = 9,
        n_knots: int = 512,
    ):
        super().__init__()
        self.symmetrization = symmetrization
        self.first = nn.Linear(3, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, width)
        points, weights = sphere_quadrature(quadrature_degree)
        self.register_buffer("directions", points, persistent=False)
        self.register_buffer("direction_weights", weights, persistent=False)
        self.register_buffer("grid", torch.linspace(0, cutoff, n_knots), persistent=False)
        if symmetrization == "learned":
            self.distribution = LearnedOrthogonal(n_samples=n_samples)
        elif symmetrization not in ("haar", "identity"):
            raise ValueError(f"symmetrization {symmetrization!r} found, expected haar, learned or identity")
        self._condition(cutoff)

    @torch.no_grad()
    def _condition(self, cutoff: float) -> None:
        steepness = 3.0  # 1/Å: a unit switches within about a third of an ångström
        self.first.weight.copy_(steepness * F.normalize(self.first.weight, dim=1))
        self.first.bias.copy_(-steepness * torch.linspace(0, cutoff, len(self.first.bias)))
        values = self.radial_table()[self.grid > 0.4 * cutoff]
        mean, deviation = values.mean(0), values.std(0)
        self.last.weight.div_(deviation[:, None])
        self.last.bias.sub_(mean).div_(deviation)

    def forward(self, graph: AtomGraph) -> Tensor:
        """(E, width) encodings of the graph's edges."""
        if self.symmetrization == "haar":
            return interpolate(self.radial_table(), graph.length, self.grid[-1].item())
        if self.symmetrization == "learned":
            transformations, weights = self.distribution()
            return sum(
                w * self.encode(graph.vector @ q.T) for q, w in zip(transformations, weights, strict=True)
            )
        return self.encode(graph.vector)

    def encode(self, vectors: Tensor) -> Tensor:
        """f: vectors (..., 3) in Å -> (..., width)."""
        return self.last(F.silu(self.second(F.silu(self.first(vectors)))))

    def radial_table(self) -> Tensor:
        """g on the grid of lengths, (knots, width)."""
        values = self.encode(self.grid[:, None, None] * self.directions)  # (knots, directions, width)
        return (self.direction_weights[:, None] * values).sum(1)
