"""Distributions over O(3), the rotations and reflections of space, and averages over them.

The symmetrization of SymGNN (arXiv 2401.08627, section 4) averages an edge encoding f over transformations Q:
    e(v) = E_Q[ f(Q v) ].
Three measures are offered. Under the uniform (Haar) measure Q v is uniform on the sphere of radius |v|, so that
e depends on |v| alone. Any other measure leaves e dependent on the direction of v.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.integrate import lebedev_rule
from scipy.stats import qmc
from torch import Tensor, nn


def sphere_quadrature(degree: int) -> tuple[Tensor, Tensor]:
    """Lebedev points (K, 3) on the unit sphere and weights (K,) that sum to 1.

    Exact for polynomials up to `degree` (3, 5, 7, ... as SciPy's lebedev_rule offers them). The points come in
    pairs n, -n: the average is over both components of O(3).
    """
    points, weights = lebedev_rule(degree)
    return (
        torch.tensor(points.T, dtype=torch.float32),
        torch.tensor(weights / weights.sum(), dtype=torch.float32),
    )


def random_orthogonal(n: int, generator: torch.Generator | None = None) -> Tensor:
    """(n, 3, 3) matrices drawn uniformly (Haar) from O(3), both components."""
    q, r = torch.linalg.qr(torch.randn(n, 3, 3, generator=generator, dtype=torch.float64))
    return (q * torch.sign(torch.diagonal(r, dim1=1, dim2=2))[:, None, :]).float()


def rotation(vector: Tensor) -> Tensor:
    """(..., 3, 3) rotation about `vector` (..., 3) by its length in radians: the exponential of its cross matrix."""
    x, y, z = vector.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))
    return torch.linalg.matrix_exp(cross)


class LearnedOrthogonal(nn.Module):
    """A learnable distribution on O(3).

    With probability sigmoid(logit) a proper rotation, else one followed by the inversion. The rotation is
    exp(location) exp(exp(log_spread) * noise), noise standard normal in R^3 (rotation vectors). The draw is
    reparameterised and the two components are weighted, not drawn, so that gradients reach every parameter.

    While training, `n_samples` fresh draws; in evaluation a fixed low-discrepancy set of the same noise
    (Sobol points through the normal quantile function), so that inference is deterministic.
    """

    def __init__(self, *, n_samples: int = 4):
        super().__init__()
        self.location = nn.Parameter(torch.zeros(3))
        self.log_spread = nn.Parameter(torch.tensor(0.0))
        self.logit = nn.Parameter(torch.tensor(0.0))
        levels = max(1, math.ceil(math.log2(n_samples)))
        uniform = qmc.Sobol(3, scramble=True, seed=0).random_base2(levels)[:n_samples]
        noise = np.sqrt(2) * torch.erfinv(torch.tensor(2 * uniform - 1))
        self.register_buffer("fixed_noise", noise.float(), persistent=False)

    def forward(self) -> tuple[Tensor, Tensor]:
        """Matrices (2K, 3, 3) and weights (2K,) that sum to 1: K rotations, then the same with inversion."""
        noise = torch.randn_like(self.fixed_noise) if self.training else self.fixed_noise
        proper = rotation(self.location) @ rotation(self.log_spread.exp() * noise)
        weight = torch.sigmoid(self.logit).expand(len(noise)) / len(noise)
        return torch.cat([proper, -proper]), torch.cat([weight, 1 / len(noise) - weight])
