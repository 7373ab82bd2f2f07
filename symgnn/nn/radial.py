"""Functions of the edge length."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def cosine_cutoff(length: Tensor, cutoff: float) -> Tensor:
    """(E,) -> (E,): 1 at r = 0, falling smoothly to 0 at the cutoff and beyond (Behler, J. Chem. Phys. 2011).

    (1 + cos(pi r / cutoff)) / 2. Messages scaled by it change continuously as atoms cross the cutoff.
    """
    return torch.where(length < cutoff, 0.5 * (1 + torch.cos(math.pi * length / cutoff)), 0.0)


def interpolate(table: Tensor, length: Tensor, cutoff: float) -> Tensor:
    """(E, width) values at `length` (E,) of a function given on an even grid 0..cutoff: table (knots, width).

    Linear; exact at the knots. An edge costs one look-up, however deep the function's network is.
    """
    position = length * ((len(table) - 1) / cutoff)
    knot = position.long().clamp(max=len(table) - 2)
    fraction = (position - knot)[:, None]
    return table.index_select(0, knot) * (1 - fraction) + table.index_select(0, knot + 1) * fraction


class RadialFunction(nn.Module):
    """A learned function of the edge length, (E,) Å -> (E, width): a two-layer network on Gaussians of the length.

    The basis exp(-(r - mu_k)^2 / (2 sigma^2)) is SchNet's (Schütt et al., 2017): n_basis centres from 0 to the
    cutoff, sigma their spacing. The network runs on a grid of lengths only (`interpolate`).
    """

    def __init__(self, *, width: int, cutoff: float, n_basis: int = 32, hidden: int = 64, n_knots: int = 512):
        super().__init__()
        self.cutoff = float(cutoff)
        centers = torch.linspace(0, cutoff, n_basis)
        grid = torch.linspace(0, cutoff, n_knots)
        basis = torch.exp(-0.5 * ((grid[:, None] - centers) / (centers[1] - centers[0])) ** 2)
        self.register_buffer("basis", basis, persistent=False)
        self.network = nn.Sequential(nn.Linear(n_basis, hidden), nn.SiLU(), nn.Linear(hidden, width))

    def forward(self, length: Tensor) -> Tensor:
        return interpolate(self.network(self.basis), length, self.cutoff)
