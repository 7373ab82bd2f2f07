"""From a minimum to a saddle nearby: the activation-relaxation technique (ARTn).

G. T. Barkema, N. Mousseau, Phys. Rev. Lett. 77, 4358 (1996); the softest mode by Lanczos: R. Malek, N. Mousseau,
Phys. Rev. E 62, 7723 (2000). The system is pushed along a random direction until a mode has a clearly negative
curvature, and then follows that mode uphill while it relaxes in all other directions. Positions Å, energies eV.
"""

from __future__ import annotations

import numpy as np

from symgnn.simulate.energy_surface import Surface
from symgnn.simulate.optimizers import LBFGS, Mode, Point, along, point_at, softest_mode

FIRST_PUSH = 0.5  # Å, length of the first displacement
PUSH = 0.15  # Å, of the next ones
MOST_PUSHES = 60
OUTSIDE = -1.0  # eV/Å², curvature at which the basin is left
UPHILL = 0.15  # Å, the longest step along the mode
STIFFEST = 0.5  # eV/Å², least curvature that a step along the mode is computed with
RELAXATIONS = 40  # the most steps across the mode between two steps along it; their number grows from 1
BALANCE = 0.3  # relaxation across the mode ends where its force is this fraction of the force along the mode
PUSH_ON = 0.2  # Å, along the way come so far, where the mode has lost its negative curvature
MOST_PUSH_ONS = 20
HIGHEST = 12.0  # eV: no event is up there
GRADIENT_SCALE = 0.03  # Å²/eV, of plain relaxation
LONGEST_STEP = 0.1  # Å, of a coordinate
LANCZOS_RESIDUAL = 0.3  # eV/Å²


class NoSaddle(Exception):
    """This try leads to no saddle; the text says why."""


def find_saddle(
    surface: Surface,
    start: np.ndarray,
    push: np.ndarray,
    core: np.ndarray,
    *,
    force: float,
    max_steps: int = 80,
) -> tuple[Point, Mode]:
    """A saddle near the minimum `start` (M, 3), looked for along `push` (M, 3, length 1), and its softest mode.

    It is converged until no atom has more than `force` (eV/Å). Where the mode loses its negative curvature, the atoms
    `core` (indices) are pushed on. Raises NoSaddle.
    """
    point, mode = leave_basin(surface, start, push)
    return follow_mode(surface, start, point, mode, core, force, max_steps)


def leave_basin(surface: Surface, start: np.ndarray, push: np.ndarray) -> tuple[Point, Mode]:
    """Along the push until the softest mode has a curvature below -1 eV/Å². Raises NoSaddle."""
    point = point_at(surface, start + FIRST_PUSH * push)
    guess, before = None, 0.0
    for k in range(MOST_PUSHES):
        point = relax_across(surface, point, push, 2)
        pull = along(point.forces, push)
        if k and pull > before - 0.02 * abs(before):  # it does not get steeper any more
            calls, guess = (12, push) if guess is None else (8, guess)
            mode = softest_mode(surface, point, guess, max_calls=calls, tolerance=0.0)
            if mode.curvature < OUTSIDE:
                return point, mode
            guess = mode.direction
        before = pull
        point = point_at(surface, point.positions + PUSH * push)
    raise NoSaddle("the push does not leave the basin")


def follow_mode(
    surface: Surface,
    start: np.ndarray,
    point: Point,
    mode: Mode,
    core: np.ndarray,
    force: float,
    max_steps: int,
) -> tuple[Point, Mode]:
    """Uphill along the softest mode, downhill across it, until no atom has more than `force`. Raises NoSaddle."""
    if along(point.forces, mode.direction) > 0:
        mode = Mode(-mode.direction, mode.curvature, mode.residual)
    pushed_on, relaxations = 0, 1
    for _ in range(max_steps):
        if point.energy > HIGHEST:
            raise NoSaddle(f"more than {HIGHEST:g} eV uphill")
        if mode.curvature < 0 and point.largest_force < force:
            return point, mode
        if mode.curvature < 0:
            point = climb(surface, point, mode, relaxations, force)
            relaxations = min(relaxations + 1, RELAXATIONS)
            mode = softest_mode(surface, point, mode.direction, max_calls=7, tolerance=LANCZOS_RESIDUAL)
            continue
        if pushed_on == MOST_PUSH_ONS:
            raise NoSaddle("no mode keeps a negative curvature")
        pushed_on, relaxations = pushed_on + 1, 1
        way = np.zeros_like(start)
        way[core] = (point.positions - start)[core]
        way /= np.linalg.norm(way)
        point = relax_across(surface, point_at(surface, point.positions + PUSH_ON * way), way, 2)
        mode = softest_mode(surface, point, mode.direction, max_calls=8, tolerance=LANCZOS_RESIDUAL)
        if along(mode.direction, point.positions - start) < 0:
            mode = Mode(-mode.direction, mode.curvature, mode.residual)
    raise NoSaddle(f"no saddle within {max_steps} steps")


def climb(surface: Surface, point: Point, mode: Mode, relaxations: int, force: float) -> Point:
    """One step along the mode, against the force, and up to `relaxations` steps of BFGS across it."""
    uphill = -along(point.forces, mode.direction) / max(abs(mode.curvature), STIFFEST)
    uphill = float(np.clip(uphill, -UPHILL, UPHILL))
    point = point_at(surface, point.positions + uphill * mode.direction)
    optimizer = LBFGS(point.positions.shape)
    for k in range(relaxations):
        pull = along(point.forces, mode.direction)
        gradient = pull * mode.direction - point.forces
        if k and np.abs(gradient).max() < max(BALANCE * abs(pull), 0.6 * force):
            break
        step = optimizer.step(gradient)
        step -= along(step, mode.direction) * mode.direction
        point = point_at(surface, point.positions + step)
    return point


def relax_across(surface: Surface, point: Point, direction: np.ndarray, steps: int) -> Point:
    """Steps down the gradient across a direction (M, 3) of length 1."""
    for _ in range(steps):
        step = GRADIENT_SCALE * (point.forces - along(point.forces, direction) * direction)
        step *= min(1.0, LONGEST_STEP / max(np.abs(step).max(), LONGEST_STEP))
        point = point_at(surface, point.positions + step)
    return point
