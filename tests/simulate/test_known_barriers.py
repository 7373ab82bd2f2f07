"""Barriers whose answer is known otherwise: a vacancy in copper against a nudged elastic band, and a stored event."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk
from ase.mep import NEB
from ase.optimize import FIRE, LBFGS

from symgnn.io.structures import read_glass
from symgnn.simulate import BarrierSearch, MendelevCuZr, relaxed
from tests.conftest import REPOSITORY

NEIGHBOURS = 12  # of an atom in the fcc lattice


@pytest.fixture(scope="module")
def crystal() -> Atoms:
    """499 atoms of fcc copper around a vacancy at the origin, relaxed; its neighbours are atoms 0..11."""
    atoms = relaxed(bulk("Cu", "fcc", a=3.64, cubic=True).repeat(5)).to_ase()
    away = atoms.get_distances(0, range(len(atoms)), mic=True)
    atoms.positions -= atoms.positions[0]
    atoms = atoms[np.argsort(away, kind="stable")[1:]]
    atoms.calc = MendelevCuZr()
    LBFGS(atoms, logfile=None).run(fmax=1e-4)
    return atoms


@pytest.fixture(scope="module")
def search(crystal) -> BarrierSearch:
    return BarrierSearch(crystal, seed=0)


@pytest.fixture(scope="module")
def hops(search):
    """Hops of neighbours of the vacancy into it: what is searched around one of them."""
    result = search.around(0, events=30, max_tries=10)
    return result, [event for event in result.events if event.barrier < 1.2]


def hopping(event) -> int:
    return int(np.linalg.norm(event.end_displacement, axis=1).argmax())


def test_a_vacancy_hops_over_the_barrier_of_a_nudged_elastic_band(crystal, hops):
    end = crystal.copy()
    cell = crystal.cell.array
    end.positions[0] -= crystal.positions[0] - np.round(crystal.positions[0] @ np.linalg.inv(cell)) @ cell
    images = [crystal.copy() for _ in range(6)] + [end]
    for image in images:
        image.calc = MendelevCuZr()
    LBFGS(end, logfile=None).run(fmax=1e-3)
    band = NEB(images, climb=True, k=0.5, method="improvedtangent")
    band.interpolate(mic=True)
    FIRE(band, logfile=None).run(fmax=0.02, steps=300)
    energies = [image.get_potential_energy() for image in images]
    assert energies[-1] == pytest.approx(energies[0], abs=1e-3)
    barrier = max(energies) - energies[0]
    assert len(hops[1]) >= 3
    for event in hops[1]:
        assert event.barrier == pytest.approx(barrier, abs=0.01)
        assert event.energy_difference == pytest.approx(0, abs=0.02)
        assert hopping(event) < NEIGHBOURS
        assert event.connected


def test_equivalent_atoms_have_the_same_barrier(search, hops):
    lowest = [min(event.barrier for event in search.around(atom, events=2).events) for atom in (3, 7)]
    assert lowest == pytest.approx([hops[1][0].barrier] * 2, abs=0.01)


def test_a_hop_that_comes_again_is_a_duplicate(hops):
    result, events = hops
    assert result.duplicates > 0
    assert len({hopping(event) for event in events}) == len(events), "one event for each atom that hops"
    assert not any(one.is_same(other) for one, other in combinations(result.events, 2))


def test_a_connected_event_leads_back(crystal, hops):
    for event in hops[1][:2]:
        for factor, target in ((0.8, 0.0 * event.end_displacement), (1.0, event.end_displacement)):
            atoms = crystal.copy()
            past = 0.2 * (event.end_displacement - event.displacement) if factor == 1 else 0.0
            atoms.positions += factor * event.displacement + past
            atoms.calc = MendelevCuZr()
            LBFGS(atoms, logfile=None).run(fmax=5e-3)
            moved = atoms.positions - crystal.positions
            assert np.abs(moved - moved.mean(axis=0) - target).max() < 0.05


def test_one_seeded_event_has_its_stored_answer():
    """Of a shipped glass. The positions may be off by 1e-10 Å for it: another processor rounds otherwise."""
    glass = read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz")
    event, _, calls = BarrierSearch(glass, seed=0).attempt(147, 0)
    assert event.barrier == pytest.approx(2.2201, abs=1e-3)
    assert event.energy_difference == pytest.approx(1.455, abs=0.01)
    assert (event.n_moving, event.connected) == (36, True)
    assert event.curvature == pytest.approx(-0.959, abs=0.02)
    assert calls == pytest.approx(478, abs=20)
