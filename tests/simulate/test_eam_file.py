"""Potentials from files, against the built-in one written as such a file."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.simulate import BarrierSearch, read_potential, relaxed, verify
from symgnn.simulate.calculator import MendelevCuZr
from tests.simulate.eam_files import write_eam


@pytest.fixture(scope="module")
def fs(tmp_path_factory):
    return read_potential(write_eam(tmp_path_factory.mktemp("eam") / "CuZr.eam.fs"))


def properties(atoms: Atoms, calculator) -> tuple[float, np.ndarray, np.ndarray]:
    atoms.calc = calculator
    return atoms.get_potential_energy() / len(atoms), atoms.get_forces(), atoms.get_stress()


def test_an_fs_file_gives_the_energies_of_the_built_in_potential(fs, liquid):
    calculator = fs.calculator()
    for shift in (0.0, 0.05, 0.4):  # Å: with the list of neighbours kept, and with a new one
        liquid.positions[7] += shift
        expected = properties(liquid, MendelevCuZr())
        energy, forces, stress = properties(liquid, calculator)
        assert energy == pytest.approx(expected[0], abs=1e-4)
        np.testing.assert_allclose(forces, expected[1], atol=2e-3 + 1e-3 * np.abs(expected[1]).max())
        np.testing.assert_allclose(stress, expected[2], atol=2e-4)


def test_an_alloy_file(tmp_path):
    potential = read_potential(write_eam(tmp_path / "Cu.eam.alloy", ("Cu",)))
    atoms = bulk("Cu", "fcc", a=3.64, cubic=True).repeat(5)
    atoms.rattle(0.05, seed=0)
    expected = properties(atoms, MendelevCuZr())
    energy, forces, _ = properties(atoms, potential.calculator())
    assert energy == pytest.approx(expected[0], abs=1e-4)
    np.testing.assert_allclose(forces, expected[1], atol=2e-3)
    with pytest.raises(InputError, match=r"atom 0 is Zr; the potential Cu\.eam\.alloy knows Cu only"):
        verify(Atoms("Zr2", positions=[[0, 0, 0], [3, 0, 0]], cell=[20] * 3, pbc=True), potential)


def test_a_minimum_is_one_of_both(fs, small_glass):
    assert verify(small_glass, fs).largest_force < 0.02
    moved = Glass(small_glass.species, small_glass.positions + 0.01, small_glass.cell, small_glass.pbc)
    assert verify(relaxed(moved, fs), fs).largest_force < 1e-3


def test_any_calculator_gives_the_events_of_the_compiled_surface(small_glass):
    potential = SimpleNamespace(calculator=MendelevCuZr, key="the same")
    compiled = BarrierSearch(small_glass, seed=1)
    fast = next(event for attempt in range(20) if (event := compiled.attempt(7, attempt)[0]) is not None)
    slow, *_ = BarrierSearch(small_glass, seed=1, potential=potential).attempt(7, fast.attempt)
    assert slow.barrier == pytest.approx(fast.barrier, abs=1e-3)
    assert np.abs(slow.displacement - fast.displacement).max() < 0.05


def test_files_that_are_no_potential(tmp_path):
    for name, content, message in (
        ("x.fs", "nonsense", "not readable as a potential of form fs"),
        ("x.alloy", "a\nb\nc\n1 Cu\n10 .1 10 .1 5\n", "not readable as a potential of form alloy"),
        ("x.tersoff", "", r"ending \.tersoff found, expected \.eam\.alloy or \.eam\.fs"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(InputError, match=message):
            read_potential(tmp_path / name)
    with pytest.raises(
        InputError, match=r"absent.*: No such file or directory, expected the file of a potential"
    ):
        read_potential(tmp_path / "absent.fs")


def test_cells_that_a_file_cannot_take(fs):
    for cell, pbc, message in (
        ([14.0] * 3, True, "two cutoffs"),
        ([20.0] * 3, [True, True, False], "periodicity"),
    ):
        with pytest.raises(InputError, match=message):
            verify(Atoms("Cu2", positions=[[0, 0, 0], [2.6, 0, 0]], cell=cell, pbc=pbc), fs)
