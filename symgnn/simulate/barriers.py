"""Energy barriers around an atom: searches for saddles next to the minimum that a glass is.

    search = BarrierSearch(glass, seed=0)
    result = search.around(17, events=10)         # AtomBarriers: mean, standard error, events

One try pushes the atom and its first shell in a random direction and looks for a saddle while only the atoms within
8 Å move (activation.py). The saddle counts if going down from it, still in this ball, leads back to the start on one
side and elsewhere on the other. It is then converged with all atoms within 12 Å mobile and at last with all atoms of
the glass, which lowers it by some tenths of an eV. Going down is repeated there: a glass has other minima within some
meV and some tenths of an Å of each, so that it may end beside the start; each event says so (`connected`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.simulate.activation import NoSaddle, find_saddle
from symgnn.simulate.calculator_surface import CalculatorGlass, CalculatorSurface
from symgnn.simulate.eam_file import EamPotential
from symgnn.simulate.energy_surface import GlassSurface, MobileSurface, OutOfRange
from symgnn.simulate.events import AtomBarriers, Event
from symgnn.simulate.optimizers import (
    Mode,
    Point,
    along,
    converge_saddle,
    minimise,
    point_at,
    softest_mode,
)
from symgnn.simulate.verify import refuse_unless_minimum

FIRST_SHELL = 3.7  # Å, of the atoms that are pushed
CORE = 6.0  # Å, of the atoms that are pushed on
BALL, LARGE_BALL = 8.0, 12.0  # Å
MOST_OF_THE_GLASS = 0.6  # a large ball with more of its atoms saves nothing
BALL_FORCE, LARGE_BALL_FORCE, SADDLE_FORCE = 0.1, 0.02, 0.01  # eV/Å
MINIMUM_FORCE = 0.02  # eV/Å, of the minimum on the other side
DOWNHILL = 0.15  # Å, by which the atom that moves most is displaced from the saddle before going downhill
BACK, BACK_ENERGY = 0.1, 0.05  # Å and eV: a point this close to the start runs down to it
AWAY = 0.15  # Å: another minimum has an atom that is farther from where it was
STILL = (
    0.3  # Å: a mode is found among the atoms of the large ball while no coordinate of the others changes more
)
START_FORCE = 1e-4  # eV/Å
TRIES_PER_EVENT = 4

Report = Callable[[Event], None]
AnySurface = MobileSurface | CalculatorSurface


class BarrierSearch:
    """Searches around atoms of one glass. A result depends on glass, seed and atom, not on what was searched before.

    potential: of a file (eam_file.py), by default the built-in one of Cu-Zr.
    Raises InputError for a structure that is no minimum of the potential, or none that it can compute.
    """

    def __init__(self, structure: Glass | Atoms, *, seed: int = 0, potential: EamPotential | None = None):
        glass = as_glass(structure)
        if not (isinstance(seed, int | np.integer) and seed >= 0):
            raise InputError(f"seed is {seed}; expected a whole number from 0 on")
        refuse_unless_minimum(glass, potential)
        self.glass, self.seed = glass, int(seed)
        relaxed = _relaxed_positions(_surface_of(glass, glass.positions, potential))
        self.whole = _surface_of(glass, relaxed, potential)
        self._everything = self.whole.mobile(np.arange(len(glass)))
        self._balls: tuple[int, AnySurface, AnySurface | None] | None = None

    def around(
        self, atom: int, *, events: int = 10, max_tries: int | None = None, report: Report | None = None
    ) -> AtomBarriers:
        """Tries until there are this many different events, or max_tries (by default 4 per event) are done.

        report(event) is called for each event when it is there; what it raises ends the search.
        """
        if events < 1 or (max_tries is not None and max_tries < 1):
            raise InputError(f"{events} events in {max_tries} tries asked for, expected at least 1 each")
        told, most = 0, max_tries or TRIES_PER_EVENT * events
        for result in self.tries(atom):
            if report and len(result.events) > told:
                report(result.events[-1])
            told = len(result.events)
            if told >= events or result.tries >= most:
                break
        return result

    def tries(self, atom: int, *, after: AtomBarriers | None = None) -> Iterator[AtomBarriers]:
        """All that is known of the atom after one try more each, without end.

        after: what is known already, of the same glass and seed; its tries are not repeated.
        """
        self.glass.check_atom(atom)
        known = after or AtomBarriers(int(atom), (), 0, Counter(), 0)
        while True:
            event, reason, calls = self.attempt(atom, known.tries)
            known = replace(known, calls=known.calls + calls)
            if event is None:
                known = replace(known, failures=known.failures + Counter({reason: 1}))
            elif any(event.is_same(other) for other in known.events):
                known = replace(known, duplicates=known.duplicates + 1)
            else:
                known = replace(known, events=(*known.events, event))
            yield known

    def energy(self, displacement: np.ndarray) -> float:
        """eV above the minimum, with every atom displaced from it by (N, 3) Å. Raises OutOfRange (ArithmeticError)
        where the potential does not hold."""
        return float(self._everything(self._everything.start + displacement)[0])

    def attempt(self, atom: int, attempt: int) -> tuple[Event | None, str, int]:
        """One try: the event, or None and the reason why there is none; calls of the potential."""
        ball, large = self._surfaces(atom)
        surfaces = [ball, self._everything] + ([large] if large else [])
        for surface in surfaces:
            surface.forget()
        before = sum(surface.n_calls for surface in surfaces)
        try:
            event, reason = self._event(atom, attempt, ball, large), ""
        except (NoSaddle, OutOfRange) as error:
            event, reason = None, str(error)
        calls = sum(surface.n_calls for surface in surfaces) - before
        return (event and replace(event, calls=calls)), reason, calls

    def _event(self, atom: int, attempt: int, ball: AnySurface, large: AnySurface | None) -> Event:
        rng = np.random.default_rng([self.seed, int(self.glass.content_hash, 16), int(atom), attempt])
        pushed = np.isin(ball.atoms, self.whole.within(atom, FIRST_SHELL))
        core = np.flatnonzero(np.isin(ball.atoms, self.whole.within(atom, CORE)))
        push = np.zeros_like(ball.start)
        push[pushed] = rng.normal(size=(pushed.sum(), 3))
        push /= np.linalg.norm(push)
        point, mode = find_saddle(ball, ball.start, push, core, force=BALL_FORCE)
        if not _downhill(ball, point, mode)[1]:
            raise NoSaddle("the saddle does not connect the start with another minimum")

        positions, direction = self._in_glass(ball, point.positions), self._in_glass(ball, mode.direction, 0)
        everything = self._everything
        for surface, force in ((large, LARGE_BALL_FORCE), (everything, SADDLE_FORCE)):
            if surface:
                find_mode = partial(self._softest_mode, surface, large or everything)
                point = point_at(surface, positions[surface.atoms])
                mode = find_mode(point, direction[surface.atoms], max_calls=8, tolerance=0.2)
                point, mode, done = converge_saddle(
                    surface, point, mode, force=force, max_steps=150, find_mode=find_mode
                )
                if not done:
                    raise NoSaddle("the saddle is none with more atoms mobile")
                positions = self._in_glass(surface, point.positions)
                direction = self._in_glass(surface, mode.direction, 0)
        mode = softest_mode(everything, point, mode.direction, max_calls=12, tolerance=0.05)
        if not (mode.curvature < 0 < point.energy):
            raise NoSaddle("the saddle is none with all atoms mobile")

        last = large or everything
        local = Mode(direction[last.atoms], mode.curvature, mode.residual)
        end, connected = self._minimum_beyond(last, positions, local)
        return Event(
            atom=int(atom),
            attempt=attempt,
            barrier=point.energy,
            energy_difference=end.energy,
            displacement=everything.displacement(point.positions),
            end_displacement=everything.displacement(end.positions),
            curvature=mode.curvature,
            largest_force=point.largest_force,
            connected=connected,
            calls=0,
        )

    def _softest_mode(
        self,
        surface: AnySurface,
        local: AnySurface,
        point: Point,
        guess: np.ndarray,
        *,
        max_calls: int,
        tolerance: float,
    ) -> Mode:
        """The softest mode at a point of a surface if only the atoms of `local` move, which are among its own: a mode
        is as local as that, and their forces cost a fraction. Where others have left their places: that of all."""
        beyond = self._in_glass(surface, point.positions) - self.whole.positions
        beyond[local.atoms] = 0
        if local is surface or np.abs(beyond).max() > STILL:
            return softest_mode(surface, point, guess, max_calls=max_calls, tolerance=tolerance)
        positions = self._in_glass(surface, point.positions)[local.atoms]
        near = self._in_glass(surface, guess, 0)[local.atoms]
        mode = softest_mode(local, point_at(local, positions), near, max_calls=max_calls, tolerance=tolerance)
        direction = self._in_glass(local, mode.direction, 0)[surface.atoms]
        return Mode(direction, mode.curvature, mode.residual)

    def _minimum_beyond(self, surface: AnySurface, saddle: np.ndarray, mode: Mode) -> tuple[Point, bool]:
        """Of a saddle (N, 3): the minimum of the glass on its far side, first looked for on a surface, and whether the
        other side leads back to the start. Raises NoSaddle."""
        everything = self._everything
        other, connected = _downhill(surface, point_at(surface, saddle[surface.atoms]), mode)
        first = point_at(everything, self._in_glass(surface, other.positions, saddle))
        end, done = minimise(everything, first, MINIMUM_FORCE, 300)
        if not done or np.abs(everything.displacement(end.positions)).max() < AWAY:
            raise NoSaddle("no other minimum beyond the saddle")
        return end, connected

    def _surfaces(self, atom: int) -> tuple[AnySurface, AnySurface | None]:
        if self._balls is None or self._balls[0] != atom:
            ball, atoms = (
                self.whole.mobile(self.whole.within(atom, BALL)),
                self.whole.within(atom, LARGE_BALL),
            )
            large = self.whole.mobile(atoms) if len(atoms) < MOST_OF_THE_GLASS * len(self.whole) else None
            self._balls = atom, ball, large
        return self._balls[1:]

    def _in_glass(self, surface: AnySurface, values: np.ndarray, others=None) -> np.ndarray:
        """(N, 3) from values (M, 3) of the mobile atoms; elsewhere `others`, by default the start."""
        whole = np.empty_like(self.whole.positions)
        whole[:] = self.whole.positions if others is None else others
        whole[surface.atoms] = values
        return whole


def _surface_of(
    glass: Glass, positions: np.ndarray, potential: EamPotential | None
) -> GlassSurface | CalculatorGlass:
    if potential is None:
        return GlassSurface(glass, positions)
    return CalculatorGlass(glass, potential.calculator, positions)


def _relaxed_positions(whole: GlassSurface | CalculatorGlass) -> np.ndarray:
    """(N, 3) Å of the minimum itself: files are rounded, and energies are told from there."""
    surface = whole.mobile(np.arange(len(whole)))
    point, _ = minimise(surface, point_at(surface, surface.start), START_FORCE, 1000)
    return point.positions


def _downhill(surface: AnySurface, saddle: Point, mode: Mode) -> tuple[Point, bool]:
    """The minimum on the side of the saddle that leads farther from the start, and whether the other leads back."""

    def arrived(point: Point) -> bool:
        return bool(np.abs(surface.displacement(point.positions)).max() < BACK and point.energy < BACK_ENERGY)

    away = surface.displacement(saddle.positions)
    step = DOWNHILL / np.abs(mode.direction).max() * mode.direction
    if along(step, away) > 0:
        step = -step  # the start is there, most probably
    ends = []
    for sign in (1, -1):
        first = point_at(surface, saddle.positions + sign * step)
        end, _ = minimise(surface, first, MINIMUM_FORCE, 300, arrived)
        ends.append((float(np.abs(surface.displacement(end.positions)).max()), end))
    (nearest, _), (farthest, other) = sorted(ends, key=lambda pair: pair[0])
    return other, nearest < AWAY < farthest
