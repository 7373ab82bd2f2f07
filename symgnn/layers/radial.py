"""Functions of the edge length."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def cosine_cutoff(length: Tensor, cutoff: float) -> Tensor:
    """(E,) -> (E,): 1 at r = 0, falling smoothly to 0 at the cutoff and beyond (Behler, J. Chem. Phys. 2011).

    (1 + cos(pi r / cutoff)) / 2. Messages scaled by it change continuously as atoms cross the cutoff.
    """
    return torch.where(length < cutoff, 0.5 * (1 + torch.cos(math.pi * length / cutoff)), 0.0)
