"""CIF: settings, special positions and disorder, against gemmi's own expansion and numbers of atoms from the tables."""

from __future__ import annotations

import gemmi
import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.structures import read_glass_bytes, reading_notes

CUBIC = (7.2, 7.2, 7.2, 90, 90, 90)
HEXAGONAL = (5.1, 5.1, 8.3, 90, 90, 120)
COLUMNS = "label type_symbol fract_x fract_y fract_z"
SITES = "Zr1 Zr 0.125 0.125 0.125\nCu1 Cu 0.5 0.5 0.5\n"


def cif(symmetry: str, cell=CUBIC, sites: str = SITES, columns: str = COLUMNS) -> str:
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = ["data_x", *(f"_cell_{name} {value}" for name, value in zip(names, cell, strict=True)), symmetry]
    return "\n".join([*lines, "loop_", *(f"_atom_site_{name}" for name in columns.split()), sites])


def hm(symbol: str) -> str:
    return f"_symmetry_space_group_name_H-M '{symbol}'"


def read(*arguments, **options):
    return read_glass_bytes("a.cif", cif(*arguments, **options).encode())


def refusal(*arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        read(*arguments, **options)
    return str(caught.value)


def counts(glass) -> tuple[int, int]:
    return glass.symbols.count("Cu"), glass.symbols.count("Zr")


def test_special_positions_with_three_digits():
    sites = "Zr1 Zr 0.333 0.667 0.062\nCu1 Cu 0 0 0\nCu2 Cu 0.83 0.66 0.25\n"
    assert counts(read(hm("P 63/m m c"), HEXAGONAL, sites)) == (8, 4)
    assert counts(read("_space_group_IT_number 194", HEXAGONAL, sites)) == (8, 4)


@pytest.mark.parametrize("symbol", ["F d -3 m :2", "F d -3 m:2", "Fd-3m:2", "F d -3 m Z", "F_d_-3_m:2"])
def test_origin_choice_2(symbol):
    assert counts(read(hm(symbol))) == (16, 8)


@pytest.mark.parametrize("symbol", ["F d -3 m :1", "F d -3 m S"])
def test_origin_choice_1(symbol):
    """With the origin on -43m, 1/8 1/8 1/8 is the 16-fold site and 1/2 1/2 1/2 an 8-fold one."""
    assert counts(read(hm(symbol))) == (8, 16)


def test_an_origin_choice_that_is_not_named_is_refused():
    message = refusal(hm("F d -3 m"))
    assert "two origin choices" in message
    assert "':1' or ':2'" in message
    assert "two origin choices" in refusal("_space_group_IT_number 227")
    operations = [op.triplet() for op in gemmi.find_spacegroup_by_name("F d -3 m:2").operations()]
    listed = "loop_\n_symmetry_equiv_pos_as_xyz\n" + "\n".join(f"'{op}'" for op in operations)
    assert counts(read(listed + "\n" + hm("F d -3 m"))) == (16, 8)
    assert counts(read(listed)) == (16, 8)  # no symbol at all
    assert counts(read("_space_group_name_Hall '-F 4vw 2vw 3'")) == (16, 8)


def test_rhombohedral_and_hexagonal_axes():
    site = "Cu1 Cu 0.2 0.2 0.2\nZr1 Zr 0 0 0\n"
    rhombohedral = (6.0, 6.0, 6.0, 80, 80, 80)
    assert counts(read(hm("R -3 m :R"), rhombohedral, site)) == (2, 1)
    assert counts(read(hm("R -3 m"), rhombohedral, site)) == (2, 1)  # told by the cell
    site = "Cu1 Cu 0 0 0.3\nZr1 Zr 0 0 0\n"
    assert counts(read(hm("R -3 m :H"), HEXAGONAL, site)) == (6, 3)
    assert counts(read(hm("R -3 m"), HEXAGONAL, site)) == (6, 3)
    assert "does not have the symmetry" in refusal(hm("R -3 m :H"), rhombohedral, site)


SETTINGS = ["P 1 1 21/b", "P 1 21/n 1", "B 1 1 2/b", "P b n m", "P m c n", "A 1 2/a 1", "I 41/a m d :2", "P n -3 m :2",
            "R 3 2 :H", "C m c e", "F m -3 m", "P 63/m", "I -4 3 m", "P 41 21 2", "C 2 2 21"]  # fmt: skip


@pytest.mark.parametrize("symbol", SETTINGS)
@pytest.mark.parametrize("how", ["symbol", "operations", "hall"])
def test_settings_against_gemmi(symbol, how):
    """A general position and a special one in every setting: as many atoms as gemmi makes, at the same places."""
    group = gemmi.find_spacegroup_by_name(symbol)
    cell = {"Cubic": CUBIC, "Tetragonal": (7, 7, 9, 90, 90, 90), "Hexagonal": HEXAGONAL, "Trigonal": HEXAGONAL,
            "Orthorhombic": (6, 7, 8.5, 90, 90, 90)}.get(group.crystal_system_str().capitalize())  # fmt: skip
    if cell is None:  # monoclinic
        cell = (6, 7, 8, 90, 90, 101) if group.monoclinic_unique_axis() == "c" else (6, 7, 8, 90, 101, 90)
    scaled = tuple(3 * length for length in cell[:3]) + tuple(cell[3:])  # room for 192 atoms
    operations = "loop_\n_space_group_symop_operation_xyz\n" + "\n".join(
        f"'{op.triplet()}'" for op in group.operations()
    )
    symmetry = {
        "symbol": hm(symbol),
        "operations": operations,
        "hall": f"_space_group_name_Hall '{group.hall}'",
    }[how]
    sites = "Cu1 Cu 0.137 0.291 0.412\nZr1 Zr 0 0 0\n"
    glass = read(symmetry, scaled, sites)
    block = gemmi.cif.read_string(cif(hm(group.xhm()), scaled, sites)).sole_block()
    expected = gemmi.make_small_structure_from_block(block).get_all_unit_cell_sites()
    fractions = np.mod(np.linalg.solve(glass.cell.T, glass.positions.T).T.round(6), 1)
    found = sorted(
        (symbol, *row) for symbol, row in zip(glass.symbols, fractions.round(4).tolist(), strict=True)
    )
    others = sorted(
        (site.element.name, *np.mod(np.round(site.fract.tolist(), 6), 1).round(4).tolist())
        for site in expected
    )
    assert found == others


def test_operations_in_any_notation():
    listed = "loop_\n_symmetry_equiv_pos_site_id\n_symmetry_equiv_pos_as_xyz\n1 x,y,z\n2 '-X, +Y+1/2, -Z'\n"
    glass = read(listed, sites="Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 0.4 0.1 0.1\n")
    assert counts(glass) == (2, 2)
    assert any(np.allclose(row, np.array([0.9, 0.7, 0.7]) * 7.2) for row in glass.positions)
    four = (
        "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,y,z\nx,-y,z\n"  # the product of the last two is missing
    )
    assert "are no group" in refusal(four, sites="Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 0.4 0.1 0.1\n")
    assert "symmetry operation" in refusal("loop_\n_symmetry_equiv_pos_as_xyz\nx,y,q\n")


@pytest.mark.parametrize(
    ("symmetry", "words"),
    [
        (hm("F q -3 m"), "is not known"),
        (
            hm("P m -3 m") + "\n_space_group_IT_number 225",
            "number 221 by 'P m -3 m', 225 by its number",
        ),
        ("_space_group_IT_number 400", "expected 1..230"),
        ("_space_group_name_Hall '-Q 4'", "Hall symbol"),
    ],
)
def test_symmetry_that_is_not_one_group(symmetry, words):
    assert words in refusal(symmetry)


def test_without_symmetry_the_atoms_listed_are_all_and_that_is_said():
    glass = read("", sites="Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 0.5 0.5 0.5\n")
    assert counts(glass) == (1, 1)
    assert any("no symmetry" in note for note in reading_notes(glass))
    assert not any("symmetry" in note for note in reading_notes(read(hm("P 1"))))


@pytest.mark.parametrize(
    ("columns", "sites", "words"),
    [
        ("", "Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 0.1 0.2 0.3\n", "Cu1 and Zr1 are at one place"),
        ("", "Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 1.1 -0.8 0.3\n", "are at one place"),
        ("", "Cu1 Cu 0.1 0.2 0.3\nZr1 Zr 0.11 0.2 0.3\n", "less than half the sum of their covalent radii"),
        ("occupancy", "Cu1 Cu 0.1 0.2 0.3 0.5\nZr1 Zr 0.5 0.5 0.5 1\n", "Cu1 is occupied by 0.5"),
        ("occupancy", "Cu1 Cu 0.1 0.2 0.3 0.5(1)\nZr1 Zr 0.5 0.5 0.5 1\n", "Cu1 is occupied by 0.5"),
        ("occupancy", "Cu1 Cu 0.1 0.2 0.3 0\nZr1 Zr 0.5 0.5 0.5 1\n", "Cu1 is occupied by 0"),
        ("disorder_group", "Cu1 Cu 0.1 0.2 0.3 1\nZr1 Zr 0.5 0.5 0.5 .\n", "Cu1 is in disorder group '1'"),
        ("disorder_assembly", "Cu1 Cu 0.1 0.2 0.3 .\nZr1 Zr 0.5 0.5 0.5 A\n", "Zr1 is in disorder group 'A'"),
        ("", "Cu1 Cu 0.1 0.2 ?\nZr1 Zr 0.5 0.5 0.5\n", "_atom_site_fract_z of Cu1 is '?'"),
        ("", "Cu1 Qq 0.1 0.2 0.3\nZr1 Zr 0.5 0.5 0.5\n", "'Qq' of site Cu1"),
    ],
)
def test_disorder_is_refused(columns, sites, words):
    assert words in refusal(hm("P 1"), sites=sites, columns=f"{COLUMNS} {columns}")


@pytest.mark.parametrize(
    ("label", "symbol"),
    [("CU1", "Cu"), ("ZR", "Zr"), ("Zr2A", "Zr"), ("cu", "Cu"), ("Cu1_2", "Cu"), ("Al3", "Al")],
)
def test_labels_and_symbols_in_capitals(label, symbol):
    sites = f"{label} 0.1 0.2 0.3\nNi 0.5 0.5 0.5\n"
    assert read(hm("P 1"), sites=sites, columns="label fract_x fract_y fract_z").symbols == [symbol, "Ni"]
    charged = f"X1 {label.rstrip('123')}2+ 0.1 0.2 0.3\nX2 NI 0.5 0.5 0.5\n"
    if label.rstrip("123").isalpha():
        assert read(hm("P 1"), sites=charged).symbols == [symbol, "Ni"]


def test_of_several_data_blocks_the_note_says_which_was_taken():
    text = "data_empty\n_audit_x 1\n" + cif(hm("P 1")) + "\n" + cif(hm("P 1")).replace("data_x", "data_y")
    glass = read_glass_bytes("a.cif", text.encode())
    assert glass.notes["block"] == "data block 'x' of 3 (2 with atoms)"
    assert "block" not in read(hm("P 1")).notes


def test_numbers_with_uncertainties_and_bad_cells():
    sites = "Cu1 Cu 0.1(2) 0.2000(15) 0.3\nZr1 Zr .5 .5 .5\n"
    np.testing.assert_allclose(
        read(hm("P 1"), ("7.20(3)", 7.2, 7.2, 90, 90, 90), sites).positions[0], [0.72, 1.44, 2.16]
    )
    assert "_cell_length_b is '?'" in refusal(hm("P 1"), (7.2, "?", 7.2, 90, 90, 90))
    assert "angles of a cell" in refusal(hm("P 1"), (7, 7, 7, 30, 30, 90))
    assert "does not have the symmetry" in refusal(hm("P m -3 m"), (7.2, 7.2, 9, 90, 90, 90))
    assert "_atom_site_Cartn_x" in refusal(hm("P 1"), columns="label type_symbol Cartn_x Cartn_y Cartn_z")
