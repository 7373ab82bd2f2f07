"""What the pages keep is shared by the threads of all sessions."""

import random
import time

import pytest

from dashboard import calls
from tests.test_recently_used import in_threads


@pytest.fixture(autouse=True)
def empty():
    calls._results().clear()
    yield
    calls._results().clear()


def test_sessions_with_more_results_than_are_kept():
    def session(number):
        order = random.Random(number)
        for _ in range(150):
            key = order.randrange(2 * calls.KEPT_RESULTS)
            assert calls._kept(("square", key), "Squaring", lambda progress, key=key: key * key) == key * key

    in_threads(session)
    assert len(calls._results()) == calls.KEPT_RESULTS


def test_sessions_that_want_the_same_wait_for_one():
    computed = []

    def compute(progress):
        computed.append(1)
        progress(0.5, "half")
        time.sleep(0.3)
        return object()

    results = in_threads(lambda number: calls._kept(("slow",), "Slowly", compute))
    assert len(computed) == 1
    assert all(one is results[0] for one in results)


def test_the_least_recently_used_result_is_dropped():
    for key in range(calls.KEPT_RESULTS):
        calls._kept(("n", key), "", lambda progress, key=key: key)
    calls._kept(("n", 0), "", lambda progress: pytest.fail("it is kept"))
    calls._kept(("n", "one more"), "", lambda progress: 1)
    assert ("n", 0) in calls._results()
    assert ("n", 1) not in calls._results()
