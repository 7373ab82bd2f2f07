"""Mean-square displacements of vibrating atoms: those of ASE's dynamics, kept, around a minimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet

from symgnn.errors import InputError
from symgnn.physical_inputs import VIBRATIONS, missing_inputs, slow_inputs, with_physical_inputs
from symgnn.simulate import MendelevCuZr, mean_square_displacement, vibrations
from tests.conftest import make_random_glass


@pytest.fixture
def short(monkeypatch, tmp_path):
    """A run of 40 steps, and an empty cache."""
    monkeypatch.setattr(vibrations, "SETTLING", 12)
    monkeypatch.setattr(vibrations, "SAMPLES", 7)
    monkeypatch.setattr(vibrations, "BETWEEN", 4)
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))


def test_it_is_that_of_ase(small_glass, short):
    rng = np.random.default_rng([vibrations.SEED, int(small_glass.content_hash, 16)])
    atoms = Atoms(small_glass.species, positions=small_glass.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    masses = atoms.get_masses()[:, None]
    velocities = rng.normal(size=(len(atoms), 3)) * np.sqrt(2 * units.kB * 300.0 / masses)
    atoms.set_momenta(masses * velocities - masses * (masses * velocities).sum(0) / masses.sum())
    run = VelocityVerlet(atoms, 3.0 * units.fs)
    run.run(12)
    samples = []
    for _ in range(7):
        run.run(4)
        samples.append(atoms.positions - atoms.positions.mean(0))  # without the drift of the whole
    expected = np.var(samples, axis=0).sum(axis=1)
    assert mean_square_displacement(small_glass) == pytest.approx(expected, rel=1e-5)
    assert 1e-3 < np.sqrt(expected.mean()) < 0.5  # Å


def test_what_is_no_minimum_vibrates_around_the_one_below(small_glass, short):
    """Started where it is, it would shed the energy of its displacements as heat."""
    shaken = small_glass.positions + np.random.default_rng(0).normal(scale=0.15, size=(len(small_glass), 3))
    of_minimum = mean_square_displacement(small_glass).mean()
    assert mean_square_displacement(replace(small_glass, positions=shaken)).mean() < 1.5 * of_minimum


def test_it_is_computed_once_and_kept(small_glass, short, monkeypatch):
    bare = replace(small_glass, properties={})
    assert missing_inputs(bare, (VIBRATIONS, "charge")) == [VIBRATIONS]
    assert slow_inputs(bare, (VIBRATIONS,)) == pytest.approx(250 * vibrations.SECONDS_PER_ATOM)
    assert slow_inputs(bare, ("pressure",)) == 0
    told = []
    complete = with_physical_inputs(bare, ("pressure", VIBRATIONS), progress=told.append)
    np.testing.assert_allclose(complete.properties[VIBRATIONS], np.log(mean_square_displacement(bare)))
    np.testing.assert_allclose(complete.properties["pressure"], small_glass.properties["pressure"], atol=1e-9)
    assert complete.notes["computed_fields"].startswith(f"pressure, {VIBRATIONS}: not in the file")
    assert told == pytest.approx(np.arange(1, 8) / 7)
    assert slow_inputs(bare, (VIBRATIONS,)) == 0
    monkeypatch.setattr(vibrations, "mean_square_displacement", None)  # not called again
    np.testing.assert_array_equal(complete.properties[VIBRATIONS], np.log(vibrations.kept_displacement(bare)))
    assert slow_inputs(complete, (VIBRATIONS,)) == 0


def test_what_is_cancelled_leaves_nothing(small_glass, short, tmp_path):
    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vibrations.kept_displacement(small_glass, progress=stop)
    assert not list(tmp_path.rglob("*.npz"))


def test_refused(small_glass, short):
    with pytest.raises(InputError, match=r"random90: .*opposite faces of the cell"):
        mean_square_displacement(make_random_glass(90, seed=1))
    alloy = replace(
        small_glass, species=np.where(small_glass.species == 29, 13, 40), name="alloy", properties={}
    )
    with pytest.raises(
        InputError, match=rf"alloy: per-atom property {VIBRATIONS} not found.*cannot be computed: Al found"
    ):
        with_physical_inputs(alloy, (VIBRATIONS,))
