"""The topology of whole glasses: the paper's test0, and the files written."""

from __future__ import annotations

import csv
import json
import time

import numpy as np
import pytest

from symgnn.files.paper_pickle import read_paper_pickle
from symgnn.topology import GlassTopology, glass_topology, persistent_homology, rips_filtration
from tests.conftest import make_random_glass
from tests.topology.shapes import cloud


@pytest.fixture(scope="module")
def test0(raw_data) -> GlassTopology:
    return glass_topology(read_paper_pickle(raw_data / "test0.pickle"))


def test_numbers_of_test0(test0, raw_data):
    found = test0.describe()
    assert found["atoms"] == found["classes of dimension 0"] == 3000
    assert found["classes of dimension 1"] == 3660
    assert found["connected parts"] == 1
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


def test_progress_is_reported():
    told = []
    glass_topology(make_random_glass(60, seed=1), 3.0, progress=lambda *step: told.append(step))
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert (told[0][0], told[-1][0]) == (0.0, 1.0)


def test_nothing_to_average_is_none():
    found = glass_topology(cloud([[0, 0, 0], [9, 0, 0]])).describe()
    assert found["connected parts"] == 2
    assert found["edges"] == found["classes of dimension 1"] == found["winding cycles"] == 0
    assert found["mean persistence"] is found["largest death"] is found["mean cycles per edge"] is None


def test_files(tmp_path):
    glass = make_random_glass(120, seed=7)
    topology = glass_topology(glass)
    paths = topology.write(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    diagrams, cycles, participation = paths

    rows = list(csv.DictReader(diagrams.open(encoding="utf-8")))
    h0, h1, pairs = topology.persistence.h0, topology.persistence.h1, topology.filtration.pairs
    assert [row["dimension"] for row in rows] == ["0"] * len(h0) + ["1"] * len(h1)
    for row, birth, death, born, died in zip(
        rows[len(h0) :], h1.birth, h1.death, h1.birth_edge, h1.death_edge, strict=True
    ):
        assert float(row["birth_A"]) == pytest.approx(birth, abs=1e-6)
        assert float(row["death_A"]) == pytest.approx(death, abs=1e-6)  # "inf" reads as inf
        assert row["birth_atoms"] == "{}-{}".format(*pairs[born])
        assert row["death_atoms"] == ("" if died < 0 else "{}-{}".format(*pairs[died]))
    assert {row["birth_atoms"] for row in rows[: len(h0)]} == {""}

    def no_constant(name):
        raise AssertionError(f"{name} is not JSON")

    content = json.loads(cycles.read_text(encoding="utf-8"), parse_constant=no_constant)
    assert content["summary"] == topology.describe()
    assert [ring["atoms"] for ring in content["cycles"]] == [
        ring.tolist() for ring in topology.cycles.vertices
    ]
    assert [ring["death"] is None for ring in content["cycles"]] == (~h1.finite).tolist()

    rows = list(csv.DictReader(participation.open(encoding="utf-8")))
    assert [int(row["cycles"]) for row in rows] == topology.participation.tolist()
    assert {row["elements"] for row in rows} == {"Cu-Cu", "Cu-Zr", "Zr-Zr"}
    for row in rows[::50]:
        i, j = int(row["i"]), int(row["j"])
        image = [int(row[f"image_{axis}"]) for axis in "abc"]
        vector = glass.positions[j] + image @ glass.cell - glass.positions[i]
        assert float(row["length_A"]) == pytest.approx(np.linalg.norm(vector), abs=1e-6)
        assert sorted(row["elements"].split("-")) == sorted([glass.symbols[i], glass.symbols[j]])
