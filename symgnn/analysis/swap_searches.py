"""Barriers around atoms by searching saddles, in a glass and in it with one atom swapped: one file per search.

Every search, before or after a swap, ends at the same number of different events, so that all means are alike. What is
before all swaps of a centre is searched several times, from other seeds: its error is common to all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.simulate.events import MOVING
from symgnn.whatif.changes import parse_change
from symgnn.whatif.relaxation import Warm, relaxed

VERSION = 2
COLUMNS = ("barriers", "moving", "tries", "positions")

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Search:
    """Of one atom: `centre` of the glass number `glass`; change: a swap as text, "" for none; repeat: from 0 on, each
    with a seed of its own."""

    glass: int
    centre: int
    change: str = ""
    repeat: int = 0


@dataclass(frozen=True, eq=False)
class SwapSearches:
    """glasses: minima of the potential; events: different ones that end a search (or four tries for each)."""

    glasses: Sequence[Glass]
    events: int
    seed: int
    folder: Path

    def compute(self, search: Search) -> Arrays:
        """barriers (E,) eV; moving (E, N) whether an atom moves in an event; tries (); positions (N, 3) Å of the glass
        that was searched. No events and NaN where the changed glass relaxes to no minimum."""
        from symgnn.simulate import BarrierSearch

        glass = self.glasses[search.glass]
        try:
            if search.change:
                change = parse_change(search.change)
                glass, _ = relaxed(change.apply(glass), near=change.near(glass), like=Warm(glass))
            barriers = BarrierSearch(glass, seed=self.seed + search.repeat)
        except InputError:
            shape = (0, len(glass))
            return {"barriers": np.empty(0), "moving": np.empty(shape, bool), "tries": np.array(0),
                    "positions": np.full_like(glass.positions, np.nan)}  # fmt: skip
        result = barriers.around(search.centre, events=self.events)
        far = [np.linalg.norm(event.displacement, axis=1) > MOVING for event in result.events]
        return {
            "barriers": result.barriers,
            "moving": np.array(far, dtype=bool).reshape(-1, len(glass)),
            "tries": np.array(result.tries),
            "positions": glass.positions,
        }

    def path(self, search: Search) -> Path:
        facts = [VERSION, self.glasses[search.glass].content_hash, self.events, self.seed + search.repeat]
        facts += [int(search.centre), search.change]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"swap-{key}.npz"

    def read(self, search: Search) -> Arrays | None:
        """What is kept of a search; None where there is nothing that can be read."""
        return read_arrays(self.path(search), COLUMNS)

    def write(self, search: Search, arrays: Arrays) -> None:
        write_arrays(self.path(search), arrays, compressed=True)
