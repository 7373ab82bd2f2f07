"""A job that was asked for: where it stands, and its answer."""

from __future__ import annotations

import threading
import time
from typing import Any

from dashboard.workers.jobs import Job
from symgnn.errors import InputError

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
FINISHED = (DONE, FAILED, CANCELLED)
LEAST_FRACTION = 0.02  # of the work that is done before the rest is estimated from it


class WorkFailed(InputError):
    """A job ended without an answer, through no fault of the input; one line that says so."""


class Ticket:
    """One job for all visitors who asked for it. The pool writes, under its lock; pages read.

    visitors  names of the sessions that wait for the answer
    fraction, what  of the work that is done (0 to 1), and the step that it is at
    """

    def __init__(self, job: Job):
        self.job = job
        self.visitors: set[str] = set()
        self.status = QUEUED
        self.fraction, self.what = 0.0, ""
        self.ahead = 0  # jobs before this one in the queue
        self.put_off = False  # it gives way to another job now
        self.finished_at = 0.0  # by time.monotonic
        self._started = 0.0
        self._finished = threading.Event()
        self._answer: Any = None
        self._error: Exception | None = None

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    def wait(self, seconds: float) -> bool:
        """Whether it is finished, waiting for that at most so long."""
        return self._finished.wait(seconds)

    def result(self) -> Any:
        """The answer. Raises InputError where the input was refused, WorkFailed where there is none."""
        if self._error is not None:
            raise self._error
        if self.status != DONE:
            raise WorkFailed(f"{self.job.title}: {self.status}, expected a finished job")
        return self._answer

    def remaining(self) -> float | None:
        """Seconds that the rest takes at the pace so far; None while that cannot be said."""
        if self.status != RUNNING or self.fraction < LEAST_FRACTION:
            return None
        return (time.monotonic() - self._started) * (1 - self.fraction) / self.fraction

    # ---- for the pool ----

    def start(self) -> None:
        self.status, self.fraction, self.what = RUNNING, 0.0, ""
        self._started = time.monotonic()

    def queue(self) -> None:
        self.status = QUEUED

    def report(self, fraction: float, what: str) -> None:
        self.fraction, self.what = min(max(float(fraction), 0.0), 1.0), what

    def finish(self, answer: Any) -> None:
        self._answer = answer
        self._end(DONE)

    def fail(self, error: Exception) -> None:
        self._error = error
        self._end(FAILED)

    def cancel(self) -> None:
        self._error = WorkFailed(f"{self.job.title}: cancelled")
        self._end(CANCELLED)

    def _end(self, status: str) -> None:
        self.status, self.finished_at = status, time.monotonic()
        self._finished.set()
