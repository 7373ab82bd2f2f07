"""Local structure against crystals, an icosahedron, closed forms and scipy's Voronoi cells (Qhull)."""

import csv
import math
from itertools import product

import numpy as np
import pytest
from scipy.spatial import Voronoi
from scipy.spatial.transform import Rotation
from scipy.special import eval_legendre

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.io.structures import read_glass
from symgnn.structure import EDGE_THRESHOLD, FACE_THRESHOLD, local_structure, write_table
from tests.conftest import REPOSITORY, make_random_glass

SAMPLES = sorted((REPOSITORY / "data" / "samples").glob("*.xyz"))
GOLDEN = (1 + math.sqrt(5)) / 2
ICOSAHEDRON = np.array(
    [np.roll([0, a, b * GOLDEN], k) for k in range(3) for a, b in product((-1, 1), repeat=2)]
) / math.hypot(1, GOLDEN)


def crystal(basis, repeats: int = 1, edge: float = 3.6) -> Glass:
    corners = np.array(list(product(range(repeats), repeat=3)))
    positions = (corners[:, None] + np.array(basis)).reshape(-1, 3) * edge
    cell = np.eye(3) * edge * repeats
    return Glass(
        species=np.full(len(positions), 29), positions=positions, cell=cell, pbc=[True] * 3, name="crystal"
    )


def icosahedron_in_a_glass() -> Glass:
    """Atom 0 is Cu in an icosahedron of 8 Cu and 4 Zr at 2.6 Å; random atoms outside, none nearer than 3.9 Å."""
    rng = np.random.default_rng(4)
    edge = 14.0
    center = np.full(3, 5.0)
    positions = [center, *(center + 2.6 * ICOSAHEDRON)]
    for _ in range(4000):
        point = rng.uniform(size=3) * edge
        difference = np.array(positions) - point
        distance = np.linalg.norm(difference - edge * np.round(difference / edge), axis=1)
        if distance[0] > 3.9 and distance.min() > 2.1:
            positions.append(point)
    species = np.where(rng.uniform(size=len(positions)) < 0.6, 29, 40)
    species[:13] = [29] * 9 + [40] * 4
    return Glass(species=species, positions=positions, cell=np.eye(3) * edge, pbc=[True] * 3)


def steinhardt(vectors: np.ndarray, weights: np.ndarray, degree: int = 6) -> float:
    """Q_l by the addition theorem of spherical harmonics: Q_l² = sum over i, j of w_i w_j P_l(cos angle_ij)."""
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    weights = weights / weights.sum()
    return math.sqrt(weights @ eval_legendre(degree, np.clip(unit @ unit.T, -1, 1)) @ weights)


def by_qhull(glass: Glass, padding: float):
    """Volume, Q6, index and neighbours of each element, from scipy's Voronoi cells of the glass and its images.

    Every atom must be nearer to all its Voronoi neighbours than `padding` (Å).
    """
    images = np.ceil(padding * np.linalg.norm(np.linalg.inv(glass.cell), axis=0)).astype(int) + 1
    shifts = np.array(list(product(*[range(-k, k + 1) for k in images])))
    shifts = shifts[np.argsort(np.abs(shifts).sum(axis=1), kind="stable")]  # the glass itself comes first
    fractional = np.linalg.solve(glass.cell.T, glass.positions.T).T % 1.0
    everywhere = (shifts[:, None] + fractional).reshape(-1, 3)
    atom = np.tile(np.arange(len(glass)), len(shifts))
    heights = 1 / np.linalg.norm(np.linalg.inv(glass.cell), axis=0)
    near = (np.maximum(-everywhere, everywhere - 1) * heights < padding).all(axis=1)
    assert near[: len(glass)].all()
    points, atom = (everywhere @ glass.cell)[near], atom[near]

    faces = [[] for _ in range(len(glass))]
    diagram = Voronoi(points)
    for (a, b), corners in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True):
        if min(a, b) >= len(glass):
            continue
        polygon = diagram.vertices[corners]
        edges = np.roll(polygon, -1, axis=0) - polygon
        normal = np.cross(polygon - polygon[0], edges).sum(axis=0)
        sides = int((np.linalg.norm(edges, axis=1) > EDGE_THRESHOLD).sum())
        for one, other in ((a, b), (b, a)):
            if one < len(glass):
                vector = points[other] - points[one]
                assert np.linalg.norm(vector) < padding
                faces[one].append((*vector, np.linalg.norm(normal) / 2, sides, glass.species[atom[other]]))

    volume, q6, index, shell = [], [], [], []
    for cell in map(np.array, faces):
        vectors, areas = cell[:, :3], cell[:, 3]
        volume.append(areas @ np.linalg.norm(vectors, axis=1) / 6)
        q6.append(steinhardt(vectors, areas))
        counted = areas > FACE_THRESHOLD * areas.sum()
        index.append([int((cell[counted, 4] == k).sum()) for k in (3, 4, 5, 6)])
        shell.append([int((cell[counted, 5] == element).sum()) for element in np.unique(glass.species)])
    return np.array(volume), np.array(q6), np.array(index), np.array(shell)


