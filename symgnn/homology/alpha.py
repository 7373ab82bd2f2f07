"""The alpha complex of a glass, in which the paper counted cycles: Delaunay simplices, each from the size of the empty
sphere that it needs.

Edelsbrunner and Mücke, ACM Trans. Graph. 13, 43 (1994), unweighted. The value of a simplex is the *diameter* in Å of
its smallest circumscribed sphere where no atom of the simplices around lies inside (a Gabriel simplex), else the
smallest value of the simplices that it bounds. So the value of a Gabriel edge is its length; homcloud and gudhi give
squared radii, which is value² / 4.

The periodic complex is cut from the Delaunay tetrahedra (Qhull) of the cell and of the copies around it, each simplex
taken once. Atoms are displaced by some 1e-9 Å, the same in all copies, so that a crystal, where many atoms lie on one
sphere, is cut in the same way everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ase.geometry import complete_cell
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology.cycles import Cycles, closed_paths
from symgnn.homology.filtration import Filtration, shortest_period
from symgnn.homology.shortest_paths import fewest_edges_paths

JITTER = 1e-9  # Å
TIE = 1e-8  # an atom this close to a sphere, relative to its radius, is on it
FACES = ((1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2))  # of a tetrahedron, by the corner that is left out
SIDES = ((1, 2), (0, 2), (0, 1))  # of a triangle


@dataclass(frozen=True, eq=False)
class AlphaComplex:
    """edges       Filtration of kind 'alpha': edges in order of their values; `lengths` are distances as ever
    values      (E,) Å, ascending
    gabriel     (E,) bool  the edge's value is its length
    triangles   (F, 3) int64  atoms, ascending in each row; triangle_values (F,) Å
    tetrahedra  (T, 4) int64  atoms, ascending in each row; tetrahedron_values (T,) Å
    """

    edges: Filtration
    values: np.ndarray
    gabriel: np.ndarray
    triangles: np.ndarray
    triangle_values: np.ndarray
    tetrahedra: np.ndarray
    tetrahedron_values: np.ndarray


def alpha_complex(glass: Glass) -> AlphaComplex:
    """The alpha complex of a glass that is periodic in all directions or in none.

    Raises InputError for other cells, for a cell so thin that a simplex would meet its own copy, for fewer than five
    atoms, and for atoms that all lie in a plane.
    """
    if glass.pbc.any() and not glass.pbc.all():
        raise InputError(
            f"{glass.name}: periodic in some directions only, expected all or none for an alpha complex"
        )
    if len(glass) < 5:
        raise InputError(f"{glass.name}: {len(glass)} atoms found, expected at least 5 for an alpha complex")
    extent = np.linalg.svd(glass.positions - glass.positions.mean(0), compute_uv=False)
    if not glass.pbc.any() and extent[2] < 1e-6 * extent[0]:
        raise InputError(f"{glass.name}: atoms in one plane, expected a structure in three dimensions")
    corner, image, position = _delaunay(glass)
    order = np.argsort(corner, axis=1, kind="stable")  # corners by atom number: the same in every copy
    corner, position = np.take_along_axis(corner, order, 1), np.take_along_axis(position, order[..., None], 1)
    image = np.take_along_axis(image, order[..., None], 1)
    if (np.diff(corner, axis=1) == 0).any():
        raise InputError(_too_thin(glass))
    corner, once, _ = _unique(corner, image - image[:, :1], glass)
    image, position = image[once], position[once]

    radius = _circumradius(position)
    face = np.concatenate([np.stack([corner[:, f] for f in faces], 1) for faces in FACES])
    face_image = np.concatenate([image[:, faces] - image[:, faces[:1]] for faces in map(list, FACES)])
    face_position = np.concatenate([position[:, list(faces)] for faces in FACES])
    opposite = np.concatenate([position[:, left_out] for left_out in range(4)])
    triangles, first, group = _unique(face, face_image, glass)
    own_radius, center = _circumcircle(face_position)
    inside = np.linalg.norm(opposite - center, axis=1) < own_radius * (1 - TIE)
    triangle_radius = _values(own_radius[first], group, inside, np.tile(radius, 4))

    side = np.concatenate([triangles[:, list(ends)] for ends in SIDES])
    image3, position3 = face_image[first], face_position[first]
    side_image = np.concatenate([image3[:, ends] - image3[:, ends[:1]] for ends in map(list, SIDES)])
    side_place = np.concatenate([position3[:, list(ends)] for ends in SIDES])
    pairs, first, group = _unique(side, side_image, glass)
    # an edge is Gabriel where no atom of the triangles around it lies in the sphere that has it as diameter
    third = np.concatenate([position3[:, left_out] for left_out in range(3)])
    half = np.linalg.norm(side_place[:, 1] - side_place[:, 0], axis=1) / 2
    inside = np.linalg.norm(third - side_place.mean(1), axis=1) < half * (1 - TIE)
    crowded = np.zeros(len(pairs), dtype=bool)
    crowded[group[inside]] = True
    edge_radius = _values(half[first], group, inside, np.tile(triangle_radius, 3))

    values = 2 * edge_radius
    rank = np.lexsort((pairs[:, 1], pairs[:, 0], values))
    edges = Filtration(
        kind="alpha",
        pairs=pairs[rank],
        images=_seen_from_positions(glass, side_image[first][:, 1], pairs)[rank],
        lengths=2 * half[first][rank],
        n_atoms=len(glass),
        cutoff=math.inf,
        shortest_period=shortest_period(glass),
    )
    return AlphaComplex(
        edges, values[rank], ~crowded[rank], triangles, 2 * triangle_radius, corner, 2 * radius
    )


def alpha_cycles(alpha: AlphaComplex) -> Cycles:
    """The cycles that the paper counts: each Gabriel edge that closes a loop, and the shortest way round among older
    edges (fewest edges; of equally many, the shortest in Å). Whether they are filled when their class dies is not
    checked."""
    edges, rank = alpha.edges, np.arange(1, len(alpha.edges) + 1)
    matrix = coo_matrix((rank, edges.pairs.T), shape=(edges.n_atoms, edges.n_atoms)).tocsr()
    tree = minimum_spanning_tree(matrix).data.astype(np.int64) - 1
    closes = alpha.gabriel.copy()
    closes[tree] = False
    return closed_paths(edges, fewest_edges_paths(edges, np.flatnonzero(closes)), strict=None)


def _delaunay(glass: Glass) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tetrahedra with a corner in the cell: atoms (T, 4), their images (T, 4, 3) and positions (T, 4, 3) in Å."""
    positions = glass.wrapped() + np.random.default_rng(0).uniform(-JITTER, JITTER, (len(glass), 3))
    atom, image, position = np.arange(len(glass)), np.zeros((len(glass), 3), dtype=np.int64), positions
    if not glass.pbc.all():
        corners = Delaunay(position).simplices.astype(np.int64)
        return atom[corners], image[corners], position[corners]
    cell = complete_cell(glass.cell)
    inverse = np.linalg.inv(cell)
    fraction = positions @ inverse
    heights = 1 / np.linalg.norm(inverse, axis=0)  # Å between opposite faces of the cell
    margin = 2.5 * (abs(np.linalg.det(cell)) / len(glass)) ** (
        1 / 3
    )  # Å, above the widest sphere of most glasses
    while True:
        reach = margin / heights
        span = [np.arange(math.floor(-r), math.ceil(1 + r)) for r in reach]
        shifts = np.stack(np.meshgrid(*span, indexing="ij"), -1).reshape(-1, 3)
        everywhere = fraction[None] + shifts[:, None]
        near = ((everywhere > -reach) & (everywhere < 1 + reach)).all(-1)
        shift, atom = np.nonzero(near)
        image = shifts[shift]
        position = positions[atom] + image @ cell
        corners = Delaunay(position).simplices.astype(np.int64)
        corners = corners[(image[corners] == 0).all(2).any(1)]
        needed = 2 * _circumradius(position[corners]).max()
        if needed <= margin:
            return atom[corners], image[corners], position[corners]
        if needed > 20 * heights.max():
            raise InputError(
                f"{glass.name}: an empty sphere wider than 20 cells, expected a glass that fills its cell"
            )
        margin = 1.05 * needed


