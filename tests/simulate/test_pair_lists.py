"""Lists of pairs of an energy surface: they hold all that are near, and the same whatever was asked before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symgnn.glass import Glass
from symgnn.simulate import MendelevCuZr
from symgnn.simulate.energy_surface import GlassSurface, MobileSurface, OutOfRange
from symgnn.simulate.kernels import face_distances, find_pairs
from symgnn.simulate.potential import mendelev2009


@pytest.fixture(scope="module")
def whole(small_glass) -> GlassSurface:
    return GlassSurface(small_glass)


def test_pairs_of_some_atoms_are_those_of_all_in_the_same_order(whole):
    wanted = np.zeros(len(whole), bool)
    wanted[[0, 17, 200]] = True
    reach = np.full((2, 2), 6.0)

    def pairs(mask: np.ndarray) -> list[tuple[int, int, int]]:
        first, second, image = find_pairs(
            whole.positions, whole.cell, whole.inverse, face_distances(whole.cell), whole.species, reach, mask
        )
        owner = np.repeat(np.arange(len(whole)), np.diff(first))
        return list(zip(owner.tolist(), second.tolist(), image.tolist(), strict=True))

    some = [(i, j, code) for i, j, code in pairs(np.ones(len(whole), bool)) if wanted[i] or wanted[j]]
    assert len(some) > 100
    assert pairs(wanted) == some


def test_energies_on_a_long_way_are_those_of_the_plain_calculator():
    """Atoms of a gas fly through the box, past each other, so that each list is made anew again and again."""
    rng = np.random.default_rng(2)
    gas = Glass(
        species=np.full(60, 29),
        positions=8.0 * np.argwhere(np.ones((4, 4, 4)))[:60] + rng.uniform(0, 4, (60, 3)),
        cell=np.eye(3) * 32.0,
        pbc=[True] * 3,
        name="gas",
    )
    plain = gas.to_ase()
    plain.calc = MendelevCuZr()
    start = plain.get_potential_energy()
    walking = GlassSurface(gas).mobile(np.arange(60))
    step = rng.normal(size=walking.start.shape)
    step *= rng.uniform(0.05, 0.28, (60, 1)) / np.linalg.norm(step, axis=1, keepdims=True)
    made = dict.fromkeys(("_renew_lists", "_renew_wide_list"), 0)
    for name in made:
        original = getattr(walking, name)

        def counted(positions, name=name, original=original):
            made[name] += 1
            original(positions)

        setattr(walking, name, counted)
    compared = 0
    for there in range(80):
        positions = walking.start + there * step
        try:
            energy, forces = walking(positions)
        except OutOfRange:
            continue  # two have met
        plain.positions = positions
        assert energy == pytest.approx(plain.get_potential_energy() - start, abs=1e-6)
        assert np.abs(forces - plain.get_forces()).max() < 1e-6 * max(1.0, np.abs(forces).max())
        compared += 1
    assert compared > 40
    assert made["_renew_wide_list"] >= 8
    assert made["_renew_lists"] > 2 * made["_renew_wide_list"]


def two_atoms(distance: float, x: float = 10.0) -> tuple[MobileSurface, Callable[[np.ndarray], float]]:
    """The energy surface of two atoms of copper, and their energy by the plain calculator."""
    positions = np.array([[x, 16, 16], [x + distance, 16, 16]])
    pair = Glass(species=[29, 29], positions=positions, cell=np.eye(3) * 32.0, pbc=[True] * 3, name="two")
    plain = pair.to_ase()
    plain.calc = MendelevCuZr()
    start = plain.get_potential_energy()

    def energy(positions: np.ndarray) -> float:
        plain.positions = positions
        return plain.get_potential_energy() - start

    return GlassSurface(pair).mobile(np.arange(2)), energy


@pytest.mark.parametrize("beyond", [0.51, 1.31, 1.85, 2.8, 4.01])
def test_atoms_that_come_straight_to_each_other_are_noticed(beyond):
    """They begin just beyond the reach of a list, and the caller moves them in one array."""
    cutoff = float(mendelev2009().cutoff[0, 0])
    surface, plain = two_atoms(cutoff + beyond)
    positions, step = surface.start.copy(), np.array([[0.045, 0, 0], [-0.045, 0, 0]])
    for _ in range(int((beyond + 2) / 0.09)):
        positions += step
        assert surface(positions)[0] == pytest.approx(plain(positions), abs=1e-10)
    assert abs(plain(positions)) > 1e-3, "they have met"


def test_atoms_that_part_and_are_put_back_are_noticed():
    surface, plain = two_atoms(float(mendelev2009().cutoff[0, 0]) - 1.1)
    there = np.array([[0, 0, 0], [1.0, 0, 0]])
    for moved in (0, 1, 2, 3.2, 0.2):
        positions = surface.start + moved * there
        assert surface(positions)[0] == pytest.approx(plain(positions), abs=1e-10)
    assert abs(plain(surface.start + 3.2 * there)) > 1e-5, "without the other an atom has another energy"


def test_lists_of_atoms_beyond_a_face_are_forgotten():
    """On the way back the lists are still those of the atom that was moved to the other side of the cell."""
    surface, plain = two_atoms(4.0, x=27.5)
    there = np.array([[0, 0, 0], [1.0, 0, 0]])
    for moved in [*np.arange(0, 4.2, 0.3), *np.arange(4.2, 0.7, -0.3)]:
        surface(surface.start + moved * there)
    surface.forget()
    positions = surface.start + 0.8 * there
    assert surface(positions)[0] == pytest.approx(plain(positions), abs=1e-10)
