"""Random glasses written in every format by writers of the tests, and read back as the same glass.

The references are the writers, which share no code with the readers, and ASE's readers for files that ASE reads right.
"""

from __future__ import annotations

import io

import ase.io
import numpy as np
import pytest
from ase import Atoms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.structures import read_glass_bytes
from tests.io import writers

CUZR = {1: "Cu", 2: "Zr"}
FAST = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def random_glass(seed: int, n: int, *, tilted: bool, periodic: tuple[bool, bool, bool]) -> Glass:
    """n atoms on a jittered grid in a random cell, some of them outside of it, at least 2 Å apart."""
    rng = np.random.default_rng(seed)
    sides = np.ceil(n ** (1 / 3))
    cell = np.diag(rng.uniform(3.4, 4.5, 3) * sides)
    if tilted:
        cell = cell @ (np.eye(3) + np.tril(rng.uniform(-0.2, 0.2, (3, 3)), -1))
        turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        cell = cell @ (turn * np.sign(np.linalg.det(turn)))
    grid = np.array(np.meshgrid(*[np.arange(sides)] * 3)).reshape(3, -1).T
    fractions = (rng.permutation(grid)[:n] + 0.5 + rng.uniform(-0.15, 0.15, (n, 3))) / sides
    fractions += rng.integers(-1, 2, (n, 3))  # not wrapped
    return Glass(
        species=rng.choice([29, 40], n),
        positions=fractions @ cell,
        cell=cell,
        pbc=periodic,
        properties={"energy": rng.normal(size=n), "magmom": rng.integers(-3, 4, n)},
        name="random",
    )


def environments(glass: Glass) -> list[tuple]:
    """For every atom its element and the sorted distances to near atoms of each element: what does not depend on the
    orientation of the axes, the order of atoms, the origin and on wrapping."""
    shifts = np.array(np.meshgrid(*[range(-2, 3) if flag else [0] for flag in glass.pbc])).reshape(3, -1).T
    base = glass.wrapped()
    images = (base[None] + (shifts @ glass.cell)[:, None]).reshape(-1, 3)
    species = np.tile(glass.species, len(shifts))
    tree, found = cKDTree(images), []
    for z, position in zip(glass.species, base, strict=True):
        near = tree.query_ball_point(position, 6.0)
        distances = np.linalg.norm(images[near] - position, axis=1)
        found.append((int(z), *(np.sort(distances[species[near] == e]) for e in (29, 40))))
    return found


def assert_same_in_order(found: Glass, expected: Glass, tolerance: float) -> None:
    np.testing.assert_array_equal(found.species, expected.species)
    for ours, theirs in zip(environments(found), environments(expected), strict=True):
        for distances, others in zip(ours[1:], theirs[1:], strict=True):
            near, far = distances[distances < 5.5], others[others < 5.5]
            if len(near) != len(far):  # one at the very limit
                assert abs(len(near) - len(far)) <= 1
                continue
            np.testing.assert_allclose(near, far, atol=tolerance)


