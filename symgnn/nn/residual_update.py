"""How an atom takes in what it received."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from symgnn.nn.limited_norm import LimitedNorm


class ResidualUpdate(nn.Module):
    """Atoms (N, width) and what they received (N, width) -> h + MLP([h || norm(received)]), (N, width)."""

    def __init__(self, *, width: int, dropout: float):
        super().__init__()
        self.norm = LimitedNorm(width)
        self.network = nn.Sequential(
            nn.Linear(2 * width, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def forward(self, atoms: Tensor, received: Tensor) -> Tensor:
        return atoms + self.network(torch.cat([atoms, self.norm(received)], 1))
