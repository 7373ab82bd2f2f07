"""The queue, and the workers that take jobs from it. One pool serves all sessions of a server."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Hashable
from typing import Any

from dashboard.workers import messages
from dashboard.workers.here import Here
from dashboard.workers.jobs import Job
from dashboard.workers.kept import Kept
from dashboard.workers.parcels import pack
from dashboard.workers.process import WorkerProcess
from dashboard.workers.ticket import Ticket, WorkFailed
from symgnn.errors import InputError
from symgnn.paths import CACHE_VARIABLE, CHECKPOINTS_VARIABLE, DATA_VARIABLE

WORKERS_VARIABLE = "SYMGNN_DASHBOARD_WORKERS"
GRACE = 0.8  # s that a cancelled job has to stop by itself
MOST_WORKERS = 6
DEAD_STARTS = 3  # workers in a row that end before they are ready: no more are started
ABANDONED = (
    150.0  # s after which a job at whose bar nobody looks is cancelled; hidden tabs look once a minute
)
SWEEP = 15.0  # s between two searches for such jobs
SPARE_AFTER = 15.0  # s after a worker is ready, the next one starts though nobody waits for it
SMALL = 512  # bytes, what a refusal takes


def default_workers() -> int:
    """Processes for this machine: its cores up to two; of more, all but one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if cores <= 2 else min(cores - 1, MOST_WORKERS)


