"""The comparison with labels, on made-up means whose noise is known."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("plotly", reason="the figure needs plotly: pip install symgnn[figures]")

from benchmarks.barrier_validation import agreement, comparisons
from symgnn.simulate import BarrierTable


def test_the_correction_takes_out_the_noise_of_the_means():
    rng = np.random.default_rng(0)
    label = rng.normal(1.7, 0.3, 20_000)
    mean = 0.2 + 0.8 * label + rng.normal(scale=0.1, size=20_000)
    noisy = mean + rng.normal(scale=0.2, size=20_000)
    exact = agreement(mean, np.zeros(20_000), np.full(20_000, 10), label)
    result = agreement(noisy, np.full(20_000, 0.2), np.full(20_000, 10), label)
    assert exact.corrected == exact.r == pytest.approx(0.24 / np.hypot(0.24, 0.1), abs=0.01)
    assert result.corrected == pytest.approx(exact.r, abs=0.02)
    assert result.r == pytest.approx(exact.r * np.sqrt(result.reliability), abs=0.01)
    assert result.interval[0] < result.r < result.interval[1]
    assert result.slope == pytest.approx(0.8, abs=0.02)
    assert result.difference == pytest.approx(0.2 - 0.2 * 1.7, abs=0.02)
    assert (result.atoms, result.events) == (20_000, 10)


def test_rows_of_fewer_events_are_of_those_that_were_there_first():
    events = {atom: np.r_[np.full(10, 1.0 + atom), np.full(13, 5.0 - 1.1 * atom)] for atom in range(5)}
    lengths = [23, 23, 23, 23, 1]  # the last atom has no standard error
    barrier = np.concatenate([events[atom][:length] for atom, length in enumerate(lengths)])
    noise = np.tile([-0.1, 0.1], len(barrier))[: len(barrier)]
    table = _table(np.repeat(np.arange(5), lengths), barrier + noise)
    glass = SimpleNamespace(
        barriers=np.arange(5.0) + 1, symbols=["Cu", "Cu", "Zr", "Zr", "Zr"], elements=["Cu", "Zr"]
    )
    rows = comparisons(table, glass)
    first, second, every = (rows[f"usable events{more}"] for more in (
        ", the first 10 of an atom", ", the first 20 of an atom", ""))  # fmt: skip
    assert [row.events for row in (first, second, every)] == [10, 20, 23]
    assert first.slope == pytest.approx(1, abs=0.1)
    assert second.slope == pytest.approx(0, abs=0.1)
    assert every.slope < -0.1
    assert first.atoms == every.atoms == 4


def _table(event_atom, barrier):
    counts = np.bincount(event_atom)
    empty = {name: np.zeros(len(counts), int) for name in ("tries", "duplicates", "calls")}
    of_events = {
        name: np.zeros(len(barrier))
        for name in ("attempt", "energy_difference", "curvature", "largest_force", "event_calls", "n_moving")
    }
    nothing = np.empty((0, 3))
    return BarrierTable(
        atom=np.arange(len(counts)), event_atom=event_atom, barrier=barrier, connected=np.full(len(barrier), True),
        n_kept=np.zeros(len(barrier), int), moved_atom=np.empty(0, int), displacement=nothing,
        end_displacement=nothing, reason=np.array([], str), reason_tries=np.array([], int), **empty, **of_events,
    )  # fmt: skip
