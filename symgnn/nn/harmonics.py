"""Real spherical harmonics of any degree, scaled so that the addition theorem reads plainly.

    P_l(a . b) = sum over m of Y_lm(a) Y_lm(b)          P_l the Legendre polynomials, a and b unit vectors

that is, sqrt(4 pi / (2 l + 1)) times the usual orthonormal real harmonics.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def spherical_harmonics(directions: Tensor, n_degrees: int) -> list[Tensor]:
    """Unit vectors (E, 3) -> for every degree l = 0..n_degrees-1 the values (E, 2 l + 1), m = -l..l.

    The recurrences of the associated Legendre functions run in Cartesian coordinates, without their factor
    sin(theta)^m, which (x + i y)^m carries: no direction is singular.
    """
    x, y, z = directions.unbind(1)
    cosine, sine = torch.ones_like(x), torch.zeros_like(x)  # real and imaginary part of (x + i y)^m
    columns: list[dict[int, Tensor]] = [{} for _ in range(n_degrees)]
    for m in range(n_degrees):
        below, legendre = torch.zeros_like(x), torch.full_like(x, math.prod(range(1, 2 * m, 2)))
        for degree in range(m, n_degrees):
            scale = math.sqrt((2 if m else 1) * math.factorial(degree - m) / math.factorial(degree + m))
            columns[degree][m] = scale * legendre * cosine
            if m:
                columns[degree][-m] = scale * legendre * sine
            following = ((2 * degree + 1) * z * legendre - (degree + m) * below) / (degree + 1 - m)
            below, legendre = legendre, following
        cosine, sine = x * cosine - y * sine, x * sine + y * cosine
    return [torch.stack([column[m] for m in sorted(column)], 1) for column in columns]
