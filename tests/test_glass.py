"""The Glass value object: validation, immutability, content hash, wrapping."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import ase.geometry
import numpy as np
import pytest
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass, atomic_number


def make(**changes) -> Glass:
    parts = {
        "species": [29, 40, 29],
        "positions": [[0.0, 0.0, 0.0], [2.5, 0.0, 0.0], [0.0, 2.5, 1.0]],
        "cell": np.diag([10.0, 11.0, 12.0]),
        "pbc": (True, True, True),
        "name": "three",
    }
    return Glass(**{**parts, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"species": [29], "positions": [[0, 0, 0]]}, ["1 atom", "at least 2"]),
        ({"species": [], "positions": []}, ["0 atom", "at least 2"]),
        ({"species": [29, 40, 0]}, ["atom 2", "atomic number 0", "1..118"]),
        ({"species": [29, 119, 40]}, ["atom 1", "atomic number 119"]),
        ({"species": ["Cu", "Zr", "Cu"]}, ["species", "numbers"]),
        ({"positions": np.zeros((3, 2))}, ["positions", "(3, 2)", "(3, 3)"]),
        ({"positions": np.zeros((4, 3))}, ["positions", "(4, 3)", "(3, 3)"]),
        ({"positions": [[0, 0, 0], [0, np.nan, 0], [1, 1, 1]]}, ["positions", "atom 1", "nan"]),
        ({"positions": "abc"}, ["positions", "numbers"]),
        ({"cell": np.zeros((3, 3))}, ["cell vector 0", "zero"]),
        ({"cell": [[1, 0, 0], [0, 1, 0], [0, 0, np.inf]]}, ["cell", "row 2", "inf"]),
        ({"cell": [10.0, 11.0, 12.0]}, ["cell", "(3,)", "(3, 3)"]),
        ({"cell": [[10, 0, 0], [20, 0, 0], [0, 0, 10]]}, ["parallel"]),
        ({"cell": [[10, 0, 0], [0, 10, 0], [10, 10, 0]]}, ["in one plane"]),
        ({"pbc": True}, ["pbc", "(3,)"]),
        ({"barriers": [1.0, 2.0]}, ["barriers", "(2,)", "(3,)"]),
        ({"barriers": [1.0, 2.0, np.nan]}, ["barriers", "atom 2"]),
        ({"properties": {"pressure": [1.0]}}, ["pressure", "(1,)", "(3,)"]),
        ({"properties": {"pressure": [1.0, np.inf, 0.0]}}, ["pressure", "atom 1", "inf"]),
    ],
)
def test_bad_parts_are_named_in_one_line(changes, words):
    with pytest.raises(InputError) as caught:
        make(**changes)
    message = str(caught.value)
    assert message.startswith("three: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_nothing_can_be_changed():
    glass = make(barriers=[1.0, 2.0, 3.0], properties={"pressure": [0.0, 1.0, 2.0]}, notes={"seed": "1"})
    for array in (
        glass.species,
        glass.positions,
        glass.cell,
        glass.pbc,
        glass.barriers,
        glass.properties["pressure"],
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(TypeError):
        glass.properties["new"] = np.zeros(3)
    with pytest.raises(TypeError):
        glass.notes["new"] = "text"
    with pytest.raises(FrozenInstanceError):
        glass.name = "other"


def test_arrays_and_mappings_are_copies():
    positions, fields = np.array(make().positions), {"pressure": np.ones(3)}
    glass = make(positions=positions, properties=fields)
    before = glass.content_hash
    positions[0] = 7.0
    fields["pressure"][:] = 7.0
    assert glass.positions[0, 0] == 0.0
    assert glass.properties["pressure"][0] == 1.0
    assert replace(glass).content_hash == before


def test_with_properties_adds_and_leaves_the_original():
    glass = make(properties={"a": [1.0, 2.0, 3.0]})
    more = glass.with_properties(b=np.arange(3))
    assert (list(glass.properties), list(more.properties)) == (["a"], ["a", "b"])
    assert more.properties["b"].dtype == np.float64


def test_pickles_for_worker_processes():
    glass = make(properties={"a": [1.0, 2.0, 3.0]}, notes={"seed": "1"})
    copy = pickle.loads(pickle.dumps(glass))  # noqa: S301 (our own)
    assert copy.content_hash == glass.content_hash
    assert (dict(copy.notes), copy.properties["a"].tolist()) == ({"seed": "1"}, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError):
        copy.properties["new"] = np.zeros(3)


def test_composition_and_elements():
    assert make().composition == "Cu66.7Zr33.3"
    assert make().elements == ["Cu", "Zr"]
    assert make().symbols == ["Cu", "Zr", "Cu"]
    many = Glass(np.repeat([40, 29], [36, 64]), np.arange(300).reshape(100, 3), np.eye(3) * 400, (True,) * 3)
    assert many.composition == "Cu64Zr36"
    assert replace(make(), species=[13, 13, 13]).composition == "Al100"


def test_number_density_needs_a_full_periodic_cell():
    assert make().number_density == pytest.approx(3 / (10 * 11 * 12))
    assert make(pbc=(True, True, False)).number_density is None
    left_handed = make(cell=np.diag([10.0, 11.0, -12.0]))
    assert left_handed.number_density == pytest.approx(3 / (10 * 11 * 12))


def test_hash_ignores_sign_of_zero_dtype_and_labels():
    glass = make()
    assert (
        make(positions=np.where(glass.positions == 0, -0.0, glass.positions)).content_hash
        == glass.content_hash
    )
    assert (
        make(positions=glass.positions.astype(np.float32)).content_hash == glass.content_hash
    )  # exact in float32
    assert make(species=np.array([29, 40, 29], np.uint8)).content_hash == glass.content_hash
    assert make(positions=glass.positions - 1e-9).content_hash == glass.content_hash  # rounds to -0.0 as well
    assert make(barriers=[1, 2, 3], properties={"a": [0, 0, 0]}, name="n").content_hash == glass.content_hash
    assert glass.content_hash == "b29a0aa91a95bb65"  # keys of stored graphs and explanations depend on it


@pytest.mark.parametrize("atom", range(3))
@pytest.mark.parametrize("axis", range(3))
def test_hash_sees_every_coordinate(atom, axis):
    positions = np.array(make().positions)
    positions[atom, axis] += 2e-6
    assert make(positions=positions).content_hash != make().content_hash


def test_hash_sees_species_cell_and_periodicity():
    hashes = {
        make().content_hash,
        make(species=[40, 29, 29]).content_hash,
        make(cell=np.diag([10.0, 11.0, 12.001])).content_hash,
        make(pbc=(True, True, False)).content_hash,
        make(pbc=(True, False, True)).content_hash,
    }
    assert len(hashes) == 5


def test_hash_with_properties_sees_their_values_and_names():
    glass = make(properties={"a": [0, 1, 2], "b": [0, 1, 2]})
    assert glass.content_hash_with(()) == glass.content_hash_with(["absent"]) == glass.content_hash
    other = make(properties={"a": [0, 1, 2.5], "b": [0, 1, 2]})
    assert glass.content_hash_with(["a"]) != other.content_hash_with(["a"])
    assert glass.content_hash_with(["b"]) == other.content_hash_with(["b"])
    assert len({glass.content_hash, *(glass.content_hash_with([name]) for name in "ab")}) == 3


@pytest.mark.parametrize("pbc", [(1, 1, 1), (1, 0, 1), (0, 0, 1), (1, 1, 0)])
def test_wrapping_in_a_triclinic_cell(random_glass, pbc):
    pbc = np.array(pbc, bool)
    rng = np.random.default_rng(3)
    images = rng.integers(-2, 3, (len(random_glass), 3)) * pbc
    moved = replace(random_glass, positions=random_glass.positions + images @ random_glass.cell, pbc=pbc)
    wrapped = moved.wrapped()
    fractions = wrapped @ np.linalg.inv(moved.cell)
    assert (fractions[:, pbc] > -1e-6).all()
    assert (fractions[:, pbc] < 1 - 1e-7).all()
    shifts = (wrapped - moved.positions) @ np.linalg.inv(moved.cell)
    np.testing.assert_allclose(shifts, np.round(shifts), atol=1e-9)  # lattice vectors only
    np.testing.assert_allclose(shifts[:, ~pbc], 0, atol=1e-9)
    np.testing.assert_allclose(wrapped, random_glass.positions, atol=1e-9)


def test_wrapping_a_slab_whose_cell_lacks_a_vector():
    slab = make(
        cell=[[10, 0, 0], [3, 10, 0], [0, 0, 0]],
        pbc=(1, 1, 0),
        positions=[[11, 0, 50], [0, 11, -9], [5, 5, 0]],
    )
    np.testing.assert_allclose(slab.wrapped(), [[1, 0, 50], [7, 1, -9], [5, 5, 0]], atol=1e-9)


def test_wrapping_without_periodicity_changes_nothing():
    cluster = make(cell=np.zeros((3, 3)), pbc=(0, 0, 0), positions=[[-50, 0, 0], [0, 99, 0], [0, 0, 1]])
    np.testing.assert_array_equal(cluster.wrapped(), cluster.positions)
    cluster.wrapped()[0] = 0  # a copy that may be changed


def test_wrapping_equals_ase(random_glass):
    far = random_glass.positions * 5 - 40
    expected = ase.geometry.wrap_positions(far, random_glass.cell, pbc=True)
    np.testing.assert_allclose(replace(random_glass, positions=far).wrapped(), expected)


def test_atomic_number():
    assert (atomic_number("Cu"), atomic_number(" zr "), atomic_number("AL")) == (29, 40, 13)
    for symbol in ("Xx", "X", "", "1", "Copper"):
        with pytest.raises(InputError, match="not a chemical symbol"):
            atomic_number(symbol)


def test_an_id_of_the_file_that_was_taken_for_an_index_is_told():
    glass = Glass(
        [29, 40, 29],
        [[0, 0, 0], [0, 0, 3], [4, 4, 4]],
        9 * np.eye(3),
        (True,) * 3,
        properties={"id": [5, 700, 9]},
    )
    glass.check_atom(2)
    with pytest.raises(
        InputError, match=r"atom 700 found, expected 0\.\.2; the atom with id 700 in the file is 1"
    ):
        glass.check_atom(700)
    for atom in (1.0, "1", None, True, [1]):
        with pytest.raises(InputError, match=r"expected a whole number from 0 to 2$"):
            glass.check_atom(atom)
    glass.check_atom(np.int64(1))
    for atom in (-1, 3):
        with pytest.raises(InputError, match=rf"atom {atom} found, expected 0\.\.2$"):
            glass.check_atom(atom)


def test_to_ase_and_back_keeps_all_but_the_notes(random_glass):
    rng = np.random.default_rng(3)
    glass = replace(
        random_glass,
        barriers=rng.uniform(1, 2, len(random_glass)),
        properties={"pressure": rng.normal(size=len(random_glass)), "id": np.arange(len(random_glass)) + 1.0},
        notes={"source": "a test"},
    )
    atoms = glass.to_ase()
    assert atoms.get_chemical_symbols() == glass.symbols
    assert np.array_equal(atoms.get_array("barrier"), glass.barriers)
    again = Glass.from_ase(atoms)
    assert again.name == glass.name
    assert again.content_hash == glass.content_hash
    assert np.array_equal(again.positions, glass.positions)
    assert np.array_equal(again.barriers, glass.barriers)
    assert set(again.properties) == {"pressure", "id"}
    assert np.array_equal(again.properties["pressure"], glass.properties["pressure"])
    assert not again.notes


def test_from_ase_takes_numbers_per_atom_and_nothing_else():
    atoms = Atoms(
        "CuZr2", positions=[[0, 0, 0], [2.6, 0, 0], [0, 2.8, 0]], cell=[8, 8, 8], pbc=(True, True, False)
    )
    atoms.set_array("charge", np.array([1, 0, -1]))
    atoms.set_array("inside", np.array([True, False, True]))
    atoms.set_array("label", np.array(["a", "b", "c"]))
    atoms.set_array("forces", np.zeros((3, 3)))
    atoms.calc = SinglePointCalculator(atoms, energies=np.array([-1.0, -2.0, -3.0]), energy=-6.0)
    glass = Glass.from_ase(atoms)
    assert set(glass.properties) == {"charge", "inside", "energies"}
    assert glass.properties["energies"].tolist() == [-1, -2, -3]
    assert glass.barriers is None
    assert glass.pbc.tolist() == [True, True, False]
    assert glass.name == "CuZr2"
    assert Glass.from_ase(atoms, name="mine").name == "mine"


def test_what_ase_uses_for_something_else_is_refused_by_to_ase(random_glass):
    glass = random_glass.with_properties(numbers=np.zeros(len(random_glass)))
    with pytest.raises(InputError, match=r"property 'numbers' found, but ASE uses that name"):
        glass.to_ase()


def test_labels_of_another_shape_or_kind_are_refused_and_not_dropped(random_glass):
    n = len(random_glass)
    for values, shown in (
        (np.ones((n, 2)), rf"\({n}, 2\) and type float64"),
        (np.array(["1"] * n), "type <U1"),
    ):
        atoms = random_glass.to_ase()
        atoms.set_array("barrier", values)
        with pytest.raises(
            InputError, match=rf"array 'barrier' of shape .*{shown} found, expected one number"
        ):
            Glass.from_ase(atoms)


@pytest.mark.parametrize(
    ("stated", "name"), [("two\nlines", "two lines"), ("", "CuZr"), (np.arange(2), "[0 1]")]
)
def test_whatever_ase_calls_it_the_name_is_one_line(stated, name):
    assert Glass.from_ase(Atoms("CuZr", [[0, 0, 0], [3, 0, 0]], info={"name": stated})).name == name
    with pytest.raises(InputError, match=r"^glass: 0 atom"):
        Glass.from_ase(Atoms())


def test_as_glass_takes_both_and_refuses_the_rest(random_glass):
    assert as_glass(random_glass) is random_glass
    assert as_glass(random_glass.to_ase()).content_hash == random_glass.content_hash
    with pytest.raises(InputError, match=r"str found, expected a symgnn\.Glass or an ase\.Atoms"):
        as_glass("glass.xyz")
