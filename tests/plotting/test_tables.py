"""Tables and downloads: exact rows for hand-made input, files that read back."""

import io
import json
import zipfile

import numpy as np

from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.homology import glass_topology
from symgnn.plotting.downloads import explanation_json, topology_zip
from symgnn.plotting.tables import edge_table

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
