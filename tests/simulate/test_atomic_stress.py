"""Energy, pressure and shear of atoms: by their definitions, and against the paper's files."""

import numpy as np
import pytest
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.structures import read_glass
from symgnn.simulate import MendelevCuZr
from symgnn.simulate.atomic_stress import atomic_fields, fields_of_glass
from tests.conftest import REPOSITORY

BAR_IN_EV = 6.241509074e-7  # eV/Å³
SAMPLES = sorted((REPOSITORY / "data" / "samples").glob("*.xyz"))
LIMITS = {  # largest and root mean square difference: eV, 1e7 bar Å³, 1e7 bar Å³
    "potential_energy": (8e-5, 1.5e-5),
    "pressure": (3e-4, 6e-5),
    "von_mises": (3e-4, 4e-5),
}


@pytest.mark.parametrize("name", ["test0", "train0", "train6"])
def test_they_are_those_of_the_paper_s_files(raw_data, name):
    """Forces in these files are 2.4e-4 eV/Å rms and their numbers float32: that is what is left."""
    glass = read_glass(raw_data / f"{name}.pickle")
    found = fields_of_glass(glass)
    assert set(found) == set(glass.properties)
    for field, (largest, rms) in LIMITS.items():
        difference = found[field] - glass.properties[field]
        assert np.abs(difference).max() < largest, field
        assert np.sqrt(np.mean(difference**2)) < rms, field
        assert np.corrcoef(found[field], glass.properties[field])[0, 1] > 0.9999999, field


def test_pressures_of_the_atoms_sum_to_that_of_the_cell(liquid):
    liquid.calc = MendelevCuZr()
    found = atomic_fields(liquid)
    of_cell = -np.trace(liquid.get_stress(voigt=False)) * liquid.get_volume()  # eV
    assert abs(of_cell) > 10, "a glass out of equilibrium"
    assert found["pressure"].sum() * 1e7 * BAR_IN_EV == pytest.approx(of_cell, rel=1e-6)
    assert found["potential_energy"].sum() == pytest.approx(liquid.get_potential_energy())


def test_shear_is_the_norm_of_the_deviator(liquid):
    """von Mises stress squared is 3/2 s : s, s the traceless part."""
    liquid.calc = MendelevCuZr()
    found = atomic_fields(liquid)
    xx, yy, zz, yz, xz, xy = liquid.get_stresses().T * liquid.get_volume() / BAR_IN_EV / 1e7
    matrix = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]).transpose(2, 0, 1)
    deviator = matrix - np.trace(matrix, axis1=1, axis2=2)[:, None, None] / 3 * np.eye(3)
    von_mises = np.sqrt(1.5 * (deviator**2).sum((1, 2)))
    np.testing.assert_allclose(found["von_mises"], np.sqrt(2) * von_mises, rtol=1e-6)
    assert found["von_mises"].min() > 0


def test_squeezed_atoms_are_under_pressure(small_glass):
    squeezed = Glass(small_glass.species, 0.97 * small_glass.positions, 0.97 * small_glass.cell, (True,) * 3)
    assert fields_of_glass(squeezed)["pressure"].mean() > 0.1
    assert abs(fields_of_glass(small_glass)["pressure"].mean()) < 1e-3


def test_they_do_not_change_when_the_glass_is_turned(small_glass):
    angle = 0.6
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, -1]])
    turned = Glass(
        small_glass.species, small_glass.positions @ turn.T, small_glass.cell @ turn.T, (True,) * 3
    )
    for field, values in fields_of_glass(turned).items():
        np.testing.assert_allclose(values, small_glass.properties[field], atol=1e-8)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_state_them(path):
    glass = read_glass(path)
    assert list(glass.properties) == ["potential_energy", "pressure", "von_mises"]
    for field, values in fields_of_glass(glass).items():
        np.testing.assert_allclose(glass.properties[field], values, atol=1e-9)


def test_what_the_potential_does_not_take_is_refused_by_the_glass_s_name(small_glass):
    thin = Atoms("Cu4", [[0, 0, 0], [0, 1.8, 1.8], [1.8, 0, 1.8], [1.8, 1.8, 0]])
    with pytest.raises(InputError, match=r"thin: opposite faces of the cell are 3\.60 Å apart"):
        fields_of_glass(Glass(thin.numbers, thin.positions, 3.6 * np.eye(3), (True,) * 3, name="thin"))
    with pytest.raises(InputError, match="alloy: atom 0 is Al"):
        fields_of_glass(Glass([13] * 250, small_glass.positions, small_glass.cell, (True,) * 3, name="alloy"))
