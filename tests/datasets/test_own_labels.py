"""A data set of your own: what its YAML may say, and what cannot serve together."""

from dataclasses import replace

import numpy as np
import pytest
import yaml

from symgnn.datasets import load_dataset
from symgnn.datasets.definition import read_definition
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.structures import write_extxyz
from tests.conftest import make_random_glass

ALUMINIUM_SAMARIUM = {29: 13, 40: 62}


def labelled(seed: int) -> Glass:
    glass = make_random_glass(30, seed)
    species = [ALUMINIUM_SAMARIUM[z] for z in glass.species]
    return replace(
        glass,
        species=species,
        positions=1.2 * glass.positions,  # Sm is large
        cell=1.2 * glass.cell,
        barriers=np.random.default_rng(seed).normal(1, 0.2, 30),
    )


GLASSES = {name: labelled(seed) for seed, name in enumerate("abcd")}
CONTENT = {"name": "mine", "train": ["a.xyz", "b.xyz"], "validation": "c.xyz", "test": ["d.xyz"]}


@pytest.fixture
def write(tmp_path):
    """write(changed glasses, **changed keys) -> path of the YAML; a key None is left out."""

    def make(glasses=None, **changes):
        for name, glass in {**GLASSES, **(glasses or {})}.items():
            write_extxyz(tmp_path / f"{name}.xyz", glass)
        content = {key: value for key, value in {**CONTENT, **changes}.items() if value is not None}
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    return make


def test_it_reads_what_the_yaml_names(write):
    dataset = load_dataset(write())
    dataset.check()
    assert dataset.name == "mine"
    assert [glass.name for glass in dataset.train] == ["a", "b"]
    assert [glass.name for glass in dataset.validation] == ["c"]
    assert [glass.name for glass in dataset.test] == ["d"]
    assert dataset.elements == ("Al", "Sm")
    np.testing.assert_allclose(dataset.train[1].barriers, GLASSES["b"].barriers)


def test_files_are_relative_to_the_yaml(write, tmp_path, monkeypatch):
    path = write()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load_dataset(f"../{path.name}").train[0].name == "a"


def test_name_and_test_may_be_left_out_and_validation_may_be_several(write):
    path = write(name=None, test=None, validation=["c.xyz", "d.xyz"])
    dataset = load_dataset(path)
    dataset.check()
    assert (dataset.name, len(dataset.validation), len(dataset.test)) == ("mine", 2, 0)


def test_numbered_types_have_their_elements_from_the_yaml(tmp_path, write):
    path = write(train="a.xyz", types={1: "Ni", 2: "P"})
    text = (tmp_path / "a.xyz").read_text().replace("\nAl ", "\n1 ").replace("\nSm ", "\n2 ")
    (tmp_path / "a.xyz").write_text(text)
    assert load_dataset(path).elements == ("P", "Ni")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trian": ["a.xyz"]}, "key 'trian' is unknown, expected one of: name, train"),
        ({"train": None}, "train: key is missing, expected a file or a list of files"),
        ({"validation": None}, "validation: key is missing"),
        ({"validation": []}, r"validation: \[\] found, expected a file"),
        ({"test": [3]}, r"test: \[3\] found"),
        ({"test": "e.xyz"}, "test: e.xyz: no such file"),
        ({"test": "a.xyz"}, "test: a.xyz is also in train"),
        ({"test": 300 * "a"}, "test: a+…?: no such file"),
        ({"name": 3}, "name is 3, expected text"),
        ({"name": "paper"}, "name is 'paper', which is the paper's data set"),
        ({"types": "1=Ni"}, "types: '1=Ni' found, expected numbers and elements"),
        ({"train": "folder.xyz"}, "train: folder.xyz: no such file"),
        ({"types": {True: "Ni"}}, "types: {True: 'Ni'} found, expected numbers and elements"),
        ({"types": {1: "Xx"}}, "types: 'Xx' is not a chemical symbol, expected an element for type 1"),
    ],
)
def test_a_yaml_that_does_not_fit_is_refused(write, tmp_path, changes, message):
    path = write(**changes)
    (tmp_path / "folder.xyz").mkdir()
    with pytest.raises(InputError, match=f"mine.yaml: {message}"):
        read_definition(path)


def test_two_glasses_of_one_name_are_refused(write, tmp_path):
    path = write(test="more/a.xyz")
    (tmp_path / "more").mkdir()
    write_extxyz(tmp_path / "more" / "a.xyz", labelled(9))
    with pytest.raises(InputError, match="test: glass 'a' found twice"):
        read_definition(path)
    (tmp_path / "d.xyz").rename(tmp_path / "pooled.xyz")
    with pytest.raises(InputError, match="'pooled', expected another file name"):
        read_definition(write(test="pooled.xyz"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "list found"),
        ("", "NoneType found"),
        ("a: [", "not readable as YAML"),
        ("name: 2020-99-99", "not readable as YAML"),
        ("train: " + 3000 * "[" + 3000 * "]", "not readable as YAML"),
        ("!!python/object/apply:os.mkdir [made]", "not readable as YAML"),
        ("train: a.xyz\ntrain: b.xyz", "key 'train' found 2 times, expected it once"),
    ],
)
def test_another_file_is_no_data_set(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    with pytest.raises(InputError, match=r"mine.yaml: no such file"):
        load_dataset(path)
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_dataset(path)


ZIRCONIUM = replace(GLASSES["d"], species=np.where(GLASSES["d"].species == 13, 40, 62))
SAME_ATOMS = replace(GLASSES["a"], barriers=GLASSES["a"].barriers + 0.1)


@pytest.mark.parametrize(
    ("glasses", "message"),
    [
        ({"d": replace(GLASSES["d"], barriers=None)}, "test: d.xyz: no energy barriers found"),
        ({"d": ZIRCONIUM}, "test: glass d holds Zr, expected only elements of the training glasses: Al, Sm"),
        ({"c": ZIRCONIUM}, "validation: glass c holds Zr"),
        ({"d": SAME_ATOMS}, "test: glass d is the same as a of train, expected no glass in two splits"),
        ({"c": replace(GLASSES["d"], barriers=np.ones(30))}, "test: glass d is the same as c of validation"),
        (
            {name: replace(GLASSES[name], barriers=np.ones(30)) for name in "ab"},
            "train: all barriers are 1 eV, expected different ones",
        ),
        (
            {"c": replace(GLASSES["c"], barriers=11_600 * GLASSES["c"].barriers)},
            "validation: glass c has a barrier of .* eV in size, expected at most 1000: are they in eV",
        ),
    ],
)
def test_glasses_that_cannot_serve_together_are_refused(write, glasses, message):
    dataset = load_dataset(write(glasses))
    with pytest.raises(InputError, match=f"mine.yaml: {message}"):
        dataset.check()


def test_an_unreadable_glass_is_named_with_yaml_and_split(write, tmp_path):
    path = write()
    (tmp_path / "c.xyz").write_text("nonsense")
    with pytest.raises(InputError, match=r"mine.yaml: validation: c.xyz: "):
        load_dataset(path).check()


def test_one_glass_labelled_twice_may_be_in_one_split(write):
    load_dataset(write({"b": SAME_ATOMS})).check()
