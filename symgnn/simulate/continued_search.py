"""A search around one atom that is kept after every try: one that was stopped, or asked for more, goes on.

What is known of an atom is a file of the user's cache folder, named by glass, seed and atom. Each try is determined by
these and its number, so that a search in pieces gives the events of one that ran through.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from symgnn import disk_cache
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.simulate.barrier_table import BarrierTable
from symgnn.simulate.barriers import TRIES_PER_EVENT, BarrierSearch
from symgnn.simulate.events import AtomBarriers, Event

VERSION = 2  # of the files and of what a search computes
KIND = "searches"  # folder of the cache
NOT_RECORDED = "not recorded"  # reason of tries of which a table of many atoms keeps the number alone

_SCALARS = ("attempt", "barrier", "energy_difference", "curvature", "largest_force", "connected", "calls")
_FIELDS = ("displacement", "end_displacement")
_COLUMNS = (*_SCALARS, *_FIELDS, "counts", "reason", "reason_tries")

Report = Callable[[AtomBarriers], None]


def search_path(glass: Glass, atom: int, seed: int, folder: Path | None = None) -> Path:
    """The file in which a search with the built-in potential is kept."""
    facts = json.dumps([VERSION, glass.content_hash, int(seed), int(atom)])
    key = hashlib.sha256(facts.encode()).hexdigest()[:20]
    return (folder or disk_cache.folder(KIND)) / f"{KIND}-{key}.npz"


def kept_search(glass: Glass, atom: int, *, seed: int = 0, folder: Path | None = None) -> AtomBarriers | None:
    """What is known of the atom; None where nothing has been tried."""
    arrays = read_arrays(search_path(glass, atom, seed, folder), _COLUMNS)
    if arrays is None:
        return None
    events = tuple(
        Event(int(atom), **{name: arrays[name][row].item() for name in _SCALARS},
              **{name: arrays[name][row] for name in _FIELDS})
        for row in range(len(arrays["attempt"]))
    )  # fmt: skip
    duplicates, calls = arrays["counts"].tolist()
    reasons = zip(arrays["reason"].tolist(), arrays["reason_tries"].tolist(), strict=True)
    return AtomBarriers(int(atom), events, duplicates, Counter(dict(reasons)), calls)


def tabulated_search(table: BarrierTable, atom: int, n_atoms: int) -> AtomBarriers | None:
    """What a table of a glass of so many atoms says of one of them; None where that was not searched.

    Displacements of atoms that move less than .05 Å are 0: the table does not keep them.
    """
    rows = np.flatnonzero(table.atom == atom)
    if not len(rows):
        return None
    row = int(rows[0])
    events = []
    for number in np.flatnonzero(table.event_atom == atom):
        moved, *fields = table.moves(int(number))
        whole = np.zeros((2, n_atoms, 3))
        whole[:, moved] = fields
        events.append(
            Event(
                atom=int(atom),
                attempt=int(table.attempt[number]),
                barrier=float(table.barrier[number]),
                energy_difference=float(table.energy_difference[number]),
                displacement=whole[0],
                end_displacement=whole[1],
                curvature=float(table.curvature[number]),
                largest_force=float(table.largest_force[number]),
                connected=bool(table.connected[number]),
                calls=int(table.event_calls[number]),
            )
        )
    duplicates = int(table.duplicates[row])
    failed = int(table.tries[row]) - duplicates - len(events)
    failures = Counter({NOT_RECORDED: failed} if failed else {})
    return AtomBarriers(int(atom), tuple(events), duplicates, failures, int(table.calls[row]))


def is_whole(event: Event) -> bool:
    """Whether the displacements of all atoms are known, also of those that hardly move."""
    return bool((event.displacement != 0).any(axis=1).all())


def continued_search(
    search: BarrierSearch,
    atom: int,
    *,
    events: int,
    max_tries: int | None = None,
    known: AtomBarriers | None = None,
    report: Report | None = None,
    folder: Path | None = None,
) -> AtomBarriers:
    """Tries on from what is kept, or from `known` where that holds more tries, until there are so many different events
    or max_tries (by default 4 per event) are done, those before included; every try is kept.

    report(all that is known) is called after each try; what it raises ends the search. Raises InputError for an atom
    that does not exist.
    """
    search.glass.check_atom(atom)
    path = search_path(search.glass, atom, search.seed, folder)
    kept = kept_search(search.glass, atom, seed=search.seed, folder=folder)
    most = max_tries or TRIES_PER_EVENT * events
    result = max(filter(None, (kept, known)), key=lambda one: one.tries, default=None)
    if result is not None and is_enough(result, events, most):
        return result
    for now in search.tries(atom, after=result):
        write_arrays(path, _arrays(now, len(search.glass)))
        if report:
            report(now)
        if is_enough(now, events, most):
            break
    return now


def is_enough(result: AtomBarriers, events: int, max_tries: int | None = None) -> bool:
    """Whether a search for so many events ends here."""
    return len(result.events) >= events or result.tries >= (max_tries or TRIES_PER_EVENT * events)


def _arrays(result: AtomBarriers, n_atoms: int) -> dict[str, np.ndarray]:
    reasons = sorted(result.failures.items())
    return {
        **{name: np.array([getattr(event, name) for event in result.events]) for name in _SCALARS},
        **{
            name: np.array([getattr(event, name) for event in result.events]).reshape(-1, n_atoms, 3)
            for name in _FIELDS
        },
        "counts": np.array([result.duplicates, result.calls], dtype=np.int64),
        "reason": np.array([reason for reason, _ in reasons], dtype=str),
        "reason_tries": np.array([number for _, number in reasons], dtype=np.int64),
    }
