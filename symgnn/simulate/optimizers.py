"""Minima, softest modes and saddles of an energy surface (energy_surface.py). Positions (M, 3) Å, eV.

A saddle is found as the minimum that it becomes when the force along its softest mode is turned round: limited-memory
BFGS then converges on it as fast as on a minimum (J. Kästner, P. Sherwood, J. Chem. Phys. 128, 014106 (2008)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from symgnn.simulate.energy_surface import Surface
from symgnn.simulate.optimizer_kernels import combination, dot, lanczos_step, lbfgs_step

MEMORY = 15  # pairs of differences that the optimiser keeps
FIRST_SCALE = 0.03  # Å²/eV, of the first step
LONGEST_STEP = 0.1  # Å, of a coordinate
DIFFERENCE = 2e-3  # Å, length of the displacement for products with the Hessian


class Renewal(NamedTuple):
    """How the mode is found anew on the way to a saddle: after so many steps, how exactly (`softest_mode`)."""

    steps: int
    max_calls: int
    tolerance: float


STEADY, TURNING = Renewal(10, 6, 0.3), Renewal(5, 8, 0.2)
TURNED = 0.9  # a mode has turned if its scalar product with the one before is less


@dataclass
class Point:
    """Where a search stands: positions (M, 3) Å, energy eV, forces (M, 3) eV/Å."""

    positions: np.ndarray
    energy: float
    forces: np.ndarray

    @property
    def largest_force(self) -> float:
        """Largest length of an atom's force, eV/Å."""
        return float(np.sqrt((self.forces**2).sum(axis=1).max()))


@dataclass
class Mode:
    """The softest mode: direction (M, 3) of length 1, its curvature eV/Å², and how well it is known (eV/Å²)."""

    direction: np.ndarray
    curvature: float
    residual: float


FindMode = Callable[..., Mode]


def point_at(surface: Surface, positions: np.ndarray) -> Point:
    energy, forces = surface(positions)
    return Point(positions, energy, forces)


class LBFGS:
    """Steps from gradients: `step(gradient)` (M, 3) -> (M, 3) Å; it learns from one call to the next."""

    def __init__(self, shape: tuple[int, int]):
        self._shape, n = shape, shape[0] * shape[1]
        self._steps, self._changes = np.empty((MEMORY, n)), np.empty((MEMORY, n))
        self.reset()

    def reset(self) -> None:
        """Forget the curvatures that were learnt."""
        self._kept, self._newest, self._gradient, self._step = 0, -1, None, None

    def step(self, gradient: np.ndarray) -> np.ndarray:
        gradient = gradient.ravel()
        if self._gradient is not None:
            change = gradient - self._gradient
            if dot(self._step, change) > 1e-10:
                self._newest = (self._newest + 1) % MEMORY
                self._steps[self._newest], self._changes[self._newest] = self._step, change
                self._kept = min(self._kept + 1, MEMORY)
        step = lbfgs_step(gradient, self._steps, self._changes, self._kept, self._newest, FIRST_SCALE)
        if dot(step, gradient) >= 0:
            self._kept = 0
            step = -FIRST_SCALE * gradient
        largest = np.abs(step).max()
        if largest > LONGEST_STEP:
            step *= LONGEST_STEP / largest
        self._gradient, self._step = gradient, step
        return step.reshape(self._shape)


def minimise(
    surface: Surface,
    start: Point,
    force: float,
    max_calls: int,
    arrived: Callable[[Point], bool] | None = None,
) -> tuple[Point, bool]:
    """Downhill until no atom has more than this force (eV/Å) or arrived(point) says yes; the last point and whether it
    came so far in max_calls."""
    point, optimizer = start, LBFGS(start.positions.shape)
    for _ in range(max_calls):
        if point.largest_force < force or (arrived and arrived(point)):
            return point, True
        point = point_at(surface, point.positions + optimizer.step(-point.forces))
    return point, point.largest_force < force


def softest_mode(
    surface: Surface, point: Point, guess: np.ndarray, *, max_calls: int, tolerance: float
) -> Mode:
    """The lowest eigenpair of the Hessian by Lanczos from a guess (M, 3), with products by differences of forces.

    Ends when the residual |Hv - curvature v| is below `tolerance` (eV/Å²) or after max_calls.
    """
    n = guess.size
    basis = np.empty((min(max_calls, n), n))
    basis[0] = guess.ravel() / _length(guess)
    diagonal, beside = np.empty(max_calls), np.empty(max_calls)
    for k in range(len(basis)):
        moved = point.positions + DIFFERENCE * basis[k].reshape(guess.shape)
        product = ((point.forces - surface(moved)[1]) / DIFFERENCE).ravel()
        curvature, coefficients, residual = lanczos_step(basis, k, product, diagonal, beside)
        if residual < tolerance:
            break
    direction = combination(coefficients, basis).reshape(guess.shape)
    direction /= _length(direction)
    if along(direction, guess) < 0:
        direction = -direction
    return Mode(direction, float(curvature), float(residual))


def along(a: np.ndarray, b: np.ndarray) -> float:
    """Scalar product of two fields (M, 3)."""
    return float(dot(a.ravel(), b.ravel()))


def _length(a: np.ndarray) -> float:
    return float(np.sqrt(along(a, a)))


def reflected(point: Point, mode: Mode) -> np.ndarray:
    """(M, 3) minus the force, turned round along the mode: its zeros are those of the force, and saddles are minima."""
    return 2 * along(point.forces, mode.direction) * mode.direction - point.forces


def converge_saddle(
    surface: Surface, start: Point, mode: Mode, *, force: float, max_steps: int, find_mode: FindMode | None = None
) -> tuple[Point, Mode, bool]:  # fmt: skip
    """From near a saddle onto it: the point, its softest mode, and whether no atom has more than this force (eV/Å).

    The mode is found anew now and then, by find_mode(point, guess (M, 3), max_calls=..., tolerance=...), by default
    `softest_mode` on the surface. Once it has turned it is found more often and more exactly: a force turned round
    along a wrong mode leads away from the saddle, uphill without end.
    """
    find_mode = find_mode or partial(softest_mode, surface)
    point, optimizer = start, LBFGS(start.positions.shape)
    renewal, found = STEADY, 0
    for step in range(max_steps):
        if point.largest_force < force:
            return point, mode, True
        if step - found == renewal.steps:
            new = find_mode(point, mode.direction, max_calls=renewal.max_calls, tolerance=renewal.tolerance)
            if along(new.direction, mode.direction) < TURNED:
                optimizer.reset()
                renewal = TURNING
            mode, found = new, step
        point = point_at(surface, point.positions + optimizer.step(reflected(point, mode)))
    return point, mode, point.largest_force < force
