"""Barriers around many atoms: the same bits whoever computes, resumed, in files that say what was computed."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.structures import read_glass
from symgnn.simulate import BarrierSearch, read_barriers, search_barriers
from symgnn.simulate.barrier_runs import BarrierWork
from symgnn.simulate.barrier_table import COLUMNS, KEPT_MOVE, STEPS_PER_ANGSTROM, arrays_of, joined
from symgnn.simulate.events import AtomBarriers, Event

ATOMS = [7, 77, 3]
HOW = {"events": 2, "max_tries": 4, "seed": 1}


@pytest.fixture(scope="module")
def table(small_glass, tmp_path_factory):
    return search_barriers(small_glass, ATOMS, workers=1, folder=tmp_path_factory.mktemp("barriers"), **HOW)


def assert_same(one, other):
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_a_table_is_made_of_single_searches(small_glass, table):
    mean, error, number = table.of_atoms()
    connected = table.of_atoms(connected=True)
    row = 0
    for k, atom in enumerate(ATOMS):
        alone = BarrierSearch(small_glass, seed=1).around(atom, events=2, max_tries=4)
        assert (table.atom[k], table.tries[k], number[k]) == (atom, alone.tries, len(alone.events))
        np.testing.assert_equal((mean[k], error[k]), (alone.mean, alone.standard_error))
        assert connected[2][k] == sum(event.connected for event in alone.events)
        for event in alone.events:
            assert (table.event_atom[row], table.attempt[row]) == (atom, event.attempt)
            assert table.barrier[row] == event.barrier
            atoms, displacement, end = table.moves(row)
            moved = np.linalg.norm(event.displacement, axis=1) > KEPT_MOVE
            assert np.isin(np.flatnonzero(moved), atoms).all()
            np.testing.assert_allclose(
                displacement, event.displacement[atoms], atol=0.5 / STEPS_PER_ANGSTROM + 1e-6
            )
            np.testing.assert_allclose(
                end, event.end_displacement[atoms], atol=0.5 / STEPS_PER_ANGSTROM + 1e-6
            )
            row += 1
    assert row == len(table.barrier) > 1
    assert table.reason_tries.sum() + len(table.barrier) + table.duplicates.sum() == table.tries.sum()


@pytest.mark.parametrize("where", ["two processes", "cluster"])
def test_others_compute_the_same_bits(small_glass, table, tmp_path, where, request):
    how = {"workers": 2} if where != "cluster" else {"scheduler": request.getfixturevalue("cluster").address}
    done = []
    other = search_barriers(
        small_glass, ATOMS, folder=tmp_path, progress=lambda *step: done.append(step), **HOW, **how
    )
    assert_same(other, table)
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_a_run_that_was_stopped_goes_on(small_glass, table, tmp_path, monkeypatch):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search_barriers(small_glass, ATOMS, workers=1, folder=tmp_path, progress=stop, **HOW)
    (kept,) = tmp_path.iterdir()
    computed, compute = [], BarrierWork.compute
    monkeypatch.setattr(
        BarrierWork, "compute", lambda work, atom: computed.append(atom) or compute(work, atom)
    )
    assert_same(search_barriers(small_glass, ATOMS, workers=1, folder=tmp_path, **HOW), table)
    assert computed == ATOMS[1:]
    kept.write_bytes(b"damaged")
    assert_same(search_barriers(small_glass, ATOMS, workers=1, folder=tmp_path, **HOW), table)
    assert computed == [*ATOMS[1:], ATOMS[0]]


def test_what_is_kept_is_named_by_all_that_it_depends_on(small_glass, tmp_path):
    work = BarrierWork(small_glass, 2, 3, 1, None, tmp_path)
    other = replace(small_glass, positions=small_glass.positions + 0.001)
    potential = type("Potential", (), {"key": "0" * 16})()
    others = [replace(work, **change) for change in (
        {"glass": other}, {"events": 3}, {"max_tries": 4}, {"seed": 2}, {"potential": potential})]  # fmt: skip
    assert len({work.path(3), work.path(4), *(one.path(3) for one in others)}) == 7
    assert work.path(3) == replace(work, glass=replace(small_glass, name="another name")).path(3)


def test_files(small_glass, table, tmp_path):
    paths = table.write(tmp_path, "glass", small_glass)
    assert [path.name for path in paths] == [
        f"glass.barriers.{ending}" for ending in ("npz", "csv", "events.csv", "xyz")
    ]
    assert_same(read_barriers(paths[0]), table)
    atoms, events = (list(csv.DictReader(path.open())) for path in paths[1:3])
    assert [int(row["atom"]) for row in atoms] == ATOMS
    assert [int(row["tries"]) for row in atoms] == table.tries.tolist()
    assert [float(row["barrier_eV"]) for row in events] == pytest.approx(table.barrier, abs=1e-6)
    written = read_glass(paths[3])
    assert written.barriers is None, "most atoms were not searched"
    columns = written.properties
    mean, error, number = table.of_atoms()
    assert columns["barrier_mean"][ATOMS] == pytest.approx(np.nan_to_num(mean))
    assert columns["barrier_standard_error"][ATOMS] == pytest.approx(np.nan_to_num(error))
    assert columns["barrier_events"][ATOMS].tolist() == number.tolist()
    assert columns["barrier_tries"].sum() == table.tries.sum()
    with pytest.raises(InputError, match=r"\.barriers\.npz"):
        read_barriers(paths[1])


def test_means_of_all_atoms_are_labels():
    glass = Glass([29, 40], [[0, 0, 0], [3, 0, 0]], np.eye(3) * 20, [True] * 3)
    field = np.full((2, 3), 0.2)
    events = [
        Event(atom, n, 1.0 + atom + n, 0.5, field, field, -1.0, 0.01, n == 0, 9)
        for atom in (0, 1)
        for n in (0, 1)
    ]
    results = [
        AtomBarriers(atom, tuple(events[2 * atom : 2 * atom + 2]), 1, Counter(), 20) for atom in (1, 0)
    ]
    whole = joined(map(arrays_of, results))
    assert whole.labelled(glass).barriers.tolist() == [1.5, 2.5]
    assert whole.labelled(glass).properties["barrier_connected_events"].tolist() == [1, 1]
    assert whole.of_atoms(connected=True)[0].tolist() == [2, 1]
    assert whole.of_atoms(first=1)[0].tolist() == [2, 1]
    assert whole.of_atoms(first=1)[2].tolist() == [1, 1]
    assert [column.tolist() for column in whole.of_atoms(first=2)] == [
        column.tolist() for column in whole.of_atoms()
    ]
    labelled = replace(glass, barriers=[7, 8])
    assert whole.labelled(labelled).barriers.tolist() == [7, 8], "labels of the file stay"
    without = joined([arrays_of(results[0]), arrays_of(AtomBarriers(0, (), 0, Counter(["no saddle"]), 5))])
    assert without.labelled(glass).barriers is None
    assert np.isnan(without.of_atoms()[0][1])
    assert (without.reason.tolist(), without.reason_tries.tolist()) == (["no saddle"], [1])


@pytest.mark.parametrize(
    ("atoms", "options", "message"),
    [
        ([], {}, "expected different ones"),
        ([1, 1], {}, "2 atoms, 1 different ones found"),
        ([250], {}, r"atom 250 found, expected 0\.\.249"),
        ([1], {"events": 0}, "at least 1 each"),
        ([1], {"max_tries": 0}, "at least 1 each"),
    ],
)
def test_questions_that_make_no_sense(small_glass, tmp_path, atoms, options, message):
    with pytest.raises(InputError, match=message):
        search_barriers(small_glass, atoms, folder=tmp_path, **options)
    assert not list(tmp_path.iterdir())


def test_a_structure_that_is_no_minimum_is_refused_at_once(liquid, tmp_path):
    with pytest.raises(InputError, match="relax it first: symgnn simulate verify FILE --relax"):
        search_barriers(liquid, [1], folder=tmp_path, workers=2)


def test_a_compact_table_keeps_what_moves_far(small_glass, tmp_path):
    table = search_barriers(small_glass, ATOMS, **HOW, workers=1, folder=tmp_path)
    small = table.compact(0.3, 64)
    assert len(small.moved_atom) < len(table.moved_atom)
    assert (small.barrier == table.barrier).all()
    for event in range(len(table.barrier)):
        atoms, there, beyond = table.moves(event)
        far = np.maximum(np.linalg.norm(there, axis=1), np.linalg.norm(beyond, axis=1)) > 0.3
        kept, small_there, small_beyond = small.moves(event)
        assert kept.tolist() == atoms[far].tolist()
        for full, rounded in ((there[far], small_there), (beyond[far], small_beyond)):
            assert np.abs(full - rounded).max() <= 0.5 / 64 + 1e-7
            assert (rounded * 64 == np.round(rounded * 64)).all()
