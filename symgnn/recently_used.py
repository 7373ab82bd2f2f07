"""Results that were computed before, the most recently used ones, shared by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Result = TypeVar("Result")
PATIENCE = 0.2  # s between two calls of `waiting`


class RecentlyUsed(Generic[Result]):
    """At most `capacity` results by key; the least recently used goes first.

    Safe to use from many threads: they compute one key once and different keys side by side. What a computation raises
    reaches its own caller and nobody else: threads that waited for it compute for themselves, and nothing is kept.
    """

    def __init__(self, capacity: int):
        if capacity < 1:
            raise ValueError(f"capacity {capacity} found, expected at least 1")
        self.capacity = capacity
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._computing: dict[Hashable, int] = {}  # key -> the thread that computes it
        self._changed = threading.Condition()  # its lock guards both; never held while something is computed

    def __len__(self) -> int:
        with self._changed:
            return len(self._results)

    def __contains__(self, key: Hashable) -> bool:
        """Whether `get` would return at once."""
        with self._changed:
            return key in self._results

    def clear(self) -> None:
        """Drop all results; what is being computed is kept when it is finished."""
        with self._changed:
            self._results.clear()

    def get(
        self, key: Hashable, compute: Callable[[], Result], *, waiting: Callable[[], None] | None = None
    ) -> Result:
        """The result for a key: kept from before, or `compute()`.

        waiting() is called every 0.2 s while another thread computes this key; what it raises ends the waiting.
        Raises RuntimeError where `compute` asks for its own key.
        """
        mine = threading.get_ident()
        while True:
            with self._changed:
                if key in self._results:
                    self._results.move_to_end(key)
                    return self._results[key]
                if key not in self._computing:
                    self._computing[key] = mine
                    break
                if self._computing[key] == mine:
                    raise RuntimeError(f"the computation of {key!r} asks for itself")
                self._changed.wait(PATIENCE)
            if waiting is not None:
                waiting()
        try:
            result = compute()
        except BaseException:
            self._finish(key)
            raise
        with self._changed:
            self._results[key] = result
            while len(self._results) > self.capacity:
                self._results.popitem(last=False)
        self._finish(key)
        return result

    def _finish(self, key: Hashable) -> None:
        with self._changed:
            del self._computing[key]
            self._changed.notify_all()
