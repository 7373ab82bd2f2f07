"""Graphs of other libraries hold what the neighbour list says."""

import importlib.util
import sys
import types
from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.converters import to_networkx, to_pyg
from symgnn.graph.neighbors import neighbor_list


@pytest.fixture
def thin():
    """Three atoms in a cell thinner than the cutoff: several edges between two atoms, and to own images."""
    return Glass(
        species=[28, 15, 28],
        positions=[[0, 0, 0], [1.5, 1.5, 1.5], [0.2, 1.6, 8.0]],
        cell=np.diag([3.0, 3.2, 12.0]),
        pbc=[True, True, True],
        barriers=[0.5, 1.0, 1.5],
        name="thin",
    )


class FakeData:
    """What torch_geometric's Data does with keywords."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


@pytest.fixture
def pyg(monkeypatch):
    """torch_geometric where it is installed, else a stand-in."""
    if importlib.util.find_spec("torch_geometric") is None:
        package, data = types.ModuleType("torch_geometric"), types.ModuleType("torch_geometric.data")
        data.Data = FakeData
        monkeypatch.setitem(sys.modules, "torch_geometric", package)
        monkeypatch.setitem(sys.modules, "torch_geometric.data", data)


def test_networkx_holds_every_row_of_the_neighbour_list(thin):
    neighbors = neighbor_list(thin, 4.0)
    graph = to_networkx(build_graph(thin, 4.0), thin)
    assert graph.is_multigraph()
    assert graph.is_directed()
    assert (
        graph.number_of_edges() == len(neighbors) > graph.number_of_nodes() ** 2
    )  # several between two atoms
    for row, (source, target) in enumerate(zip(neighbors.source, neighbors.target, strict=True)):
        edge = graph.edges[source, target, row]
        assert edge["length"] == pytest.approx(neighbors.length[row], abs=1e-5)
        assert edge["vector"] == pytest.approx(neighbors.vector[row], abs=1e-5)
        assert edge["image"] == tuple(neighbors.image[row])
    assert any(source == target for source, target, _ in graph.edges)  # own images
    assert [graph.nodes[k]["element"] for k in range(3)] == ["Ni", "P", "Ni"]
    assert [graph.nodes[k]["barrier"] for k in range(3)] == [0.5, 1.0, 1.5]
    assert graph.nodes[2]["position"] == (0.2, 1.6, 8.0)


def test_in_degrees_are_numbers_of_neighbours(random_glass):
    atoms = build_graph(random_glass)
    graph = to_networkx(atoms, random_glass.to_ase())
    assert [degree for _, degree in sorted(graph.in_degree)] == atoms.in_degree.tolist()
    assert "barrier" not in graph.nodes[0]


def test_pyg_holds_every_row_of_the_neighbour_list(pyg, thin):
    neighbors = neighbor_list(thin, 4.0)
    data = to_pyg(build_graph(thin, 4.0), thin)
    assert data.z.tolist() == [28, 15, 28]
    assert data.edge_index.tolist() == [neighbors.source.tolist(), neighbors.target.tolist()]
    assert data.edge_attr.shape == (len(neighbors), 1)
    torch.testing.assert_close(data.edge_vec.double(), torch.tensor(neighbors.vector), atol=1e-5, rtol=0)
    rebuilt = data.pos[data.edge_index[0]] + data.image.float() @ data.cell[0] - data.pos[data.edge_index[1]]
    torch.testing.assert_close(rebuilt, data.edge_vec, atol=1e-5, rtol=0)
    torch.testing.assert_close(rebuilt.norm(dim=1), data.edge_attr[:, 0], atol=1e-5, rtol=0)
    assert data.y.tolist() == [0.5, 1.0, 1.5]
    assert data.pbc.tolist() == [[True, True, True]]


def test_without_labels_pyg_has_no_target(pyg, random_glass):
    data = to_pyg(build_graph(random_glass), random_glass)
    assert getattr(data, "y", None) is None


def test_without_torch_geometric_one_line_says_so(monkeypatch, random_glass):
    monkeypatch.setitem(sys.modules, "torch_geometric.data", None)
    monkeypatch.setitem(sys.modules, "torch_geometric", None)
    with pytest.raises(InputError, match="torch_geometric is not installed"):
        to_pyg(build_graph(random_glass), random_glass)


@pytest.mark.parametrize("convert", [to_networkx, to_pyg])
def test_another_glass_is_refused(pyg, convert, thin, random_glass):
    graph = build_graph(thin, 4.0)
    with pytest.raises(InputError, match="random120: 120 atoms found, expected the 3 of the graph"):
        convert(graph, random_glass)
    with pytest.raises(InputError, match="thin: atom 1 is Ni, expected P as in the graph"):
        convert(graph, replace(thin, species=[28, 28, 28]))
