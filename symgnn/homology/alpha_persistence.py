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

    Classes that die at their birth are left out.
    """

    diagrams: list[np.ndarray]
    deaths: np.ndarray


def alpha_persistence(alpha: AlphaComplex) -> AlphaPersistence:
    """Diagrams, and the deaths of the loops by the edges that close them. 8000 atoms take a second."""
    tree = _computed(alpha)
    born = [(edge, triangle) for edge, triangle in tree.persistence_pairs() if len(edge) == 2]
    edge = edge_ids(alpha.edges, np.array([edge for edge, _ in born]))
    deaths = np.full(len(alpha.edges), math.nan)
    deaths[edge] = [tree.filtration(triangle) if triangle else math.inf for _, triangle in born]
    return AlphaPersistence(_diagrams(tree), deaths)


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
