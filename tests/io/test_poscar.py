"""POSCAR: rows below the atoms, scales, labels and the freedoms of VASP."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.structures import read_glass_bytes

ROWS = ["0.1 0.1 0.1", "0.5 0.5 0.5", "0.1 0.1 0.4"]


def poscar(*below: str, rows=ROWS, scale="1.0", symbols="Cu Zr", counts="2 1", mode="Direct") -> str:
    return "\n".join(
        ["Cu-Zr", scale, "9 0 0", "0 9 0", "0 0 9", symbols, counts, *mode.split("|"), *rows, *below]
    )


def read(*below: str, **parts):
    return read_glass_bytes("POSCAR", poscar(*below, **parts).encode())


def refusal(*below: str, **parts) -> str:
    with pytest.raises(InputError) as caught:
        read(*below, **parts)
    return str(caught.value)


def test_more_rows_than_atoms_are_an_error():
    assert "line 12: more atoms than the 3" in refusal("0.7 0.7 0.2")
    assert "line 12: more atoms than the 3" in refusal("0.7 0.7 0.2", "0.7 0.7 0.7", "0.2 0.2 0.7")
    assert "velocities after the atoms: 1 rows found, expected 3" in refusal("", "0.7 0.7 0.2")
    assert "only 2 lines follow" in refusal(rows=ROWS[:2])


def test_velocities_are_whole_or_refused():
    velocity = "  0.00000000E+00  0.1  -0.2"
    whole = ["", *[velocity] * 3]
    for below in (
        whole,
        ["Cartesian", *whole[1:]],
        [*whole, "", "1", "0.5D+00", "more"],
        ["", "", ""],
        ["Lattice velocities and vectors", "1", *[velocity] * 6],
    ):
        assert len(read(*below)) == 3
    for below in (
        ["", *[velocity] * 2],
        ["", *[velocity] * 4],
        ["Direct", velocity],
        ["", velocity, "0 0", velocity],
    ):
        assert "velocities after the atoms" in refusal(*below)


def test_scales():
    np.testing.assert_allclose(read(scale="2.0").cell, 18 * np.eye(3))
    np.testing.assert_allclose(read(scale="-1000").cell, 10 * np.eye(3))
    np.testing.assert_allclose(read(scale="1 2 3").cell, np.diag([9, 18, 27]))
    cartesian = ["1 1 1", "5 5 5", "1 1 4"]
    np.testing.assert_allclose(read(scale="2.0", mode="Cartesian", rows=cartesian).positions[1], [10, 10, 10])
    np.testing.assert_allclose(read(scale="1 2 3", mode="k", rows=cartesian).positions[1], [5, 10, 15])
    for scale in ("0", "1 2", "x", "1 -2 3", ""):
        assert "scaling factor" in refusal(scale=scale)


def test_elements_and_counts():
    assert read(symbols="Cu_pv Zr_sv/7f2a").symbols == ["Cu", "Cu", "Zr"]
    assert read(symbols="Cu Zr Cu", counts="1 1 1").symbols == ["Cu", "Zr", "Cu"]
    assert read(counts="2 1 ! atoms").symbols == ["Cu", "Cu", "Zr"]
    for counts in ("2", "2 1 1", "2 x", "2 -1", "2.0 1"):
        assert "line 7" in refusal(counts=counts)
    assert "line 6 is '2 1'" in refusal(symbols="2 1")


def test_modes_flags_and_labels():
    flagged = [f"{row} T F T" for row in ROWS]
    np.testing.assert_array_equal(
        read(mode="Selective dynamics|Direct", rows=flagged).positions, read().positions
    )
    assert "three flags" in refusal(mode="Selective dynamics|Direct")
    for mode in ("", "fractional", "?"):
        assert "expected Direct or Cartesian" in refusal(mode=mode)
    labelled = [f"{row} {label}" for row, label in zip(ROWS, ("Cu", "cu", "Zr"), strict=True)]
    assert read(rows=labelled).symbols == ["Cu", "Cu", "Zr"]
    assert "line 10 ends with Zr, but line 7 makes this atom Cu" in refusal(
        rows=[labelled[0], f"{ROWS[1]} Zr", ROWS[2]]
    )
