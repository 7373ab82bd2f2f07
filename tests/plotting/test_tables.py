"""Tables and downloads: exact rows for hand-made input, files that read back."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd

from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.homology import glass_topology
from symgnn.io.structures import read_glass_bytes
from symgnn.plotting.downloads import csv_bytes, explanation_json, extxyz_bytes, topology_zip
from symgnn.plotting.tables import atom_table, edge_table, neighbor_table

GLASS = Glass(
    species=[29, 40, 29],
    positions=[[0.5, 5, 5], [9.5, 5, 5], [3.5, 5, 5]],
    cell=10.0 * np.eye(3),
    pbc=[True] * 3,
    barriers=[1.0, 2.0, 3.0],
)
EXPLAINED = Explanation(
    atom=0,
    prediction=1.5,
    method="gnn_explainer",
    settings={"steps": 3},
    seed=0,
    glass_key="g",
    checkpoint_key="c",
    pairs=[[0, 1], [0, 2], [1, 2]],
    images=[[-1, 0, 0], [0, 0, 0], [1, 0, 0]],
    lengths=[1.0, 3.0, 4.0],
    importance=[0.2, 0.9, 0.5],
    mask=[1.0, 1.0, 1.0],
    hops=[0, 0, 1],
    fidelity={"k": 3.0},
)


def test_edges_are_listed_by_importance_with_their_distance_across_the_boundary():
    table = edge_table(GLASS, EXPLAINED)
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["importance"].tolist() == [0.9, 0.5, 0.2]
    assert table["pair"].tolist() == ["Cu-Cu", "Cu-Zr", "Cu-Zr"]
    for atom, element in (
        ("atom_i", "element_i"),
        ("atom_j", "element_j"),
    ):  # each beside its atom, whatever the pair
        assert table[element].tolist() == [GLASS.symbols[i] for i in table[atom]]
    # middles at x = +1.5, between -1 and +3, and at -0.5 from the explained atom
    np.testing.assert_allclose(table["distance_A"], [1.5, 1.0, 0.5])


def test_atom_table_holds_what_is_known():
    table = atom_table(GLASS, predicted=np.array([1.1, 1.9, 3.2]), coordination=np.array([2, 2, 2]))
    assert table["labelled_barrier_eV"].tolist() == [1.0, 2.0, 3.0]
    assert table["predicted_barrier_eV"].tolist() == [1.1, 1.9, 3.2]
    back = pd.read_csv(io.BytesIO(csv_bytes(table)))
    assert back["element"].tolist() == ["Cu", "Zr", "Cu"]
    np.testing.assert_allclose(back["x_A"], GLASS.positions[:, 0])


def test_neighbors_come_nearest_first():
    table = neighbor_table(GLASS, np.array([2, 1]), np.array([3.0, 1.0]))
    assert table.to_dict("list") == {"atom": [1, 2], "element": ["Zr", "Cu"], "distance_A": [1.0, 3.0]}


def test_atoms_have_their_ids_wherever_the_file_has_ids():
    glass = GLASS.with_properties(id=np.array([11.0, 5.0, 7.0]))
    table = atom_table(glass, predicted=None, coordination=np.array([2, 2, 2]))
    assert table.columns[:3].tolist() == ["atom", "id", "element"]
    assert table["id"].tolist() == [11, 5, 7]
    neighbors = neighbor_table(glass, np.array([2, 1]), np.array([3.0, 1.0]))
    assert neighbors.columns[:3].tolist() == ["atom", "id", "element"]
    assert neighbors["id"].tolist() == [5, 7]
    assert csv_bytes(neighbors).decode().splitlines()[1] == "1,5,Zr,1"


def test_extended_xyz_reads_back_with_the_predictions():
    wide = replace(GLASS, positions=2 * GLASS.positions, cell=2 * GLASS.cell)
    data = extxyz_bytes(wide, np.array([1.1, 1.9, 3.2]))
    back = read_glass_bytes("glass.xyz", data)
    assert back.content_hash == wide.content_hash
    np.testing.assert_allclose(back.properties["predicted_barrier"], [1.1, 1.9, 3.2])
    np.testing.assert_allclose(back.barriers, GLASS.barriers)


def test_explanation_as_json_is_plain_and_ordered():
    text = json.dumps(explanation_json(EXPLAINED), allow_nan=False)
    edges = json.loads(text)["edges"]
    assert [edge["importance"] for edge in edges] == [0.9, 0.5, 0.2]
    assert edges[2] == {
        "atoms": [0, 1],
        "image": [-1, 0, 0],
        "length_A": 1.0,
        "hops": 0,
        "importance": 0.2,
        "mask": 1.0,
    }


def test_topology_is_downloaded_as_its_files(random_glass):
    archive = zipfile.ZipFile(io.BytesIO(topology_zip(glass_topology(random_glass))))
    assert set(archive.namelist()) == {
        "diagrams.csv", "cycles.json", "participation.csv", "alpha_diagrams.csv", "alpha_cycles.json",
    }  # fmt: skip
    assert archive.testzip() is None
