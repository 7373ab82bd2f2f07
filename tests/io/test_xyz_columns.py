"""Extended XYZ: flags, quotes and columns as programs and people write them are read as written or refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.formats.xyz_comment import parse_comment, parse_pbc
from symgnn.io.structures import read_glass_bytes, reading_notes

LATTICE = 'Lattice="9 0 0 0 9 0 0 0 9"'
ATOMS = "Cu 0.5 0.5 0.5\nZr 0.5 0.5 3.5\nCu 4.0 4.0 4.0\n"


def read(comment: str, atoms: str = ATOMS, types=None):
    return read_glass_bytes("a.xyz", f"3\n{comment}\n{atoms}".encode(), types)


def refusal(comment: str, atoms: str = ATOMS, types=None) -> str:
    with pytest.raises(InputError) as caught:
        read(comment, atoms, types)
    return str(caught.value)


@pytest.mark.parametrize(
    "flags",
    ['"F F T"', '"[False False  True]"', '"f f t"', "'F F T'", "{F F T}", "[F, F, T]", "[False, False, True]",
     '"0 0 1"', '"0,0,1"', "F F T", "(False, False, True)", '"ff mm pp"', '"f s p"', "FFT", '"001"',
     '".false. .false. .true."', '"no no yes"', '"[0. 0. 1.]"', '"(np.False_, np.False_, np.True_)"'],
)  # fmt: skip
@pytest.mark.parametrize("key", ["pbc", "PBC", "Pbc"])
def test_every_spelling_of_pbc(key, flags):
    assert read(f"{LATTICE} {key}={flags}").pbc.tolist() == [False, False, True]
    assert read(f"{key}={flags} {LATTICE}").pbc.tolist() == [False, False, True]
    assert read(f"{LATTICE} {key} = {flags} step=5").pbc.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "flags",
    ['"T T"', '"T T T T"', '""', '"x y z"', '"T T 2"', '"xyz"', '"full"', '"TT F"', '"-1 1 1"', '"10"'],
)
def test_pbc_that_is_not_understood_is_refused_by_name(flags):
    message = refusal(f"{LATTICE} pbc={flags}")
    assert message.startswith("a.xyz: pbc=")
    assert "three flags" in message


def test_one_flag_stands_for_all_and_none_means_periodic_with_a_cell():
    assert read(f"{LATTICE} pbc=F").pbc.tolist() == [False] * 3
    assert read(f"{LATTICE} pbc=T").pbc.tolist() == [True] * 3
    assert read(LATTICE).pbc.tolist() == [True] * 3
    assert read("").pbc.tolist() == [False] * 3
    assert parse_pbc("PPF") == (True, True, False)


@pytest.mark.parametrize(
    "words",
    ["sample=today's_ribbon", "it's", "'tis", 'size=5"', '"', "'", 'a="b', "a='b", "note=\"it's\"", "note='5\" long'",
     'title="Zr "best" one"', "x=", "= =", "{", "}", "[", "]", "a={b", "a=[b", "\\", 'a="\\"', "a=b=c", "é=ü",
     "energy=-3", "step = 5", "comment=a,b;c", 'x="a  b"', 'k="' + "[" * 1000 + '"', "[" * 1000, "E(eV)=3"],
)  # fmt: skip
def test_no_quote_or_bracket_swallows_the_rest_of_the_line(words):
    for comment in (
        f'{words} {LATTICE} pbc="T T F"',
        f'{LATTICE} {words} pbc="T T F"',
        f'{LATTICE} pbc="T T F" {words}',
        f'{words} {LATTICE} {words} pbc="T T F" {words}',
    ):
        glass = read(comment)
        assert glass.pbc.tolist() == [True, True, False], comment
        np.testing.assert_array_equal(glass.cell, 9 * np.eye(3))


def test_a_lattice_that_would_be_lost_is_refused():
    for comment in (
        "'tis Lattice=\"9 0 0 0 9 0 0 0 9\" who='",  # not swallowed: the quote of a free word means nothing
        'lattice = "9 0 0 0 9 0 0 0 9"',
        "Lattice={9 0 0 0 9 0 0 0 9}",
        "Lattice=[[9, 0, 0], [0, 9, 0], [0, 0, 9]]",
        "Lattice=9 0 0 0 9 0 0 0 9 pbc=T T T",
        'Lattice="9.0D0 0 0 0 0.9d+1 0 0 0 90E-1"',
    ):
        np.testing.assert_array_equal(read(comment).cell, 9 * np.eye(3))
    for comment in (
        "note='see Lattice=\"9 0 0 0 9 0 0 0 9\" there'",
        'run,Lattice="9 0 0 0 9 0 0 0 9"',
        f'a="{LATTICE[:-1]}',
    ):
        assert "Lattice= stands inside other text" in refusal(comment)
    assert "pbc= stands inside" in refusal(f"{LATTICE} note='pbc=\"F F F\"'")
    assert "stands twice" in refusal(f'{LATTICE} Lattice="8 0 0 0 8 0 0 0 8"')
    assert read(f"{LATTICE} {LATTICE}").cell[0, 0] == 9
    assert "6 numbers" in refusal('Lattice="9 0 0 0 9 0"')
    assert parse_comment(r'a="x \"y\" z" b=2') == {"a": 'x "y" z', "b": "2"}


@pytest.mark.parametrize(
    "name",
    ["energy", "energies", "magmom", "magmoms", "free_energy", "charge", "initial_charges", "mass", "masses", "tags",
     "momenta", "forces", "stress", "dipole", "id", "type", "cell", "pbc", "occupancy", "move_mask"],
)  # fmt: skip
def test_no_column_vanishes_for_its_name(name):
    atoms = "Cu 0.5 0.5 0.5 -3.5\nZr 0.5 0.5 3.5 -6.6\nCu 4 4 4 -3.4\n"
    glass = read(f'{LATTICE} Properties=species:S:1:pos:R:3:{name}:R:1 pbc="T T T"', atoms)
    assert glass.properties[name].tolist() == [-3.5, -6.6, -3.4]
    assert list(glass.properties) == [name]


def test_logical_and_whole_columns():
    def flagged(*words):
        return "".join(f"{line} {word}\n" for line, word in zip(ATOMS.splitlines(), words, strict=True))

    properties = f"{LATTICE} Properties=species:S:1:pos:R:3:mobile:L:1"
    for true, false in (("T", "F"), ("1", "0"), ("true", "false"), ("True", "False"), (".TRUE.", ".FALSE.")):
        assert read(properties, flagged(true, false, true)).properties["mobile"].tolist() == [1, 0, 1]
    assert "mobile in line 4 is 'yes'" in refusal(properties, flagged("T", "yes", "F"))
    whole = properties.replace("mobile:L", "grain:I")
    assert read(whole, flagged("7", "-1", "0")).properties["grain"].tolist() == [7, -1, 0]
    assert "grain in line 5 is '1.5'" in refusal(whole, flagged("1", "2", "1.5"))
    real = properties.replace("mobile:L", "v:R")
    assert read(real, flagged("1D-3", "2.5d+1", "-1e2")).properties["v"].tolist() == [1e-3, 25, -100]
    assert "v in line 3 is '1_0'" in refusal(real, flagged("1_0", "1", "1"))


def test_numbers_for_elements_need_the_option():
    numbered = ATOMS.replace("Cu", "1").replace("Zr", "2")
    assert read(LATTICE, numbered, {1: "Cu", 2: "Zr"}).symbols == ["Cu", "Zr", "Cu"]
    assert read(LATTICE, numbered, {1: "Zr", 2: "Al"}).symbols == ["Zr", "Al", "Zr"]
    assert "--types 1=Cu,2=Zr" in refusal(LATTICE, numbered)
    assert "atom type 2 is not in the types given" in refusal(LATTICE, numbered, {1: "Cu"})
    by_number = ATOMS.replace("Cu", "29").replace("Zr", "40")
    glass = read(f"{LATTICE} Properties=Z:I:1:pos:R:3", by_number, {29: "Al", 40: "Al"})
    assert glass.symbols == ["Cu", "Zr", "Cu"]  # a column Z holds atomic numbers
    assert read(LATTICE, ATOMS.replace("Cu", "CU").replace("Zr", "zr")).symbols == ["Cu", "Zr", "Cu"]
    both = "".join(f"{line} {z}\n" for line, z in zip(ATOMS.splitlines(), (29, 40, 40), strict=True))
    assert "line 5: species is Cu, but Z is 40" in refusal(
        f"{LATTICE} Properties=species:S:1:pos:R:3:Z:I:1", both
    )


def test_rows_have_as_many_values_as_there_are_columns():
    properties = f"{LATTICE} Properties=species:S:1:pos:R:3"
    assert "line 4 has 5 values, expected 4" in refusal(properties, ATOMS.replace("3.5\n", "3.5 1\n"))
    assert "line 5 has 3 values" in refusal(properties, ATOMS.replace("4.0 4.0 4.0", "4.0 4.0"))
    glass = read(LATTICE, ATOMS.replace("\n", " 0.1 0.2 0.3\n"))  # plain XYZ with velocities
    assert reading_notes(glass)[0].startswith("columns: columns 5 to 7 were not read")
    assert "line 6" in refusal(LATTICE, ATOMS + "Cu 6 6 6\n")


def test_names_of_columns_in_capitals():
    assert read(f"{LATTICE} Properties=Species:S:1:Pos:R:3").symbols == ["Cu", "Zr", "Cu"]
    assert "expected columns species and pos" in refusal(f"{LATTICE} Properties=name:S:1:pos:R:3")


def test_cell_vectors_below_the_atoms():
    glass = read("plain", ATOMS + "VEC1 9 0 0\nVEC2 0 9 0\n")
    assert glass.pbc.tolist() == [True, True, False]
    np.testing.assert_array_equal(glass.cell, np.diag([9, 9, 0]))
    assert "line 6 is 'VEC1 9 0'" in refusal("plain", ATOMS + "VEC1 9 0\n")
