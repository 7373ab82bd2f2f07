"""MD local sampling: dynamics against ASE's, results that belong to the seed, barriers in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms, units
from ase.md.velocitydistribution import thermalize_momenta
from ase.md.verlet import VelocityVerlet

from symgnn.errors import InputError
from symgnn.simulate import LocalSample, sample_locally
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.energy_surface import GlassSurface
from symgnn.simulate.local_sampling import SamplingWork, verlet


@pytest.fixture(scope="module")
def sample(small_glass):
    return sample_locally(small_glass, temperature=900, time=0.4, runs=3, seed=2, workers=1)


def test_dynamics_are_those_of_ase(small_glass):
    atoms = Atoms(small_glass.species, small_glass.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    thermalize_momenta(atoms, 900, rng=np.random.default_rng(0))
    velocities, masses = atoms.get_velocities(), atoms.get_masses()[:, None]
    VelocityVerlet(atoms, 2 * units.fs).run(40)
    surface = GlassSurface(small_glass).mobile(np.arange(len(small_glass)))
    positions, after = verlet(surface, surface.start, velocities, masses, 2 * units.fs, 40)
    np.testing.assert_allclose(positions - surface.start, atoms.positions - small_glass.positions, atol=1e-8)
    np.testing.assert_allclose(after, atoms.get_velocities(), atol=1e-8)


def test_the_start_is_as_hot_as_asked(small_glass, monkeypatch):
    """All kinetic at first, shared with the potential later: half of 2 T."""
    seen = []
    monkeypatch.setattr(
        "symgnn.simulate.local_sampling.verlet",
        lambda surface, positions, velocities, masses, step, steps: (
            seen.append((velocities, masses, steps)) or (positions, velocities)
        ),
    )
    moved, energy = SamplingWork(small_glass, 900.0, 0.4, 2).compute(0)
    (velocities, masses, steps), n = seen[0], len(small_glass)
    assert steps == 200
    assert np.abs((masses * velocities).sum(axis=0)).max() < 1e-9
    kinetic = 0.5 * (masses * velocities**2).sum() / (1.5 * n * units.kB)
    assert kinetic == pytest.approx(2 * 900, rel=4 * np.sqrt(2 / (3 * n)))
    assert moved.max() < 0.02, "it has gone nowhere"
    assert abs(energy) < 1e-2


def test_runs_end_in_minima(small_glass, sample):
    assert sample.displacement.shape == (3, len(small_glass))
    assert sample.energy.shape == (3,)
    assert sample.moves.max() <= 3
    assert sample.moves.sum() > 0, "such a glass is soft"


def test_a_run_belongs_to_its_seed_and_number(small_glass, sample):
    again = sample_locally(small_glass, temperature=900, time=0.4, runs=3, seed=2, workers=2)
    assert (again.displacement == sample.displacement).all()
    assert (again.energy == sample.energy).all()
    alone = SamplingWork(small_glass, 900.0, 0.4, 2).compute(2)
    assert (alone[0] == sample.displacement[2]).all()
    other = SamplingWork(small_glass, 900.0, 0.4, 3).compute(2)
    assert (other[0] != sample.displacement[2]).any()


def test_barriers_follow_from_the_rate():
    displacement = np.array([[0.0, 0.5, 0.29], [0.1, 0.6, 0.31]], np.float32)
    sample = LocalSample(temperature=600.0, time=2.0, displacement=displacement, energy=np.zeros(2))
    assert sample.moves.tolist() == [0, 2, 1]
    attempts = 10.0 * 2.0 * 2  # per ps, in two runs of 2 ps
    expected = 8.617333e-5 * 600 * np.log(attempts / np.array([0.5, 2.5, 1.5]))
    np.testing.assert_allclose(sample.barriers(), expected, rtol=1e-6)


@pytest.mark.parametrize(
    "wrong", [{"temperature": 0}, {"temperature": 1e4}, {"time": 0}, {"runs": 0}, {"seed": -1}]
)
def test_impossible_settings(small_glass, wrong):
    with pytest.raises(InputError, match="expected up to 5000 K"):
        sample_locally(small_glass, **wrong)


def test_no_minimum_is_refused(small_glass):
    atoms = small_glass.to_ase()
    atoms.rattle(0.1, seed=1)
    with pytest.raises(InputError, match="largest force"):
        sample_locally(atoms)


def test_progress(small_glass):
    told = []
    sample_locally(small_glass, time=0.01, runs=2, workers=1, progress=lambda *done: told.append(done))
    assert told == [(1, 2), (2, 2)]
