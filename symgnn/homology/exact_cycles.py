"""A cycle that is born with its class and also dies with it, where the shortest one does not.

A cycle is filled at the death of its class where it pairs to 0 (mod 2) with every older cocycle that is still alive
then (cycles.py). So the shortest path between the ends of the birth edge is sought once more, over pairs (atom, parity
against these cocycles): it has to arrive with the parities of the birth edge itself. That takes milliseconds to
seconds for each class, hence on demand only.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from symgnn.homology.cycles import Cycles, closed_paths, strict_cycles
from symgnn.homology.persistence import Persistence

STATES = 10_000  # (atom, parity) pairs looked at for one class before giving up


def exact_cycles(
    persistence: Persistence,
    cycles: Cycles,
    *,
    rows: np.ndarray | None = None,
    states: int = STATES,
    progress: Callable[[int, int], None] | None = None,
) -> Cycles:
    """The cycles with those of `rows` (default: all) that are not strict replaced where a strict one is found within
    `states` steps. progress(done, cycles to do): an exception that it raises stops the search.
    """
    filtration, h1 = persistence.filtration, persistence.h1
    bits = _cocycle_bits(persistence)  # edge -> the classes on whose cocycle it lies, as a number
    vertices = list(cycles.vertices)
    todo = np.flatnonzero(~cycles.strict)
    todo = todo if rows is None else np.intersect1d(todo, rows)
    adjacency: list[list[tuple[int, float, int]]] = [[] for _ in range(filtration.n_atoms)]
    pairs, lengths, older = filtration.pairs.tolist(), filtration.lengths.tolist(), 0
    for done, row in enumerate(todo.tolist(), 1):
        birth = int(h1.birth_edge[row])
        for edge in range(older, birth):
            i, j = pairs[edge]
            adjacency[i].append((j, lengths[edge], bits.get(edge, 0)))
            adjacency[j].append((i, lengths[edge], bits.get(edge, 0)))
        older = birth
        alive = np.flatnonzero((h1.birth_edge < birth) & (h1.death > h1.death[row]))
        mask = sum(1 << other for other in alive.tolist())
        path = _path(adjacency, *pairs[birth], mask, bits.get(birth, 0) & mask, states)
        if path is not None:
            vertices[row] = path
        if progress is not None:
            progress(done, len(todo))
    exact = closed_paths(filtration, vertices, strict=None)
    return replace(exact, strict=strict_cycles(persistence, exact.edges))


def _cocycle_bits(persistence: Persistence) -> dict[int, int]:
    bits: dict[int, int] = {}
    for row, edges in enumerate(persistence.cocycles):
        for edge in edges.tolist():
            bits[edge] = bits.get(edge, 0) | 1 << row
    return bits


def _path(
    adjacency: list[list[tuple[int, float, int]]], start: int, end: int, mask: int, parity: int, states: int
) -> np.ndarray | None:
    """Atoms of the shortest path from start to end whose edges' bits, as far as in `mask`, add up to `parity` (mod 2).

    None where it is not found in that many steps, or where it visits an atom twice.
    """
    goal, begin = (end, parity), (start, 0)
    distance, previous, heap = {begin: 0.0}, {}, [(0.0, *begin)]
    for _ in range(states):
        if not heap:
            return None
        so_far, *state = heapq.heappop(heap)
        atom, seen = state = tuple(state)
        if state == goal:
            path = [state]
            while path[-1] != begin:
                path.append(previous[path[-1]])
            atoms = [atom for atom, _ in reversed(path)]
            return np.array(atoms, dtype=np.int64) if len(set(atoms)) == len(atoms) else None
        if so_far > distance[state]:
            continue
        for neighbor, length, edge_bits in adjacency[atom]:
            reached = (neighbor, seen ^ (edge_bits & mask))
            if so_far + length < distance.get(reached, np.inf):
                distance[reached] = so_far + length
                previous[reached] = state
                heapq.heappush(heap, (so_far + length, *reached))
    return None
