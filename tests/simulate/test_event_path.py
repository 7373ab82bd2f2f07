"""The way of an event: energies at its three stationary points, frames that other programs read."""

from __future__ import annotations

import ase.io
import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.frames import read_frames
from symgnn.simulate.barriers import BarrierSearch
from symgnn.simulate.event_path import displaced, energy_path, event_frames, write_event


@pytest.fixture(scope="module")
def search(small_glass):
    return BarrierSearch(small_glass, seed=1)


@pytest.fixture(scope="module")
def event(search):
    return search.around(7, events=1).events[0]


def test_the_energies_pass_through_start_saddle_and_end(search, event):
    path = energy_path(search, event, steps=4)
    assert path.fraction.tolist() == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    expected = (0, event.barrier, event.energy_difference)
    for at, energy in zip((0, 4, 8), expected, strict=True):
        assert path.energy[at] == pytest.approx(energy, abs=1e-6)
    assert path.length[0] == 0
    assert path.length[4] == pytest.approx(np.linalg.norm(event.displacement))
    rest = np.linalg.norm(event.end_displacement - event.displacement)
    assert path.length[6] == pytest.approx(path.length[4] + rest / 2)
    with pytest.raises(InputError, match="0 steps found"):
        energy_path(search, event, steps=0)


def test_between_the_three_the_way_is_straight(event):
    np.testing.assert_allclose(displaced(event, 0.5), event.displacement / 2, atol=1e-12)
    middle = (event.displacement + event.end_displacement) / 2
    np.testing.assert_allclose(displaced(event, 1.5), middle, atol=1e-12)
    np.testing.assert_allclose(displaced(event, 2), event.end_displacement, atol=1e-12)


def test_frames_are_read_by_ourselves_and_by_ase(small_glass, event, tmp_path):
    path = tmp_path / "event.xyz"
    write_event(path, small_glass, event, between=1)
    frames = list(read_frames(path))
    atoms = ase.io.read(path, ":")
    assert len(frames) == len(atoms) == 5
    for frame, one, at in zip(frames, atoms, (0, 0.5, 1, 1.5, 2), strict=True):
        moved = displaced(event, at)
        np.testing.assert_allclose(frame.positions, small_glass.positions + moved, atol=1e-12)
        np.testing.assert_allclose(one.positions, frame.positions)
        np.testing.assert_allclose(frame.properties["displacement"], np.linalg.norm(moved, axis=1))
        assert frame.barriers is None
    assert frames[0].notes["frame"] == "start"
    assert frames[2].notes["frame"] == f"saddle, {event.barrier:.4f} eV above the start"
    assert frames[4].notes["frame"] == f"end, {event.energy_difference:+.4f} eV from the start"
    assert "interpolated" in frames[1].notes["frame"]
    assert f"attempt {event.attempt}" in frames[0].notes["event"]


def test_an_event_of_another_glass_is_refused(small_glass, event):
    smaller = small_glass.to_ase()[:200]
    with pytest.raises(InputError, match="an event of 250 atoms found, expected 200"):
        event_frames(smaller, event)
    with pytest.raises(InputError, match="-1 frames between found"):
        event_frames(small_glass, event, between=-1)
