"""What the view of an event receives: the atoms round it and how they move, across the boundary too."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from ase.geometry import find_mic

from symgnn.viewer3d.event_data import RADIUS, event_dataset
from tests.conftest import make_random_glass

N = 120


@pytest.fixture
def glass():
    return make_random_glass(N, seed=3)


def event(glass, moved: int) -> SimpleNamespace:
    displacement = np.zeros((N, 3))
    displacement[moved] = 0.0, 0.6, 0.8
    return SimpleNamespace(
        attempt=3, barrier=1.25, energy_difference=-0.1, displacement=displacement, end_displacement=2 * displacement
    )  # fmt: skip


def parsed(dataset):
    length = int.from_bytes(dataset.content[:4], "little")
    header = json.loads(dataset.content[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    arrays = {
        one["name"]: np.frombuffer(
            dataset.content, "<" + one["dtype"], int(np.prod(one["shape"])), start + one["offset"]
        ).reshape(one["shape"])
        for one in header["arrays"]
    }
    return header, arrays


def test_the_selected_atom_comes_first_at_the_origin_and_who_moves_far_away_is_there(glass):
    vectors, _ = find_mic(glass.positions - glass.positions[5], glass.cell, glass.pbc)
    far = int(np.linalg.norm(vectors, axis=1).argmax())
    header, arrays = parsed(event_dataset(glass, 5, event(glass, far)))
    assert (header["kind"], header["centre"], header["n"]) == ("event", 5, len(arrays["atom"]))
    assert arrays["atom"][0] == 5
    np.testing.assert_allclose(arrays["positions"][0], 0)
    near = set(np.flatnonzero(np.linalg.norm(vectors, axis=1) < RADIUS).tolist())
    assert set(arrays["atom"].tolist()) == near | {far}
    np.testing.assert_allclose(arrays["positions"], vectors[arrays["atom"]], atol=1e-4)
    row = arrays["atom"].tolist().index(far)
    np.testing.assert_allclose(arrays["saddle"][row], [0, 0.6, 0.8], atol=1e-6)
    np.testing.assert_allclose(arrays["end"][row], [0, 1.2, 1.6], atol=1e-6)
    assert arrays["moving"].sum() == arrays["moving"][row] == 1


def test_energies_importance_and_marks(glass):
    path = SimpleNamespace(fraction=np.array([0, 1, 2]), energy=np.array([0, 1.25, -0.1]))
    importance = np.full(N, np.nan)
    importance[5] = 2.5
    header, arrays = parsed(
        event_dataset(glass, 5, event(glass, 6), path=path, importance=importance, important=np.array([5, 6]))
    )
    assert header["event"] == {"attempt": 3, "barrier": 1.25, "energy_difference": -0.1}
    assert header["path"] == {"fraction": [0, 1, 2], "energy": [0, 1.25, -0.1]}
    assert arrays["importance"][0] == 2.5
    assert np.isnan(arrays["importance"][1:]).all()
    assert set(arrays["atom"][arrays["marked"] == 1].tolist()) == {5, 6}


def test_neighbours_are_joined_once_and_not_across_the_view(glass):
    _, arrays = parsed(event_dataset(glass, 5, None))
    ends = arrays["positions"][arrays["bonds"]]
    assert len(ends)
    assert np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).max() < 3.5
    assert len({tuple(sorted(bond)) for bond in arrays["bonds"].tolist()}) == len(arrays["bonds"])


def test_without_an_event_nothing_moves(glass):
    header, arrays = parsed(event_dataset(glass, 5, None))
    assert header["event"] is header["path"] is None
    assert not arrays["moving"].any()
    assert not arrays["saddle"].any()


def test_equal_events_have_equal_digests(glass):
    first, again, other = (event_dataset(glass, 5, event(glass, moved)).digest for moved in (6, 6, 7))
    assert first == again != other
