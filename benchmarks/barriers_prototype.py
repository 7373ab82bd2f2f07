"""The prototype that the barrier search is timed against, held to the rule for usable events of this project.

    BARRIER_PROTOTYPE=FOLDER python -m benchmarks.barriers FILE --only speed --against benchmarks/barriers_prototype.py

FOLDER holds the prototype, which is no part of this project: its modules `region` (a mobile ball in a frozen glass),
`artn` (activation-relaxation), `eamnb` (energy and forces), `glass` (minimisation) and `potential`. A saddle counts
where going down from it in the ball ends with every atom within .15 Å of its place on one side and not on the other,
and where it converges to .01 eV/Å with all atoms mobile. Unlike here, no minimum beyond it is looked for.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(os.environ["BARRIER_PROTOTYPE"]).absolute()))

from artn import artn, refine
from eamnb import EAM
from glass import lbfgs
from potential import tables_from_json
from region import Region

from symgnn.glass import Glass

FOLDER = Path(sys.path[0])
BALL, FIRST_SHELL = 8, 3.7  # Å
# as the prototype labels atoms
OPTIONS = {"perp0": 1, "maxpos": 20, "lam_th": -1, "nperp1": 2, "maxev": 1500}
DOWNHILL, AWAY = 0.15, 0.15  # Å
MINIMUM_FORCE, SADDLE_FORCE = 5e-3, 0.01  # eV/Å


def usable(glass: Glass, atom: int, tries: int, seed: int) -> int:
    """Usable events of so many tries around an atom."""
    energy, start, lowest = _minimum(glass)
    return sum(_is_usable(energy, start, lowest, atom, number, seed) for number in range(tries))


@functools.cache
def _minimum(glass: Glass):
    tables = tables_from_json(FOLDER / "m2009_analytic.json")
    energy = EAM(np.diag(glass.cell).astype(float), (np.array(glass.symbols) == "Zr").astype(int), tables)
    return energy, *lbfgs(energy, glass.positions.astype(float).copy(), 2e-4)[:2]


def _is_usable(energy, start: np.ndarray, lowest: float, atom: int, number: int, seed: int) -> bool:
    ball = Region(energy, start, atom, BALL)
    rng = np.random.default_rng([number, atom, 99 + seed])
    found = artn(ball, ball.xs, lowest, 0, rng, rkick=FIRST_SHELL, check=False, **OPTIONS)
    if not found["ok"]:
        return False
    saddle, mode = found["_xs"], found["_v"]
    step = DOWNHILL * mode / np.abs(mode).max()
    ends = [lbfgs(ball, saddle + sign * step, MINIMUM_FORCE, maxit=1500)[0] for sign in (-1, 1)]
    near, far = sorted(np.abs(end - ball.xs).max() for end in ends)
    if not near < AWAY < far:
        return False
    positions, direction = start.copy(), np.zeros_like(start)
    positions[ball.idx[: ball.nm]], direction[ball.idx[: ball.nm]] = saddle, mode
    whole = refine(energy, positions, direction, lowest, fmax=SADDLE_FORCE, maxev=300)
    return bool(whole["ok"]) and whole["barrier"] > 0
