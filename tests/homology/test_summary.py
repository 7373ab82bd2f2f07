"""The topology of whole glasses: the paper's test0, and the files written."""

from __future__ import annotations

import time

import numpy as np
import pytest

from symgnn.datasets.paper import load_paper
from symgnn.homology import GlassTopology, glass_topology, persistent_homology, rips_filtration
from symgnn.homology.exact_cycles import exact_cycles
from symgnn.io.formats.paper_pickle import read_paper_pickle
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud


@pytest.fixture(scope="module")
def test0(raw_data) -> GlassTopology:
    return glass_topology(read_paper_pickle(raw_data / "test0.pickle"))


def test_numbers_of_test0(test0, raw_data):
    found = test0.describe()
    assert found["atoms"] == found["classes of dimension 0"] == 3000
    assert found["classes of dimension 1"] == 3660
    assert found["connected components"] == 1
    assert found["loops of the cell"] == 3
    assert found["other loops alive at the cutoff"] == 0
    assert found["largest death"] == pytest.approx(3.4455, abs=1e-3)
    assert found["fraction of strict cycles"] == pytest.approx(0.62, abs=0.01)
    assert found["mean cycle size"] == pytest.approx(5.9, abs=0.05)
    assert found["warning"] is None

    below_5 = rips_filtration(test0.glass, 5.0)
    assert test0.participation.sum() / len(below_5) == pytest.approx(0.43, abs=0.01)
    with_winding = sum(map(len, test0.cycles.edges))
    assert with_winding / len(below_5) == pytest.approx(0.45, abs=0.01)
    assert 1 - (test0.participation > 0).sum() / len(below_5) == pytest.approx(0.84, abs=0.01)


def test_dimension_1_of_test0_is_complete_at_4_angstrom(test0):
    longer = persistent_homology(rips_filtration(test0.glass, 5.0)).h1
    np.testing.assert_array_equal(longer.birth, test0.persistence.h1.birth)
    np.testing.assert_array_equal(longer.death, test0.persistence.h1.death)


def test_3000_atoms_take_seconds(test0):
    start = time.process_time()
    glass_topology(test0.glass)
    assert time.process_time() - start < 3


def test_8000_atoms_take_less_than_ten_seconds(raw_data):
    (glass,) = load_paper(["train0"], raw_data)
    start = time.process_time()
    topology = glass_topology(glass)
    assert time.process_time() - start < 10
    assert len(topology.cycles) == 9789
    assert len(topology.alpha.cycles) == 44797


def test_with_other_cycles_of_the_same_classes():
    glass = make_random_glass(120, seed=7)
    topology = glass_topology(glass)
    exact = topology.with_cycles(exact_cycles(topology.persistence, topology.cycles))
    assert exact.describe()["fraction of strict cycles"] > topology.describe()["fraction of strict cycles"]
    in_space = ~exact.cycles.winding
    assert exact.participation.sum() == exact.cycles.sizes[in_space].sum()
    assert topology.participation.sum() == topology.cycles.sizes[~topology.cycles.winding].sum()
    assert exact.participation.sum() > topology.participation.sum()


def test_progress_is_reported():
    told = []
    glass_topology(make_random_glass(60, seed=1), 3.0, progress=lambda *step: told.append(step))
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert (told[0][0], told[-1][0]) == (0.0, 1.0)


def test_nothing_to_average_is_none():
    found = glass_topology(cloud([[0, 0, 0], [9, 0, 0]])).describe()
    assert found["connected components"] == 2
    assert found["edges"] == found["classes of dimension 1"] == found["winding cycles"] == 0
    assert found["mean persistence"] is found["largest death"] is found["mean cycles per edge"] is None


def test_an_ase_structure_is_taken_as_well():
    glass = make_random_glass(60, seed=3)
    one, other = glass_topology(glass), glass_topology(glass.to_ase())
    assert np.array_equal(one.filtration.lengths, other.filtration.lengths)
    assert np.array_equal(one.participation, other.participation)
