"""Graphs that were built before, by content of the glass, in the memory of this process.

Building one takes less time than reading it from disk would (0.03 s for 3000 atoms), so none is kept there.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.recently_used import RecentlyUsed

KEPT = 8  # graphs; one of 8000 atoms takes about 20 MB

_graphs: RecentlyUsed[AtomGraph] = RecentlyUsed(KEPT)


def cached_graph(glass: Glass, cutoff: float, inputs: Sequence[str] = ()) -> AtomGraph:
    """`build_graph(glass, cutoff, inputs)`, computed once for equal content. The least recently used goes first.

    Threads share the graphs: each is built by one of them.
    """
    key = (glass.content_hash_with(inputs), float(cutoff), tuple(inputs))
    return _graphs.get(key, lambda: build_graph(glass, cutoff, inputs))
