"""The addition theorem against SciPy's Legendre polynomials."""

import ast
from pathlib import Path

import pytest
import torch
from scipy.special import eval_legendre

from symgnn import nn
from symgnn.nn.harmonics import spherical_harmonics
from symgnn.nn.tensors import component_harmonics


def directions(n, seed):
    vectors = torch.randn(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(vectors, dim=1)


@pytest.mark.parametrize("degree", range(8))
def test_addition_theorem(degree):
    a, b = directions(40, 0), directions(40, 1)
    a[0], b[0] = torch.tensor([0.0, 0, 1]), torch.tensor([0.0, 0, -1])  # the poles
    product = (spherical_harmonics(a, 8)[degree] * spherical_harmonics(b, 8)[degree]).sum(1)
    expected = torch.from_numpy(eval_legendre(degree, (a * b).sum(1).numpy()))
    assert spherical_harmonics(a, 8)[degree].shape == (40, 2 * degree + 1)
    assert torch.allclose(product, expected, atol=1e-12)


def test_degree_one_is_the_direction_itself():
    a = directions(5, 2)
    assert torch.allclose(spherical_harmonics(a, 2)[1], a[:, [1, 2, 0]])


def test_harmonics_are_orthogonal_over_the_sphere():
    from scipy.integrate import lebedev_rule

    points, weights = lebedev_rule(13)
    values = torch.cat(spherical_harmonics(torch.from_numpy(points.T.copy()), 5), 1)
    gram = values.T @ (values * torch.from_numpy(weights / weights.sum())[:, None])
    expected = torch.diag(torch.cat([torch.full((2 * l + 1,), 1 / (2 * l + 1)) for l in range(5)]))  # noqa: E741
    assert torch.allclose(gram, expected.double(), atol=1e-12)


def test_component_harmonics_are_the_same_functions_scaled():
    a = directions(30, 3)
    for degree, found in enumerate(component_harmonics(a)):
        expected = (2 * degree + 1) ** 0.5 * spherical_harmonics(a, 3)[degree]
        if degree == 1:  # y, z, x -> x, y, z
            expected = expected[:, [2, 0, 1]]
        assert torch.allclose(found, expected, atol=1e-12)


def test_one_name_has_one_normalisation():
    """No two files of layers define a function of one name."""
    defined = [
        node.name
        for path in Path(nn.__file__).parent.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert "spherical_harmonics" in defined
    assert len(defined) == len(set(defined))
