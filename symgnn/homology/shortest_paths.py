"""Paths that close a birth edge to a cycle: between its two atoms, along older edges of the filtration.

The shortest path in Å is sought birth by birth. The path of fewest edges, of equally many the shortest in Å, is found
for thousands of births at once: at any time all of them have taken the same number of steps, so that a step is a few
operations on arrays.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from symgnn.homology.filtration import Filtration

Adjacency = list[list[tuple[int, float]]]  # atom -> (neighbour, length) of the edges so far
BATCH = 10_000  # births whose paths of fewest edges are sought at once: some 100 MB


def shortest_paths(filtration: Filtration, births: np.ndarray) -> list[np.ndarray]:
    """For each birth edge, ascending: the atoms of the shortest path in Å from its first to its second.

    Raises ValueError where older edges do not connect the two.
    """
    adjacency: Adjacency = [[] for _ in range(filtration.n_atoms)]
    pairs, lengths = filtration.pairs.tolist(), filtration.lengths.tolist()
    paths, older = [], 0
    for birth in births.tolist():
        for edge in range(older, birth):
            i, j = pairs[edge]
            adjacency[i].append((j, lengths[edge]))
            adjacency[j].append((i, lengths[edge]))
        older = birth
        paths.append(np.array(shortest_path(adjacency, *pairs[birth]), dtype=np.int64))
    return paths


def shortest_path(adjacency: Adjacency, start: int, end: int) -> list[int]:
    """Atoms from start to end along the shortest path, both included: Dijkstra from both ends at once.

    Raises ValueError where the two are not connected.
    """
    distance = ({start: 0.0}, {end: 0.0})
    previous: tuple[dict[int, int], ...] = ({}, {})
    heaps = ([(0.0, start)], [(0.0, end)])
    best, meeting = math.inf, -1
    while heaps[0] and heaps[1] and heaps[0][0][0] + heaps[1][0][0] < best:
        side = 0 if heaps[0][0][0] <= heaps[1][0][0] else 1
        near, far, back, heap = distance[side], distance[1 - side], previous[side], heaps[side]
        so_far, atom = heapq.heappop(heap)
        if so_far > near[atom]:
            continue  # an older, longer entry
        for neighbor, length in adjacency[atom]:
            reach = so_far + length
            if reach < near.get(neighbor, math.inf):
                near[neighbor], back[neighbor] = reach, atom
                heapq.heappush(heap, (reach, neighbor))
                if reach + far.get(neighbor, math.inf) < best:
                    best, meeting = reach + far[neighbor], neighbor
    if meeting < 0:
        raise ValueError(f"atoms {start} and {end} are not connected")
    path = [meeting]
    while path[-1] != start:
        path.append(previous[0][path[-1]])
    path.reverse()
    while path[-1] != end:
        path.append(previous[1][path[-1]])
    return path


def fewest_edges_paths(filtration: Filtration, births: np.ndarray) -> list[np.ndarray]:
    """For each birth edge: the atoms of the path of fewest edges from its first to its second, of equally many edges
    the shortest in Å.

    Raises ValueError where older edges do not connect the two.
    """
    older = _OlderEdges(filtration)
    batches = np.split(births, np.arange(BATCH, len(births), BATCH))
    return [path for batch in batches for path in _fewest_edges(older, batch)]


def _fewest_edges(older: _OlderEdges, births: np.ndarray) -> list[np.ndarray]:
    """One step from the first atoms, one from the second, and so on until both have reached a common atom."""
    paths: list[np.ndarray] = [births] * len(births)  # each is replaced
    under_way = np.ones(len(births), dtype=bool)
    first, second = ([_Reached.start(atoms)] for atoms in older.pairs[births].T)  # one entry for each step
    while under_way.any():
        near = first if len(first) == len(second) else second
        near.append(older.step(near, births))
        if len(np.unique(near[-1].search)) < under_way.sum():
            raise ValueError("the atoms of a birth edge are not connected by older edges")
        met, *meeting = _meetings(first[-1], second[-1])
        there, back = _trace(first, meeting[0]), _trace(second, meeting[1])
        for search, path in zip(met, np.concatenate([there[:, ::-1], back[:, 1:]], axis=1), strict=True):
            paths[search] = path
        under_way[met] = False
        for steps in (first, second):
            steps[-1] = steps[-1].select(under_way[steps[-1].search])
    return paths


@dataclass(frozen=True, eq=False)
class _Reached:
    """Atoms first reached after the same number of steps by some searches; rows sorted by search and atom.

    search, atom  (R,) int64
    length        (R,) float64  Å, of the shortest path of that many steps
    previous      (R,) int64    row of the step before, from which it came; -1 at the start
    """

    search: np.ndarray
    atom: np.ndarray
    length: np.ndarray
    previous: np.ndarray

    @classmethod
    def start(cls, atoms: np.ndarray) -> _Reached:
        """Search k starts at atoms[k]."""
        n = len(atoms)
        return cls(np.arange(n), atoms, np.zeros(n), np.full(n, -1))

    def select(self, rows: np.ndarray) -> _Reached:
        return _Reached(self.search[rows], self.atom[rows], self.length[rows], self.previous[rows])

    def keys(self) -> np.ndarray:
        """(R,) int64, ascending: search and atom as one number."""
        return self.search << 32 | self.atom


class _OlderEdges:
    """The edges at every atom, oldest first."""

    def __init__(self, filtration: Filtration):
        n_edges = len(filtration)
        self.pairs, self.n_edges = filtration.pairs, n_edges
        atom, neighbor = np.concatenate([filtration.pairs, filtration.pairs[:, ::-1]]).T
        edge = np.tile(np.arange(n_edges), 2)
        order = np.argsort(atom * n_edges + edge)
        self.entry = (atom * n_edges + edge)[order]  # (2E,) ascending
        self.neighbor, self.length = neighbor[order], filtration.lengths[edge[order]]

    def step(self, steps: list[_Reached], births: np.ndarray) -> _Reached:
        """What is reached next, along edges older than the birth edge of each search."""
        last = steps[-1]
        begin = np.searchsorted(self.entry, last.atom * self.n_edges)
        count = np.searchsorted(self.entry, last.atom * self.n_edges + births[last.search]) - begin
        previous = np.repeat(np.arange(len(count)), count)
        taken = np.arange(count.sum()) + np.repeat(begin - (np.cumsum(count) - count), count)
        reached = _Reached(
            last.search[previous], self.neighbor[taken], last.length[previous] + self.length[taken], previous
        )
        keys = reached.keys()
        new = ~_contains(last.keys(), keys)
        if len(steps) > 1:  # neighbours of what was reached at a step lie one step before, at it, or beyond
            new &= ~_contains(steps[-2].keys(), keys)
        rows = np.flatnonzero(new)
        rows = rows[np.lexsort((reached.length[rows], keys[rows]))]
        once = np.append(True, np.diff(keys[rows]) != 0)[: len(rows)]
        return reached.select(rows[once])


def _contains(ascending: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(K,) bool: the key is among the ascending ones."""
    return np.append(ascending, -1)[np.searchsorted(ascending, keys)] == keys


def _meetings(first: _Reached, second: _Reached) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Searches whose sides have met, and the row of either side where the path is shortest."""
    _, one, other = np.intersect1d(first.keys(), second.keys(), assume_unique=True, return_indices=True)
    order = np.lexsort((first.length[one] + second.length[other], first.search[one]))
    one, other = one[order], other[order]
    search, shortest = np.unique(first.search[one], return_index=True)
    return search, one[shortest], other[shortest]


def _trace(steps: list[_Reached], rows: np.ndarray) -> np.ndarray:
    """(R, number of steps) atoms from those rows of the last step back to the start."""
    atoms = []
    for step in reversed(steps):
        atoms.append(step.atom[rows])
        rows = step.previous[rows]
    return np.stack(atoms, axis=1)
