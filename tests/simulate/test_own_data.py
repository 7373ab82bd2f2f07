"""The shipped data set "own": labels are the means of its events, and its events come again from their seeds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.own_data import EVENTS, KEPT_MOVE, MAX_TRIES, PROCESSOR, SEED, STEPS_PER_ANGSTROM, processor
from symgnn.datasets import load_dataset
from symgnn.datasets.own import own_events_file, own_files
from symgnn.io.structures import read_glass
from symgnn.paths import own_folder
from symgnn.simulate import BarrierTable, read_barriers, search_barriers, verify

NAMES = list(own_files())
EXACT = ("attempt", "barrier", "energy_difference", "curvature", "largest_force", "connected", "event_calls",
         "n_moving")  # fmt: skip


def table_of(name: str) -> BarrierTable:
    return read_barriers(own_events_file(name))


def test_the_data_set_is_whole():
    own = load_dataset("own")
    assert {
        glass.name for split in ("train", "validation", "test") for glass in own.split(split).glasses
    } == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_means_over_events(name):
    glass, table = read_glass(own_files()[name]), table_of(name)
    assert len(glass) >= 500
    assert verify(glass).is_minimum
    mean, error, number = table.of_atoms()
    assert table.atom.tolist() == list(range(len(glass)))
    np.testing.assert_allclose(glass.barriers, mean, atol=1e-6)
    np.testing.assert_allclose(glass.properties["barrier_standard_error"], error, atol=1e-6)
    assert (glass.properties["barrier_events"] == number).all()
    assert number.min() >= EVENTS
    assert len(np.unique(table.attempt[table.event_atom == 0])) == number[0]


@pytest.mark.parametrize("name", NAMES)
def test_events_come_again_from_their_seeds(name, tmp_path):
    """Bit for bit on the kind of processor that computed them: the two atoms that took the fewest calls."""
    recorded = (own_folder() / PROCESSOR).read_text().strip()
    if processor() != recorded:
        pytest.skip(f"computed on {recorded}: {processor()} rounds otherwise")
    glass, stored = read_glass(own_files()[name]), table_of(name)
    atoms = np.argsort(stored.calls, kind="stable")[:2]
    again = search_barriers(
        glass, atoms, events=EVENTS, max_tries=MAX_TRIES, seed=SEED, workers=1, folder=tmp_path
    )  # fmt: skip
    again = again.compact(KEPT_MOVE, STEPS_PER_ANGSTROM)
    for row, atom in enumerate(atoms):
        here, there = np.flatnonzero(again.event_atom == atom), np.flatnonzero(stored.event_atom == atom)
        assert again.tries[row] == stored.tries[atom]
        for column in EXACT:
            np.testing.assert_array_equal(
                getattr(again, column)[here], getattr(stored, column)[there], column
            )
        for one, other in zip(here, there, strict=True):
            np.testing.assert_array_equal(again.moves(one)[0], stored.moves(other)[0])
            np.testing.assert_array_equal(again.moves(one)[2], stored.moves(other)[2])
