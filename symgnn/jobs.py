"""The same work for many jobs: on the cores of this machine, or on the machines of a Dask cluster.

    for job, result in run_all(compute, jobs, workers=2):
        ...                                  # results as they come, in the order in which they are finished

Both ways are joblib's. The processes here have one thread each, keep quiet when Ctrl-C is pressed, and end when the
process that started them does, however it ends. Files are the caller's: workers send results back, so that machines of
a cluster need no common disk.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import TypeVar

import cloudpickle
import numpy as np
from joblib import Parallel, delayed, parallel_config

from symgnn import interrupts
from symgnn.errors import InputError
from symgnn.extras import require

Job, Result = TypeVar("Job"), TypeVar("Result")

SCHEDULER_SECONDS, WORKER_SECONDS = 10, 60  # that a scheduler has to answer, and its first worker to join
CLUSTER_ATTEMPTS = 5  # as many losses of a worker may cancel jobs of a run
PARENT_SECONDS = 0.5  # between two looks of a worker at whether its parent is still there


class WorkerLost(OSError):
    """A process that computed has ended without a result."""


def run_all(
    compute: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[tuple[Job, Result]]:
    """Yields (job, compute(job)) for every job, in the order in which they are finished.

    compute: can be pickled, e.g. a method of a dataclass; every process gets it once. workers: processes, by default
    one per core that this process may use; 1 stays in this process, as a job of another run does by default. scheduler:
    address of a Dask scheduler, whose workers compute then (each best started with one thread: a process computes one
    job at a time). What `compute` raises ends the run, and so does leaving the loop.

    Raises InputError for a scheduler that does not answer or has no workers, WorkerLost where a process here is killed.
    """
    if workers is not None and scheduler is not None:
        raise InputError(f"{workers} workers found with a scheduler, expected one of the two")
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers found, expected at least 1")
    for result in _run_all(compute, jobs, workers, scheduler):
        interrupts.check()
        yield result


def _run_all(
    compute: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None, scheduler: str | None
) -> Iterator[tuple[Job, Result]]:
    if not jobs:
        return
    if scheduler is not None:
        yield from _on_cluster(compute, jobs, scheduler)
        return
    workers = min(workers or (1 if _in_a_job else usable_cores()), len(jobs))
    if workers == 1:
        yield from ((job, compute(job)) for job in jobs)
        return
    try:
        yield from _results(
            _packed(compute), list(enumerate(jobs)), "2*n_jobs", backend="loky", n_jobs=workers,
            inner_max_num_threads=1, idle_worker_timeout=60, initializer=_start, initargs=(os.getpid(),),
        )  # fmt: skip
    except BrokenProcessPool:
        raise WorkerLost(
            "a worker process was killed, by lack of memory maybe; fewer workers need less"
        ) from None


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _on_cluster(
    compute: Callable[[Job], Result], jobs: Sequence[Job], address: str
) -> Iterator[tuple[Job, Result]]:
    """What is lost with a worker is computed again by the others."""
    left = dict(enumerate(jobs))
    with _client_of(address) as client:
        for _ in range(CLUSTER_ATTEMPTS):
            payload = _packed(compute)
            try:
                yield from _results(
                    payload, list(left.items()), "all", backend=_backend_of(client, payload), done=left.pop
                )
            except CancelledError:
                continue
            return
    raise WorkerLost(f"{address}: the cluster lost its workers again and again; the same command goes on")


def _results(
    payload: np.ndarray,
    jobs: Sequence[tuple[int, Job]],
    ahead: str,
    *,
    done: Callable[[int], object] = lambda number: None,
    **backend,
) -> Iterator[tuple[Job, Result]]:
    """jobs: (number, job). ahead: how many are handed out before the first results, as joblib says it. done(number) is
    called before a result is given."""
    of_number = dict(jobs)
    key = uuid.uuid4().hex
    tasks = (delayed(_compute_here)(key, payload, number, job) for number, job in jobs)
    with _starting_quietly(), parallel_config(**backend):
        results = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=ahead)(tasks)
    try:
        for number, result in results:
            done(number)
            yield of_number[number], result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib warns of jobs that are left when a run is stopped
            results.close()


def _packed(compute: Callable) -> np.ndarray:
    """Pickled: an array, since joblib sends a large one to a process once. No two are equal: where a cluster has lost
    one, the next is another."""
    return np.frombuffer(cloudpickle.dumps((uuid.uuid4().hex, compute)), dtype=np.uint8)


_one_at_a_time = threading.Lock()
_key, _compute = "", None
_in_a_job = False  # this process computes one: the other cores have their own


def _compute_here(key: str, payload: np.ndarray, number: int, job: Job) -> tuple[int, Result]:
    """In a worker: the number of the job and its result. `compute` is unpacked at the first job of a run."""
    global _key, _compute, _in_a_job
    with _one_at_a_time:
        if key != _key:
            _key, _compute = key, cloudpickle.loads(payload)[1]
            if "torch" in sys.modules:
                sys.modules["torch"].set_num_threads(1)
        _in_a_job = True
        try:
            return number, _compute(job)
        finally:
            _in_a_job = False


def _start(parent: int) -> None:
    """Make a worker process of this machine: it ends when the process `parent` does."""
    from symgnn.allocator import keep_large_buffers

    with suppress(ValueError):  # Windows
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    keep_large_buffers()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)


@contextmanager
def _starting_quietly() -> Iterator[None]:
    """Processes that start in here wait for work without spinning, and Ctrl-C does not reach them while they start."""
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    masks = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if before is None:
            del os.environ["OMP_WAIT_POLICY"]
        else:
            os.environ["OMP_WAIT_POLICY"] = before


def _backend_of(client, payload: np.ndarray):
    """joblib's backend for a cluster. Of one core it would make no use: it counts as two."""
    from joblib._dask import DaskDistributedBackend

    class Cluster(DaskDistributedBackend):
        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, super().effective_n_jobs(n_jobs))

    return Cluster(client=client, scatter=[payload])


@contextmanager
def _client_of(address: str) -> Iterator:
    """A client of the Dask scheduler, once it has a worker."""
    require("distributed", "a Dask scheduler")
    from distributed import Client

    try:
        client = Client(address, timeout=SCHEDULER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise InputError(
            f"{address}: no Dask scheduler answers, expected the address of one, such as tcp://host:8786"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise InputError(
                f"{address}: the scheduler has no workers, expected at least one: dask worker {address} --nthreads 1"
            ) from None
        yield client
