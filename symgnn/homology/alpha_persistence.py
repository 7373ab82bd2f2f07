"""Persistent homology of the alpha complex with coefficients Z/2, by gudhi."""

from __future__ import annotations

import math
from dataclasses import dataclass

import gudhi
import numpy as np

from symgnn.homology.alpha import AlphaComplex
from symgnn.homology.filtration import edge_ids


@dataclass(frozen=True, eq=False)
class AlphaPersistence:
    """diagrams  births and deaths (K, 2) in Å (diameters) of dimensions 0, 1 and 2; inf: never dies
    deaths    (E,) Å  when the loop that each edge closes is filled; nan for an edge that closes none
    fillers   (K, 4) int64  for each void (row of diagrams[2]) the atoms of the tetrahedron with which it is filled: its
              death is the diameter of the empty sphere through them; -1: never filled

    Classes that die at their birth are left out.
    """

    diagrams: list[np.ndarray]
    deaths: np.ndarray
    fillers: np.ndarray


def alpha_persistence(alpha: AlphaComplex) -> AlphaPersistence:
    """Diagrams, and the deaths of the loops by the edges that close them. 8000 atoms take a second."""
    tree = _computed(alpha)
    pairs = tree.persistence_pairs()
    born = [(edge, triangle) for edge, triangle in pairs if len(edge) == 2]
    edge = edge_ids(alpha.edges, np.array([edge for edge, _ in born]))
    deaths = np.full(len(alpha.edges), math.nan)
    deaths[edge] = [tree.filtration(triangle) if triangle else math.inf for _, triangle in born]
    components, loops, _ = _diagrams(tree)
    voids, fillers = _voids(tree, [(face, filler) for face, filler in pairs if len(face) == 3])
    return AlphaPersistence([components, loops, voids], deaths, fillers)


def _voids(tree: gudhi.SimplexTree, pairs: list) -> tuple[np.ndarray, np.ndarray]:
    """Diagram (K, 2) of dimension 2 and the fillers (K, 4)."""
    voids = np.array(
        [(tree.filtration(face), tree.filtration(filler) if filler else math.inf) for face, filler in pairs]
    ).reshape(-1, 2)
    fillers = np.array(
        [sorted(filler) if filler else [-1] * 4 for _, filler in pairs], dtype=np.int64
    ).reshape(-1, 4)
    lasting = voids[:, 0] < voids[:, 1]
    return voids[lasting], fillers[lasting]


def alpha_diagrams(alpha: AlphaComplex) -> list[np.ndarray]:
    """The diagrams of `alpha_persistence` alone."""
    return _diagrams(_computed(alpha))


def _computed(alpha: AlphaComplex) -> gudhi.SimplexTree:
    tree = gudhi.SimplexTree()
    tree.insert_batch(np.arange(alpha.edges.n_atoms)[None], np.zeros(alpha.edges.n_atoms))
    for simplices, values in (
        (alpha.edges.pairs, alpha.values),
        (alpha.triangles, alpha.triangle_values),
        (alpha.tetrahedra, alpha.tetrahedron_values),
    ):
        tree.insert_batch(np.ascontiguousarray(simplices.T), values)
    tree.compute_persistence(homology_coeff_field=2, min_persistence=0, persistence_dim_max=True)
    return tree


def _diagrams(tree: gudhi.SimplexTree) -> list[np.ndarray]:
    return [tree.persistence_intervals_in_dimension(dimension).reshape(-1, 2) for dimension in range(3)]