def _circumradius(position: np.ndarray) -> np.ndarray:
    """(T,) Å of tetrahedra (T, 4, 3)."""
    sides = position[:, 1:] - position[:, :1]
    center = np.linalg.solve(sides, (sides**2).sum(-1, keepdims=True) / 2)[..., 0]
    return np.linalg.norm(center, axis=1)


def _circumcircle(position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Radii (F,) and centres (F, 3) in Å of triangles (F, 3, 3)."""
    b, c = position[:, 1] - position[:, 0], position[:, 2] - position[:, 0]
    normal = np.cross(b, c)
    double = 2 * (normal**2).sum(1, keepdims=True)
    b2, c2 = (b**2).sum(1, keepdims=True), (c**2).sum(1, keepdims=True)
    center = (np.cross(b2 * c - c2 * b, normal)) / double
    return np.linalg.norm(center, axis=1), position[:, 0] + center


def _unique(atoms: np.ndarray, images: np.ndarray, glass: Glass) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simplices (K, n) once each, the row where each is first, and the number of the simplex of each row.

    atoms (R, n) ascending in each row, images (R, n, 3) seen from the first atom.
    """
    order = np.lexsort(atoms.T[::-1])
    new = np.append(True, (np.diff(atoms[order], axis=0) != 0).any(axis=1))
    group = np.empty(len(atoms), dtype=np.int64)
    group[order] = np.cumsum(new) - 1
    first = order[new]
    if (images != images[first][group]).any():
        raise InputError(_too_thin(glass))
    return atoms[first], first, group


def _values(own: np.ndarray, group: np.ndarray, inside: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Radius of each simplex: its own where it is Gabriel, else the smallest of the simplices around it."""
    smallest = np.full(len(own), np.inf)
    np.minimum.at(smallest, group, around)
    crowded = np.zeros(len(own), dtype=bool)
    crowded[group[inside]] = True
    return np.where(crowded, smallest, np.minimum(own, smallest))


def _seen_from_positions(glass: Glass, image: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Images of the second atoms for positions as given, from those for positions wrapped into the cell."""
    if not glass.pbc.any():
        return image
    inverse = np.linalg.inv(complete_cell(glass.cell))
    moved = np.rint((glass.wrapped() - glass.positions) @ inverse).astype(np.int64)
    return image + moved[pairs[:, 1]] - moved[pairs[:, 0]]


def _too_thin(glass: Glass) -> str:
    return (
        f"{glass.name}: two simplices of the alpha complex join the same atoms through different images, expected one: "
        "take a larger box"
    )
