"""Reading and writing structures: every format against files that ASE wrote, or typed out by hand."""

from __future__ import annotations

from dataclasses import replace

import ase.io
import numpy as np
import pytest
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats import ENDINGS
from symgnn.io.structures import parse_types, read_glass, read_glass_bytes, write_extxyz
from tests.conftest import REPOSITORY

CUZR = {1: "Cu", 2: "Zr"}


def to_ase(glass: Glass) -> Atoms:
    return Atoms(numbers=glass.species, positions=glass.positions, cell=glass.cell, pbc=glass.pbc)


def upper_triangle_free(glass: Glass) -> Glass:
    """The same glass turned so that its cell has the lower triangular form of LAMMPS."""
    q, r = np.linalg.qr(glass.cell.T)
    turn = q * np.sign(np.diag(r))
    return replace(glass, positions=glass.positions @ turn, cell=np.tril(glass.cell @ turn))


def assert_same_structure(found: Glass, expected: Glass, tolerance: float) -> None:
    np.testing.assert_array_equal(found.species, expected.species)
    np.testing.assert_allclose(found.positions, expected.positions, rtol=0, atol=tolerance)
    np.testing.assert_allclose(found.cell, expected.cell, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(found.pbc, expected.pbc)


# --- extended XYZ, ours ------------------------------------------------------------------------------------

AWKWARD_NOTES = {
    "command": "symgnn simulate --name \"a b\" \\ 'c'",
    "lines": "first\nsecond\r\n\ttabbed",
    "unicode": "Å − ünïcödé 玻璃 \u2028 \U0001f600",
    "json-like": '{"a": [1, 2]} _JSON [1] T 3.5 = , pbc="F F F" Lattice="1"',
    "markup": "</script><b>&amp;",
    "": "empty key",
    "empty": "",
    "number": "7",
}


@pytest.mark.parametrize("pbc", [(True, True, True), (True, False, True), (False, False, False)])
def test_extxyz_round_trip_is_exact(tmp_path, random_glass, pbc):
    rng = np.random.default_rng(1)
    n = len(random_glass)
    glass = replace(
        random_glass,
        pbc=pbc,
        positions=random_glass.positions + np.array([1e5, -1, 1e-5]) / 3,
        barriers=rng.uniform(0.5, 3, n),
        properties={"potential_energy": rng.normal(size=n) * 1e-12, "count": np.arange(n)},
        name="melt-quench 1e12 K/s, № 3",
        notes=AWKWARD_NOTES,
    )
    write_extxyz(tmp_path / "out.xyz", glass)
    again = read_glass(tmp_path / "out.xyz")
    assert_same_structure(again, glass, 0)
    assert again.content_hash == glass.content_hash
    np.testing.assert_array_equal(again.barriers, glass.barriers)
    assert list(again.properties) == list(glass.properties)
    for field in glass.properties:
        np.testing.assert_array_equal(again.properties[field], glass.properties[field])
    assert dict(again.notes) == AWKWARD_NOTES
    assert again.name == glass.name
    assert [path.name for path in tmp_path.iterdir()] == ["out.xyz"]


def test_extxyz_without_cell_or_extras(tmp_path):
    cluster = Glass([29, 40], [[0, 0, 0], [0, 0, 2.5]], np.zeros((3, 3)), (False,) * 3, name="dimer")
    write_extxyz(tmp_path / "out.extxyz", cluster)
    again = read_glass(tmp_path / "out.extxyz")
    assert_same_structure(again, cluster, 0)
    assert (again.name, again.barriers, dict(again.properties), dict(again.notes)) == ("dimer", None, {}, {})
    assert "Lattice" not in (tmp_path / "out.extxyz").read_text()


def test_extxyz_of_a_slab_without_third_vector(tmp_path):
    slab = Glass(
        [29, 40], [[0, 0, 0], [0, 0, 2.5]], [[9, 0, 0], [1, 9, 0], [0, 0, 0]], (1, 1, 0), name="slab"
    )
    write_extxyz(tmp_path / "out.xyz", slab)
    assert_same_structure(read_glass(tmp_path / "out.xyz"), slab, 0)


FIELD_NAMES = [
    "energies", "energy", "forces", "charges", "charge", "magmoms", "stress", "numbers", "Z", "species",
    "symbols", "pos", "positions", "masses", "mass", "momenta", "tags", "initial_charges", "initial_magmoms",
    "move_mask", "barrier", "field_barrier", "von Mises (bar·Å³)", "2nd", "a:R:1", "Δ", "x=1", "id", "type",
    "cell", "pbc",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELD_NAMES)
def test_any_field_name_survives(tmp_path, random_glass, field):
    n = len(random_glass)
    fields = {
        field: np.arange(n) / 7,
        "two  words": np.zeros(n),
        "barrier": np.ones(n),
        "field_barrier": np.arange(n),
    }
    write_extxyz(tmp_path / "out.xyz", replace(random_glass, barriers=np.full(n, 1.5), properties=fields))
    again = read_glass(tmp_path / "out.xyz")
    assert set(again.properties) == set(fields)
    for name, values in fields.items():
        np.testing.assert_array_equal(again.properties[name], values)
    assert (again.barriers == 1.5).all()


def test_ase_reads_what_we_write(tmp_path, random_glass):
    glass = replace(random_glass, barriers=np.linspace(1, 2, len(random_glass)), notes=AWKWARD_NOTES)
    write_extxyz(tmp_path / "out.xyz", glass)
    atoms = ase.io.read(tmp_path / "out.xyz")
    np.testing.assert_array_equal(atoms.numbers, glass.species)
    np.testing.assert_array_equal(atoms.positions, glass.positions)
    np.testing.assert_array_equal(atoms.cell, glass.cell)
    np.testing.assert_array_equal(atoms.arrays["barrier"], glass.barriers)


def test_a_failed_write_leaves_the_old_file(tmp_path, random_glass, monkeypatch):
    write_extxyz(tmp_path / "out.xyz", random_glass)
    before = (tmp_path / "out.xyz").read_bytes()
    monkeypatch.setattr(Glass, "symbols", property(lambda self: ["Cu"]))  # too few: fails half-way
    with pytest.raises(ValueError, match="zip"):
        write_extxyz(tmp_path / "out.xyz", random_glass)
    assert (tmp_path / "out.xyz").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_paper_glass_as_extxyz(tmp_path, raw_data):
    glass = read_glass(raw_data / "test0.pickle")
    write_extxyz(tmp_path / "test0.xyz", glass)
    again = read_glass(tmp_path / "test0.xyz")
    assert again.content_hash == glass.content_hash
    np.testing.assert_array_equal(again.barriers, glass.barriers)


# --- files of other programs -------------------------------------------------------------------------------


@pytest.mark.parametrize("pbc", [(True, True, True), (True, True, False)])
def test_extxyz_of_ase(tmp_path, random_glass, pbc):
    atoms = to_ase(replace(random_glass, pbc=pbc))
    n = len(atoms)
    atoms.arrays["c_pe"] = np.arange(n) / 4
    atoms.arrays["grain"] = np.arange(n)
    atoms.arrays["label"] = np.array(["a"] * n)
    atoms.arrays["velocity"] = np.ones((n, 3))
    atoms.info["temperature"] = 300.0
    atoms.calc = SinglePointCalculator(atoms, energy=-3.0, forces=np.zeros((n, 3)), energies=np.arange(n) / 2)
    ase.io.write(tmp_path / "ase.xyz", atoms)
    glass = read_glass(tmp_path / "ase.xyz")
    assert_same_structure(glass, replace(random_glass, pbc=pbc), 1e-8)
    assert set(glass.properties) == {"c_pe", "grain", "energies"}
    np.testing.assert_array_equal(glass.properties["energies"], np.arange(n) / 2)
    assert glass.barriers is None
    assert glass.name == "ase"


@pytest.mark.parametrize("n", [3, 6, 9])
def test_properties_of_the_whole_structure_are_no_fields(tmp_path, n):
    atoms = Atoms("Cu" * n, positions=np.arange(3 * n).reshape(n, 3), cell=[50] * 3, pbc=True)
    atoms.calc = SinglePointCalculator(atoms, energy=1.0, stress=np.arange(6.0), dipole=np.arange(3.0))
    ase.io.write(tmp_path / "ase.extxyz", atoms)
    assert dict(read_glass(tmp_path / "ase.extxyz").properties) == {}


def test_plain_xyz_has_no_cell(tmp_path, random_glass):
    ase.io.write(tmp_path / "plain.xyz", to_ase(random_glass), format="xyz")
    glass = read_glass(tmp_path / "plain.xyz", name="given")
    np.testing.assert_allclose(glass.positions, random_glass.positions, atol=1e-8)
    assert (glass.pbc.any(), glass.cell.any(), glass.name) == (False, False, "given")


@pytest.mark.parametrize("ending", [".data", ".lmp", ".lammps", ".DATA"])
@pytest.mark.parametrize("style", ["atomic", "charge"])
def test_lammps_data_of_ase(tmp_path, random_glass, style, ending):
    expected = upper_triangle_free(random_glass)
    atoms = to_ase(expected)
    atoms.set_initial_charges(np.arange(len(atoms)) / 8)
    options = {"specorder": ["Cu", "Zr"], "masses": True, "atom_style": style}
    ase.io.write(tmp_path / f"lammps{ending}", atoms, format="lammps-data", **options)
    glass = read_glass(tmp_path / f"lammps{ending}", types=CUZR)
    assert_same_structure(glass, expected, 1e-9)
    assert set(glass.properties) == ({"id", "charge"} if style == "charge" else {"id"})
    exchanged = read_glass(tmp_path / f"lammps{ending}", types={1: "Zr", 2: "Cu"})
    np.testing.assert_array_equal(exchanged.species == 40, expected.species == 29)


HAND_DATA = """# LAMMPS data file, units = metal

3 atoms
2 atom types
0 8 xlo xhi
0 9 ylo yhi
0 10 zlo zhi
{sections}
Atoms # atomic

3 {b} 6.0 1.0 1.0 0 0 0
1 {a} 1.0 1.0 1.0 1 0 -1
2 {b} 3.5 1.0 1.0 0 0 0
"""


def test_lammps_data_sorted_by_id_with_image_flags():
    text = HAND_DATA.format(a=1, b=2, sections="")
    glass = read_glass_bytes("hand.data", text.encode(), CUZR)
    assert glass.symbols == ["Cu", "Zr", "Zr"]
    np.testing.assert_allclose(glass.positions, [[9, 1, -9], [3.5, 1, 1], [6, 1, 1]], atol=1e-12)


@pytest.mark.parametrize("masses", ["", "Masses\n\n1 91.224\n2 63.546\n"])
@pytest.mark.parametrize("labels", ["numbers", "labels"])
def test_lammps_data_with_element_labels(masses, labels):
    """Labels go with their atoms through the sorting, and masses never overrule them."""
    a, b = ("1", "2") if labels == "numbers" else ("Cu", "Zr")
    text = HAND_DATA.format(a=a, b=b, sections=f"\nAtom Type Labels\n\n1 Cu\n2 Zr\n\n{masses}")
    assert read_glass_bytes("hand.data", text.encode()).symbols == ["Cu", "Zr", "Zr"]
    assert read_glass_bytes("hand.data", text.encode(), {1: "Ag", 2: "Al"}).symbols == ["Ag", "Al", "Al"]


DUMP = """ITEM: UNITS
metal
ITEM: TIMESTEP
0
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS pp pp pp
0 5
0 5
0 5
ITEM: ATOMS id type x y z
1 1 0 0 0
2 2 3 3 3
ITEM: TIMESTEP
1000
ITEM: NUMBER OF ATOMS
3
ITEM: BOX BOUNDS xy xz yz pp ff pp
-1.0 10.5 1.5
0.0 9.0 -1.0
0.0 8.0 0.0
ITEM: ATOMS id type {element}x y z c_pe c_stress[1] fx fy fz
3 2 {b}6.0 1.0 1.0 -6.5 1.0 0 0 0
1 1 {a}1.0 1.0 1.0 -3.5 2.0 0 0 0
2 2 {b}3.5 1.0 1.0 -6.0 3.0 0 0 0
"""


@pytest.mark.parametrize("ending", [".dump", ".lammpstrj"])
def test_lammps_dump_last_frame(tmp_path, ending):
    (tmp_path / f"run{ending}").write_text(DUMP.format(element="", a="", b=""))
    glass = read_glass(tmp_path / f"run{ending}", types=CUZR)
    assert glass.symbols == ["Cu", "Zr", "Zr"]
    np.testing.assert_array_equal(glass.positions, [[1, 1, 1], [3.5, 1, 1], [6, 1, 1]])
    np.testing.assert_allclose(
        glass.cell, [[9, 0, 0], [1.5, 9, 0], [-1, 0, 8]]
    )  # bounds are those of the corners
    assert glass.pbc.tolist() == [True, False, True]
    assert glass.properties["c_pe"].tolist() == [-3.5, -6.0, -6.5]
    assert set(glass.properties) == {"id", "c_pe", "c_stress[1]", "fx", "fy", "fz"}
    assert glass.properties["id"].tolist() == [1, 2, 3]
    assert glass.notes["frame"] == "the last of 2 frames"


def test_lammps_dump_with_elements():
    data = DUMP.format(element="element ", a="Cu ", b="Zr ").encode()
    assert read_glass_bytes("run.dump", data).symbols == ["Cu", "Zr", "Zr"]
    # `element` holds C throughout unless LAMMPS was told otherwise, so the option has priority
    assert read_glass_bytes("run.dump", data, {1: "Al", 2: "Ag"}).symbols == ["Al", "Ag", "Ag"]


@pytest.mark.parametrize("names", ["xs ys zs", "xsu ysu zsu"])
def test_scaled_positions_are_fractions_of_the_box_from_its_origin(names):
    text = DUMP.format(element="", a="", b="").replace("x y z c_pe", f"{names} c_pe")
    text = text.replace("3 2 6.0 1.0 1.0", "3 2 0.5 0.5 0.25").replace("1 1 1.0 1.0 1.0", "1 1 0.0 0.0 0.0")
    text = text.replace("2 2 3.5 1.0 1.0", "2 2 0.25 0.5 -0.5")
    glass = read_glass_bytes("run.dump", text.encode(), CUZR)
    origin, cell = (
        np.array([0, 0, 0]),
        np.array([[9, 0, 0], [1.5, 9, 0], [-1, 0, 8]]),
    )  # xlo = -1 - min(0, xz)
    expected = origin + np.array([[0, 0, 0], [0.25, 0.5, -0.5], [0.5, 0.5, 0.25]]) @ cell
    np.testing.assert_allclose(glass.positions, expected, atol=1e-12)
    moved = text.replace("-1.0 10.5 1.5", "3.0 14.5 1.5").replace("0.0 9.0 -1.0", "-5.0 4.0 -1.0")
    again = read_glass_bytes("run.dump", moved.encode(), CUZR)
    np.testing.assert_allclose(again.positions, expected + np.array([4, -5, 0]), atol=1e-12)


def test_cif_of_ase(tmp_path, random_glass):
    ase.io.write(tmp_path / "a.cif", to_ase(random_glass))
    glass = read_glass(tmp_path / "a.cif")
    np.testing.assert_array_equal(glass.species, random_glass.species)
    ours, theirs = (Atoms("H2", cell=g.cell, pbc=True) for g in (glass, random_glass))
    np.testing.assert_allclose(ours.cell.cellpar(), theirs.cell.cellpar(), atol=1e-4)
    fractions = glass.positions @ np.linalg.inv(glass.cell) - random_glass.positions @ np.linalg.inv(
        random_glass.cell
    )
    np.testing.assert_allclose(fractions - np.round(fractions), 0, atol=1e-4)


def test_cif_symmetry_is_applied():
    glass = read_glass_bytes("cscl.cif", CIF.encode())
    assert sorted(glass.symbols) == ["Cu", "Cu", "Cu", "Zr"]  # the fcc site and its images, in Cu3Zr
    assert glass.pbc.all()


CIF = """data_Cu3Zr
_cell_length_a 3.9
_cell_length_b 3.9
_cell_length_c 3.9
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Zr1 Zr 0 0 0 1.0
Cu1 Cu 0 0.5 0.5 1.0
"""


@pytest.mark.parametrize("name", ["POSCAR", "CONTCAR", "POSCAR_relaxed", "glass.poscar", "glass.vasp"])
@pytest.mark.parametrize("direct", [True, False])
def test_poscar_of_ase(tmp_path, random_glass, name, direct):
    order = np.argsort(random_glass.species, kind="stable")
    expected = replace(
        random_glass, species=random_glass.species[order], positions=random_glass.positions[order]
    )
    ase.io.write(tmp_path / name, to_ase(expected), format="vasp", direct=direct)
    glass = read_glass(tmp_path / name)
    assert_same_structure(glass, expected, 1e-8)
    assert glass.name == name.removesuffix(".poscar").removesuffix(".vasp")


def test_poscar_does_not_look_into_neighbouring_files(tmp_path, random_glass):
    (tmp_path / "POTCAR").write_text("TITEL = PAW_PBE Ag 1\nTITEL = PAW_PBE Au 1\n")
    ase.io.write(tmp_path / "POSCAR", to_ase(random_glass), format="vasp", sort=True)
    lines = (tmp_path / "POSCAR").read_text().split("\n")
    del lines[5]  # VASP 4 has no line of elements
    (tmp_path / "POSCAR").write_text("\n".join(["a comment", *lines[1:]]))
    with pytest.raises(InputError, match="POSCAR"):
        read_glass(tmp_path / "POSCAR")


def test_last_frame_of_xyz(tmp_path, random_glass):
    frames = [to_ase(random_glass) for _ in range(3)]
    frames[2].positions += 0.5
    ase.io.write(tmp_path / "run.xyz", frames)
    glass = read_glass(tmp_path / "run.xyz")
    np.testing.assert_allclose(glass.positions, random_glass.positions + 0.5, atol=1e-8)
    assert dict(glass.notes) == {"frame": "the last of 3 frames"}
    spaced = (
        (tmp_path / "run.xyz")
        .read_text()
        .replace(f"{len(random_glass)}\nLattice", f"\n\n{len(random_glass)}\nLattice")
    )
    np.testing.assert_array_equal(read_glass_bytes("run.xyz", spaced.encode()).positions, glass.positions)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_foreign_line_ends_and_byte_order_mark(tmp_path, random_glass, line_end):
    write_extxyz(tmp_path / "out.xyz", random_glass)
    data = b"\xef\xbb\xbf" + (tmp_path / "out.xyz").read_bytes().replace(b"\n", line_end)
    assert read_glass_bytes("out.xyz", data).content_hash == random_glass.content_hash


# --- uploads -----------------------------------------------------------------------------------------------


def test_upload_equals_file(tmp_path, random_glass):
    write_extxyz(tmp_path / "out.xyz", random_glass)
    glass = read_glass_bytes("C:\\Users\\me\\..\\out.xyz", (tmp_path / "out.xyz").read_bytes())
    assert glass.content_hash == random_glass.content_hash


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>.xyz", "../../etc/a\nb.xyz", '"onload="x.xyz', "\u202egpj.xyz", "a\x00b.xyz"],
)
def test_names_from_uploads_are_fit_for_the_screen(name):
    data = b'2\nProperties=species:S:1:pos:R:3:<img/onerror>:R:1 x="</script>"\nCu 0 0 0 1\nZr 0 0 3 2\n'
    glass = read_glass_bytes(name, data)
    for text in (glass.name, *glass.properties):
        assert text.isprintable()
        assert not set("<>&\"'`\\/\n") & set(text.replace("_img/onerror_", ""))
    assert glass.properties["_img/onerror_"].tolist() == [1, 2]


