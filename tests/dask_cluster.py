"""A Dask scheduler and its workers on this machine, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import REPOSITORY


class Cluster:
    """address: of the scheduler. add_worker starts one more."""

    def __init__(self, folder: Path, processes: ExitStack):
        self._folder, self._processes = folder, processes
        contact = folder / "scheduler.json"
        self._start("distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard",
                    "--scheduler-file", str(contact))  # fmt: skip
        self.address = _address_in(contact)

    def add_worker(self) -> subprocess.Popen:
        return self._start("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny",
                           "--no-dashboard", "--local-directory", str(self._folder))  # fmt: skip

    def _start(self, module: str, *options: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options], env=environment, cwd=REPOSITORY,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._processes.callback(process.wait)
        self._processes.callback(process.kill)
        return process


def _address_in(contact: Path) -> str:
    """Of the scheduler's file, once it is there and whole: it is not written at once."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return json.loads(contact.read_text())["address"]
        except (FileNotFoundError, json.JSONDecodeError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def cluster_of(workers: int, folder: Path) -> Iterator[Cluster]:
    with ExitStack() as processes:
        cluster = Cluster(folder, processes)
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
