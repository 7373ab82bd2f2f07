"""The split of the paper's glasses: what is trained on, selected by and tested on have no glass in common. Without the
data: which files are asked for."""

import itertools

import pytest

from symgnn.datasets import paper as datasets
from symgnn.datasets.paper import PAPER, load_present, load_split

SPLITS = {
    "train": [f"train{k}" for k in range(6)],
    "validation": ["train6"],
    "test": ["test0", "test1"],
}


@pytest.fixture
def asked(monkeypatch):
    """Reading the paper's files gives their names."""
    monkeypatch.setattr(datasets, "load_paper", lambda names, folder=None: list(names))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_is_its_own_glasses(asked, split):
    assert load_split(split) == SPLITS[split]


@pytest.mark.parametrize("split", SPLITS)
def test_so_is_what_is_present_of_it(asked, split, tmp_path):
    for file in PAPER:
        (tmp_path / file.file_name).touch()
    assert load_present(split, tmp_path) == SPLITS[split]


def test_no_glass_is_in_two_splits(asked):
    for one, other in itertools.combinations(SPLITS, 2):
        assert not set(load_split(one)) & set(load_split(other))
    assert len({file.sha256 for file in PAPER}) == len({file.name for file in PAPER}) == len(PAPER) == 9
