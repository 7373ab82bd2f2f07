"""Energy barriers around one atom by searching saddles: what is known, and jobs that search for more.

Everything here needs the extra `physics`; who asks checks that first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.waiting import answer, is_asked
from dashboard.workers.jobs import Job
from symgnn.datasets.own import own_events_file
from symgnn.glass import Glass
from symgnn.recently_used import RecentlyUsed

if TYPE_CHECKING:
    from symgnn.simulate import AtomBarriers, BarrierTable, Event, Verification

SEED = 0  # of all searches, and of the events that ship with the data set "own"

_tables: RecentlyUsed[BarrierTable] = RecentlyUsed(4)


def verification(glass: Glass) -> Verification:
    """Largest force and pressure under the potential. Raises InputError for a structure that it does not take."""
    return answer(
        Job(
            "verify_minimum",
            ("verify", glass.name, glass.content_hash),
            "Forces on the atoms",
            {"glass": glass},
        )
    )


def relaxed_copy(glass: Glass) -> Glass:
    """The glass at the minimum nearby. Raises InputError where none is reached."""
    return answer(_relaxed_copy(glass))


def relaxed_copy_is_asked(glass: Glass) -> bool:
    """Whether `relaxed_copy` returns at once or has been asked for."""
    return is_asked(_relaxed_copy(glass))


def _relaxed_copy(glass: Glass) -> Job:
    key = ("relaxed", glass.name, glass.content_hash)
    return Job("relaxed_copy", key, "Relaxing a copy of the glass", {"glass": glass})


def known_events(name: str, glass: Glass, atom: int) -> AtomBarriers | None:
    """What searches on this machine, or the table that ships with a glass of that name, say of the atom: the one with
    more tries. Raises InputError where the table is damaged."""
    from symgnn.simulate import kept_search, read_barriers, tabulated_search

    known = [kept_search(glass, atom, seed=SEED)]
    if path := own_events_file(name):
        table = _tables.get((str(path), path.stat().st_mtime_ns), lambda: read_barriers(path))
        known.append(tabulated_search(table, atom, len(glass)))
    return max(filter(None, known), key=lambda one: one.tries, default=None)


def search_job(glass: Glass, atom: int, events: int, known: AtomBarriers | None) -> Job:
    """Search until there are so many events; known: from where it goes on if this machine keeps less."""
    key = ("events", glass.content_hash, SEED, atom, events)
    arguments = {"glass": glass, "atom": atom, "events": events, "seed": SEED, "known": known}
    return Job("search_events", key, f"Searching saddles around atom {atom}", arguments, resumes=True)


def event_job(glass: Glass, event: Event) -> Job:
    """The event with the displacements of all atoms, and the energies along its way."""
    key = ("event", glass.content_hash, SEED, event.atom, event.attempt)
    arguments = {"glass": glass, "event": event, "seed": SEED}
    return Job("event_again", key, "Energies along the event", arguments)
