"""Lists of pairs of an energy surface: they hold all that are near, and the same whatever was asked before."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.glass import Glass
from symgnn.simulate import MendelevCuZr
from symgnn.simulate.energy_surface import GlassSurface, OutOfRange
from symgnn.simulate.kernels import face_distances, find_pairs


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
