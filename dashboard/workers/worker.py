"""A worker: a process that computes one job after the other until the server is gone.

The server starts it as `python -m dashboard.workers.worker`. It reads from its standard input and writes to its
standard output, so that it never runs a script of Streamlit. One thread reads; the main thread computes, and is
interrupted where its job is cancelled.
"""

from __future__ import annotations

import _thread
import os
import queue
import signal
import sys
import threading
import time
import traceback

from dashboard.workers import messages

REST = 5.0  # s without a job after which modules of torch that only some jobs need are imported
REPORTS = 0.1  # s, the least time between two reports of one job


class Cancelled(BaseException):
    """Ends the job in the main thread; no `except Exception` on the way catches it."""


class Worker:
    """What the two threads share: the number of the job that is computed, and of the last one that was cancelled."""

    def __init__(self, incoming, outgoing):
        self._incoming, self._outgoing = incoming, outgoing
        self._jobs: queue.SimpleQueue[messages.Ask] = queue.SimpleQueue()
        self._current: int | None = None
        self._cancelled: int | None = None
        self._interruptible = False
        self._has_rested = False

    def read(self) -> None:
        """Until the server is gone, however that came about; then this process ends, whatever it is doing."""
        try:
            while True:
                message = messages.read(self._incoming)
                if isinstance(message, messages.Ask):
                    self._jobs.put(message)
                else:
                    self._cancelled = message.number
                    _thread.interrupt_main(signal.SIGINT)
        except (EOFError, OSError):
            os._exit(0)

    def interrupt(self, signum, frame) -> None:
        """The handler of SIGINT, run in the main thread."""
        if self._interruptible and self._current == self._cancelled and not importing(frame):
            self._interruptible = False
            raise Cancelled

    def run(self) -> None:
        from dashboard.workers.parcels import Unpacker
        from dashboard.workers.tasks import TASKS

        unpacker = Unpacker()
        unpacker.hold_default()
        messages.write(self._outgoing, messages.Ready())
        while True:
            ask = self._next()
            messages.write(self._outgoing, self._reply(ask, TASKS, unpacker))

    def _next(self) -> messages.Ask:
        """Waits for a job; who has nothing to do at first imports what later jobs need."""
        if not self._has_rested:
            try:
                return self._jobs.get(timeout=REST)
            except queue.Empty:
                self._has_rested = True
                import_the_rest()
        return self._jobs.get()

    def _reply(self, ask: messages.Ask, tasks, unpacker) -> messages.Answer | messages.Failure:
        from symgnn.errors import InputError
        from symgnn.interrupts import is_behind

        set_folders(ask.folders)
        glasses = unpacker.glasses(ask.packed, ask.pickles)
        self._current = ask.number
        try:
            self._interruptible = True
            if self._cancelled == ask.number:
                raise Cancelled
            answer = tasks[ask.kind](self._reporter(ask.number), **glasses, **unpacker.others(ask.packed))
            content = messages.dumps(answer)
            self._interruptible = False
            return messages.Answer(ask.number, content)
        except Cancelled:
            return messages.Failure(ask.number, "cancelled", cancelled=True)
        except InputError as error:
            return messages.Failure(ask.number, str(error), refused=True)
        except MemoryError:
            return messages.Failure(ask.number, "not enough memory")
        except Exception as error:
            if is_behind(error, Cancelled):  # it came while a kernel of numba was called
                return messages.Failure(ask.number, "cancelled", cancelled=True)
            traceback.print_exc()  # to the terminal of the server
            return messages.Failure(ask.number, f"unexpected {type(error).__name__}, see the terminal")
        finally:
            self._interruptible = False
            self._current = None

    def _reporter(self, number: int):
        last = 0.0

        def report(fraction: float, what: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < REPORTS and fraction < 1:
                return
            last = now
            self._interruptible = False  # a message is written whole
            messages.write(self._outgoing, messages.Report(number, float(fraction), what))
            if self._cancelled == number:
                raise Cancelled
            self._interruptible = True

        return report


def importing(frame) -> bool:
    """Whether a module is being imported there: one that is left half imported would spoil later jobs."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def import_the_rest() -> None:
    """What torch imports when an optimiser is first made, which takes seconds."""
    import torch._dynamo  # noqa: F401


def set_folders(folders) -> None:
    """Environment variables as the server has them now."""
    for name, value in folders.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def main() -> None:
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes to the terminal, not among the messages
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    worker = Worker(incoming, outgoing)
    signal.signal(signal.SIGINT, worker.interrupt)
    threading.Thread(target=worker.read, daemon=True).start()
    import torch

    from symgnn.allocator import keep_large_buffers

    torch.set_num_threads(1)
    keep_large_buffers()
    try:
        worker.run()
    except BrokenPipeError:  # the server is gone
        sys.exit(0)


if __name__ == "__main__":
    main()
