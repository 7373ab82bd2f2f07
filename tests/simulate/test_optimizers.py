"""Saddles and modes of a function in closed form: E = (x² - 1)² + 2 y² + 3 z², barrier 1 at the origin."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.simulate.activation import find_saddle
from symgnn.simulate.optimizers import converge_saddle, minimise, point_at, softest_mode


def double_well(positions):
    x, y, z = positions[0]
    forces = -np.array([[4 * x * (x**2 - 1), 4 * y, 6 * z]])
    return float((x**2 - 1) ** 2 + 2 * y**2 + 3 * z**2), forces


def test_softest_mode_is_the_lowest_eigenpair():
    point = point_at(double_well, np.array([[0.2, 0.1, 0.0]]))
    mode = softest_mode(double_well, point, np.array([[1.0, 1.0, 1.0]]), max_calls=3, tolerance=0.0)
    assert mode.curvature == pytest.approx(12 * 0.2**2 - 4, abs=0.01)
    np.testing.assert_allclose(np.abs(mode.direction), [[1, 0, 0]], atol=0.01)


def test_saddle_and_minima():
    start = point_at(double_well, np.array([[0.3, 0.2, -0.1]]))
    mode = softest_mode(double_well, start, np.array([[1.0, 0.1, 0.1]]), max_calls=3, tolerance=0.0)
    saddle, _, done = converge_saddle(double_well, start, mode, force=1e-6, max_calls=100, renew=10)
    assert done
    assert saddle.energy == pytest.approx(1, abs=1e-9)
    end, done = minimise(double_well, start, 1e-6, 100)
    assert done
    np.testing.assert_allclose(end.positions, [[1, 0, 0]], atol=1e-6)


def test_the_way_out_of_a_well_goes_over_the_saddle():
    push = np.array([[1.0, 0.2, 0.1]]) / np.linalg.norm([1.0, 0.2, 0.1])
    saddle, mode = find_saddle(double_well, np.array([[-1.0, 0, 0]]), push, np.array([0]), force=1e-3)
    assert saddle.energy == pytest.approx(1, abs=1e-5)
    assert mode.curvature == pytest.approx(-4, abs=0.05)
