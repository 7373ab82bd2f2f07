"""Paths between the atoms of birth edges, against networkx on the graph of the older edges."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest

from symgnn.homology import (
    Filtration,
    alpha_complex,
    alpha_cycles,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from symgnn.homology import shortest_paths as search
from symgnn.homology.shortest_paths import fewest_edges_paths, shortest_path, shortest_paths
from tests.conftest import make_random_glass
from tests.homology.shapes import cloud, random_cloud


def alpha_births(glass) -> tuple[Filtration, np.ndarray]:
    alpha = alpha_complex(glass)
    return alpha.edges, np.array([edges.max() for edges in alpha_cycles(alpha).edges])


def rips_births(glass) -> tuple[Filtration, np.ndarray]:
    filtration = rips_filtration(glass, 4.5)
    return filtration, persistent_homology(filtration).h1.birth_edge


def older_edges(filtration: Filtration, births: np.ndarray) -> Iterator[tuple[nx.Graph, int, int]]:
    """For each birth edge the graph of the edges before it, and its two atoms."""
    graph, added = nx.empty_graph(filtration.n_atoms), 0
    for birth in births.tolist():
        for edge in range(added, birth):
            graph.add_edge(*filtration.pairs[edge].tolist(), length=float(filtration.lengths[edge]))
        added = birth
        yield graph, *filtration.pairs[birth].tolist()


CASES = [
    (alpha_births, make_random_glass(150, seed=8)),
    (alpha_births, random_cloud(120, seed=2)),
    (rips_births, make_random_glass(200, seed=7)),
    (rips_births, random_cloud(150, seed=4)),
]


@pytest.mark.parametrize(("births_of", "glass"), CASES, ids=["alpha", "alpha cloud", "rips", "rips cloud"])
def test_fewest_edges_and_of_these_the_shortest(births_of, glass, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 17)
    filtration, births = births_of(glass)
    found, several = fewest_edges_paths(filtration, births), 0
    assert len(found) == len(births) > 17
    for path, (graph, start, end) in zip(found, older_edges(filtration, births), strict=True):
        expected = list(nx.all_shortest_paths(graph, start, end))
        path = path.tolist()
        assert path in expected
        length = nx.path_weight(graph, path, "length")
        assert length == pytest.approx(min(nx.path_weight(graph, other, "length") for other in expected))
        several += len(expected) > 1
    assert several > 3, "ties were decided"


@pytest.mark.parametrize(("births_of", "glass"), CASES[2:], ids=["rips", "rips cloud"])
def test_representative_cycles_are_the_shortest_in_angstrom(births_of, glass):
    filtration, births = births_of(glass)
    cycles = representative_cycles(persistent_homology(filtration))
    direct = shortest_paths(filtration, births)
    for row, (graph, start, end) in enumerate(older_edges(filtration, births)):
        expected = nx.dijkstra_path_length(graph, start, end, weight="length")
        assert cycles.lengths[row] - filtration.lengths[births[row]] == pytest.approx(expected)
        assert nx.path_weight(graph, direct[row].tolist(), "length") == pytest.approx(expected)


def test_four_short_edges_are_shorter_than_three_long_ones():
    """A base of 3 Å; above it a square with sides of 2.95 Å, below it a bow of four edges of 2 Å."""
    square, bow = [(0.02, 2.95), (2.98, 2.95)], [(-0.35, -1.97), (1.5, -2.73), (3.35, -1.97)]
    plane = np.array([(0, 0), (3.0, 0), *square, *bow])
    filtration = rips_filtration(cloud(np.column_stack([plane, np.zeros(len(plane))])), 4.5)
    persistence = persistent_homology(filtration)
    (row,) = np.flatnonzero((filtration.pairs[persistence.h1.birth_edge] == [0, 1]).all(axis=1))
    (fewest,) = fewest_edges_paths(filtration, persistence.h1.birth_edge[[row]])
    assert fewest.tolist() == [0, 2, 3, 1]
    assert representative_cycles(persistence).vertices[row].tolist() == [0, 4, 5, 6, 1]


def test_atoms_that_older_edges_do_not_connect():
    filtration = rips_filtration(cloud([[0, 0, 0], [2, 0, 0], [10, 0, 0], [12.1, 0, 0], [4.2, 0, 0]]), 9.0)
    joining = np.flatnonzero((filtration.pairs == [2, 4]).all(axis=1))
    for paths in (fewest_edges_paths, shortest_paths):
        with pytest.raises(ValueError, match="connect"):
            paths(filtration, joining)


def test_no_births():
    filtration = rips_filtration(cloud([[0, 0, 0], [2, 0, 0]]), 3.0)
    for paths in (fewest_edges_paths, shortest_paths):
        assert paths(filtration, np.empty(0, dtype=np.int64)) == []


def test_a_path_as_short_as_networkx_finds():
    filtration = rips_filtration(random_cloud(80, seed=3), 4.0)
    graph = nx.Graph()
    graph.add_nodes_from(range(80))
    adjacency: list[list[tuple[int, float]]] = [[] for _ in range(80)]
    for (i, j), length in zip(filtration.pairs.tolist(), filtration.lengths.tolist(), strict=True):
        graph.add_edge(i, j, weight=length)
        adjacency[i].append((j, length))
        adjacency[j].append((i, length))
    compared = 0
    for start in range(40):
        expected = nx.single_source_dijkstra_path_length(graph, start)
        for end in range(40, 80):
            if end not in expected:
                with pytest.raises(ValueError, match="not connected"):
                    shortest_path(adjacency, start, end)
                continue
            path = shortest_path(adjacency, start, end)
            assert (path[0], path[-1]) == (start, end)
            assert nx.path_weight(graph, path, "weight") == pytest.approx(expected[end])
            compared += 1
    assert compared > 500
