"""Events against the plain calculator, dense Hessians and symmetry; a result belongs to glass, atom and seed."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms

from symgnn.errors import InputError
from symgnn.simulate.barriers import BarrierSearch
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.energy_surface import GlassSurface


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
        assert event.barrier > max(0, event.energy_difference)


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
