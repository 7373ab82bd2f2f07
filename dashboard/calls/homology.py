"""Persistent homology of glasses: diagrams, cycles, voids, distances. All of it takes about a second, or more."""

from __future__ import annotations

from dataclasses import replace

from dashboard.waiting import answer, is_asked
from dashboard.workers.jobs import Job
from symgnn.glass import Glass
from symgnn.homology import Cycles
from symgnn.homology.local_diagrams import LocalPersistence
from symgnn.homology.persistence import Persistence
from symgnn.homology.summary import GlassTopology


def topology(glass: Glass) -> GlassTopology:
    """Persistent homology, representative cycles and cycles per edge."""
    return replace(answer(_topology(glass)), glass=glass)  # an equal glass may bear another name


def topology_is_asked(glass: Glass) -> bool:
    """Whether `topology` returns at once or has been asked for."""
    return is_asked(_topology(glass))


def _topology(glass: Glass) -> Job:
    return Job("topology", ("topology", glass.content_hash), "Topology", {"glass": glass})


def voids(glass: Glass) -> Persistence:
    """Diagrams up to dimension 2, at the cutoff that is complete for them."""
    return answer(_voids(glass))


def voids_are_kept(glass: Glass) -> bool:
    """Whether `voids` returns at once or has been asked for."""
    return is_asked(_voids(glass))


def _voids(glass: Glass) -> Job:
    return Job("voids", ("voids", glass.content_hash), "Voids (H2)", {"glass": glass})


def local_diagrams(glass: Glass, atom: int) -> LocalPersistence:
    """Diagrams of the ball of atoms around one."""
    key = ("local", glass.content_hash, atom)
    return answer(Job("local_diagrams", key, "Neighbourhood", {"glass": glass, "atom": atom}))


def exact_cycle(glass: Glass, row: int) -> Cycles:
    """One cycle: of class `row` of the Rips loops, one that dies with it, else the shortest."""
    known = topology(glass)
    arguments = {"persistence": known.persistence, "cycles": known.cycles, "row": row}
    return answer(Job("exact_cycle", _exact(glass, row), "Exact cycle", arguments))


def exact_cycle_is_kept(glass: Glass, row: int) -> bool:
    """Whether `exact_cycle` returns at once or has been asked for."""
    return is_asked(Job("exact_cycle", _exact(glass, row), "Exact cycle", {}))


def _exact(glass: Glass, row: int) -> tuple:
    return ("exact", glass.content_hash, row)


def wasserstein_distance(first: Glass, second: Glass) -> float:
    """Å per atom, 1-Wasserstein distance of the H1 diagrams of two glasses."""
    arguments = {"first": topology(first).persistence, "second": topology(second).persistence}
    return answer(Job("wasserstein_distance", _apart(first, second), "Wasserstein distance", arguments))


def wasserstein_distance_is_kept(first: Glass, second: Glass) -> bool:
    """Whether `wasserstein_distance` returns at once or has been asked for."""
    return is_asked(Job("wasserstein_distance", _apart(first, second), "Wasserstein distance", {}))


def _apart(first: Glass, second: Glass) -> tuple:
    return ("wasserstein", first.content_hash, second.content_hash)


def loop_distance(first: Glass, second: Glass) -> float:
    """Å, bottleneck distance of the H1 diagrams of two glasses."""
    arguments = {"first": topology(first).persistence, "second": topology(second).persistence}
    key = ("bottleneck", first.content_hash, second.content_hash)
    return answer(Job("bottleneck_distance", key, "Distance of the diagrams", arguments))
