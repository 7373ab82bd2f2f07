"""Events against the plain calculator, dense Hessians and symmetry; a result belongs to glass, atom and seed."""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import pytest
from ase import Atoms

from symgnn.errors import InputError
from symgnn.simulate.activation import NoSaddle
from symgnn.simulate.barriers import BarrierSearch
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.energy_surface import GlassSurface
from symgnn.simulate.events import AtomBarriers, Event
from symgnn.simulate.optimizers import Mode, point_at, softest_mode


@pytest.fixture(scope="module")
def search(small_glass):
    return BarrierSearch(small_glass, seed=1)


@pytest.fixture(scope="module")
def result(search):
    return search.around(7, events=2)


def with_potential(search, displacement=0.0) -> Atoms:
    glass = search.glass
    atoms = Atoms(glass.species, search.whole.positions + displacement, cell=glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    return atoms


def test_a_saddle_is_stationary_and_its_barrier_that_of_the_plain_calculator(search, result):
    assert len(result.events) == 2
    start = with_potential(search).get_potential_energy()
    for event in result.events:
        saddle, end = (with_potential(search, d) for d in (event.displacement, event.end_displacement))
        assert np.linalg.norm(saddle.get_forces(), axis=1).max() < 0.0101
        assert np.linalg.norm(end.get_forces(), axis=1).max() < 0.0201
        assert saddle.get_potential_energy() - start == pytest.approx(event.barrier, abs=1e-6)
        assert end.get_potential_energy() - start == pytest.approx(event.energy_difference, abs=1e-6)
        assert event.barrier > max(0, event.energy_difference - 0.01)  # to which a minimum's energy is known


def test_a_saddle_has_one_negative_eigenvalue(search, result):
    event = result.events[0]
    atoms = with_potential(search, event.displacement)
    n, h = 3 * len(atoms), 1e-3
    hessian, start = np.empty((n, n)), atoms.positions.copy()
    for k in range(n):
        forces = []
        for sign in (1, -1):
            atoms.positions = start
            atoms.positions[k // 3, k % 3] += sign * h
            forces.append(atoms.get_forces().ravel())
        hessian[k] = (forces[1] - forces[0]) / (2 * h)
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    assert (values < -1e-3).sum() == 1  # besides the three shifts of the whole, which are 0
    assert values[0] == pytest.approx(event.curvature, abs=0.1)


def test_a_mode_is_found_among_the_atoms_around_it_where_the_others_are_at_their_places(search):
    """The lowest eigenpair of the part of the Hessian that belongs to them, as a field of all atoms."""
    everything, local = search._everything, search.whole.mobile(search.whole.within(7, 8.0))
    beyond = np.setdiff1d(np.arange(len(search.glass)), local.atoms)
    point = point_at(everything, everything.start)
    guess = np.random.default_rng(0).normal(size=point.positions.shape)
    calls = everything.n_calls
    mode = search._softest_mode(everything, local, point, guess, max_calls=90, tolerance=1e-3)
    assert everything.n_calls == calls, "only the forces of the atoms around are computed"
    assert not mode.direction[beyond].any()
    assert np.linalg.norm(mode.direction) == pytest.approx(1)
    pushed = [point_at(everything, point.positions + sign * 1e-3 * mode.direction).forces for sign in (1, -1)]
    product = (pushed[1] - pushed[0]) / 2e-3
    np.testing.assert_allclose(product[local.atoms], mode.curvature * mode.direction[local.atoms], atol=3e-2)
    alone = softest_mode(
        local, point_at(local, local.start), guess[local.atoms], max_calls=90, tolerance=1e-3
    )
    assert mode.curvature == pytest.approx(alone.curvature, abs=1e-3)

    moved = point.positions.copy()
    moved[beyond[0], 0] += 0.4
    point = point_at(everything, moved)
    for around in (local, everything):
        mode = search._softest_mode(everything, around, point, guess, max_calls=8, tolerance=0.0)
        of_all = softest_mode(everything, point, guess, max_calls=8, tolerance=0.0)
        np.testing.assert_array_equal(mode.direction, of_all.direction)


def test_an_event_is_connected_where_the_way_down_says_so(search, result, monkeypatch):
    known, way = result.events[0], search._minimum_beyond
    for said in (True, False):
        monkeypatch.setattr(search, "_minimum_beyond", lambda *of, said=said: (way(*of)[0], said))
        assert search.attempt(7, known.attempt)[0].connected is said


def test_the_order_of_atoms_changes_nothing(small_glass, search):
    first = search.attempt(30, 0), search.attempt(31, 1)
    other = BarrierSearch(small_glass, seed=1)
    second = other.attempt(31, 1), other.attempt(30, 0)
    for a, b in zip(first, reversed(second), strict=True):
        assert a[1:] == b[1:]
        assert (a[0] is None) == (b[0] is None)
        if a[0] is not None:
            assert a[0].barrier == b[0].barrier
            assert (a[0].displacement == b[0].displacement).all()


def test_another_seed_is_another_search(small_glass, search):
    one, other = search.attempt(7, 0), BarrierSearch(small_glass, seed=2).attempt(7, 0)
    assert one[2] != other[2]


@pytest.mark.parametrize("radius", [8.0, 100.0])
def test_a_ball_has_the_energy_and_forces_of_the_glass(small_glass, radius):
    whole = GlassSurface(small_glass)
    ball = whole.mobile(whole.within(5, radius))
    atoms = Atoms(small_glass.species, whole.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    start = atoms.get_potential_energy()
    rng = np.random.default_rng(0)
    for shift in (0.0, 0.7, 4.0):  # Å, of one atom: within, and far beyond what the lists of pairs allow for
        moved = ball.start + rng.normal(scale=0.02, size=ball.start.shape)
        moved[3] += [shift, 0.0, 0.0]
        atoms.positions = whole.positions
        atoms.positions[ball.atoms] = moved
        try:
            expected = atoms.get_potential_energy() - start
        except InputError:
            continue
        energy, forces = ball(moved)
        assert energy == pytest.approx(expected, abs=1e-8)
        np.testing.assert_allclose(forces, atoms.get_forces()[ball.atoms], atol=1e-8)


def test_a_structure_that_is_no_minimum_is_refused(liquid):
    with pytest.raises(InputError, match=r"largest force .* expected at most 0\.01.*relax it first"):
        BarrierSearch(liquid)


def event(barrier: float, shift: float = 0.0) -> Event:
    displacement = np.zeros((4, 3))
    displacement[1] = 0.3 + shift, 0, 0
    return Event(1, 0, barrier, 0.1, displacement, displacement, -2.0, 0.005, True, 50)


def test_what_is_new_is_kept_and_told_and_what_is_not_is_counted(search, monkeypatch):
    first, again, second = event(0.5), event(0.505, 0.1), event(0.9)
    tries = iter([(first, "", 50), (None, "no way", 7), (again, "", 40), (second, "", 3), (None, "late", 1)])
    monkeypatch.setattr(search, "attempt", lambda atom, attempt: next(tries))
    told = []
    result = search.around(1, events=2, report=told.append)
    assert list(result.events) == told == [first, second]
    assert (result.duplicates, dict(result.failures), result.calls, result.tries) == (
        1,
        {"no way": 1},
        100,
        4,
    )
    assert search.around(1, events=2, max_tries=1).tries == 1


def test_two_events_are_the_same_where_barrier_and_saddle_agree():
    assert event(0.5).is_same(event(0.505, 0.1))
    assert not event(0.5).is_same(event(0.52))
    assert not event(0.5).is_same(event(0.5, 0.2))
    assert event(0.5).n_moving == 1


def test_mean_and_standard_error_of_the_barriers():
    result = AtomBarriers(1, (event(0.5), event(0.9)), 0, Counter(), 100)
    assert result.mean == pytest.approx(0.7)
    assert result.standard_error == pytest.approx(0.2)
    alone, none = (AtomBarriers(1, events, 0, Counter(), 0) for events in ((event(0.5),), ()))
    assert (alone.mean, np.isnan(alone.standard_error), np.isnan(none.mean)) == (0.5, True, True)


def test_what_a_search_refuses(search, small_glass):
    with pytest.raises(InputError, match=r"atom 250 found, expected 0\.\.249"):
        search.around(250)
    with pytest.raises(InputError, match="0 events in None tries asked for"):
        search.around(1, events=0)
    for seed in (-1, 0.5, None):
        with pytest.raises(InputError, match=r"seed is .*; expected a whole number from 0"):
            BarrierSearch(small_glass, seed=seed)


def test_the_minimum_beyond_a_saddle_is_looked_for_from_there(search, monkeypatch):
    """Atoms outside the ball start where they are in the saddle; an end that is none, or the start, is refused."""
    module, everything, (ball, _) = (
        sys.modules[BarrierSearch.__module__],
        search._everything,
        search._surfaces(0),
    )
    outside = np.setdiff1d(np.arange(len(everything.start)), ball.atoms)[0]
    saddle = everything.start.copy()
    saddle[outside, 0] += 0.3
    mode, done = Mode(np.ones_like(ball.start), -1.0, 0.0), True
    monkeypatch.setattr(module, "_downhill", lambda surface, point, mode: (point, True))
    monkeypatch.setattr(module, "minimise", lambda surface, first, *rest: (first, done))
    end, connected = search._minimum_beyond(ball, saddle, mode)
    assert connected
    assert end.positions == pytest.approx(saddle)
    with pytest.raises(NoSaddle, match="no other minimum"):
        search._minimum_beyond(ball, everything.start, mode)
    done = False
    with pytest.raises(NoSaddle, match="no other minimum"):
        search._minimum_beyond(ball, saddle, mode)
