"""The split of the paper's glasses: what is trained on, selected by and tested on have no glass in common. Without the
data: which files are asked for."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from symgnn.datasets import load_dataset
from symgnn.datasets.paper import PAPER, split_names
from symgnn.errors import InputError
from tests.conftest import make_random_glass

SPLITS = {
    "train": [f"train{k}" for k in range(6)],
    "validation": ["train6"],
    "test": ["test0", "test1"],
}


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A folder with empty files by the names of the paper's, and the names of the glasses that were read from it."""
    for file in PAPER:
        (tmp_path / file.file_name).touch()
    names = []

    def read(wanted, folder):
        assert folder == tmp_path
        names.extend(wanted)
        return [labelled()]

    monkeypatch.setattr("symgnn.datasets.loading.load_paper", read)
    return tmp_path, names


def labelled():
    glass = make_random_glass(10, 1)
    return replace(glass, barriers=np.arange(10.0))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_is_its_own_glasses(asked, split):
    folder, names = asked
    assert len(load_dataset("paper", folder).split(split).glasses) == len(SPLITS[split])
    assert names == SPLITS[split] == split_names(split)


def test_test_glasses_that_are_not_here_are_left_out(asked):
    folder, names = asked
    (folder / "test0.pickle").unlink()
    assert len(load_dataset(folder=folder).test.glasses) == 1
    assert names == ["test1"]


def test_the_folder_of_the_paper_goes_with_the_paper_alone(asked, tmp_path):
    with pytest.raises(InputError, match="a folder of the paper's files found as well"):
        load_dataset("my.yaml", asked[0])
    with pytest.raises(InputError, match="data set 'papr' not found, expected paper, own or a YAML file"):
        load_dataset("papr")


def test_no_glass_is_in_two_splits():
    for one, other in itertools.combinations(SPLITS, 2):
        assert not set(split_names(one)) & set(split_names(other))
    assert len({file.sha256 for file in PAPER}) == len({file.name for file in PAPER}) == len(PAPER) == 9
