"""Graphs that were built before, by content of the glass, in the memory of this process.

Building one takes less time than reading it from disk would (0.03 s for 3000 atoms), so none is kept there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph

KEPT = 8  # graphs; one of 8000 atoms takes about 20 MB

_graphs: OrderedDict[tuple[str, float, tuple[str, ...]], AtomGraph] = OrderedDict()


def cached_graph(glass: Glass, cutoff: float, inputs: Sequence[str] = ()) -> AtomGraph:
    """`build_graph(glass, cutoff, inputs)`, computed once for equal content. The least recently used goes first."""
    key = (glass.content_hash_with(inputs), float(cutoff), tuple(inputs))
    if key not in _graphs:
        _graphs[key] = build_graph(glass, cutoff, inputs)
        while len(_graphs) > KEPT:
            _graphs.popitem(last=False)
    _graphs.move_to_end(key)
    return _graphs[key]