def assert_same(one, other, rows=slice(None)):
    np.testing.assert_array_equal(one.voronoi_index, other.voronoi_index[rows])
    np.testing.assert_array_equal(one.cutoff_coordination, other.cutoff_coordination[rows])
    np.testing.assert_array_equal(one.neighbors_of_element, other.neighbors_of_element[rows])
    np.testing.assert_allclose(one.volume, other.volume[rows], rtol=1e-5)
    np.testing.assert_allclose(one.q6, other.q6[rows], atol=1e-5)


@pytest.mark.parametrize("repeats", [1, 3])
def test_fcc(repeats):
    """The cell is a rhombic dodecahedron; at six of its vertices four faces meet, where rounding makes tiny faces."""
    local = local_structure(crystal([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]], repeats))
    assert (local.voronoi_index == [0, 12, 0, 0]).all()
    assert (local.voronoi_coordination == 12).all()
    assert (local.cutoff_coordination == 18).all()  # 12 at 2.55 Å, 6 at 3.6 Å
    np.testing.assert_allclose(local.volume, 3.6**3 / 4, rtol=1e-5)
    np.testing.assert_allclose(local.q6, 0.57452, atol=1e-4)
    assert "as in fcc" in local.describe(0)["Polyhedron"]


def test_ase_atoms_are_taken_too():
    glass = make_random_glass(60, 1)
    assert np.array_equal(local_structure(glass.to_ase()).volume, local_structure(glass).volume)


def test_bcc():
    """14 neighbours: .511 if they count alike; here each weighs as much as its face."""
    local = local_structure(crystal([[0, 0, 0], [0.5, 0.5, 0.5]], 2, edge=3.0))
    assert (local.voronoi_index == [0, 6, 0, 8]).all()
    eight = np.array(list(product((-1, 1), repeat=3)), dtype=float)
    six = np.concatenate([np.eye(3), -np.eye(3)])
    vectors = np.concatenate([eight, six])
    areas = np.repeat([3 * math.sqrt(3) / 16, 1 / 8], [8, 6])  # of the truncated octahedron, cell edge 1
    assert steinhardt(vectors, np.ones(14)) == pytest.approx(0.511, abs=5e-4)
    np.testing.assert_allclose(local.q6, steinhardt(vectors, areas), atol=1e-5)


def test_icosahedron_in_a_glass():
    local = local_structure(icosahedron_in_a_glass())
    assert local.voronoi_index[0].tolist() == [0, 0, 12, 0]
    assert local.voronoi_coordination[0] == local.cutoff_coordination[0] == 12
    assert local.q6[0] == pytest.approx(0.66332, abs=1e-4)
    inradius = 1.3
    edge = 2 * inradius / math.sqrt((25 + 11 * math.sqrt(5)) / 10)
    assert local.volume[0] == pytest.approx((15 + 7 * math.sqrt(5)) / 4 * edge**3, rel=1e-5)  # dodecahedron
    assert local.describe(0) == {
        "Polyhedron": "Cu-centred <0,0,12,0>, full icosahedron",
        "Voronoi neighbours": "12 (8 Cu, 4 Zr)",
        "Neighbours within 3.8 Å": "12",
        "Atomic volume": "12.2 Å³",
        "Q6": "0.66",
    }
    np.testing.assert_allclose(local.composition[0], [8 / 12, 4 / 12])


@pytest.mark.parametrize(("atoms", "padding"), [(120, 12.0), (12, 16.0)])
def test_agrees_with_qhull_in_a_triclinic_cell(atoms, padding):
    glass = make_random_glass(
        atoms, seed=3
    )  # with 12 atoms the cell is 6 Å thin: atoms neighbour their images
    local = local_structure(glass)
    volume, q6, index, shell = by_qhull(glass, padding)
    np.testing.assert_allclose(local.volume, volume, rtol=1e-5)
    np.testing.assert_allclose(local.q6, q6, atol=1e-5)
    np.testing.assert_array_equal(local.voronoi_index, index)
    np.testing.assert_array_equal(local.neighbors_of_element, shell)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples(path):
    check_glass(read_glass(path))


def test_the_papers_glass(raw_data):
    check_glass(read_glass(raw_data / "test0.pickle"))


def check_glass(glass: Glass):
    local = local_structure(glass)
    volume, q6, index, shell = by_qhull(glass, padding=8.0)
    assert local.volume.sum() == pytest.approx(abs(np.linalg.det(glass.cell)), rel=1e-5)
    np.testing.assert_allclose(local.volume, volume, rtol=1e-5)
    np.testing.assert_allclose(local.q6, q6, atol=1e-5)
    np.testing.assert_array_equal(local.voronoi_index, index)
    np.testing.assert_array_equal(local.neighbors_of_element, shell)
    np.testing.assert_array_equal(local.voronoi_coordination, shell.sum(axis=1))
    pairs = neighbor_list(glass, 3.8)
    assert local.cutoff_coordination.sum() == len(pairs)


