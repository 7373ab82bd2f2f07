"""The radial functions of DimeNet: spherical Bessel functions that vanish at the cutoff c.

    R_ln(d) = sqrt(2) / |j_{l+1}(z_ln)| j_l(z_ln d / c)        z_ln the n-th root of j_l

Those of Gasteiger et al. (ICLR 2020, eqs. 6 and 7) times c^(3/2), which leaves them without a unit and of the order
of 1. R_0n is sqrt(2) c sin(n pi d / c) / d. Those of one degree are orthonormal over the ball of radius 1 in d / c.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import torch
from scipy.optimize import brentq
from scipy.special import spherical_jn
from torch import Tensor


def bessel_roots(n_degrees: int, n_radial: int) -> np.ndarray:
    """(n_degrees, n_radial) the first positive roots of j_0, j_1, ...: those of j_l lie between those of j_{l-1}."""
    roots = math.pi * np.arange(1, n_radial + n_degrees)
    rows = [roots[:n_radial]]
    for degree in range(1, n_degrees):
        roots = np.array(
            [
                brentq(lambda x, degree=degree: spherical_jn(degree, x), low, high)
                for low, high in pairwise(roots)
            ]
        )
        rows.append(roots[:n_radial])
    return np.array(rows)


def bessel_table(n_degrees: int, n_radial: int, n_knots: int = 512) -> Tensor:
    """(n_degrees, n_knots, n_radial) R_ln on an even grid of lengths from 0 to the cutoff."""
    roots = bessel_roots(n_degrees, n_radial)
    fraction = np.linspace(0, 1, n_knots)[:, None]
    columns = [
        np.sqrt(2) / np.abs(spherical_jn(degree + 1, z)) * spherical_jn(degree, z * fraction)
        for degree, z in enumerate(roots)
    ]
    return torch.tensor(np.stack(columns), dtype=torch.float32)
