"""Mean-square displacements of vibrating atoms: those of ASE's dynamics, kept, around a minimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet
from typer.testing import CliRunner

from symgnn import physical_inputs
from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.io.structures import write_extxyz
from symgnn.physical_inputs import VIBRATIONS, missing_inputs, slow_inputs, with_physical_inputs
from symgnn.recently_used import RecentlyUsed
from symgnn.simulate import MendelevCuZr, mean_square_displacement, vibrations
from symgnn.simulate.energy_surface import OutOfRange
from tests.conftest import make_random_glass


@pytest.fixture
def short(monkeypatch, tmp_path):
    """A run of 40 steps, and nothing kept on disk or in this process."""
    monkeypatch.setattr(physical_inputs, "_fields", RecentlyUsed(2))
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
    moved = replace(bare, positions=bare.positions + 0.01 * (np.arange(250) == 7)[:, None])
    assert slow_inputs(moved, (VIBRATIONS,)) > 0, "another glass of as many atoms"


def test_what_is_cancelled_leaves_nothing(small_glass, short, tmp_path):
    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vibrations.kept_displacement(small_glass, progress=stop)
    assert not list(tmp_path.rglob("*.npz"))


def test_atoms_that_come_too_near_are_one_line(small_glass, short, monkeypatch):
    def too_near(*_):
        raise OutOfRange("two atoms nearer than 1 Å found")

    monkeypatch.setattr(vibrations, "verlet", too_near)
    with pytest.raises(
        InputError, match=r"^\S+: two atoms nearer than 1 Å found; expected atoms that vibrate"
    ):
        mean_square_displacement(replace(small_glass, name="dense"))


def test_without_a_minimum_nearby_it_is_refused(small_glass, short, monkeypatch):
    monkeypatch.setattr(vibrations, "MOST_CALLS", 1)
    shaken = small_glass.positions + np.random.default_rng(0).normal(scale=0.15, size=(len(small_glass), 3))
    with pytest.raises(InputError, match=r"^shaken: no minimum reached in 1 steps, expected one nearby$"):
        mean_square_displacement(replace(small_glass, positions=shaken, name="shaken"))


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


@pytest.fixture
def command(small_glass, short, monkeypatch, tmp_path):
    """`symgnn predict` by ridge-flexibility, of a glass whose file states nothing."""
    monkeypatch.chdir(tmp_path)

    def run(**changes):
        write_extxyz(tmp_path / "bare.xyz", replace(small_glass, properties={}, name="bare", **changes))
        return CliRunner().invoke(
            app, ["predict", "bare.xyz", "--checkpoint", "ridge-flexibility", "-o", "out"]
        )

    return run


def test_the_command_tells_how_far_it_is_and_keeps_it(command):
    for bars in (1, 0):
        result = command()
        assert result.exit_code == 0, result.output
        assert result.stderr.count("Vibrations of the atoms") == bars
        assert f"{VIBRATIONS}: not in the file, computed with" in " ".join(result.stderr.split())


def test_the_command_refuses_before_it_computes(command, small_glass, monkeypatch, tmp_path):
    monkeypatch.setattr(vibrations, "verlet", None)
    refused = str(command(species=np.where(small_glass.species == 29, 13, 40)).exception)
    assert refused == "bare: element Al found, but checkpoint ridge-flexibility knows Cu, Zr only"
    (tmp_path / "file").touch()
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "file"))
    assert "expected a folder that files can be written into" in str(command().exception)