def test_icosahedra_are_the_commonest_polyhedra_round_copper():
    glass = read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_1000_1e13.xyz")
    copper = glass.species == 29
    found, count = np.unique(local_structure(glass).voronoi_index[copper], axis=0, return_counts=True)
    assert found[np.argmax(count)].tolist() == [0, 0, 12, 0]
    assert 0.05 < count.max() / copper.sum() < 0.3  # quenched fast: 60 of 640


def test_invariance(random_glass):
    local = local_structure(random_glass)
    rng = np.random.default_rng(0)
    turn = Rotation.random(random_state=1).as_matrix()
    images = rng.integers(-3, 4, size=(len(random_glass), 3))
    skew = np.array([[1, 0, 0], [4, 1, 0], [-3, 5, 1]])  # another cell of the same lattice
    for matrix, cell, shift in (
        (turn, random_glass.cell, 0),
        (-turn, random_glass.cell, 0),
        (np.eye(3), random_glass.cell, np.array([3.3, -40.0, 0.77])),
        (np.eye(3), random_glass.cell, images @ random_glass.cell),
        (np.eye(3), random_glass.cell[[1, 0, 2]], 0),
        (np.eye(3), skew @ random_glass.cell, 0),
    ):
        moved = Glass(
            species=random_glass.species,
            positions=(random_glass.positions + shift) @ matrix.T,
            cell=cell @ matrix.T,
            pbc=random_glass.pbc,
        )
        assert_same(local, local_structure(moved))


def test_a_thin_cell_is_as_good_as_its_repetition():
    thin = make_random_glass(10, seed=5)
    shifts = np.array(list(product(range(4), repeat=3))) @ thin.cell
    thick = Glass(
        species=np.tile(thin.species, len(shifts)),
        positions=(shifts[:, None] + thin.positions).reshape(-1, 3),
        cell=4 * thin.cell,
        pbc=thin.pbc,
    )
    assert_same(local_structure(thin), local_structure(thick), slice(0, len(thin)))


def test_many_atoms_at_once_or_few(random_glass, monkeypatch):
    local = local_structure(random_glass)
    monkeypatch.setattr("symgnn.structure.ATOMS_AT_ONCE", 7)
    assert_same(local, local_structure(random_glass))


def test_atoms_on_the_faces_of_the_cell(random_glass):
    """Fractional coordinates of 0, of -1e-17 (1 after wrapping) and of 1."""
    local = local_structure(random_glass)
    for atom in (0, 1):
        for offset in (0.0, -1e-17, 1.0):
            shift = offset - np.linalg.solve(random_glass.cell.T, random_glass.positions[atom])
            positions = random_glass.positions + shift @ random_glass.cell
            moved = Glass(
                species=random_glass.species,
                positions=positions,
                cell=random_glass.cell,
                pbc=random_glass.pbc,
            )
            assert_same(local, local_structure(moved))


def test_open_surfaces_and_voids_are_refused():
    with pytest.raises(InputError, match="not periodic along cell vector 1, 2"):
        local_structure(make_random_glass(30, seed=1, pbc=(True, False, False)))
    slab = make_random_glass(30, seed=1)
    cell = slab.cell.copy()
    cell[2] *= 5
    with pytest.raises(InputError, match="no wide voids"):
        local_structure(Glass(species=slab.species, positions=slab.positions, cell=cell, pbc=slab.pbc))


def test_describe_refuses_atoms_that_do_not_exist(random_glass):
    local = local_structure(random_glass)
    for atom in (-1, len(random_glass)):
        with pytest.raises(InputError, match=f"atom {atom} found, expected 0 to {len(random_glass) - 1}"):
            local.describe(atom)


def test_only_complete_indices_are_named(random_glass):
    local = local_structure(random_glass)
    incomplete = local.voronoi_index.sum(axis=1) < local.voronoi_coordination
    assert incomplete.any()
    for atom in np.flatnonzero(incomplete):
        assert local.describe(atom)["Polyhedron"].endswith(">")


def test_write_table(tmp_path, random_glass):
    path = tmp_path / "local.csv"
    write_table(path, random_glass)
    local = local_structure(random_glass)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["atom"]) for row in rows] == list(range(len(random_glass)))
    assert [row["element"] for row in rows] == random_glass.symbols
    assert rows[5]["voronoi_index"] == f"<{','.join(map(str, local.voronoi_index[5]))}>"
    np.testing.assert_allclose([float(row["volume_A3"]) for row in rows], local.volume, atol=1e-4)
    np.testing.assert_allclose([float(row["q6"]) for row in rows], local.q6, atol=1e-5)
    np.testing.assert_allclose(
        [float(row["fraction_Cu"]) for row in rows], local.composition[:, 0], atol=1e-4
    )
    assert [int(row["coordination_3.8A"]) for row in rows] == local.cutoff_coordination.tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["local.csv"]
