"""Each change by hand: what it does to the glass, what it leaves, what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.candidates import atoms_of, restores
from symgnn.whatif.changes import (
    CHANGES,
    Anneal,
    ExchangeAtoms,
    MoveAtom,
    RemoveAtom,
    Strain,
    SwapElement,
    parse_change,
)


@pytest.fixture
def glass():
    """Four atoms far apart in a triclinic cell; labels and properties are there to be dropped."""
    return Glass(
        species=[29, 40, 29, 40],
        positions=[[0.0, 0, 0], [3, 0, 0], [0, 3.5, 0], [30, 3, 3]],
        cell=[[9.0, 0, 0], [1, 9, 0], [0, 1, 10]],
        pbc=[True, True, False],
        barriers=[1.0, 2, 3, 4],
        properties={"id": [7, 8, 9, 10], "pressure": [1, 2, 3, 4]},
        name="four",
    )


def unchanged(glass, after, *columns):
    return all(np.array_equal(getattr(glass, name), getattr(after, name)) for name in columns)


def test_swap(glass):
    after = SwapElement(0, "Zr").apply(glass)
    assert after.species.tolist() == [40, 40, 29, 40]
    assert unchanged(glass, after, "positions", "cell", "pbc")
    assert after.barriers is None
    assert list(after.properties) == ["id"]
    assert after.properties["id"].tolist() == [7, 8, 9, 10]
    assert after.name == "four, swap 0=Zr"
    assert glass.species.tolist() == [29, 40, 29, 40]


def test_exchange(glass):
    after = ExchangeAtoms(0, 3).apply(glass)
    assert after.species.tolist() == [40, 40, 29, 29]
    assert unchanged(glass, after, "positions", "cell", "pbc")
    assert after.composition == glass.composition
    with pytest.raises(InputError, match="four: atoms 0 and 2 are both Cu, expected two of unlike elements"):
        ExchangeAtoms(0, 2).apply(glass)


def test_changes_that_take_others_back(glass):
    kept = np.arange(4)
    changed = ExchangeAtoms(0, 1).apply(SwapElement(2, "Zr").apply(glass))
    undoing = [SwapElement(2, "Cu"), ExchangeAtoms(0, 1), SwapElement(0, "Cu")]
    others = [
        SwapElement(3, "Cu"),
        ExchangeAtoms(1, 3),
        SwapElement(0, "Zr"),
        Strain.parse("hydrostatic:0.01"),
    ]
    assert all(restores(change, changed, glass, kept) for change in undoing)
    assert not any(restores(change, changed, glass, kept) for change in others)
    without = RemoveAtom(0).apply(changed)  # numbers 1, 2, 3 are 0, 1, 2 now
    assert restores(SwapElement(1, "Cu"), without, glass, kept[1:])
    assert atoms_of(RemoveAtom(2)) == (2,)
    assert atoms_of(undoing[1]) == (0, 1)
    assert atoms_of(others[-1]) == ()


def test_remove_says_who_is_who(glass):
    change = RemoveAtom(1)
    after = change.apply(glass)
    assert change.kept(glass).tolist() == [0, 2, 3]
    assert after.species.tolist() == [29, 29, 40]
    assert np.array_equal(after.positions, glass.positions[[0, 2, 3]])
    assert after.properties["id"].tolist() == [7, 9, 10]
    assert unchanged(glass, after, "cell", "pbc")
    assert change.near(glass).tolist() == [0], "atom 0, under its new number; atom 2 is 4.6 Å away"
    assert RemoveAtom(0).near(glass).tolist() == [0, 1], "atoms 1 and 2 before"
    assert RemoveAtom(3).near(replace(glass, pbc=[False] * 3)) is None, "nobody is there"


def test_move(glass):
    after = MoveAtom(3, (0.5, 0, -1)).apply(glass)
    assert after.positions[3].tolist() == [30.5, 3, 2], "not wrapped"
    assert np.array_equal(after.positions[:3], glass.positions[:3])
    assert unchanged(glass, after, "species", "cell", "pbc")
    assert np.array_equal(MoveAtom(3, (0, 0, 0)).apply(glass).positions, glass.positions)


@pytest.mark.parametrize(
    ("strain", "tensor"),
    [
        (Strain.hydrostatic(0.01), 0.01 * np.eye(3)),
        (Strain.uniaxial("y", -0.02), np.diag([0, -0.02, 0])),
        (Strain.shear("zx", 0.03), [[0, 0, 0.015], [0, 0, 0], [0.015, 0, 0]]),
        (Strain((1e-2, 2e-2, 3e-2, 4e-2, 5e-2, 6e-2)),
         [[0.01, 0.03, 0.025], [0.03, 0.02, 0.02], [0.025, 0.02, 0.03]]),
    ],
)  # fmt: skip
def test_strain(glass, strain, tensor):
    after = strain.apply(glass)
    for before, now in ((glass.positions, after.positions), (glass.cell, after.cell)):
        assert np.allclose(now, before + before @ np.array(tensor), atol=1e-12)
    fractions = [one.positions @ np.linalg.inv(one.cell) for one in (glass, after)]
    assert np.allclose(*fractions, atol=1e-12)
    assert unchanged(glass, after, "species", "pbc")


def test_zero_strain_is_exact(glass):
    assert unchanged(glass, Strain.hydrostatic(0).apply(glass), "positions", "cell", "species", "pbc")


def test_strain_is_ases_in_voigts_notation(sample):
    """The stress of the potential is the derivative of the energy by these components."""
    from ase import Atoms

    from symgnn.simulate import MendelevCuZr

    def atoms(glass):
        return Atoms(glass.species, glass.positions, cell=glass.cell, pbc=True, calculator=MendelevCuZr())

    stress, volume = atoms(sample).get_stress(), abs(np.linalg.det(sample.cell))
    sheared = Strain((0.01, 0, -0.01, 0.02, 0, 0.01)).apply(sample)
    stress, volume = atoms(sheared).get_stress(), abs(np.linalg.det(sheared.cell))
    for component in range(6):
        step = 1e-5 * np.eye(6)[component]
        low, high = (atoms(Strain(sign * step).apply(sheared)).get_potential_energy() for sign in (-1, 1))
        assert (high - low) / 2e-5 / volume == pytest.approx(stress[component], abs=2e-6)
    assert np.abs(stress).max() > 1e-3


def test_anneal_is_that_of_its_seed(sample):
    first, again, other = (Anneal(300, 0.02, seed).apply(sample).positions for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=1e-3)
    moved = first - sample.positions
    assert 0.02 < np.abs(moved).max() < 1
    assert np.allclose(moved.mean(0), 0, atol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "swap 17=Zr",
        "exchange 17,23",
        "strain 0.02,0,0,0,0,-0.001",
        "remove 4",
        "move 17=0.1,0,-2.5",
        "anneal 600:10:3",
    ],
)
def test_a_change_is_its_text(text):
    assert str(parse_change(text)) == text
    assert parse_change(text) == parse_change(text)


def test_every_kind_has_an_entry():
    assert {name: one.kind for name, one in CHANGES.items()} == {name: name for name in CHANGES}
    assert Strain.parse("hydrostatic:.01") == Strain.hydrostatic(0.01)
    assert Strain.parse("uniaxial-z:.01") == Strain((0, 0, 0.01, 0, 0, 0))
    assert Strain.parse("shear-zy:.01") == Strain((0, 0, 0, 0.01, 0, 0))
    assert Anneal.parse("600:10", seed=4) == Anneal(600, 10, 4)
    assert SwapElement.parse("3=zr") == SwapElement(3, "Zr")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("melt 3", "change 'melt 3' found, expected a kind and a value; kinds: swap, exchange"),
        ("swap 17", "swap '17' found, expected an atom and an element, like 17=Zr"),
        ("swap a=Zr", "swap 'a' found, expected an atom and an element, like 17=Zr"),
        ("swap 1=Xy", "swap '1=Xy' found, expected an atom and an element"),
        ("exchange 3", "exchange '3' found, expected two atoms"),
        ("strain 1,2", "strain '1,2' found, expected six numbers"),
        ("strain 1,0,0,0,0,0", "expected six numbers from -0.2 to 0.2"),
        ("strain nan,0,0,0,0,0", "strain 'nan,0,0,0,0,0' found, expected six numbers"),
        ("strain uniaxial-q:.1", "strain 'uniaxial-q:.1' found, expected six numbers"),
        ("strain shear-xx:.1", "strain 'shear-xx:.1' found"),
        ("strain hydrostatic-x:.1", "strain 'hydrostatic-x:.1' found"),
        ("remove x", "remove 'x' found, expected an atom, like 17"),
        ("move 3=1,2", "move '1,2' found, expected an atom and a vector in Å"),
        ("move 3=9,0,0", "expected three numbers, a vector of at most 5 Å"),
        ("anneal 600", "anneal '600' found, expected temperature in K and time in ps"),
        ("anneal 0:1", "anneal at 0 K for 1 ps found, expected above 0"),
        ("anneal 300:-1", "anneal at 300 K for -1 ps found"),
    ],
)
def test_what_is_no_change(text, message):
    with pytest.raises(InputError) as error:
        parse_change(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "change",
    [SwapElement(4, "Cu"), ExchangeAtoms(0, 4), RemoveAtom(4), MoveAtom(4, (0, 0, 0)), RemoveAtom(-1)],
)
def test_an_atom_that_is_not_there(glass, change):
    with pytest.raises(InputError, match=r"four: atom -?\d found, expected 0\.\.3"):
        change.apply(glass)


def test_overlap_is_refused_unless_it_was_there(glass):
    with pytest.raises(
        InputError, match=r"four: move 1=-2,0,0 puts atoms 0 and 1 1\.00 Å apart, expected at least half "
    ):
        MoveAtom(1, (-2, 0, 0)).apply(glass)
    near = replace(glass, positions=glass.positions - [[0, 0, 0], [1.6, 0, 0], [0, 0, 0], [0, 0, 0]])
    with pytest.raises(InputError, match=r"swap 0=Zr puts atoms 0 and 1 1\.40 Å apart"):
        SwapElement(0, "Zr").apply(replace(near, species=[29, 29, 29, 40]))
    overlapping = replace(near, positions=near.positions - [[0, 0, 0], [0.5, 0, 0], [0, 0, 0], [0, 0, 0]])
    assert SwapElement(3, "Cu").apply(overlapping).species[3] == 29, "it is not this change that made it"
