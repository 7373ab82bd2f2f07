"""Structural descriptors of each atom: coordination, Voronoi index, volume, Q6, local composition.

Voronoi cells (voro++) and Steinhardt parameters are computed by freud (Ramasubramani et al., Comput. Phys. Commun.
254, 107275, 2020). All atoms count alike: the cells are not weighted by atomic radii. freud works in single
precision; volumes are good to 1e-5 of their size.

A Voronoi index <n3,n4,n5,n6> counts the faces of an atom's cell with 3, 4, 5 and 6 edges. As is usual for metallic
glasses, a face smaller than FACE_THRESHOLD of the surface of its cell is no neighbour; the edges that it shares with
other faces stay, as in LAMMPS and OVITO. Edges shorter than EDGE_THRESHOLD are not counted: at the vertices of a
crystal, where more than three edges meet, they are rounding errors. Both thresholds act on the counts alone: volumes
and Q6 use all faces. An index is a sharp label: of 8000 atoms displaced by 0.02 Å (the paper's train0 and train1, which
are one glass) 82% kept it; with edge thresholds of 0.1 Å and more, which some use, 74 to 77% did.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import freud
import numpy as np
import pandas as pd
from ase.data import chemical_symbols
from ase.geometry import minkowski_reduce

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.io.writing import replacing

if TYPE_CHECKING:
    from ase import Atoms

COORDINATION_CUTOFF = 3.8  # Å, first minimum of g(r) in Cu-Zr
FACE_THRESHOLD = 0.01  # of the surface of the cell, e.g. doi.org/10.1016/j.commatsci.2014.09.019
EDGE_THRESHOLD = 0.002  # Å
PRECISION = 2e-6  # of the box: distances below are zero in single precision
THINNEST = 24.0  # Å; thinner cells are repeated: freud's Q6 takes the nearest image of every neighbour
ATOMS_AT_ONCE = 4096

KASPER = "Kasper polyhedron"  # Sheng et al., Nature 439, 419 (2006); Cheng and Ma, Prog. Mater. Sci. 56, 379 (2011)
NAMES = {
    (0, 4, 4, 0): f"Z8 {KASPER}",
    (0, 3, 6, 0): f"Z9 {KASPER}",
    (0, 2, 8, 0): f"Z10 {KASPER}",
    (0, 2, 8, 1): f"Z11 {KASPER}",
    (0, 0, 12, 0): "full icosahedron",
    (0, 1, 10, 2): f"Z13 {KASPER}",
    (0, 0, 12, 2): f"Z14 {KASPER}",
    (0, 0, 12, 3): f"Z15 {KASPER}",
    (0, 0, 12, 4): f"Z16 {KASPER}",
    (0, 12, 0, 0): "as in fcc or hcp",
    (0, 6, 0, 8): "as in bcc",
}


@dataclass(frozen=True, eq=False)
class LocalStructure:
    """What surrounds each of the N atoms of a glass with K elements.

    species               (N,) int64    atomic numbers
    voronoi_coordination  (N,) int64    neighbours that share a face of the Voronoi cell
    cutoff_coordination   (N,) int64    neighbours within COORDINATION_CUTOFF
    voronoi_index         (N, 4) int64  faces with 3, 4, 5, 6 edges; those with more are in the coordination only
    volume                (N,) float64  Å³, of the Voronoi cell; the sum is the volume of the glass
    q6                    (N,) float64  Steinhardt's Q6, neighbours weighted by the area of the shared face
                                        (Mickel et al., J. Chem. Phys. 138, 044501, 2013): no cutoff to choose
    elements              (K,) int64    atomic numbers of the elements, ascending
    neighbors_of_element  (N, K) int64  Voronoi neighbours of each element; rows sum to voronoi_coordination
    """

    species: np.ndarray
    voronoi_coordination: np.ndarray
    cutoff_coordination: np.ndarray
    voronoi_index: np.ndarray
    volume: np.ndarray
    q6: np.ndarray
    elements: np.ndarray
    neighbors_of_element: np.ndarray

    def __len__(self) -> int:
        return len(self.species)

    @property
    def composition(self) -> np.ndarray:
        """(N, K) fraction of each element among the Voronoi neighbours."""
        return self.neighbors_of_element / self.voronoi_coordination[:, None]

    def describe(self, atom: int) -> dict[str, str]:
        """Label -> text about one atom. Raises InputError for an atom that does not exist."""
        if not 0 <= atom < len(self):
            raise InputError(f"atom {atom} found, expected 0 to {len(self) - 1}")
        index = tuple(self.voronoi_index[atom].tolist())
        complete = sum(index) == self.voronoi_coordination[atom]
        name = f", {NAMES[index]}" if complete and index in NAMES else ""
        shell = ", ".join(
            f"{count} {chemical_symbols[element]}"
            for element, count in zip(self.elements, self.neighbors_of_element[atom], strict=True)
        )
        return {
            "Polyhedron": f"{chemical_symbols[self.species[atom]]}-centred {index_text(index)}{name}",
            "Voronoi neighbours": f"{self.voronoi_coordination[atom]} ({shell})",
            f"Neighbours within {COORDINATION_CUTOFF} Å": f"{self.cutoff_coordination[atom]}",
            "Atomic volume": f"{self.volume[atom]:.1f} Å³",
            "Q6": f"{self.q6[atom]:.2f}",
        }


def index_text(index: tuple[int, ...]) -> str:
    """(0, 0, 12, 0) -> '<0,0,12,0>'."""
    return f"<{','.join(str(count) for count in index)}>"


def local_structure(structure: Glass | Atoms) -> LocalStructure:
    """Local structure of all atoms of a glass that is periodic in all three directions, in any cell.

    Raises InputError where a direction is not periodic (cells at a surface are open), where two atoms are at the
    same position, and where Voronoi neighbours are half the box apart, as across a wide void.
    """
    glass = as_glass(structure)
    if not glass.pbc.all():
        open_along = ", ".join(str(axis) for axis in np.flatnonzero(~glass.pbc))
        raise InputError(
            f"{glass.name}: not periodic along cell vector {open_along}, expected a glass periodic in all directions "
            f"(Voronoi cells at a surface have no volume)"
        )
    close = neighbor_list(glass, COORDINATION_CUTOFF)
    system = _in_freuds_box(glass)
    voronoi = freud.locality.Voronoi().compute(system)
    faces = voronoi.nlist
    center = faces.query_point_indices.astype(np.int64)
    n, total = len(glass), len(system[1])
    thickness = _heights(system[0].to_matrix().T).min()
    if faces.distances.max() >= thickness / 2:
        raise InputError(
            f"{glass.name}: Voronoi neighbours {faces.distances.max():.1f} Å apart found in a box {thickness:.1f} Å "
            f"thick, expected less than half of it: no wide voids"
        )
    surface = np.bincount(center, weights=faces.weights, minlength=total)
    edges = _edges_of_faces(voronoi, system[1], center, n)
    counted = (faces.weights > FACE_THRESHOLD * surface[center]) & (center < n)
    index = np.stack([np.bincount(center[counted & (edges == k)], minlength=n) for k in (3, 4, 5, 6)], axis=1)

    elements, kind = np.unique(glass.species, return_inverse=True)
    neighbor_kind = kind[faces.point_indices[counted] % n]
    shell = np.bincount(center[counted] * len(elements) + neighbor_kind, minlength=n * len(elements))
    shell = shell.reshape(n, len(elements))
    steinhardt = freud.order.Steinhardt(l=6, weighted=True).compute(system, neighbors=faces)
    return LocalStructure(
        species=glass.species,
        voronoi_coordination=shell.sum(axis=1),
        cutoff_coordination=np.bincount(close.target, minlength=n),
        voronoi_index=index,
        volume=voronoi.volumes[:n].astype(np.float64),
        q6=steinhardt.particle_order[:n].astype(np.float64),
        elements=elements,
        neighbors_of_element=shell,
    )


def write_table(path: str | os.PathLike, structure: Glass | Atoms) -> None:
    """Write the local structure of all atoms as CSV, one row per atom."""
    glass = as_glass(structure)
    local = local_structure(glass)
    table = {
        "atom": np.arange(len(local)),
        "element": glass.symbols,
        "voronoi_index": [index_text(index) for index in local.voronoi_index.tolist()],
        "voronoi_coordination": local.voronoi_coordination,
        f"coordination_{COORDINATION_CUTOFF}A": local.cutoff_coordination,
        "volume_A3": local.volume.round(4),
        "q6": local.q6.round(5),
    }
    for element, fraction in zip(local.elements, local.composition.T, strict=True):
        table[f"fraction_{chemical_symbols[element]}"] = fraction.round(4)
    with replacing(path) as temporary:
        pd.DataFrame(table).to_csv(temporary, index=False)


def _in_freuds_box(glass: Glass) -> tuple[freud.box.Box, np.ndarray]:
    """Box and positions (M, 3) Å for freud: the glass turned so that the cell is triangular, repeated if it is thin.

    The first N positions are the atoms, then come copies: row m is a copy of atom m % N.
    """
    cell, _ = minkowski_reduce(glass.cell)
    triangular = np.linalg.cholesky(cell @ cell.T)  # same lengths and angles; a left-handed cell is reflected
    repeats = np.ceil(THINNEST / _heights(cell)).astype(np.int64)
    fractional = np.linalg.solve(cell.T, glass.positions.T).T
    copies = np.stack(np.meshgrid(*[np.arange(k) for k in repeats], indexing="ij"), axis=-1).reshape(-1, 1, 3)
    inside = (fractional % 1.0 + copies).reshape(-1, 3) / repeats
    large = triangular * repeats[:, None]
    return freud.box.Box.from_matrix(large.T), (inside - 0.5) @ large


def _heights(cell: np.ndarray) -> np.ndarray:
    """(3,) distances in Å between opposite faces of a cell."""
    return 1 / np.linalg.norm(np.linalg.inv(cell), axis=0)


def _edges_of_faces(
    voronoi: freud.locality.Voronoi, positions: np.ndarray, center: np.ndarray, n: int
) -> np.ndarray:
    """(F,) edges longer than EDGE_THRESHOLD of each face; 0 for faces of atoms from n on.

    freud gives the vertices of a cell without saying which faces they belong to: a vertex belongs to a face if it
    lies on the plane midway to the neighbour. The vertices of a face, sorted by angle, are its polygon.
    """
    edges = np.zeros(len(center), dtype=np.int64)
    normals = voronoi.nlist.vectors.astype(np.float64)
    half = np.linalg.norm(normals, axis=1) / 2
    normals /= 2 * half[:, None]
    zero = PRECISION * np.ptp(positions, axis=0).max()
    for face, vertex in _pairs_of_face_and_vertex(voronoi, positions, center, n):
        height = np.einsum("pk,pk->p", normals[face], vertex) - half[face]
        on_plane = np.abs(height) < zero
        face, vertex = face[on_plane], vertex[on_plane]

        names, first, count = np.unique(face, return_index=True, return_counts=True)
        own = np.repeat(np.arange(len(names)), count)
        spoke = vertex - (np.add.reduceat(vertex, first) / count[:, None])[own]
        along = spoke[first][own]
        across = np.cross(normals[face], along)
        angle = np.arctan2(np.einsum("pk,pk->p", spoke, across), np.einsum("pk,pk->p", spoke, along))
        order = np.lexsort((angle, own))
        following = np.arange(len(own)) + 1
        following[first + count - 1] = first
        length = np.linalg.norm(vertex[order] - vertex[order][following], axis=1)
        edges[names] = np.bincount(own[length > EDGE_THRESHOLD], minlength=len(names))
    return edges


def _pairs_of_face_and_vertex(
    voronoi: freud.locality.Voronoi, positions: np.ndarray, center: np.ndarray, n: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs of a face (P,) and a vertex (P, 3) Å of the same cell, seen from its atom; some atoms at a time."""
    polytopes = voronoi.polytopes
    first_face = np.searchsorted(center, np.arange(n + 1))
    for start in range(0, n, ATOMS_AT_ONCE):
        atoms = np.arange(start, min(start + ATOMS_AT_ONCE, n))
        vertices = np.concatenate([polytopes[atom] - positions[atom] for atom in atoms])
        vertex_count = np.array([len(polytopes[atom]) for atom in atoms])
        first_vertex = np.cumsum(vertex_count) - vertex_count
        faces = np.arange(first_face[atoms[0]], first_face[atoms[-1] + 1])
        own = center[faces] - start
        pairs = vertex_count[own]
        within = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        yield np.repeat(faces, pairs), vertices[np.repeat(first_vertex[own], pairs) + within]
