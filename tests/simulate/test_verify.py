"""Minima of the potential are told from other structures, and made from them."""

import pytest
from ase import Atoms

from symgnn.errors import InputError
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


def test_what_the_potential_cannot_compute_is_refused():
    with pytest.raises(InputError, match=r"^CuNi: Ni found, expected Cu and Zr only, .*--potential"):
        verify(Atoms("CuNi", positions=[[0, 0, 0], [2.6, 0, 0]], cell=[20] * 3, pbc=True))
