"""DGL exchange: round trips, the paper's sign and self-loops, networkx, unreadable files."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.dgl_backend import dgl
from symgnn.graph.dgl_files import from_dgl, label_names, read_graphs, to_dgl, write_graphs
from tests.conftest import make_random_glass

pytestmark = pytest.mark.skipif(dgl is None, reason="DGL has no wheel for this Python")


def assert_same_graph(one, other):
    for column in fields(one):
        if column.name in ("hop_sizes", "removed_from"):
            continue
        a, b = getattr(one, column.name), getattr(other, column.name)
        assert torch.allclose(a.double(), b.double(), atol=1e-5), column.name


@pytest.mark.parametrize("self_loops", [False, True])
def test_round_trip_through_a_file(tmp_path, self_loops):
    labelled = replace(make_random_glass(40, seed=1), barriers=np.linspace(1, 2, 40), name="labelled")
    glasses = [labelled, make_random_glass(30, seed=2)]
    write_graphs(tmp_path / "graphs.bin", glasses, cutoff=4.0, self_loops=self_loops)
    graphs, labels = read_graphs(tmp_path / "graphs.bin")
    for glass, graph in zip(glasses, graphs, strict=True):
        assert_same_graph(build_graph(glass, 4.0), graph)
    assert list(labels) == ["labelled"]
    assert torch.allclose(labels["labelled"][:, 0], torch.linspace(1, 2, 40))
    assert list(tmp_path.iterdir()) == [tmp_path / "graphs.bin"], "no temporary file stays"


def test_fields_of_the_paper(raw_data):
    """The published construction, written out in NumPy: dense distances, minimum image, r[dst] - r[src]."""
    from symgnn.io.formats.paper_pickle import read_paper_pickle

    glass = read_paper_pickle(raw_data / "test0.pickle")
    graph = to_dgl(build_graph(glass, 5.0), glass, self_loops=True)
    box = np.diag(glass.cell)
    cross = glass.positions[None] - glass.positions[:, None]  # [i, j] = r_j - r_i
    cross -= box * np.round(cross / box)
    distance = np.linalg.norm(cross, axis=-1)
    i, j = np.nonzero(distance < 5.0)
    source, target = (x.numpy() for x in graph.edges())
    ours = np.lexsort((target, source))
    assert np.array_equal(source[ours], i)
    assert np.array_equal(target[ours], j)
    assert np.allclose(graph.edata["cross_position"].numpy()[ours], cross[i, j], atol=1e-5)
    assert np.allclose(graph.edata["distances"].numpy()[ours, 0], distance[i, j], atol=1e-5)
    assert set(graph.ndata["type"][torch.from_numpy(glass.species) == 29].tolist()) == {0}


@pytest.mark.parametrize(
    ("elements", "types"),
    [
        ([40] * 3, [1] * 3),
        ([29] * 3, [0] * 3),
        ([40, 29, 40], [1, 0, 1]),
        ([13, 40, 29], [1013, 1, 0]),
        ([1, 1, 92], [1001, 1001, 1092]),
    ],
)
def test_types_come_from_the_atom_alone(elements, types):
    """0 = Cu and 1 = Zr, also where a glass has no Cu or other elements; read back without `atomic_number` as well."""
    glass = Glass(elements, [[0.5, 0.5, 0.5], [0.5, 0.5, 3.5], [4, 4, 4]], 9 * np.eye(3), (True,) * 3)
    graph = to_dgl(build_graph(glass, 5.0), glass)
    assert graph.ndata["type"].dtype == torch.int32
    assert graph.ndata["type"].tolist() == types
    graph.ndata.pop("atomic_number")
    assert from_dgl(graph).species.tolist() == elements


def test_a_type_that_stands_for_no_element_is_refused():
    glass = make_random_glass(5, seed=3)
    graph = to_dgl(build_graph(glass, 4.0), glass)
    graph.ndata.pop("atomic_number")
    graph.ndata["type"][3] = 2
    with pytest.raises(InputError, match=r"'type' of atom 3 is 2, expected 0 \(Cu\), 1 \(Zr\)"):
        from_dgl(graph)


def test_glasses_of_one_name_keep_their_labels(tmp_path):
    glasses = [
        replace(make_random_glass(10, seed=1), barriers=np.full(10, value), name=name)
        for name, value in (("glass", 1.0), ("glass-2", 2.0), ("glass", 3.0), ("glass", 4.0))
    ]
    assert label_names(glasses) == ["glass", "glass-2", "glass-3", "glass-4"]
    write_graphs(tmp_path / "graphs.bin", glasses)
    _, labels = read_graphs(tmp_path / "graphs.bin")
    found = {name: values[0, 0].item() for name, values in labels.items()}
    assert found == {"glass": 1.0, "glass-2": 2.0, "glass-3": 3.0, "glass-4": 4.0}


def test_networkx_export():
    glass = make_random_glass(20, seed=3)
    graph = build_graph(glass, 4.0)
    exported = to_dgl(graph, glass).to_networkx()
    assert exported.number_of_edges() == graph.n_edges


def test_missing_field_is_named():
    with pytest.raises(InputError, match="ndata 'type' is missing"):
        from_dgl(dgl.graph(([0], [1])))


def test_unreadable_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_graphs(tmp_path / "absent.bin")
    (tmp_path / "text.bin").write_text("not a graph")
    with pytest.raises(InputError, match=r"text\.bin: not readable"):
        read_graphs(tmp_path / "text.bin")
