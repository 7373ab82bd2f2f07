"""A search in pieces gives what one in one piece gives; what a table keeps of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.simulate.barrier_table import BarrierTable, arrays_of, joined
from symgnn.simulate.barriers import BarrierSearch
from symgnn.simulate.continued_search import (
    NOT_RECORDED,
    continued_search,
    is_enough,
    is_whole,
    kept_search,
    search_path,
    tabulated_search,
)
from symgnn.simulate.events import AtomBarriers

ATOM = 7


@pytest.fixture(scope="module")
def search(small_glass):
    return BarrierSearch(small_glass, seed=1)


@pytest.fixture(scope="module")
def at_once(search):
    return search.around(ATOM, events=3)


def same(first: AtomBarriers, second: AtomBarriers) -> bool:
    return (first.tries, first.duplicates, first.failures, first.calls) == (
        second.tries, second.duplicates, second.failures, second.calls,
    ) and all(
        one.attempt == other.attempt and one.barrier == other.barrier and one.connected == other.connected
        and np.array_equal(one.displacement, other.displacement)
        and np.array_equal(one.end_displacement, other.end_displacement)
        for one, other in zip(first.events, second.events, strict=True)
    )  # fmt: skip


def test_a_search_that_was_stopped_goes_on_to_the_same_bits(search, at_once, small_glass, tmp_path):
    class Stop(BaseException):
        pass

    def stop(known):
        raise Stop

    stopped = 0
    while True:  # after every single try
        try:
            result = continued_search(search, ATOM, events=3, report=stop, folder=tmp_path)
        except Stop:
            stopped += 1
            continue
        break
    assert stopped == at_once.tries
    assert same(result, at_once)
    assert same(kept_search(small_glass, ATOM, seed=1, folder=tmp_path), at_once)
    assert kept_search(small_glass, ATOM, seed=2, folder=tmp_path) is None, "another seed"
    assert kept_search(small_glass, ATOM + 1, seed=1, folder=tmp_path) is None, "another atom"


def test_what_is_enough_is_not_searched_again(search, at_once, small_glass, tmp_path, monkeypatch):
    monkeypatch.setattr(search, "tries", None)
    assert continued_search(search, ATOM, events=2, known=at_once, folder=tmp_path) is at_once
    assert not search_path(small_glass, ATOM, 1, tmp_path).exists()
    assert not is_enough(at_once, 4, at_once.tries + 1)
    assert is_enough(at_once, 4, at_once.tries)
    assert not is_enough(at_once, 4)
    with pytest.raises(InputError, match=r"atom 250 found, expected 0\.\.249"):
        continued_search(search, 250, events=2)


def test_it_goes_on_after_what_a_table_holds(search, at_once, small_glass, tmp_path):
    first = search.around(ATOM, events=1)
    fields = {name: getattr(first.events[0], name).copy() for name in ("displacement", "end_displacement")}
    for field in fields.values():
        field[3] /= 100 * np.abs(field[3]).max()  # no table keeps it
    first = replace(first, events=(replace(first.events[0], **fields),))
    table = joined([arrays_of(AtomBarriers(3, (), 0, Counter(bad=2), 9)), arrays_of(first)])
    known = tabulated_search(table, ATOM, len(small_glass))
    assert (known.tries, known.calls) == (first.tries, first.calls)
    assert known.failures == Counter({NOT_RECORDED: first.tries - 1} if first.tries > 1 else {})
    (event,) = known.events
    assert (event.barrier, event.n_moving) == (first.events[0].barrier, first.events[0].n_moving)
    assert np.abs(event.displacement - first.events[0].displacement).max() < 0.051
    assert event.is_same(first.events[0])
    assert is_whole(first.events[0])
    assert not is_whole(event)
    result = continued_search(search, ATOM, events=3, known=known, folder=tmp_path)
    assert [one.attempt for one in result.events] == [one.attempt for one in at_once.events]
    assert result.barriers.tolist() == at_once.barriers.tolist()


def test_a_table_says_nothing_of_atoms_that_were_not_searched(at_once):
    table = BarrierTable(**arrays_of(at_once))
    assert tabulated_search(table, ATOM + 1, 250) is None
