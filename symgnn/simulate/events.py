"""What barrier searches give: events, and all that was tried around one atom."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

SAME_BARRIER = 0.01  # eV
SAME_PLACE = 0.15  # Å
MOVING = 0.1  # Å: an atom that is displaced farther at the saddle moves in the event


@dataclass(frozen=True, eq=False)
class Event:
    """A way out of the minimum over one saddle, the saddle converged with all atoms of the glass mobile.

    atom, attempt            where the search started: 0..N-1, and which of the tries it was, from 0 on
    barrier                  eV, energy of the saddle above the minimum
    energy_difference        eV, of the minimum on the other side above this one, to .01 eV: forces there are up to .02
                             eV/Å, and behind a flat saddle it may lie above it by that much
    displacement             (N, 3) Å, of all atoms from the minimum to the saddle
    end_displacement         (N, 3) Å, from the minimum to the one on the other side
    curvature                eV/Å², of the softest mode at the saddle, negative
    largest_force            eV/Å, that is left on an atom at the saddle
    connected                whether going down from the saddle leads exactly back to the minimum, also where the atoms
                             beyond 8 Å move; otherwise it ends in a minimum beside it
    calls                    evaluations of energy and forces, most of them of a ball of atoms
    """

    atom: int
    attempt: int
    barrier: float
    energy_difference: float
    displacement: np.ndarray
    end_displacement: np.ndarray
    curvature: float
    largest_force: float
    connected: bool
    calls: int

    @property
    def n_moving(self) -> int:
        """Number of atoms displaced by more than .1 Å at the saddle."""
        return int((np.linalg.norm(self.displacement, axis=1) > MOVING).sum())

    def is_same(self, other: Event) -> bool:
        """Whether both go over one saddle: barriers within .01 eV and every atom within .15 Å."""
        apart = np.linalg.norm(self.displacement - other.displacement, axis=1).max()
        return abs(self.barrier - other.barrier) < SAME_BARRIER and bool(apart < SAME_PLACE)


@dataclass(frozen=True, eq=False)
class AtomBarriers:
    """The different events around one atom.

    failures: reason -> number of tries that gave no event for it; duplicates: tries that gave an event again;
    calls: of the potential, of all tries. events + duplicates + failures = tries.
    """

    atom: int
    events: tuple[Event, ...]
    duplicates: int
    failures: Counter
    calls: int

    @property
    def tries(self) -> int:
        return len(self.events) + self.duplicates + self.failures.total()

    @property
    def barriers(self) -> np.ndarray:
        """(events,) eV."""
        return np.array([event.barrier for event in self.events])

    @property
    def mean(self) -> float:
        """Mean barrier in eV, NaN without events."""
        return float(self.barriers.mean()) if self.events else math.nan

    @property
    def standard_error(self) -> float:
        """Of the mean, eV; NaN with less than two events."""
        n = len(self.events)
        return float(self.barriers.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
