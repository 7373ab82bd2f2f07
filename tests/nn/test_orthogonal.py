"""O(3): quadrature against closed forms, rotations against SciPy, gradients of the learned distribution."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from symgnn.nn.orthogonal import LearnedOrthogonal, random_orthogonal, rotation, sphere_quadrature


def test_quadrature_is_exact_for_polynomials():
    points, weights = (x.double() for x in sphere_quadrature(9))
    assert weights.sum().item() == pytest.approx(1, abs=1e-6)
    assert torch.allclose(points.norm(dim=1), torch.ones(len(points), dtype=torch.float64), atol=1e-6)
    average = lambda f: (weights * f(*points.T)).sum().item()  # noqa: E731
    assert average(lambda x, y, z: x) == pytest.approx(0, abs=1e-6)
    assert average(lambda x, y, z: z**2) == pytest.approx(1 / 3, abs=1e-6)
    assert average(lambda x, y, z: x**2 * y**2) == pytest.approx(1 / 15, abs=1e-6)
    assert average(lambda x, y, z: x**2 * y**2 * z**2) == pytest.approx(1 / 105, abs=1e-6)
    assert average(lambda x, y, z: z**8) == pytest.approx(1 / 9, abs=1e-6)


def test_random_orthogonal_matrices():
    q = random_orthogonal(4000, torch.Generator().manual_seed(0))
    assert torch.allclose(q @ q.transpose(1, 2), torch.eye(3).expand_as(q), atol=1e-5)
    reflections = (torch.linalg.det(q) < 0).float().mean().item()
    assert reflections == pytest.approx(0.5, abs=0.03)
    # Haar: every entry has mean 0 and variance 1/3 (4 standard errors)
    assert q.mean(0).abs().max() < 4 * np.sqrt(1 / 3 / 4000)
    assert (q.pow(2).mean(0) - 1 / 3).abs().max() < 4 * np.sqrt(4 / 45 / 4000)


def test_rotation_against_scipy():
    vectors = torch.randn(20, 3, dtype=torch.float64)
    expected = Rotation.from_rotvec(vectors.numpy()).as_matrix()
    assert np.allclose(rotation(vectors).numpy(), expected, atol=1e-12)
    assert torch.allclose(rotation(torch.zeros(3)), torch.eye(3))


def test_learned_distribution_has_both_components_and_gradients():
    torch.manual_seed(0)
    distribution = LearnedOrthogonal(n_samples=4)
    vectors = torch.randn(10, 3)
    matrices, weights = distribution()
    assert matrices.shape == (8, 3, 3)
    assert weights.sum().item() == pytest.approx(1)
    assert torch.linalg.det(matrices).sign().tolist() == [1.0] * 4 + [-1.0] * 4
    average = sum(w * torch.sigmoid(2 * vectors @ q.T + 1) for q, w in zip(matrices, weights, strict=True))
    average.square().sum().backward()
    for name, parameter in distribution.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 1e-6, f"no gradient reaches {name}"


def test_learned_distribution_is_deterministic_in_evaluation():
    distribution = LearnedOrthogonal(n_samples=4)
    first, second = distribution()[0], distribution()[0]
    assert not torch.equal(first, second)
    distribution.eval()
    assert torch.equal(distribution()[0], distribution()[0])
