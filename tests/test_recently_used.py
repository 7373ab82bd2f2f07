"""Threads that hammer at one small store: no result is lost, wrong, or computed twice at the same time."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from symgnn.recently_used import RecentlyUsed

THREADS = 10


def in_threads(work, count=THREADS):
    """Run work(number) in `count` threads that start together; returns what they return, raises what they raise."""
    start = threading.Barrier(count)

    def one(number):
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count), timeout=60))


def test_the_least_recently_used_goes_first():
    kept, computed = RecentlyUsed(2), []
    for key in "ABACA":
        assert kept.get(key, lambda key=key: computed.append(key) or key.lower()) == key.lower()
    assert computed == ["A", "B", "C"], "A was used again before C came"
    assert "A" in kept
    assert "B" not in kept
    assert len(kept) == 2


def test_many_threads_and_more_keys_than_room():
    kept, at_work, twice = RecentlyUsed(3), Counter(), []

    def compute(key):
        at_work[key] += 1
        if at_work[key] > 1:
            twice.append(key)
        time.sleep(random.random() / 5000)
        at_work[key] -= 1
        return key * key

    def hammer(number):
        order = random.Random(number)
        for _ in range(400):
            key = order.randrange(12)
            assert kept.get(key, lambda key=key: compute(key)) == key * key

    in_threads(hammer)
    assert not twice, "a key was computed by two threads at the same time"
    assert len(kept) == 3


def test_one_key_is_computed_once():
    kept, computed = RecentlyUsed(1), []

    def compute():
        computed.append(1)
        time.sleep(0.05)
        return object()

    found = in_threads(lambda number: kept.get("key", compute))
    assert len(computed) == 1
    assert all(one is found[0] for one in found)


def test_different_keys_do_not_wait_for_one_another():
    kept, both = RecentlyUsed(4), threading.Barrier(2)
    assert sorted(in_threads(lambda number: kept.get(number, lambda: both.wait(10)), 2)) == [0, 1]


def test_an_exception_is_the_caller_s_own_and_leaves_nothing_behind():
    kept, failures = RecentlyUsed(2), []

    def fail_twice():
        time.sleep(0.01)
        if len(failures) < 2:
            failures.append(1)
            raise ValueError("no")
        return "yes"

    def ask(number):
        try:
            return kept.get("key", fail_twice)
        except ValueError:
            return "failed"

    assert Counter(in_threads(ask)) == {"failed": 2, "yes": THREADS - 2}


def test_a_stop_that_is_no_exception_does_not_lock_the_key():
    class Stop(BaseException):
        pass

    def stop():
        raise Stop

    kept = RecentlyUsed(2)
    with pytest.raises(Stop):
        kept.get("key", stop)
    assert kept.get("key", lambda: 1) == 1


def test_who_waits_can_show_it_and_give_up():
    kept, entered, leave = RecentlyUsed(2), threading.Event(), threading.Event()

    def slow():
        entered.set()
        leave.wait(10)
        return 1

    class Gone(BaseException):
        pass

    def gone():
        raise Gone

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(kept.get, "key", slow)
        entered.wait(10)
        with pytest.raises(Gone):
            kept.get("key", slow, waiting=gone)
        leave.set()
        assert first.result(10) == 1


def test_a_result_may_need_other_results_but_not_itself():
    kept = RecentlyUsed(2)
    assert kept.get("sum", lambda: kept.get("part", lambda: 2) + 1) == 3
    with pytest.raises(RuntimeError, match="asks for itself"):
        kept.get("loop", lambda: kept.get("loop", lambda: 1))


def test_what_was_dropped_is_computed_again():
    kept, computed = RecentlyUsed(2), []
    for _ in range(2):
        kept.get("key", lambda: computed.append(1))
        kept.clear()
        assert len(kept) == 0
    assert len(computed) == 2


def test_no_room_is_refused():
    with pytest.raises(ValueError, match="capacity 0 found"):
        RecentlyUsed(0)
