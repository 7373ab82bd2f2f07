"""Minima of the potential for changed glasses: first the atoms near the change, then all; the cell stays as it is.

    if not obstacle(glass):
        minimum, energy = relaxed(changed, near=change.near(glass))

Needs the extra `physics` and a glass that the built-in potential of Cu-Zr takes. The atoms within 8 Å of the change are
relaxed roughly only: to .01 eV/Å, with the others frozen, one swap in twenty ended in another minimum than a relaxation
of all atoms at once, to .1 eV/Å none of 20 did. To .001 eV/Å for all atoms, soft modes around a vacancy were still off
by .1 Å and barriers by .04 eV; hence .0002.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from symgnn.errors import InputError
from symgnn.extras import MissingExtra
from symgnn.glass import Glass

BALL = 8.0  # Å around the change, of the atoms that move first
BALL_FORCE, FORCE = 0.1, 2e-4  # eV/Å, largest on an atom when the ball and the whole glass are relaxed
BALL_CALLS, MOST_CALLS = 300, 3000
MOST_OF_THE_GLASS = 0.6  # a ball with more of its atoms saves nothing
THINNEST = 15.2  # Å between faces of the cell: two cutoffs of the potential


def may_be_relaxed(glass: Glass) -> bool:
    """Whether the extra is installed and the glass has the elements and the cell that the potential takes: what can be
    said at once. `obstacle` also looks at the atoms."""
    return (
        find_spec("numba") is not None
        and set(glass.elements) <= {"Cu", "Zr"}
        and bool(glass.pbc.all())
        and float(1 / np.linalg.norm(np.linalg.inv(glass.cell), axis=0).max()) >= THINNEST
    )


def obstacle(glass: Glass) -> str:
    """Why the glass cannot be relaxed under the potential, one sentence; empty where it can."""
    try:
        from symgnn.simulate import verify

        verify(glass)
    except MissingExtra:
        return "numba is not installed, pip install symgnn[physics]"
    except InputError as error:
        return str(error)
    return ""


def relaxed(glass: Glass, *, near: np.ndarray | None = None, like: Warm | None = None) -> tuple[Glass, float]:
    """The minimum nearby in the same cell, and its energy (eV) under the potential.

    near: atoms around which it is not relaxed, all if None. like: lists of pairs of a glass with the same cell
    and positions. No step is taken where no atom has a force of more than .0002 eV/Å. Positions stay beside where
    they were, outside the cell, too. Raises InputError where no minimum is reached.
    """
    from symgnn.simulate.energy_surface import GlassSurface, OutOfRange, atoms_within
    from symgnn.simulate.optimizers import minimise, point_at

    pairs = like.pairs_for(glass) if like else None
    try:
        whole = GlassSurface(glass, pairs=pairs)
        every = whole.mobile(np.arange(len(glass)))
        start = point_at(every, every.start)
        if near is not None and start.largest_force >= FORCE:
            inside = [atoms_within(whole.positions, whole.cell, atom, BALL) for atom in near]
            ball = np.unique(np.concatenate(inside))
            if len(ball) < MOST_OF_THE_GLASS * len(glass):
                surface = whole.mobile(ball)
                first, _ = minimise(surface, point_at(surface, surface.start), BALL_FORCE, BALL_CALLS)
                positions = every.start.copy()
                positions[ball] = first.positions
                start = point_at(every, positions)
        end, done = minimise(every, start, FORCE, MOST_CALLS)
    except OutOfRange as error:
        raise InputError(
            f"{glass.name}: no minimum reached, expected a change that relaxes: {error}"
        ) from None
    if not done:
        raise InputError(
            f"{glass.name}: largest force {end.largest_force:.2g} eV/Å found after {MOST_CALLS} steps of "
            f"relaxation, expected at most {FORCE:g}"
        )
    moved = end.positions - every.start
    return (replace(glass, positions=glass.positions + moved) if moved.any() else glass), end.energy


class Warm:
    """The list of pairs of a glass, for glasses whose atoms are at the same positions and differ in elements only."""

    def __init__(self, glass: Glass):
        self._glass = glass
        self._pairs = None

    def pairs_for(self, glass: Glass):
        """What `GlassSurface` takes as pairs; None where positions or cell differ."""
        mine = self._glass
        if not (np.array_equal(glass.positions, mine.positions) and np.array_equal(glass.cell, mine.cell)):
            return None
        if self._pairs is None:
            from symgnn.simulate.energy_surface import pairs_of_any_elements

            self._pairs = pairs_of_any_elements(mine)
        return self._pairs