class Pool:
    """Answers questions, in the order in which they come; those that resume give way to the others.

    Equal questions are computed once, for all who ask; answers and refusals are kept. A worker that dies takes its job
    along, and another one is started.
    """

    def __init__(self, n_workers: int | None = None, kept: Kept | None = None):
        self.kept = Kept() if kept is None else kept
        self.n_workers = default_workers() if n_workers is None else n_workers
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._tickets: dict[Hashable, Ticket] = {}  # not finished, by key
        self._failed: dict[Hashable, Ticket] = {}  # told once to everybody who waited for it
        self._queue: list[Ticket] = []
        self._workers: list[WorkerProcess] = []
        self._running: dict[WorkerProcess, tuple[int, Ticket]] = {}
        self._dead_starts = 0
        self._closed = False
        self._looked: dict[tuple[str, Ticket], float] = {}  # when each visitor looked at a ticket last
        threading.Thread(target=self._sweep_now_and_then, daemon=True).start()

    def start(self) -> None:
        """Start the workers, one after the other: each imports for seconds. The first question does it too."""
        with self._lock:
            starting = any(not worker.ready for worker in self._workers)
            if self._closed or starting or self._dead_starts >= DEAD_STARTS:
                return
            if len(self._workers) < self.n_workers:
                self._workers.append(WorkerProcess(self._on_message, self._on_end))

    def close(self) -> None:
        """End all workers and jobs."""
        with self._lock:
            self._closed = True
            for ticket in list(self._tickets.values()):
                self._finish(ticket, WorkFailed(f"{ticket.job.title}: the dashboard is closing"))
            self._queue.clear()
            workers = list(self._workers)
        for worker in workers:
            worker.kill()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are ready."""
        with self._lock:
            return [worker.pid for worker in self._workers if worker.ready]

    # ---- what pages ask ----

    def is_known(self, key: Hashable) -> bool:
        """Whether the answer is kept, or being computed for somebody."""
        return key in self.kept or key in self._tickets

    def ask(self, job: Job, visitor: str) -> Ticket:
        """The ticket of a job: finished where its answer is kept, else queued, or that of those who asked before."""
        with self._lock:
            failed = self._failed.get(job.key)
            if failed is not None and visitor in failed.visitors:
                failed.visitors.discard(visitor)
                if not failed.visitors:
                    del self._failed[job.key]
                return failed
            ticket = self._answered(job)
            if ticket is not None:
                return ticket
            ticket = self._tickets.get(job.key)
            if ticket is None:
                ticket = self._tickets[job.key] = Ticket(job)
                self._queue.append(ticket)
            ticket.visitors.add(visitor)
            self.look(ticket, visitor)
            self.start()
            self._dispatch()
            return ticket

    def look(self, ticket: Ticket, visitor: str) -> None:
        """This visitor still waits for it."""
        with self._lock:
            if ticket.job.key in self._tickets:
                self._looked[visitor, ticket] = time.monotonic()

    def sweep(self, abandoned: float = ABANDONED) -> None:
        """Leave jobs for visitors who have not looked at them for so long, in s: their windows are closed."""
        with self._lock:
            now = time.monotonic()
            for (visitor, ticket), looked in list(self._looked.items()):
                if ticket.finished or visitor not in ticket.visitors:
                    del self._looked[visitor, ticket]
                elif now - looked > abandoned:
                    del self._looked[visitor, ticket]
                    self.leave(ticket, visitor)
            for key in [key for key, ticket in self._failed.items() if now - ticket.finished_at > abandoned]:
                del self._failed[key]

    def leave(self, ticket: Ticket, visitor: str) -> None:
        """This visitor wants it no more; where nobody else does, it is cancelled."""
        with self._lock:
            ticket.visitors.discard(visitor)
            if ticket.visitors or ticket.finished:
                return
            if ticket in self._queue:
                self._queue.remove(ticket)
                self._finish(ticket, None)
            else:
                self._interrupt(ticket)
            self._dispatch()

    def tickets_of(self, visitor: str) -> list[Ticket]:
        """What this visitor waits for."""
        with self._lock:
            return [ticket for ticket in self._tickets.values() if visitor in ticket.visitors]

    def _sweep_now_and_then(self) -> None:
        while not self._closed:
            time.sleep(SWEEP)
            self.sweep()

    # ---- the queue; all below with the lock held ----

    def _answered(self, job: Job) -> Ticket | None:
        try:
            answer = self.kept.get(job.key)
        except KeyError:
            return None
        ticket = Ticket(job)
        if isinstance(answer, InputError):
            ticket.fail(answer)
        else:
            ticket.finish(answer)
        return ticket

    def _dispatch(self) -> None:
        self._queue.sort(key=lambda ticket: ticket.job.resumes)  # stable
        idle = [worker for worker in self._workers if worker.ready and worker not in self._running]
        while self._queue and idle:
            self._give(idle.pop(), self._queue.pop(0))
        if self._queue and not self._queue[0].job.resumes:
            self._make_way()
        if self._queue and not self._workers:
            for ticket in self._queue:
                self._finish(ticket, WorkFailed(f"{ticket.job.title}: no worker process can be started"))
            self._queue.clear()
        for place, ticket in enumerate(self._queue):
            ticket.ahead = place

    def _give(self, worker: WorkerProcess, ticket: Ticket) -> None:
        number = next(self._numbers)
        packed, pickles = pack(ticket.job.arguments, worker.held)
        self._running[worker] = number, ticket
        ticket.start()
        worker.send(messages.Ask(number, ticket.job.kind, packed, pickles, _folders()))

    def _make_way(self) -> None:
        """Where every worker is at work that resumes, let one put it off."""
        if len(self._running) < len(self._workers):
            return  # one is starting
        putting_off = [ticket for _, ticket in self._running.values() if ticket.job.resumes]
        if len(putting_off) == len(self._running) and not any(ticket.put_off for ticket in putting_off):
            putting_off[-1].put_off = True
            self._interrupt(putting_off[-1])

    def _interrupt(self, ticket: Ticket) -> None:
        """Stop a running job: it is asked to, and its worker is ended where that does not help."""
        for worker, (number, running) in self._running.items():
            if running is ticket:
                worker.send(messages.Cancel(number))
                timer = threading.Timer(GRACE, self._end_if_still_at, (worker, number))
                timer.daemon = True
                timer.start()

    def _end_if_still_at(self, worker: WorkerProcess, number: int) -> None:
        with self._lock:
            still = self._running.get(worker, (None,))[0] == number
        if still:
            worker.kill()

    def _stopped(self, ticket: Ticket) -> None:
        """A job has been interrupted: to go on later, or because nobody wants it."""
        if ticket.visitors:  # put off, or somebody has asked for it again meanwhile
            ticket.put_off = False
            ticket.queue()
            self._queue.append(ticket)
        else:
            self._finish(ticket, None)

    def _finish(self, ticket: Ticket, error: Exception | None) -> None:
        """Without an answer. error: None where it was cancelled."""
        self._tickets.pop(ticket.job.key, None)
        if error is None:
            ticket.cancel()
        else:
            if isinstance(error, WorkFailed) and ticket.visitors:
                self._failed[ticket.job.key] = ticket
            ticket.fail(error)

    # ---- what workers say, in their threads ----

    def _on_message(self, worker: WorkerProcess, message: Any) -> None:
        if isinstance(message, messages.Ready):
            with self._lock:
                worker.ready, self._dead_starts = True, 0
                self._dispatch()
                if self._queue:
                    self.start()
                else:
                    timer = threading.Timer(SPARE_AFTER, self.start)
                    timer.daemon = True
                    timer.start()
            return
        with self._lock:
            number, ticket = self._running.get(worker, (None, None))
            if number != message.number:
                return
            if isinstance(message, messages.Report):
                ticket.report(message.fraction, message.what)
                return
        answer = messages.loads(message.content) if isinstance(message, messages.Answer) else None
        with self._lock:
            del self._running[worker]
            if isinstance(message, messages.Answer):
                self.kept.put(ticket.job.key, answer, len(message.content))
                self._tickets.pop(ticket.job.key, None)
                ticket.finish(answer)
            elif message.cancelled:
                self._stopped(ticket)
            elif message.refused:
                error = InputError(message.text)
                self.kept.put(ticket.job.key, error, SMALL)
                self._finish(ticket, error)
            else:
                self._finish(ticket, WorkFailed(f"{ticket.job.title}: {message.text}"))
            self._dispatch()

    def _on_end(self, worker: WorkerProcess, status: int) -> None:
        with self._lock:
            self._workers.remove(worker)
            _, ticket = self._running.pop(worker, (None, None))
            if not worker.ready:
                self._dead_starts += 1
            if ticket is not None and not ticket.finished:
                if not ticket.visitors or ticket.put_off:
                    self._stopped(ticket)
                else:
                    how = _how_it_ended(status)
                    text = f"{ticket.job.title}: the process that computed it {how}; ask again, another one has started"
                    self._finish(ticket, WorkFailed(text))
            if not self._closed:
                self.start()
                self._dispatch()


def _how_it_ended(status: int) -> str:
    """-9 -> 'was ended by SIGKILL (out of memory?)'."""
    if status >= 0:
        return f"ended with status {status}"
    name = signal.Signals(-status).name
    return f"was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")


def _folders() -> dict[str, str | None]:
    """The variables that say where things lie: tests and users may change them while workers run."""
    names = (CHECKPOINTS_VARIABLE, DATA_VARIABLE, CACHE_VARIABLE)
    return {name: os.environ.get(name) for name in names}


def _chosen_workers() -> int:
    chosen = os.environ.get(WORKERS_VARIABLE)
    if not chosen:
        return default_workers()
    if not chosen.isdecimal():
        raise InputError(f"{WORKERS_VARIABLE}: {chosen!r} found, expected a number of processes from 0")
    return int(chosen)


_pool: Pool | Here | None = None
_pool_lock = threading.Lock()


def shared_pool() -> Pool | Here:
    """That of this server, made when first asked for, with $SYMGNN_DASHBOARD_WORKERS processes (0: none)."""
    global _pool
    with _pool_lock:
        if _pool is None:
            n_workers = _chosen_workers()
            _pool = Here() if n_workers == 0 else Pool(n_workers)
        return _pool
