"""Files that a hostile tester found: contradictions, damage and sizes that were taken silently or ended the process."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from ase import Atoms
from ase.neighborlist import neighbor_list as ase_pairs

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.io.structures import read_glass, read_glass_bytes, reading_notes, write_extxyz
from tests.conftest import make_random_glass
from tests.io.test_cif_symmetry import CUBIC, HEXAGONAL, cif, hm

CUZR = {1: "Cu", 2: "Zr"}
LATTICE = 'Lattice="9 0 0 0 9 0 0 0 9"'
ATOMS = "Cu 0.5 0.5 0.5\nZr 0.5 0.5 3.5\nCu 4 4 4\n"
ROWS = "1 1 0.5 0.5 0.5\n2 2 0.5 0.5 3.5\n3 1 4 4 4\n"
BOX = "0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n"
DUMP = "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n3\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\nITEM: ATOMS id type x y z\n"
POSCAR = "c\n1.0\n9 0 0\n0 9 0\n0 0 9\nCu Zr\n1 1\nDirect\n0.1 0.1 0.1{}\n0.1 0.1 0.5{}\n"
CU3ZR = "Zr1 Zr 0 0 0\nCu1 Cu 0 0.5 0.5\n"
XYZ = f"3\n{LATTICE} Properties=species:S:1:pos:R:3"
ALL_LISTED = "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n"


def data(text: str, header: str = "") -> str:
    return f"title\n\n3 atoms\n2 atom types\n{header or BOX}\n{text}"


def with_column(value: str) -> str:
    return ATOMS.replace("\n", f" {value}\n")


REFUSED = [
    # symmetry of a CIF that contradicts itself, is hidden, or does not fit the cell
    ("a.cif", cif(ALL_LISTED + hm("P m -3 m"), sites=CU3ZR), "two space groups"),
    ("a.cif", cif(ALL_LISTED + "_space_group_IT_number 221", sites=CU3ZR), "two space groups"),
    ("a.cif", cif("_space_group_name_Hall 'P 1'\n" + hm("P m -3 m"), sites=CU3ZR), "two space groups"),
    ("a.cif", cif("_space_group_name_H-M_alt 'P 1'\n" + hm("P m -3 m"), sites=CU3ZR), "two space groups"),
    ("a.cif", cif("_space_group_IT_number 1\n_symmetry_Int_Tables_number 221", sites=CU3ZR), "two space groups"),
    ("a.cif", cif(ALL_LISTED + "loop_\n_space_group_symop_operation_xyz\nx,y,z\n-x,-y,-z\n", sites=CU3ZR), "two different lists"),
    ("a.cif", cif("_symmetry_cell_setting cubic", sites=CU3ZR), "_symmetry_cell_setting is 'cubic'"),
    ("a.cif", cif("loop_\n_space_group_symop_magn_operation.xyz\nx,y,z,+1\n", sites=CU3ZR), "symop_magn_operation"),
    ("a.cif", cif(hm("P 63/m m c"), (3.2, 3.6, 20, 90, 90, 120), "Zr1 Zr 0 0 0\nCu1 Cu 0 0 0.25\n"), "does not have the symmetry"),
    ("a.cif", cif(hm("P 63/m m c"), (3.2, 3.2, 30, 90, 90, 90), "Zr1 Zr 0 0 0\nCu1 Cu 0 0 0.25\n"), "does not have the symmetry"),
    ("a.cif", cif("_space_group_IT_number " + "2" * 5000, sites=CU3ZR), "expected 1..230"),
    ("a.cif", cif("loop_\n_symmetry_equiv_pos_as_xyz\nh,k,l\n", sites=CU3ZR), "symmetry operation"),
    ("a.cif", cif("loop_\n_symmetry_equiv_pos_as_xyz\n" + "x,y,z\n" * 200, sites=CU3ZR), "200 symmetry operations"),
    ("a.cif", cif(hm("P 1"), sites="Va1 0 0 0\nCu1 0 0 0.5\n", columns="label fract_x fract_y fract_z"), "'Va1'"),
    ("a.cif", cif(hm("P 1"), sites="Cu1 0 0 0 .\nCu2 0 0 0.5 dum\n", columns="label fract_x fract_y fract_z calc_flag"), "Cu2 is a dummy"),
    # XYZ: columns and lines that stand twice, units, damage
    ("a.xyz", f"{XYZ}:Pos:R:3\n" + with_column("1 1 1"), "expected one of pos, positions"),
    ("a.xyz", f"{XYZ}:positions:R:3\n" + with_column("1 1 1"), "expected one of pos, positions"),
    ("a.xyz", f"{XYZ}:Species:S:1\n" + with_column("Zr"), "expected one of species"),
    ("a.xyz", f"{XYZ}:element:S:1\n" + with_column("Zr"), "expected one of species, symbols, element"),
    ("a.xyz", f"{XYZ}::R:1\n" + with_column("1"), "a name for every property"),
    ("a.xyz", f"3\n# CELL(abcABC): 17 17 17 90 90 90 positions{{atomic_unit}} cell{{atomic_unit}}\n{ATOMS}", "atomic units"),
    ("a.xyz", f"3\n# CELL(abcABC): 17 17 17 90 90 90 Step: 0\n{ATOMS}", "CELL of i-PI"),
    ("a.xyz", 'symgnn="{}"'.join(["3\n" + LATTICE + " ", "\n" + ATOMS]), "key symgnn"),
    ("a.xyz", f'3\nLattice="0 0 0 0 0 0 0 0 0"\n{ATOMS}', "Lattice='0 0 0"),
    ("a.xyz", f'3\nLattice="9 0 0 9 0 0 9 0 0" pbc="F F F"\n{ATOMS}', "parallel"),
    ("a.xyz", f'3\nLattice="9 0 0 0 9 0 9 9 0" pbc="T T F"\n{ATOMS}', "parallel"),
    ("a.xyz", f"3\nno cell\n{ATOMS}VEC1 9 0 0\nVEC1 8 0 0\n", "VEC1 stands twice"),
    ("a.xyz", f"3\n{LATTICE}\n{ATOMS}VEC1 8 0 0\n", "no lines VEC"),
    ("a.xyz", "2\nCu 0 0 0\nCu 0 0 3\nCu 0 0 6\n", "line 2 is an atom"),
    ("a.xyz", f"4\n{LATTICE}\n{ATOMS}", "4 atoms declared, but only 3 lines"),
    ("a.xyz", f"4\nE -3.2 0.1 5\n{ATOMS}", "4 atoms declared, but only 3 lines"),
    # LAMMPS
    ("a.data", data("Atoms\n\n1 1 1 7.8 0.5 0.5 0.5\n2 2 1 6.5 0.5 0.5 3.5\n3 1 1 7 4 4 4\n"), "atom style"),
    ("a.data", data("Atoms\n\n1 7 1 0 5000 1 1 1\n2 7 2 0 6000 1 1 4\n3 7 1 0 7000 4 4 4\n"), "atom type 7"),
    ("a.data", data(f"Atoms # atomic\n\n{ROWS}", BOX + "9 0 0 avec\n0 9 0 bvec\n0 0 9 cvec\n"), "avec, bvec and cvec"),
    ("a.data", data(f"Atoms # atomic\n\n{ROWS}", "9 0 0 avec\n0 9 0 bvec\n"), "avec, bvec and cvec"),
    ("a.data", data(f"Atoms # atomic\n\n{ROWS}").replace("title", "title Units = LJ"), "units 'LJ'"),
    ("a.data", data(f"Atoms # atomic\n\n{ROWS}").replace("2 atom types", "nan atom types"), "atom types is 'nan'"),
    ("a.data", data(f"Atom Type Labels\n\n{'1' * 5000} Cu\n\nAtoms # atomic\n\n{ROWS}"), "a new type and its label"),
    ("a.dump", f"{DUMP}{ROWS}ITEM: UNITS\nlj\n{DUMP}{ROWS}", "units 'lj'"),
    ("a.dump", DUMP.replace("0 9\n0 9\n0 9\n", "") + ROWS + "ITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n", "BOX BOUNDS"),
    ("a.dump", f"{DUMP[: DUMP.index('ITEM: BOX')]}{DUMP[DUMP.index('ITEM: ATOMS') :]}{ROWS}ITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n", "2 rows of box bounds"),
    # POSCAR
    ("POSCAR", POSCAR.format(" Zr1", " Cu1"), "ends with Zr"),
    ("POSCAR", POSCAR.format(" Zr4+", " Cu2+"), "ends with Zr"),
    ("POSCAR", POSCAR.format(" T T T Zr", " T T T Cu"), "ends with Zr"),
    ("POSCAR", POSCAR.format("", "") + "Cu 0 3 0\n", "velocities after the atoms"),
    ("POSCAR", POSCAR.format("", "") + "Lattice velocities and vectors\n1\n" + "0 0 0\n" * 6 + "\n0 0 0\n", "velocities after the atoms"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "words"), REFUSED, ids=range(len(REFUSED)))
def test_refused(name, text, words):
    with pytest.raises(InputError) as caught:
        read_glass_bytes(name, text.encode(), CUZR)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.isprintable()
    assert words in message


def test_spellings_of_symmetry_that_are_read():
    for tag in (
        "_space_group_name_H-M_alt",
        "_space_group_name_H-M",
        "_symmetry.space_group_name_H-M",
        "_space_group.name_H-M_alt",
    ):
        assert len(read_glass_bytes("a.cif", cif(f"{tag} 'P m -3 m'", sites=CU3ZR).encode())) == 4
    for tag in ("_space_group.IT_number", "_symmetry.Int_Tables_number"):
        assert len(read_glass_bytes("a.cif", cif(f"{tag} 221", sites=CU3ZR).encode())) == 4
    for symbol in ("P 21 / c", "P 21/c", "P 1 21/c 1 (14)"):
        glass = read_glass_bytes(
            "a.cif", cif(hm(symbol), (6, 7, 8, 90, 101, 90), "Cu1 Cu 0.1 0.2 0.3\n").encode()
        )
        assert len(glass) == 4
    shifted = cif("_space_group_name_Hall '-P 1 (3 3 3)'\n" + hm("P -1"), CUBIC, "Cu1 Cu 0.1 0.1 0.1\n")
    found = np.sort(read_glass_bytes("a.cif", shifted.encode()).positions[:, 0] / 7.2)
    np.testing.assert_allclose(found, [0.1, 0.4], atol=1e-9)  # the inversion centre is at 1/4 1/4 1/4
    assert HEXAGONAL[5] == 120


@pytest.mark.parametrize(
    "pbc", [(True, True, False), (True, False, False), (False, True, True), (False, False, False)]
)
@pytest.mark.parametrize("cutoff", [3.0, 6.0])
def test_pairs_in_cells_with_open_directions_are_those_of_ase(pbc, cutoff):
    glass = make_random_glass(60, seed=9, pbc=pbc)
    glass = replace(glass, positions=glass.positions * 1.1 - 3)  # some outside of the cell
    atoms = Atoms(numbers=glass.species, positions=glass.positions, cell=glass.cell, pbc=pbc)
    i, j, shift = ase_pairs("ijS", atoms, cutoff)
    pairs = neighbor_list(glass, cutoff)
    ours = sorted(zip(pairs.target.tolist(), pairs.source.tolist(), *pairs.image.T.tolist(), strict=True))
    assert ours == sorted(zip(i.tolist(), j.tolist(), *shift.T.tolist(), strict=True))


@pytest.mark.parametrize("pbc", ["T F F", "T T F", "F T F"])
@pytest.mark.parametrize("far", [1e3, 1e4, 4.9e4])
def test_an_atom_far_from_a_slab_takes_no_time(pbc, far):
    started = time.monotonic()
    glass = read_glass_bytes(
        "a.xyz", f'3\n{LATTICE} pbc="{pbc}"\nCu 0 0 {far}\nZr 3 0 0\nCu 3 0 3\n'.encode()
    )
    assert len(neighbor_list(glass, 4.0)) >= 2
    assert time.monotonic() - started < 20  # it was minutes


def test_many_properties_and_words_take_no_time():
    started = time.monotonic()
    names = "".join(f":p{i}:R:1" for i in range(20_000))
    row = " ".join(["1"] * 20_000)
    glass = read_glass_bytes("a.xyz", f"{XYZ}{names}\n{with_column(row)}".encode())
    assert len(glass.properties) == 20_000
    with pytest.raises(InputError, match="three flags"):
        read_glass_bytes("a.xyz", f"3\n{LATTICE} pbc={'T ' * 200_000}\n{ATOMS}".encode())
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "field", ["Species", "Pos", "Element", "Symbols", "POSITIONS", "z", "Z", "ID", "Lattice", "PBC"]
)
def test_fields_named_like_columns_survive_writing(tmp_path, field):
    glass = Glass(
        [29, 40], [[0, 0, 0], [0, 0, 3]], 5 * np.eye(3), (True,) * 3, properties={field: [1.5, 2.5]}
    )
    write_extxyz(tmp_path / "a.xyz", glass)
    again = read_glass(tmp_path / "a.xyz")
    assert {name: values.tolist() for name, values in again.properties.items()} == {field: [1.5, 2.5]}


def test_a_metal_with_lengths_in_bohr_is_told_though_its_density_is_not_impossible():
    """Nickel, fcc, 3.52 Å: .0914 atoms per Å³, but .0136 where bohr is read as Å."""
    cell = 3.52 * np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]]) / 0.529177
    sites = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    for scale, told in ((1.0, True), (0.529177, False)):
        rows = "".join(f"Ni {x} {y} {z}\n" for x, y, z in sites @ cell * scale)
        lattice = " ".join(map(str, (cell * scale).ravel()))
        notes = reading_notes(read_glass_bytes("a.xyz", f'4\nLattice="{lattice}"\n{rows}'.encode()))
        assert any("bohr" in note for note in notes) == told


def test_notes_of_a_file_are_printable_and_an_earlier_frame_may_be_small():
    own = '{\\"name\\": \\"a\\", \\"notes\\": {\\"frame\\": \\"x\\\\u001b[2J\\\\nEVIL\\"}}'
    glass = read_glass_bytes("a.xyz", f'3\n{LATTICE} symgnn="{own}"\n{ATOMS}'.encode())
    assert all(note.isprintable() for note in reading_notes(glass))
    assert len(read_glass_bytes("a.xyz", f"1\none\nCu 0 0 0\n3\n{LATTICE}\n{ATOMS}".encode())) == 3
    with pytest.raises(InputError, match="in the last frame"):
        read_glass_bytes("a.xyz", f"3\n{LATTICE}\n{ATOMS}1\none\nCu 0 0 0\n".encode())
