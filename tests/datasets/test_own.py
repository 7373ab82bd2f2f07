"""The data set "own": verified files, the split, and where it is not there."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from symgnn.datasets import load_dataset
from symgnn.datasets.own import own_events_file, own_files
from symgnn.errors import InputError
from symgnn.io.structures import write_extxyz
from tests.conftest import make_random_glass

OWN = {"c": "test", "a": "train", "b": "validation", "d": "test"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small data set in $SYMGNN_DATA/own."""
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    (tmp_path / "samples").mkdir()
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr("symgnn.datasets.own.OWN", OWN)
    for seed, name in enumerate("abc"):
        bare = make_random_glass(30, seed=seed)
        barriers = np.linspace(1, 2 + seed, 30)
        write_extxyz(
            folder / f"{name}.xyz",
            replace(bare, barriers=barriers, name=name),
        )
    (folder / "a.barriers.npz").write_bytes(b"events")
    sums(folder)
    return folder


def sums(folder) -> None:
    files = [*folder.glob("*.xyz"), *folder.glob("*.npz")]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_the_split_is_by_glass(folder):
    own = load_dataset("own")
    own.check()
    assert own.name == "own"
    names = [[glass.name for glass in own.split(split).glasses] for split in ("train", "validation", "test")]
    assert names == [["a"], ["b"], ["c"]]
    assert own.test.glasses[0].barriers.max() == 4
    assert list(own_files()) == ["c", "a", "b"], "d is not computed yet"
    assert own_files("validation") == {"b": folder / "b.xyz"}
    with pytest.raises(InputError, match="split 'tset' is not known"):
        own_files("tset")


def test_a_changed_file_is_refused(folder):
    text = (folder / "c.xyz").read_text()
    (folder / "c.xyz").write_text(text + "\n")
    with pytest.raises(InputError, match=r"c\.xyz: sha256 \w+ found, expected \w+: the file was changed"):
        load_dataset("own").test[0]
    sums(folder)
    load_dataset("own").test[0]


def test_a_file_without_checksum_is_refused(folder):
    (folder / "SHA256SUMS").write_text("")
    with pytest.raises(InputError, match=r"a\.xyz: not in SHA256SUMS"):
        load_dataset("own").train[0]
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(InputError, match="SHA256SUMS: cannot be read"):
        load_dataset("own").train[0]


def test_events_of_a_glass(folder):
    assert own_events_file("a") == folder / "a.barriers.npz"
    assert own_events_file("b") is None, "no table of it"
    (folder / "e.barriers.npz").write_bytes(b"other")
    assert own_events_file("e") is None, "none of the glasses"
    (folder / "a.barriers.npz").write_bytes(b"changed")
    with pytest.raises(InputError, match="the file was changed"):
        own_events_file("a")


def test_no_data_set(tmp_path, monkeypatch):
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    (tmp_path / "samples").mkdir()
    assert own_files() == {}
    with pytest.raises(InputError, match="no glass of the data set 'own' here"):
        load_dataset("own")
