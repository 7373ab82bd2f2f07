"""Ctrl-C that is not forgotten.

Python prints and drops a KeyboardInterrupt that comes while it calls back from its memory management; a long run would
go on as if nothing had been pressed. Here a run asks between two results whether there was one. And one that comes
while compiled code is called arrives as the cause of a SystemError; here it is raised as what it is.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_pressed = threading.Event()


@contextmanager
def remembered() -> Iterator[None]:
    """In the main thread: Ctrl-C raises KeyboardInterrupt as ever, and `check` raises it again until this ends. One
    that Python drops leaves no traceback."""
    if threading.current_thread() is not threading.main_thread():  # which alone hears of signals
        yield
        return

    def interrupt(number, frame):
        _pressed.set()
        raise KeyboardInterrupt

    def report(dropped) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            report_before(dropped)

    before, report_before = signal.signal(signal.SIGINT, interrupt), sys.unraisablehook
    sys.unraisablehook = report
    try:
        with unwrapped():
            yield
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = report_before
        _pressed.clear()


@contextmanager
def unwrapped() -> Iterator[None]:
    """Raise KeyboardInterrupt for a SystemError behind which there is one: that of a kernel of numba, say."""
    try:
        yield
    except SystemError as error:
        if is_behind(error, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise


def is_behind(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an exception, its cause or context, or theirs, is of this kind."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def check() -> None:
    """Raise KeyboardInterrupt where Ctrl-C was pressed since `remembered` began."""
    if _pressed.is_set():
        raise KeyboardInterrupt
