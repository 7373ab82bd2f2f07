"""Physics as referee: barrier searches around an atom before and after a change, beside what was predicted.

    measured = check_by_searches(result, tries=36)      # of a WhatIf with an atom that was asked about

Each try (`symgnn.simulate.BarrierSearch`) is a file of the user's cache folder: a check that was stopped goes on where
it was and gives the same numbers as one that was not.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from symgnn import disk_cache
from symgnn.arguments import whole_number
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.jobs import run_all
from symgnn.whatif.result import WhatIf

VERSION = 2
SAME_BARRIER, SAME_SADDLE = 0.01, 0.15  # eV, Å: two events over one saddle (simulate/events.py)

Try = tuple[int, int]
"""0 before the change or 1 after it, and the number of the try."""


@dataclass(frozen=True, eq=False)
class Measured:
    """before, after (E,) eV: barriers of the different events around the atom in the relaxed glasses; tries of each."""

    before: np.ndarray
    after: np.ndarray
    tries: int

    @property
    def change(self) -> float:
        """eV, mean barrier after minus before; NaN without events."""
        return _mean(self.after) - _mean(self.before)

    @property
    def standard_error(self) -> float:
        """eV, of `change`; NaN with fewer than two events on a side."""
        return math.hypot(standard_error(self.before), standard_error(self.after))


@dataclass(frozen=True, eq=False)
class SearchWork:
    """Glasses (minima) and number of the atom before and after, seed of the pushes, and where tries are kept."""

    glasses: tuple[Glass, Glass]
    atoms: tuple[int, int]
    seed: int
    folder: Path

    @cached_property
    def _searches(self) -> dict:
        return {}

    def compute(self, one: Try) -> dict[str, np.ndarray]:
        """barrier (n,) eV and displacement (n, N, 3) Å of the event of this try; n = 0 where it gave none."""
        from symgnn.simulate import BarrierSearch

        side, attempt = one
        if side not in self._searches:
            self._searches[side] = BarrierSearch(self.glasses[side], seed=self.seed)
        event, _, _ = self._searches[side].attempt(self.atoms[side], attempt)
        if event is None:
            return {"barrier": np.empty(0), "displacement": np.empty((0, len(self.glasses[side]), 3))}
        return {"barrier": np.array([event.barrier]), "displacement": event.displacement[None]}

    def path(self, one: Try) -> Path:
        side, attempt = one
        facts = [VERSION, self.glasses[side].content_hash, self.atoms[side], self.seed, attempt]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"try-{key}.npz"


def check_by_searches(
    result: WhatIf,
    *,
    tries: int,
    seed: int = 0,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """So many tries around the atom in both relaxed glasses, with all different events counted once.

    folder, workers, scheduler as in `symgnn.simulate.search_barriers`; progress(tries done, tries) of both together.
    Raises InputError for a result that is not relaxed (no minimum to search from) or that asks about no atom.
    """
    tries = whole_number("check: tries", tries, least=1)
    if not result.is_relaxed:
        raise InputError(
            f"{result.given.name}: not relaxed, expected a relaxed change to search barriers for {result.note}".strip()
        )
    if result.atom is None:
        raise InputError(f"{result.given.name}: no atom asked about, expected one to search barriers around")
    work = SearchWork(
        (result.reference, result.after),
        (result.atom, result.number_after),
        whole_number("check: seed", seed, least=0),
        folder or disk_cache.folder("whatif"),
    )
    jobs = [(side, attempt) for attempt in range(tries) for side in (0, 1)]
    kept = {one: read_arrays(work.path(one), ("barrier", "displacement")) for one in jobs}
    missing = [one for one in jobs if kept[one] is None]
    for done, (one, arrays) in enumerate(
        run_all(work.compute, missing, workers=workers, scheduler=scheduler), len(jobs) - len(missing) + 1
    ):
        write_arrays(work.path(one), arrays)
        kept[one] = arrays
        if progress is not None:
            progress(done, len(jobs))
    before, after = (different([kept[side, attempt] for attempt in range(tries)]) for side in (0, 1))
    return Measured(before, after, tries)


def different(events: list[dict[str, np.ndarray]]) -> np.ndarray:
    """(E,) eV: barriers of the events, each saddle once."""
    chosen: list[tuple[float, np.ndarray]] = []
    for arrays in events:
        for barrier, displacement in zip(arrays["barrier"], arrays["displacement"], strict=True):
            if not any(
                abs(barrier - other) < SAME_BARRIER
                and np.linalg.norm(displacement - moved, axis=1).max() < SAME_SADDLE
                for other, moved in chosen
            ):
                chosen.append((float(barrier), displacement))
    return np.array([barrier for barrier, _ in chosen])


def standard_error(barriers: np.ndarray) -> float:
    """eV, of the mean of barriers (E,); NaN for fewer than two."""
    return float(barriers.std(ddof=1) / math.sqrt(len(barriers))) if len(barriers) > 1 else math.nan


def _mean(barriers: np.ndarray) -> float:
    return float(barriers.mean()) if len(barriers) else math.nan
