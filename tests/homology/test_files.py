"""The files of a topology, read back and held against what was computed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from symgnn.homology import GlassTopology, glass_topology, persistent_homology, rips_filtration
from symgnn.homology import files as topology_files
from symgnn.homology.distances import diagram_distances
from symgnn.homology.files import (
    write_diagrams,
    write_distances,
    write_image,
    write_local_diagrams,
    write_topology,
)
from symgnn.homology.images import persistence_image
from symgnn.homology.local_diagrams import local_persistence
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def topology() -> GlassTopology:
    return glass_topology(make_random_glass(120, seed=7))


@pytest.fixture
def written(topology, tmp_path) -> dict[str, Path]:
    """The files of a topology by name."""
    paths = write_topology(topology, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    return {path.name: path for path in paths}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_cycles(path: Path) -> dict:
    def no_constant(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=no_constant)


def test_diagrams(topology, written):
    rows = read_csv(written["diagrams.csv"])
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


def test_cycles(topology, written):
    content = read_cycles(written["cycles.json"])
    assert content["summary"] == topology.describe()
    assert [ring["atoms"] for ring in content["cycles"]] == [
        ring.tolist() for ring in topology.cycles.vertices
    ]
    assert [ring["death"] is None for ring in content["cycles"]] == (~topology.persistence.h1.finite).tolist()


def turns_round_the_cell(glass, atoms: list[int]) -> np.ndarray:
    """(3,) how often a ring of atoms goes round the cell: its minimum-image steps added up, in cell vectors."""
    places = glass.positions[[*atoms, atoms[0]]]
    steps = np.diff(places, axis=0) @ np.linalg.inv(glass.cell)
    return np.rint((steps - np.rint(steps)).sum(axis=0)).astype(int)


@pytest.mark.parametrize("name", ["cycles.json", "alpha_cycles.json"])
def test_cycles_round_the_cell_are_said_to_be(topology, written, name):
    rings = read_cycles(written[name])["cycles"]
    winding = [ring["winding"] for ring in rings]
    assert any(winding)
    assert not all(winding)
    glass = topology.glass
    for ring in rings:
        turns = turns_round_the_cell(glass, ring["atoms"])
        assert ring["turns"] == turns.tolist()
        assert ring["winding"] == turns.any()


def test_participation(topology, written):
    glass, rows = topology.glass, read_csv(written["participation.csv"])
    assert [int(row["cycles"]) for row in rows] == topology.participation.tolist()
    assert {row["elements"] for row in rows} == {"Cu-Cu", "Cu-Zr", "Zr-Zr"}
    for row in rows[::50]:
        i, j = int(row["i"]), int(row["j"])
        image = [int(row[f"image_{axis}"]) for axis in "abc"]
        vector = glass.positions[j] + image @ glass.cell - glass.positions[i]
        assert float(row["length_A"]) == pytest.approx(np.linalg.norm(vector), abs=1e-6)
        assert sorted(row["elements"].split("-")) == sorted([glass.symbols[i], glass.symbols[j]])


def test_alpha_diagrams_and_cycles_are_of_one_kind(topology, written):
    """The loops of the diagram are those of the cycles: the same births and deaths, three of them without death."""
    rows = read_csv(written["alpha_diagrams.csv"])
    assert {row["dimension"] for row in rows} == {"0", "1", "2"}
    loops = [(float(row["birth_A"]), float(row["death_A"])) for row in rows if row["dimension"] == "1"]
    rings = read_cycles(written["alpha_cycles.json"])["cycles"]
    assert len(rings) == len(topology.alpha.cycles) > 100
    found = [(ring["birth"], np.inf if ring["death"] is None else ring["death"]) for ring in rings]
    np.testing.assert_allclose(sorted(found), sorted(loops), atol=2e-6)
    assert np.isinf(loops).sum() == 3
    for ring, edges in zip(rings, topology.alpha.cycles.edges, strict=True):
        assert ring["birth"] == pytest.approx(topology.alpha.complex.values[edges].max(), abs=1e-6)


def test_a_cell_without_alpha_complex(tmp_path):
    slab = glass_topology(make_random_glass(60, 1, pbc=(True, True, False)))
    names = [path.name for path in write_topology(slab, tmp_path)]
    assert names == ["diagrams.csv", "cycles.json", "participation.csv"]
    assert read_csv(tmp_path / "participation.csv")[0]["cycles_alpha"] == ""


def test_voids_and_local_diagrams(topology, tmp_path):
    persistence = persistent_homology(rips_filtration(topology.glass, 5.0), 2)
    write_diagrams(tmp_path / "voids.csv", [persistence.h2], persistence.filtration.pairs)
    rows = read_csv(tmp_path / "voids.csv")
    assert [float(row["death_A"]) for row in rows] == pytest.approx(persistence.h2.death.tolist(), abs=1e-6)
    assert {row["dimension"] for row in rows} == {"2"}

    local = local_persistence(make_random_glass(400, seed=3), 11, radius=7.0)
    write_local_diagrams(tmp_path / "local.csv", local)
    rows = read_csv(tmp_path / "local.csv")
    h0, h1 = local.persistence.h0, local.persistence.h1
    assert [int(row["interior"]) for row in rows] == [*local.interior(h0), *local.interior(h1)]
    named = {int(atom) for row in rows if row["birth_atoms"] for atom in row["birth_atoms"].split("-")}
    assert named <= set(local.atoms.tolist())
    assert max(named) > len(local.atoms), "atoms of the glass, not of the ball"


def test_image_states_its_grid(topology, tmp_path):
    image = persistence_image(topology.persistence.h1, n_atoms=120)
    write_image(tmp_path / "image.csv", image)
    with (tmp_path / "image.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert [float(birth) for birth in head[1:]] == pytest.approx(image.births.tolist())
    assert [float(row[0]) for row in rows] == pytest.approx(image.persistences.tolist())
    np.testing.assert_allclose(np.array(rows, dtype=float)[:, 1:], image.values, rtol=1e-5, atol=1e-300)


def test_distances(topology, tmp_path):
    other = persistent_homology(rips_filtration(make_random_glass(120, seed=9)))
    distances = diagram_distances(topology.persistence, other)
    write_distances(tmp_path / "distances.csv", distances)
    rows = read_csv(tmp_path / "distances.csv")
    assert [int(row["dimension"]) for row in rows] == [0, 1]
    for row, found in zip(rows, distances, strict=True):
        assert float(row["bottleneck_A"]) == pytest.approx(found.bottleneck, abs=1e-6)
        assert float(row["wasserstein_A_per_atom"]) == pytest.approx(found.wasserstein, abs=1e-6)
        assert (int(row["classes_1"]), int(row["classes_2"])) == found.finite


def test_nothing_is_left_half_written(topology, tmp_path, monkeypatch):
    def broken(topology):
        yield {"birth": 2.0}
        raise OSError("no space left on device")

    monkeypatch.setattr(topology_files, "_cycles", broken)
    with pytest.raises(OSError, match="no space"):
        write_topology(topology, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["diagrams.csv"]
