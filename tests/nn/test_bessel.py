"""Radial functions of DimeNet against closed forms and their orthonormality."""

import numpy as np
import torch
from scipy.integrate import simpson
from scipy.special import spherical_jn

from symgnn.nn.bessel import bessel_roots, bessel_table


def test_roots_are_the_first_ones():
    roots = bessel_roots(7, 6)
    assert np.allclose(roots[0], np.pi * np.arange(1, 7))
    assert abs(roots[1, 0] - 4.493409457909064) < 1e-10
    for degree, row in enumerate(roots):
        grid = np.linspace(0.5, row[-1] + 1e-3, 20_000)
        signs = np.sign(spherical_jn(degree, grid))
        assert np.count_nonzero(np.diff(signs)) == 6, "no root is left out"
        assert np.abs(spherical_jn(degree, row)).max() < 1e-12


def test_degree_zero_is_the_published_radial_basis():
    share = torch.linspace(0, 1, 512)[1:]
    expected = [2**0.5 * torch.sin(n * torch.pi * share) / share for n in range(1, 7)]
    assert torch.allclose(bessel_table(1, 6)[0, 1:], torch.stack(expected, 1), atol=1e-3)


def test_functions_of_a_degree_are_orthonormal():
    share = np.linspace(0, 1, 4001)
    for values in bessel_table(7, 6, n_knots=4001).double().numpy():
        gram = simpson(values[:, :, None] * values[:, None] * share[:, None, None] ** 2, x=share, axis=0)
        assert np.allclose(gram, np.eye(6), atol=1e-4)
        assert np.abs(values[-1]).max() < 1e-4, "they vanish at the cutoff"
