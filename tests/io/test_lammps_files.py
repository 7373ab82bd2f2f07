"""LAMMPS data files and dumps: rows, labels, boxes and velocities that other readers take silently wrong."""

from __future__ import annotations

import ase.io
import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.structures import read_glass, read_glass_bytes, reading_notes, write_extxyz

CUZR = {1: "Cu", 2: "Zr"}
ATOMS = "5 1 0.5 0.5 0.5\n9 2 0.5 0.5 3.5\n7 1 4 4 4\n"
HEAD = "title\n\n3 atoms\n2 atom types\n\n0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n"


def data(*sections: str, head: str = HEAD, types=CUZR):
    return read_glass_bytes("a.data", "\n".join([head, *sections]).encode(), types)


def dump(columns: str, rows: str, *, box: str = "pp pp pp\n0 9\n0 9\n0 9", n: int = 3, types=CUZR):
    text = f"ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n{n}\nITEM: BOX BOUNDS {box}\nITEM: ATOMS {columns}\n{rows}"
    return read_glass_bytes("a.dump", text.encode(), types)


def refusal(call, *arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    assert str(caught.value).startswith(("a.data: ", "a.dump: "))
    return str(caught.value)


def test_ids_are_kept_and_sort_the_atoms():
    glass = data(f"Atoms # atomic\n\n{ATOMS}")
    assert glass.properties["id"].tolist() == [5, 7, 9]
    assert [glass.file_id(atom) for atom in range(3)] == [5, 7, 9]
    assert glass.symbols == ["Cu", "Cu", "Zr"]
    glass = dump("id type x y z", ATOMS)
    assert glass.properties["id"].tolist() == [5, 7, 9]
    glass = dump("type x y z", "1 0.5 0.5 0.5\n2 0.5 0.5 3.5\n1 4 4 4\n")
    assert (glass.file_id(0), dict(glass.properties)) == (None, {})


def test_ids_are_written_as_whole_numbers(tmp_path):
    glass = data(f"Atoms # atomic\n\n{ATOMS}")
    write_extxyz(tmp_path / "a.xyz", glass)
    assert ":id:I:1" in (tmp_path / "a.xyz").read_text()
    assert read_glass(tmp_path / "a.xyz").properties["id"].tolist() == [5, 7, 9]
    atoms = ase.io.read(tmp_path / "a.xyz")
    assert atoms.arrays["id"].tolist() == [5, 7, 9]


@pytest.mark.parametrize(
    "call", [lambda rows: data(f"Atoms # atomic\n\n{rows}"), lambda rows: dump("id type x y z", rows)]
)
def test_no_row_is_dropped_or_doubled(call):
    assert "more" in refusal(call, ATOMS + "8 1 7 7 7\n")
    assert "3 atoms declared, but only 2 lines" in refusal(call, ATOMS[: ATOMS.index("7 1 4")])
    assert "id 5 stands twice" in refusal(call, ATOMS.replace("7 1 4", "5 1 4"))
    assert "expected 5" in refusal(call, ATOMS.replace("4 4 4", "4 4"))
    assert "expected 5" in refusal(call, ATOMS.replace("4 4 4", "4 4 4 4"))


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("named", [False, True])
def test_type_labels_in_any_order(place, named):
    """Atom Type Labels before and after Masses and Atoms, rows in any order, Masses by number or label."""
    rows = ATOMS.replace(" 1 ", " Cu ").replace(" 2 ", " Zr ") if named else ATOMS
    masses = "Masses\n\nZr 91.224\nCu 63.546\n" if named else "Masses\n\n2 91.224\n1 63.546\n"
    sections = [masses, f"Atoms # atomic\n\n{rows}", "Velocities\n\n9 0 0 0\n5 0 0 0\n7 0 0 0\n"]
    sections.insert(place, "Atom Type Labels\n\n2 Zr\n1 Cu\n")
    assert data(*sections, types=None).symbols == ["Cu", "Cu", "Zr"]
    assert data(*sections, types={1: "Ag", 2: "Al"}).symbols == ["Ag", "Ag", "Al"]


def test_labels_that_are_no_elements():
    labels = "Atom Type Labels\n\n1 core\n2 Zr\n"
    rows = ATOMS.replace(" 1 ", " core ").replace(" 2 ", " Zr ")
    message = refusal(data, labels, f"Atoms # atomic\n\n{rows}", types=None)
    assert "does not name elements" in message
    assert "1=core" in message
    assert data(labels, f"Atoms # atomic\n\n{rows}").symbols == ["Cu", "Cu", "Zr"]
    assert "type in line 12 is 'core', but there is no section" in refusal(data, f"Atoms # atomic\n\n{rows}")
    assert "type in line 17 is 'Ni', but labels are core, Zr" in refusal(
        data, labels, f"Atoms # atomic\n\n{rows.replace('core', 'Ni')}"
    )


def test_incomplete_velocities_are_told_as_such():
    atoms = f"Atoms # atomic\n\n{ATOMS}"
    assert "section Velocities has 2 rows" in refusal(data, atoms, "Velocities\n\n5 0 0 0\n7 0 0 0\n")
    assert "velocities: line" in refusal(data, atoms, "Velocities\n\n5 0 0\n7 0 0 0\n9 0 0 0\n")
    assert "Velocities names other atoms" in refusal(data, atoms, "Velocities\n\n5 0 0 0\n7 0 0 0\n8 0 0 0\n")


@pytest.mark.parametrize(
    ("style", "row"), [("atomic", "{i} {t} {x}"), ("charge", "{i} {t} 0.5 {x}"), ("molecular", "{i} 3 {t} {x}"),
                       ("bond", "{i} 3 {t} {x}"), ("full", "{i} 3 {t} 0.5 {x}")]
)  # fmt: skip
@pytest.mark.parametrize("images", ["", " 1 0 -1"])
def test_atom_styles(style, row, images):
    rows = [
        row.format(i=i, t=t, x=x) + images for i, t, x in ((5, 1, "1 1 1"), (7, 1, "4 4 4"), (9, 2, "1 1 7"))
    ]
    glass = data(
        f"Atoms  # {style}\n\n" + "\n".join(rows), "Bonds\n\n1 1 5 7\n", "PairIJ Coeffs\n\n1 1 0.5 2\n"
    )
    shift = np.array([9, 0, -9]) if images else 0
    np.testing.assert_array_equal(glass.positions, np.array([[1, 1, 1], [4, 4, 4], [1, 1, 7]]) + shift)
    assert glass.symbols == ["Cu", "Cu", "Zr"]
    assert ("charge" in glass.properties) == (style in ("charge", "full"))
    assert ("molecule" in glass.properties) == (style in ("molecular", "bond", "full"))


def test_boxes_of_data_files():
    box = HEAD.split("\n\n")[0] + "\n\n3 atoms\n1 2 3 abc origin\n9 0 0 avec\n1 8 0 bvec\n0 2 7 cvec\n"
    np.testing.assert_array_equal(
        data(f"Atoms # atomic\n\n{ATOMS}", head=box).cell, [[9, 0, 0], [1, 8, 0], [0, 2, 7]]
    )
    tilted = HEAD + "1 -2 0.5 xy xz yz\n"
    assert data(f"Atoms # atomic\n\n{ATOMS}", head=tilted).cell.tolist() == [
        [9, 0, 0],
        [1, 9, 0],
        [-2, 0.5, 9],
    ]
    assert "xlo 9 is not below xhi 0" in refusal(
        data, "Atoms\n\n" + ATOMS, head=HEAD.replace("0 9 xlo", "9 0 xlo")
    )
    assert "stands twice in the header" in refusal(
        data, f"Atoms # atomic\n\n{ATOMS}", head=HEAD + "0 5 xlo xhi\n"
    )
    assert "no box" in refusal(data, f"Atoms # atomic\n\n{ATOMS}", head=HEAD.replace("0 9 zlo zhi\n", ""))


def test_a_dump_without_boundary_flags_says_so():
    glass = dump("id type x y z", ATOMS, box="\n0 9\n0 9\n0 9")
    assert glass.pbc.all()
    assert any(
        "no boundary flags" in note and "periodic in all three" in note for note in reading_notes(glass)
    )
    assert not any("boundary" in note for note in reading_notes(dump("id type x y z", ATOMS)))
    assert "names no columns (an old dump)" in refusal(dump, "", ATOMS)
    assert "three boundary flags" in refusal(dump, "id type x y z", ATOMS, box="pp pp\n0 9\n0 9\n0 9")
    assert "three boundary flags" in refusal(dump, "id type x y z", ATOMS, box="pp qq pp\n0 9\n0 9\n0 9")


@pytest.mark.parametrize(
    ("flag", "periodic"), [("pp", True), ("ff", False), ("ss", False), ("mm", False), ("fs", False)]
)
def test_boundaries_of_dumps(flag, periodic):
    assert dump("id type x y z", ATOMS, box=f"pp {flag} pp\n0 9\n0 9\n0 9").pbc.tolist() == [
        True,
        periodic,
        True,
    ]


def test_elements_of_dumps():
    named = ATOMS.replace(" 1 ", " Cu ").replace(" 2 ", " Zr ")
    for column in ("element", "typelabel", "type"):
        assert dump(f"id {column} x y z", named, types=None).symbols == ["Cu", "Cu", "Zr"]
    cores = named.replace("Cu", "core")
    assert "core" in refusal(dump, "id typelabel x y z", cores, types=None)
    both = "".join(
        f"{row} {label}\n" for row, label in zip(ATOMS.splitlines(), ("core", "Zr", "core"), strict=True)
    )
    message = refusal(dump, "id type x y z typelabel", both, types=None)
    assert "type labels are Zr, core" in message
    assert "--types" in message
    assert dump("id type x y z typelabel", both).symbols == ["Cu", "Cu", "Zr"]
    assert "'Q' in line" in refusal(dump, "id element x y z", named.replace("Zr", "Q"), types=None)


def test_general_triclinic_dump_with_scaled_positions():
    box = "abc origin pp pp pp\n9 0 0 1\n1 8 0 2\n0 2 7 3"
    glass = dump("id type xs ys zs", "1 1 0 0 0\n2 2 0.5 0.5 0.5\n3 1 0 0.5 0", box=box)
    cell = np.array([[9, 0, 0], [1, 8, 0], [0, 2, 7]])
    np.testing.assert_array_equal(glass.cell, cell)
    np.testing.assert_allclose(glass.positions, np.add([1, 2, 3], [[0, 0, 0], cell.sum(0) / 2, cell[1] / 2]))


def test_columns_of_dumps_are_fields_whatever_their_name():
    rows = "".join(f"{row} 1 2 3 {n} 0 1 0\n" for n, row in enumerate(ATOMS.splitlines()))
    glass = dump("id type x y z vx fx q energy ix mol proc", rows)
    assert set(glass.properties) == {"id", "vx", "fx", "q", "energy", "ix", "mol", "proc"}
    assert glass.properties["energy"].tolist() == [0, 2, 1]  # in the order of ids
    assert "column z stands twice" in refusal(dump, "id type x y z z", ATOMS.replace("\n", " 1\n"))
