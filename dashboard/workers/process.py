"""A worker as the server sees it: a process, a thread that writes to it, a thread that reads from it."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import symgnn
from dashboard.workers import messages
from dashboard.workers.parcels import Held

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin steal the cores of other workers
}


class WorkerProcess:
    """on_message(self, message) and on_end(self, exit status) are called from its own thread."""

    def __init__(
        self,
        on_message: Callable[[WorkerProcess, Any], None],
        on_end: Callable[[WorkerProcess, int], None],
    ):
        self.held = Held()
        self.ready = False
        self._on_message, self._on_end = on_message, on_end
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dashboard.workers.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": _python_path()},
            start_new_session=True,  # Ctrl-C in the terminal ends the server, whose end ends the workers
        )
        self._outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Any) -> None:
        self._outgoing.put(message)

    def kill(self) -> None:
        """End it now; on_end follows."""
        self._process.kill()

    def _write(self) -> None:
        try:
            while (message := self._outgoing.get()) is not None:
                messages.write(self._process.stdin, message)
        except (OSError, ValueError):
            pass  # it is gone, which the other thread notices
        finally:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _read(self) -> None:
        try:
            while True:
                self._on_message(self, messages.read(self._process.stdout))
        except (EOFError, OSError):
            pass
        self.send(None)
        self._process.kill()
        status = self._process.wait()
        self._process.stdout.close()
        self._on_end(self, status)


def _python_path() -> str:
    """Where the worker finds this dashboard and this symgnn, and whatever else the server was told to look into."""
    own = [Path(__file__).resolve().parents[2], Path(symgnn.__file__).resolve().parents[1]]
    return os.pathsep.join([*map(str, own), *filter(None, [os.environ.get("PYTHONPATH")])])
