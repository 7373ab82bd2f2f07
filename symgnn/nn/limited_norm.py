"""Batch normalisation with a bounded output."""

from __future__ import annotations

import torch
from torch import Tensor, nn

LIMIT = 5.0  # standard deviations


class LimitedNorm(nn.BatchNorm1d):
    """(N, D) -> (N, D): standardise every column, then limit it softly to 5 standard deviations.

    LIMIT tanh(x / LIMIT) hardly changes what a glass of the training data has, and keeps a prediction bounded
    where a glass, or a mask that explains it, is unlike them.
    """

    def forward(self, values: Tensor) -> Tensor:
        return LIMIT * torch.tanh(super().forward(values) / LIMIT)