def test_uploaded_pickle(raw_data):
    glass = read_glass_bytes("test0.pickle", (raw_data / "test0.pickle").read_bytes())
    assert (glass.name, len(glass)) == ("test0", 3000)


# --- the option types --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "1=Cu,2=Zr",
        " 2 = zr , 1=CU ",
        "1=Cu 2=Zr",
        "1:Cu; 2:Zr",
        "1 Cu 2 Zr",
        "1 Cu, 2 Zr",
        "1->Cu\n2->Zr",
        "Cu Zr",
        "cu,zr,",
    ],
)
def test_types_in_any_spelling(text):
    assert parse_types(text) == CUZR


@pytest.mark.parametrize(
    "text",
    ["", " , ", "1=Xx", "1=Cu,1=Zr", "-1=Cu", "1=Cu=Zr", "²=Cu", "1=X", "1 Cu 2", "Cu 2=Zr", "1 2", "Cu Xx"],
)
def test_bad_types(text):
    with pytest.raises(InputError) as caught:
        parse_types(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("types ")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_has_a_row_in_the_documents(ending):
    rows = [
        line
        for line in (REPOSITORY / "data" / "README.md").read_text("utf-8").splitlines()
        if line[:1] == "|"
    ]
    assert any(f"`{ending}`" in row for row in rows)
