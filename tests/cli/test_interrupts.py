"""Ctrl-C while a kernel of numba is called: numba makes a SystemError of it, the command line ends as ever."""

import os
import signal
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from symgnn import interrupts
from symgnn.cli import main
from symgnn.interrupts import is_behind


def as_numba_raises_it(*arguments, **settings):
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as error:
        raise SystemError("CPUDispatcher(...) returned a result with an exception set") from error


def another_error(*arguments, **settings):
    raise SystemError("bad argument to internal function") from ValueError("something else")


def fails_while_it_is_interrupted():
    try:
        as_numba_raises_it()
    finally:
        raise ValueError("on the way out")


@pytest.fixture
def ending(tmp_path, monkeypatch, capfd):
    """ending(function, command line) -> exit code and lines of standard error, where `make_glass` is that function."""

    def call(function, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(sys, "argv", ["symgnn", *arguments])
        monkeypatch.setattr("symgnn.simulate.make_glass", function)
        monkeypatch.setattr("symgnn.simulate.search_barriers", function)
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, [line for line in capfd.readouterr().err.splitlines() if line.strip()]

    return call


def test_a_command_is_cancelled(ending):
    assert ending(as_numba_raises_it, "simulate", "glass", "-o", "g.xyz") == (130, ["Cancelled."])


class Dropped:
    """Ctrl-C comes while Python clears this away."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)


def test_one_that_was_swallowed_ends_the_command_at_the_next_step(ending):
    """Python drops what is raised while it clears something away, and compiling has much to clear."""

    def made(*, progress, **settings):
        Dropped()
        progress(0.5, "melt")
        raise AssertionError("it goes on")

    code, lines = ending(made, "simulate", "glass", "-o", "g.xyz")
    assert (code, lines) == (130, ["Cancelled."])


def test_only_an_interrupt_is_dropped_without_a_word(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    before = sys.unraisablehook
    with interrupts.remembered():
        for kind in (KeyboardInterrupt, ValueError):
            sys.unraisablehook(SimpleNamespace(exc_type=kind))
    assert [one.exc_type for one in told] == [ValueError]
    assert sys.unraisablehook == before


def test_the_next_command_hears_nothing_of_it():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts.remembered():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    with interrupts.remembered():
        try:
            interrupts.check()
        except KeyboardInterrupt:  # which would end all tests
            pytest.fail("it is cancelled at once")


def test_a_thread_leaves_signals_alone():
    def run():
        with interrupts.remembered():
            done.append(signal.getsignal(signal.SIGINT))

    done, before = [], signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [before]


def test_what_resumes_says_so(ending, sample):
    code, lines = ending(as_numba_raises_it, "simulate", "barriers", str(sample), "--atoms", "1")
    assert code == 130
    assert lines == ["What is finished is kept: the same command goes on where it stopped.", "Cancelled."]


def test_another_system_error_stays_one(ending):
    with pytest.raises(SystemError, match="internal"):
        ending(another_error, "simulate", "glass", "-o", "g.xyz")


def test_causes_and_contexts_are_followed():
    with pytest.raises(KeyboardInterrupt), interrupts.unwrapped():
        as_numba_raises_it()
    with pytest.raises(ValueError, match="on the way out") as found:
        fails_while_it_is_interrupted()
    assert is_behind(found.value, KeyboardInterrupt)
    assert not is_behind(found.value, OSError)
    assert not is_behind(None, KeyboardInterrupt)
