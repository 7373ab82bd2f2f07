"""Answers that were computed before, bounded by their number and by their size."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

MOST, MOST_BYTES = 256, 512 * 2**20


class Kept:
    """At most `most` answers of at most `most_bytes` together; the least recently used goes first.

    An answer larger than that is kept until the next one. Safe to use from many threads.
    """

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES):
        self.most, self.most_bytes = most, most_bytes
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def n_bytes(self) -> int:
        """Size of all answers."""
        return self._bytes

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._answers

    def get(self, key: Hashable) -> Any:
        """The answer. Raises KeyError where it is not kept."""
        with self._lock:
            self._answers.move_to_end(key)
            return self._answers[key][0]

    def put(self, key: Hashable, answer: Any, n_bytes: int) -> None:
        """Keep an answer of that size; others go where it needs their place."""
        with self._lock:
            self._drop(key)
            self._answers[key] = answer, n_bytes
            self._bytes += n_bytes
            while len(self._answers) > 1 and (
                len(self._answers) > self.most or self._bytes > self.most_bytes
            ):
                self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
            self._bytes = 0

    def _drop(self, key: Hashable) -> None:
        _, n_bytes = self._answers.pop(key, (None, 0))
        self._bytes -= n_bytes
