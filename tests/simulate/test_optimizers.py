"""Saddles and modes of a function in closed form: E = (x² - 1)² + 2 y² + 3 z², barrier 1 at the origin."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from symgnn.simulate.activation import find_saddle
from symgnn.simulate.optimizers import (
    LBFGS,
    LONGEST_STEP,
    STEADY,
    TURNING,
    Mode,
    Point,
    along,
    converge_saddle,
    minimise,
    point_at,
    softest_mode,
)


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
    saddle, _, done = converge_saddle(double_well, start, mode, force=1e-6, max_steps=100)
    assert done
    assert saddle.energy == pytest.approx(1, abs=1e-9)
    end, done = minimise(double_well, start, 1e-6, 100)
    assert done
    np.testing.assert_allclose(end.positions, [[1, 0, 0]], atol=1e-6)


def test_a_mode_that_turns_is_found_more_often_and_more_exactly():
    """Along a slope without end: after 10 steps as long as it stays, then after 5; told by the way that was gone."""
    for turns, steps in (((1.0, 1.0, 1.0), (10, 20, 30)), ((1.0, 0.8, 1.0), (10, 20, 25))):
        found = []

        def find_mode(point, guess, *, max_calls, tolerance, turns=turns, found=found):
            away = np.array([[0.0, guess[0, 2], -guess[0, 1]]])
            overlap = turns[len(found)] if len(found) < 3 else 1.0
            found.append((round(point.positions[0, 0] / -LONGEST_STEP), max_calls, tolerance))
            return Mode(overlap * guess + np.sqrt(1 - overlap**2) * away, -1.0, 0.0)

        def slope(positions):
            return 9 * float(positions[0, 0]), np.array([[-9.0, 0, 0]])

        mode = Mode(np.array([[0.0, 1.0, 0.0]]), -1.0, 0.0)
        point, _, done = converge_saddle(
            slope, point_at(slope, np.zeros((1, 3))), mode, force=1.0, max_steps=31, find_mode=find_mode
        )
        assert not done
        assert point.positions[0, 0] == pytest.approx(-31 * LONGEST_STEP)
        assert tuple(step for step, *_ in found[:3]) == steps
        late = TURNING if steps[2] == 25 else STEADY
        assert [how for _, *how in found[:3]] == [[*STEADY[1:]], [*STEADY[1:]], [*late[1:]]]


def mueller_brown(positions):
    """K. Müller, L. D. Brown, Theor. Chim. Acta 53, 75 (1979), a hundredth of it; a spring holds z."""
    x, y, z = positions[0]
    height, a, b, c = np.array(
        [[-200, -100, -170, 15], [-1, -1, -6.5, 0.7], [0, 0, 11, 0.6], [-10, -10, -6.5, 0.7]]
    )
    dx, dy = x - np.array([1, 0, -0.5, -1]), y - np.array([0, 0.5, 1.5, 1])
    parts = height * np.exp(a * dx**2 + b * dx * dy + c * dy**2) / 100
    gradient = [(parts * (2 * a * dx + b * dy)).sum(), (parts * (b * dx + 2 * c * dy)).sum(), z]
    return float(parts.sum() + z**2 / 2), -np.array([gradient])


def test_saddles_of_a_curved_valley_are_converged_on():
    """Its highest saddle is at (-.822, .624), its lower one at (.212, .293); energies of the paper."""
    energies = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        away = 0.3 * rng.normal(size=3) * (1, 1, 0.3)
        start = point_at(mueller_brown, np.array([[-0.822, 0.624, 0]]) + away)
        mode = softest_mode(mueller_brown, start, rng.normal(size=(1, 3)), max_calls=3, tolerance=0.0)
        saddle, mode, done = converge_saddle(mueller_brown, start, mode, force=1e-4, max_steps=100)
        if done and mode.curvature < 0:
            energies.append(saddle.energy)
    assert len(energies) > 30
    nearest = np.abs(np.subtract.outer(energies, [-0.40665, -0.72249])).min(axis=1)
    np.testing.assert_allclose(nearest, 0, atol=1e-4)


def test_the_way_out_of_a_well_goes_over_the_saddle():
    push = np.array([[1.0, 0.2, 0.1]]) / np.linalg.norm([1.0, 0.2, 0.1])
    saddle, mode = find_saddle(double_well, np.array([[-1.0, 0, 0]]), push, np.array([0]), force=1e-3)
    assert saddle.energy == pytest.approx(1, abs=1e-5)
    assert mode.curvature == pytest.approx(-4, abs=0.05)


def test_no_step_is_longer_than_the_longest():
    for gradient in (np.array([[1e4, -3.0, 0.0]]), np.array([[1e-3, 0.0, 0.0]])):
        step = LBFGS((1, 3)).step(gradient)
        assert np.abs(step).max() < 1.001 * LONGEST_STEP
        assert along(step, gradient) < 0
        np.testing.assert_allclose(step[0, 1] * gradient[0, 0], step[0, 0] * gradient[0, 1])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_mode_points_where_its_guess_does(sign):
    point = point_at(double_well, np.array([[0.2, 0.1, 0.0]]))
    guess = sign * np.array([[1.0, 0.2, 0.1]])
    mode = softest_mode(double_well, point, guess, max_calls=3, tolerance=0.0)
    assert along(mode.direction, guess) > 0


def test_the_largest_force_is_the_longest_vector():
    assert Point(np.zeros((2, 3)), 0.0, np.array([[3.0, -4.0, 0.0], [0.0, 4.5, 0.0]])).largest_force == 5


def test_going_down_ends_where_it_is_told_that_it_has_arrived():
    start = point_at(double_well, np.array([[0.3, 0.2, -0.1]]))
    end, done = minimise(double_well, start, 1e-6, 100, lambda point: point.energy < 0.5)
    assert done
    assert 1e-3 < end.energy < 0.5
    assert not minimise(double_well, start, 1e-6, 2)[1]


STEPS = """
import hashlib, numpy as np
from symgnn.simulate.optimizers import LBFGS, along

rng, optimizer, digest = np.random.default_rng(0), LBFGS((10000, 3)), hashlib.sha256()
for _ in range(4):
    gradient = rng.normal(size=(10000, 3))
    digest.update(optimizer.step(gradient).tobytes())
    digest.update(np.float64(along(gradient, gradient)).tobytes())
print(digest.hexdigest())
"""


def test_steps_are_the_same_with_any_number_of_threads():
    """BLAS adds up vectors of more than 10000 numbers in another order with more threads."""
    digests = set()
    for threads in ("1", "2"):
        environment = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, "-c", STEPS], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(run.stdout)
    assert len(digests) == 1
