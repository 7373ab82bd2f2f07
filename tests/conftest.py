"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from symgnn.glass import Glass

os.environ.pop(
    "COLUMNS", None
)  # of pytest-xdist: the command line would keep to that width, not to the tests'

REPOSITORY = Path(__file__).resolve().parents[1]
PLACES_OF_RAW_DATA = (REPOSITORY / "data" / "raw" / "paper", REPOSITORY.parent / "shared" / "raw_data")


LONGEST = (
    "tests/browser",
    "tests/wheel",
    "tests/checkpoints",
    "tests/dashboard",
    "tests/simulate",
    "tests/training",
    "tests/explanations",
    "tests/test_cli.py",
)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """Which tests run in one process: those of a file, and all that share the browser and its dashboard. (The groups of
    --dist loadgroup are not seen by pytest-xdist 3.8 with pytest 9.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            return "tests/browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process waits for the other at the end."""
    items.sort(key=_turn)  # keeps the order within


def _turn(item: pytest.Item) -> int:
    folder = "/".join(item.path.relative_to(REPOSITORY).parts[:2])
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """Folder with the paper's pickles. Tests that need it are skipped, saying so, where it is absent."""
    places = [Path(os.environ["SYMGNN_RAW_DATA"])] if "SYMGNN_RAW_DATA" in os.environ else PLACES_OF_RAW_DATA
    for place in places:
        if (place / "test0.pickle").is_file():
            return place
    pytest.skip(
        "the paper's data are not here: run `symgnn data fetch` or set SYMGNN_RAW_DATA to their folder"
    )


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory) -> Path:
    """A cache folder of this run: tests neither read nor fill that of the user."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMGNN_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")  # three idle processes cost a tenth of a core
def cluster(tmp_path_factory):
    """A Dask cluster of two workers on this machine (tests/dask_cluster.py)."""
    pytest.importorskip(
        "distributed", reason="a cluster needs dask and distributed: pip install symgnn[cluster]"
    )
    from tests.dask_cluster import cluster_of

    with cluster_of(2, tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def random_glass() -> Glass:
    """120 Cu and Zr atoms, at least 1.8 Å apart, in a periodic triclinic cell."""
    return make_random_glass(120, seed=7)


def make_random_glass(n: int, seed: int, pbc=(True, True, True)) -> Glass:
    """n atoms placed one by one at random, none nearer than 1.8 Å to another (minimum image)."""
    rng = np.random.default_rng(seed)
    edge = (n / 0.05) ** (1 / 3)
    cell = edge * np.array([[1.0, 0.0, 0.0], [0.15, 1.0, 0.0], [-0.1, 0.2, 1.0]])
    inverse, positions, placed = np.linalg.inv(cell), np.empty((n, 3)), 0
    while placed < n:
        point = rng.uniform(size=3) @ cell
        difference = positions[:placed] - point
        # the nearest image, where one is as near as 1.8 Å
        difference -= np.round(difference @ inverse) @ cell
        if (np.linalg.norm(difference, axis=1) < 1.8).any():
            continue
        positions[placed] = point
        placed += 1
    species = np.where(rng.uniform(size=n) < 0.64, 29, 40)
    return Glass(species=species, positions=positions, cell=cell, pbc=pbc, name=f"random{n}")
