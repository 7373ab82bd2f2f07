"""Files that are no structure are refused in one printable line that names the file and what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io import reading
from symgnn.io.formats import ENDINGS
from symgnn.io.structures import read_glass, read_glass_bytes, write_extxyz
from tests.io.test_structures import CIF, CUZR, DUMP, HAND_DATA

LATTICE = 'Lattice="9 0 0 0 9 0 0 0 9"'
ATOMS = "Cu 0 0 0\nZr 0 0 3\n"
DATA = HAND_DATA.format(a=1, b=2, sections="")
RUN = DUMP.format(element="", a="", b="")
POSCAR = "comment\n1.0\n9 0 0\n0 9 0\n0 0 9\nCu Zr\n1 1\nCartesian\n0 0 0\n0 0 3\n"


def assert_refused(name: str, data: bytes | str, *words: str, types=None) -> None:
    with pytest.raises(InputError) as caught:
        read_glass_bytes(name, data.encode() if isinstance(data, str) else data, types)
    message = str(caught.value)
    assert message.startswith(f"{name}: "), message
    assert not message.startswith(f"{name}: {name}: "), message
    assert message.isprintable(), message
    assert len(message) < 400, message
    for word in words:
        assert word in message, message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("\n\n", ["no atoms"]),
        ("hello\nworld\n", ["line 1 is 'hello'", "number of atoms"]),
        ("<script>alert(1)</script>\n", ["line 1", "_script_"]),
        ("-3\n\n" + ATOMS, ["line 1 is '-3'"]),
        ("0\n\n", ["0 atom", "at least 2"]),
        ("1\n\nCu 0 0 0\n", ["1 atom", "at least 2"]),
        ("3\n\n" + ATOMS, ["3 atoms declared", "only 2 lines"]),
        ("2\n" + ATOMS, ["line 2 is an atom", "comment line"]),
        ("999999999999\n\n" + ATOMS, ["999999999999 atoms", "limit is 2000000"]),
        ("2000000\n\n" + ATOMS, ["2000000 atoms declared", "only 2 lines"]),
        ("2\n\n" + ATOMS + "2\n\nCu 0 0 0\n", ["2 atoms declared", "only 1 line"]),
        ("2\n\n" + ATOMS + "rubbish\n", ["line 5 is 'rubbish'"]),
        ("2\n\nXx 0 0 0\nCu 0 0 3\n", ["Xx", "not known"]),
        ("2\n\nX 0 0 0\nCu 0 0 3\n", ["'X' in line 3", "not known"]),
        ("2\n\n1 0 0 0\n2 0 0 3\n", ["'1' in line 3", "chemical symbols", "--types"]),
        ("2\n\nCu 0 0\nZr 0 0 3\n", ["line 3 has 3 values"]),
        ("2\n\nCu 0 0 a\nZr 0 0 3\n", ["line 3", "'a'", "number"]),
        ("2\n\nCu 0 0 nan\nZr 0 0 3\n", ["bad.xyz: positions of atom 0 are not finite"]),
        ("2\n\nCu 0 0 0\nZr 0 -inf 3\n", ["positions of atom 1", "inf"]),
        (f'2\nLattice="9 0 0 0 9 0"\n{ATOMS}', ["Lattice=", "6 numbers"]),
        (f'2\nLattice="nan 0 0 0 9 0 0 0 9"\n{ATOMS}', ["cell", "row 0", "nan"]),
        (f'2\nLattice="0 0 0 0 9 0 0 0 9"\n{ATOMS}', ["periodic along cell vector 0", "zero"]),
        (f'2\nLattice="9 0 0 9 0 0 0 0 9"\n{ATOMS}', ["parallel"]),
        (f'2\npbc="T T T"\n{ATOMS}', ["pbc='T T T'", "no Lattice="]),
        (f'2\n{LATTICE} pbc="T T"\n{ATOMS}', ["pbc=", "T T", "three flags"]),
        (f"2\n{LATTICE} Properties=species:S:1\n{ATOMS}", ["Properties=species:S:1", "pos"]),
        (f"2\n{LATTICE} Properties=pos:R:3\n{ATOMS}", ["Properties=pos:R:3", "species"]),
        (f"2\nProperties=species:S:1:pos:R:3:big:R:1000000000\n{ATOMS}", ["width"]),
        (f"2\nProperties=species:S:1:pos:R:3:big:R:-1\n{ATOMS}", ["width"]),
        (f'2\n"Properties"="species:S:1:pos:R:3:big:R:99999"\n{ATOMS}', ["width"]),
        (f"2\nProperties=species:S:1:pos:R:3:what:Q:1\n{ATOMS}", ["type 'Q'", "S, R, I or L"]),
        (f"2\nProperties=species:S:1:pos:R:3:pos:R:3\n{ATOMS}", ["pos stands twice"]),
        (
            "2\nProperties=species:S:1:pos:R:3:barrier:R:1\nCu 0 0 0 1\nZr 0 0 3 nan\n",
            ["barriers of atom 1", "nan"],
        ),
        ("2\nProperties=species:S:1:pos:R:3:barrier:S:1\nCu 0 0 0 a\nZr 0 0 3 b\n", ["column barrier"]),
        ("2\nProperties=species:S:1:pos:R:3:barrier:R:2\nCu 0 0 0 1 2\nZr 0 0 3 1 2\n", ["column barrier"]),
        ("2\nProperties=species:S:1:pos:R:3:v:R:1\nCu 0 0 0 1\nZr 0 0 3 inf\n", ["v of atom 1", "inf"]),
        ("2\nProperties=species:S:1:pos:R:3:a<:R:1:a>:R:1\nCu 0 0 0 1 1\nZr 0 0 3 1 1\n", ["different"]),
        (f"2\nsymgnn=3\n{ATOMS}", ["key symgnn"]),
        (f'2\nsymgnn="{{\\"name\\": 3}}"\n{ATOMS}', ["key symgnn"]),
        (f'2\nsymgnn="{{\\"name\\": \\"a\\", \\"notes\\": {{\\"b\\": 1}}}}"\n{ATOMS}', ["key symgnn"]),
        (f'2\nsymgnn="{"[" * 100_000}"\n{ATOMS}', ["key symgnn"]),
    ],
)
def test_xyz(text, words):
    assert_refused("bad.xyz", text, *words)


@pytest.mark.parametrize(
    "comment",
    [
        "</script><script>alert(1)</script>",
        "a=b=c = = ' \" {",
        "\\",
        "occupancy=3 energy=x",
        "\ufffd\u2028 ]",
        "uid=1",
        "symbols=x",
    ],
)
def test_odd_comments_do_no_harm(comment):
    glass = read_glass_bytes("odd.xyz", f"2\n{comment}\n{ATOMS}".encode())
    assert (glass.symbols, glass.name, dict(glass.notes)) == (["Cu", "Zr"], "odd", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rubbish", ["N atoms", "LAMMPS data"]),
        (DATA.replace("3 atoms", "4 atoms"), ["4 atoms declared", "only 3 lines"]),
        (DATA.replace("3 atoms", "99999999 atoms"), ["99999999 atoms", "limit"]),
        (DATA.replace("3 atoms", "x atoms"), ["number of atoms is 'x'"]),
        (DATA.replace("0 8 xlo xhi\n", ""), ["no box", "xlo xhi"]),
        (DATA.replace("0 8 xlo", "0 a xlo"), ["line 5", "'a'", "number"]),
        (DATA.split("Atoms #")[0], ["no section 'Atoms'"]),
        (DATA.replace("units = metal", "units = lj"), ["units 'lj'", "metal or real"]),
        (DATA.replace("3 2 6.0", "3 7 6.0"), ["atom type 7", "1=Cu,2=Zr", "--types"]),
        (DATA.replace("3 2 6.0", "3 0 6.0"), ["atom type 0", "1..2"]),
        (DATA.replace("3 2 6.0", "3 Cu 6.0"), ["'Cu'", "no section Atom Type Labels"]),
        (DATA.replace("3 2 6.0", "3 2 nan"), ["positions of atom 2", "nan"]),
        (DATA.replace("3 2 6.0", "3 2"), ["line 11 has 7 values", "expected 5"]),
        (
            DATA.replace("Atoms # atomic", "Atoms").replace(" 0 0 0\n", " 0\n"),
            ["atom style", "Atoms # charge"],
        ),
        (DATA.replace("Atoms # atomic", "Atoms # sphere"), ["atom style 'sphere'", "atomic, charge"]),
    ],
)
def test_lammps_data(text, words):
    assert_refused("bad.data", text, *words, types=CUZR)


@pytest.mark.parametrize("masses", ["", "\nMasses\n\n1 63.546\n2 91.224\n"])
def test_elements_of_lammps_data_are_not_guessed(masses):
    data = HAND_DATA.format(a=1, b=2, sections=masses)
    assert_refused("bad.data", data, "does not name elements", "masses", "--types 1=Cu,2=Zr")
    assert_refused("bad.data", data, "atom type 2", "(1=Cu)", "--types", types={1: "Cu"})
    assert_refused("bad.data", data, "'Xx' is not a chemical symbol", types={1: "Cu", 2: "Xx"})


@pytest.mark.parametrize("columns", ["type", "type mass"])
def test_elements_of_a_dump_are_not_guessed(columns):
    data = RUN.replace("type", columns)
    if columns == "type mass":
        data = data.replace(" 1 1.0", " 1 63.5 1.0").replace(" 2 ", " 2 91.2 ")
    assert_refused("bad.dump", data, "does not name elements", "--types 1=Cu,2=Zr")
    assert_refused("bad.dump", data, "atom type 2", "(1=Cu)", types={1: "Cu"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rubbish", ["ITEM: TIMESTEP", "LAMMPS text dump"]),
        (RUN.replace("metal", "lj"), ["units 'lj'"]),
        (RUN.rsplit("ITEM: ATOMS", 1)[0], ["ITEM: ATOMS"]),
        (RUN.rsplit("ITEM: BOX", 1)[0], ["ITEM: ATOMS"]),
        (RUN.rsplit("2 2 3.5", 1)[0], ["3 atoms declared", "only 2 lines"]),
        (RUN.replace("\n3\n", "\nthree\n"), ["number of atoms is 'three'"]),
        (RUN.replace("\n3\n", "\n99999999\n"), ["99999999 atoms", "limit"]),
        (RUN.replace("x y z c_pe", "a b c c_pe"), ["a b c", "x y z, xu yu zu"]),
        (RUN.replace("type x y z c_pe", "kind x y z c_pe"), ["no column 'type'"]),
        (RUN.replace("3 2 6.0", "3 2 nan"), ["positions of atom 2", "nan"]),
        (RUN.replace("3 2 6.0", "3 2 a"), ["x in line 23", "'a'"]),
        (RUN.replace("0.0 8.0 0.0", "0.0 zzz 0.0"), ["box bound in line 21", "'zzz'"]),
    ],
)
def test_lammps_dump(text, words):
    assert_refused("bad.dump", text, *words, types=CUZR)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rubbish", ["1 lines", "expected a POSCAR file"]),
        (POSCAR.replace("1.0", "a"), ["scaling factor", "'a'"]),
        (POSCAR.replace("Cu Zr", "Xx Zr"), ["'Xx' in line 6"]),
        (POSCAR.replace("Cu Zr\n", ""), ["line 6 is '1 1'", "expected the elements"]),
        (POSCAR.replace("1 1", "1 99999999999"), ["limit"]),
        (POSCAR.replace("1 1", "1 1999999"), ["2000000 atoms declared", "only 2 lines"]),
        (POSCAR.replace("0 0 3\n", ""), ["2 atoms declared", "only 1 line"]),
        (POSCAR.replace("0 0 3\n", "0 0 nan\n"), ["positions of atom 1", "nan"]),
    ],
)
def test_poscar(text, words):
    assert_refused("bad.vasp", text, *words)
    assert_refused("POSCAR", text, *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rubbish", ["not readable as CIF"]),
        ("data_x\n_cell_length_a 3\n", ["not readable as CIF"]),
        (
            CIF.replace("Cu1 Cu 0 0.5 0.5 1.0", "Cu1 Cu 0 0.5 0.5 0.8"),
            ["occupied", "Cu", "0.8", "whole atom"],
        ),
        (CIF + "Zr2 Zr 0 0.5 0.5 0.0\n", ["occupied", "whole atom"]),
        (CIF.replace("Cu1 Cu 0 0.5 0.5", "Cu1 Xx 0 0.5 0.5"), ["not readable as CIF"]),
        (CIF.replace("Cu1 Cu 0 0.5 0.5 1.0", "Cu1 Cu 0 0.5"), ["not readable as CIF"]),
    ],
)
def test_cif(text, words):
    assert_refused("bad.cif", text, *words)


@pytest.mark.parametrize("name", [f"bad{ending}" for ending in ENDINGS])
def test_garbage(name):
    rng = np.random.default_rng(5)
    assert_refused(name, rng.integers(0, 256, 5000, dtype=np.uint8).tobytes())
    assert_refused(name, rng.integers(1, 256, 5000, dtype=np.uint8).tobytes(), types=CUZR)
    assert_refused(name, rng.integers(32, 127, 5000, dtype=np.uint8).tobytes(), types=CUZR)
    assert_refused(name, b"", "empty")
    assert_refused(name, b" \n \n", types=CUZR)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "bad.xyz",
            f'2\n{LATTICE} pbc="T T F" symgnn="{{\\"name\\": \\"a\\"}}"\n{ATOMS}',
        ),
        ("bad.data", HAND_DATA.format(a="Cu", b="Zr", sections="\nAtom Type Labels\n\n1 Cu\n2 Zr\n")),
        ("bad.dump", RUN),
        ("bad.vasp", POSCAR),
        ("bad.cif", CIF),
    ],
)
def test_damage_is_read_or_refused(name, text):
    """Lines left out, the end cut off, signs exchanged: a glass or an InputError, never another exception."""
    assert len(read_glass_bytes(name, text.encode(), CUZR)) >= 2
    lines, rng = text.split("\n"), np.random.default_rng(11)
    damaged = ["\n".join(lines[:i] + lines[i + 1 :]) for i in range(len(lines))]
    damaged += [text[:i] for i in range(1, len(text), 3)]
    for _ in range(300):
        place = int(rng.integers(len(text)))
        damaged.append(text[:place] + str(rng.choice(list('0-9 \n:="{xé\\'))) + text[place + 1 :])
    refused = 0
    for data in damaged:
        try:
            read_glass_bytes(name, data.encode(), CUZR)
        except InputError as error:
            refused += 1
            message = str(error)
            if not (message.startswith(f"{name}: ") and message.isprintable()):
                pytest.fail(f"{message!r} for {data!r}")
    assert refused > 20


@pytest.mark.parametrize("name", ["glass.txt", "glass", "xyz", ".xyz", "glass.json"])
def test_unknown_ending(tmp_path, name):
    (tmp_path / name).write_text("2\n\n" + ATOMS)
    with pytest.raises(
        InputError, match=r"ending .* is not supported, expected .xyz, .extxyz, .data, .*POSCAR"
    ):
        read_glass(tmp_path / name)


def test_places_that_are_no_file(tmp_path):
    with pytest.raises(InputError, match=r"nowhere/glass\.xyz: no such file"):
        read_glass(tmp_path / "nowhere" / "glass.xyz")
    (tmp_path / "folder.xyz").mkdir()
    with pytest.raises(InputError, match=r": is a folder, expected a structure file"):
        read_glass(tmp_path / "folder.xyz")
    with pytest.raises(InputError, match="cannot be read"):
        read_glass("a\0b.xyz")


def test_size_limits(tmp_path, random_glass, monkeypatch):
    write_extxyz(tmp_path / "out.xyz", random_glass)
    with pytest.raises(InputError, match=r"out\.xyz: larger than the limit of 0.00195312 MiB"):
        reading.read_bytes(tmp_path / "out.xyz", limit=2048)
    monkeypatch.setattr("symgnn.io.formats.source.MAX_ATOMS", 100)
    with pytest.raises(InputError, match=r"out\.xyz: 120 atoms declared, the limit is 100"):
        read_glass(tmp_path / "out.xyz")
    monkeypatch.undo()
    monkeypatch.setattr("symgnn.io.formats.cif.MAX_ATOMS", 3)  # known only once symmetry is applied
    with pytest.raises(InputError, match=r"a\.cif: 2 sites under 48 operations, the limit is 3"):
        read_glass_bytes("a.cif", CIF.encode())


def test_messages_of_foreign_errors_are_one_line():
    assert reading.one_line(KeyError("Xx")) == "'Xx' is not known"
    assert reading.one_line(StopIteration()) == "the file ends too early (StopIteration)"
    assert reading.one_line(ValueError("a\n  b\t\x1b[31mc")) == "a b [31mc"
    assert len(reading.one_line("x" * 10_000)) == 200
    assert reading.clean_name("x" * 100) == "x" * 79 + "…"
