"""The same work for many jobs on all cores: results as they come, and nothing that goes on after the run has ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import torch

Job, Result = TypeVar("Job"), TypeVar("Result")


def run_all(compute: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None) -> Iterator[Result]:
    """Yields compute(job) for every job, in the order in which they are finished.

    compute: can be pickled, e.g. a method of a dataclass; every process gets it once. workers: processes, by default
    one per core that this process may use; 1 stays in this process. What `compute` raises ends the run, and so does
    leaving the loop.
    """
    workers = min(workers or len(os.sched_getaffinity(0)), len(jobs))
    if workers <= 1:
        yield from map(compute, jobs)
        return
    context = multiprocessing.get_context("spawn")  # forking a process with running threads can lock up
    left = dict(enumerate(jobs))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(compute,)) as pool:
        try:
            futures = {pool.submit(_compute_here, job): number for number, job in left.items()}
            for future in as_completed(futures):
                yield future.result()
                del left[futures[future]]
        except BrokenProcessPool:
            pass  # workers cannot start where the main module cannot be imported again: go on here
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    yield from map(compute, left.values())


def _start(compute: Callable) -> None:
    """Make a worker: one thread, silent when Ctrl-C ends it, gone when the process that started it is."""
    from symgnn.allocator import keep_large_buffers

    global _compute
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    torch.set_num_threads(1)
    keep_large_buffers()
    _compute = compute


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _compute_here(job):
    return _compute(job)
