"""What a worker can be asked for: the name of a function of tasks.py, its arguments, and a key for the answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Job:
    """One question.

    kind       name of a function in `tasks.TASKS`
    key        of the answer: equal keys have equal answers, whoever asks; made of hashes of the content
    title      what is being done, on screen
    arguments  of that function, by name; glasses and checkpoints travel apart (parcels.py), the rest is pickled
    resumes    long work that keeps what it has finished: it gives way to other jobs and goes on later
    """

    kind: str
    key: tuple[Hashable, ...]
    title: str
    arguments: Mapping[str, Any]
    resumes: bool = False
