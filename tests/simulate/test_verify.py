"""Minima of the potential are told from other structures, and made from them."""

import numpy as np
import pytest
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.simulate import relaxed, verify


def test_a_glass_is_a_minimum_and_a_liquid_is_none(small_glass, liquid):
    assert verify(small_glass).is_minimum
    assert abs(verify(small_glass).pressure) < 50
    assert not verify(liquid).is_minimum
    assert verify(liquid).largest_force > 1


def test_relaxed_is_a_minimum_at_zero_pressure(liquid):
    result = verify(relaxed(liquid))
    assert result.largest_force <= 1e-3
    assert abs(result.pressure) < 50


def test_surfaces_and_pores_are_refused(small_glass):
    """A slab between vacuum, and a cell with a hole: both are periodic, and could be minima."""
    cell = small_glass.cell * np.array([[1.0], [1.0], [1.6]])
    slab = Glass(small_glass.species, small_glass.wrapped(), cell, small_glass.pbc)
    with pytest.raises(
        InputError, match=r"an empty region of radius \d\.\d Å found .* without surfaces and pores"
    ):
        verify(slab)
    away = np.linalg.norm(small_glass.wrapped() - small_glass.cell.sum(axis=0) / 2, axis=1)
    kept = away > 5.5
    holed = Glass(small_glass.species[kept], small_glass.wrapped()[kept], small_glass.cell, small_glass.pbc)
    with pytest.raises(InputError, match="an empty region"):
        verify(holed)
    verify(Glass(small_glass.species[1:], small_glass.positions[1:], small_glass.cell, small_glass.pbc))


def test_what_the_potential_cannot_compute_is_refused():
    with pytest.raises(InputError, match=r"^CuNi: Ni found, expected Cu and Zr only, .*--potential"):
        verify(Atoms("CuNi", positions=[[0, 0, 0], [2.6, 0, 0]], cell=[20] * 3, pbc=True))