glasses = st.builds(
    random_glass,
    seed=st.integers(0, 10**6),
    n=st.integers(2, 40),
    tilted=st.booleans(),
    periodic=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
seeds = st.integers(0, 10**6)


@FAST
@given(glasses, seeds)
def test_extended_xyz(glass, seed):
    text = writers.xyz(glass, np.random.default_rng(seed))
    found = read_glass_bytes("random.xyz", text.encode())
    np.testing.assert_array_equal(found.species, glass.species)
    np.testing.assert_array_equal(found.positions, glass.positions)
    np.testing.assert_array_equal(found.cell, glass.cell)
    np.testing.assert_array_equal(found.pbc, glass.pbc)
    assert set(found.properties) == {"energy", "magmom", "is_cu"}
    np.testing.assert_array_equal(found.properties["energy"], glass.properties["energy"])
    np.testing.assert_array_equal(found.properties["magmom"], glass.properties["magmom"])
    np.testing.assert_array_equal(found.properties["is_cu"], glass.species == 29)


@FAST
@given(glasses, seeds)
def test_lammps_data(glass, seed):
    text = writers.lammps_data(glass, np.random.default_rng(seed))
    found = read_glass_bytes("random.data", text.encode(), CUZR)
    assert found.pbc.all()
    assert_same_in_order(found, Glass(glass.species, glass.positions, glass.cell, (1, 1, 1)), 1e-8)
    np.testing.assert_array_equal(found.properties["id"], 3 * np.arange(1, len(glass) + 1))
    assert set(found.properties) <= {"id", "charge"}
    np.testing.assert_allclose(abs(np.linalg.det(found.cell)), abs(np.linalg.det(glass.cell)))


@FAST
@given(glasses, seeds)
def test_lammps_dump(glass, seed):
    text = writers.lammps_dump(glass, np.random.default_rng(seed))
    found = read_glass_bytes("random.dump", text.encode(), CUZR)
    np.testing.assert_array_equal(found.pbc, glass.pbc)
    assert_same_in_order(found, glass, 1e-8)
    np.testing.assert_array_equal(found.properties["energy"], glass.properties["energy"])
    np.testing.assert_array_equal(found.properties["id"], 3 * np.arange(1, len(glass) + 1))
    assert found.notes["frame"] == "the last of 2 frames"


@FAST
@given(glasses, seeds)
def test_poscar(glass, seed):
    text = writers.poscar(glass, np.random.default_rng(seed))
    found = read_glass_bytes("POSCAR", text.encode())
    sorted_by = np.argsort(glass.species, kind="stable")
    order = np.arange(len(glass)) if (found.species == glass.species).all() else sorted_by
    np.testing.assert_array_equal(found.species, glass.species[order])
    np.testing.assert_allclose(found.cell, glass.cell, atol=1e-10)
    if not np.allclose(
        found.positions, glass.positions[order], atol=1e-8
    ):  # both orders have one sequence of elements
        np.testing.assert_allclose(found.positions, glass.positions[sorted_by], atol=1e-8)
    assert found.pbc.all()


@FAST
@given(glasses, seeds)
def test_cif(glass, seed):
    text = writers.cif(glass, np.random.default_rng(seed))
    found = read_glass_bytes("random.cif", text.encode())
    assert_same_in_order(found, Glass(glass.species, glass.positions, glass.cell, (1, 1, 1)), 1e-6)


@pytest.mark.parametrize(
    ("ending", "kind"), [(".xyz", "extxyz"), (".data", "lammps-data"), (".poscar", "vasp"), (".cif", "cif")]
)
@settings(FAST, max_examples=15)
@given(glass=glasses)
def test_what_ase_writes_is_read_as_ase_reads_it(ending, kind, glass):
    order = np.argsort(glass.species, kind="stable")
    cell, positions = writers.lower_triangular(glass)
    atoms = Atoms(numbers=glass.species[order], positions=positions[order], cell=cell, pbc=True)
    options = {"specorder": ["Cu", "Zr"], "masses": True} if kind == "lammps-data" else {}
    file = io.BytesIO() if kind == "cif" else io.StringIO()
    ase.io.write(file, atoms, format=kind, **options)
    content = file.getvalue() if kind == "cif" else file.getvalue().encode()
    found = read_glass_bytes(f"ase{ending}", content, CUZR)
    again = ase.io.read(io.StringIO(content.decode()), format=kind)
    np.testing.assert_array_equal(found.species, again.numbers)
    ours = np.linalg.solve(found.cell.T, found.positions.T).T
    theirs = np.linalg.solve(again.cell.array.T, again.positions.T).T
    np.testing.assert_allclose(ours - theirs, np.round(ours - theirs), atol=1e-6)
    np.testing.assert_allclose(found.cell @ found.cell.T, again.cell.array @ again.cell.array.T, atol=1e-5)


WRITERS = {".xyz": writers.xyz, ".data": writers.lammps_data, ".dump": writers.lammps_dump,
           ".poscar": writers.poscar, ".cif": writers.cif}  # fmt: skip


@pytest.mark.parametrize("ending", WRITERS)
@settings(FAST, max_examples=60)
@given(glass=glasses, seed=seeds)
def test_a_lost_or_doubled_line_never_changes_the_number_of_atoms_silently(ending, glass, seed):
    """One line taken out or written twice: refused, or still a glass with all its atoms."""
    rng = np.random.default_rng(seed)
    lines = WRITERS[ending](glass, rng).split("\n")
    row = int(rng.integers(len(lines)))
    changed = lines[:row] + ([lines[row]] * 2 if rng.integers(2) else []) + lines[row + 1 :]
    try:
        found = read_glass_bytes(f"a{ending}", "\n".join(changed).encode(), CUZR)
    except InputError:
        return
    if ending == ".cif":  # which does not say how many atoms it has
        assert abs(len(found) - len(glass)) <= 1
    elif ending == ".dump" and row < 11:  # the first frame
        assert len(found) == len(glass)
    else:
        assert len(found) in (len(glass), 2)
