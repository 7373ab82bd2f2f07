"""Functions of the edge length."""

import numpy as np
import torch
from scipy.interpolate import interp1d

from symgnn.nn.radial import RadialFunction, cosine_cutoff, interpolate


def test_cosine_cutoff():
    length = torch.tensor([0.0, 2.5, 4.999999, 5.0, 7.0])
    assert torch.allclose(cosine_cutoff(length, 5.0), torch.tensor([1.0, 0.5, 0.0, 0.0, 0.0]), atol=1e-6)


def test_interpolation_is_scipys():
    table = torch.randn(11, 3, generator=torch.Generator().manual_seed(0))
    length = torch.tensor([0.0, 0.1, 2.5, 4.99, 5.0])
    reference = interp1d(np.linspace(0, 5, 11), table.numpy(), axis=0)(length.numpy())
    np.testing.assert_allclose(interpolate(table, length, 5.0), reference, atol=1e-5)


def test_radial_function_is_its_network_on_gaussians():
    torch.manual_seed(0)
    function = RadialFunction(width=4, cutoff=5.0, n_basis=16)
    length = torch.linspace(1.9, 5.0, 57)
    spacing = 5.0 / 15
    basis = torch.exp(-0.5 * ((length[:, None] - torch.linspace(0, 5, 16)) / spacing) ** 2)
    assert torch.allclose(function(length), function.network(basis), atol=2e-3)
    at_knots = torch.linspace(0, 5, 512)[100:104]
    assert torch.allclose(function(at_knots), function.network(function.basis[100:104]), atol=1e-5)
