"""Whatever the format: atoms too near, lengths in nm or bohr, files that would fill the memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tracemalloc

import ase.io
import numpy as np
import pytest
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.constraints import FixAtoms

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.io.compression import unpacked
from symgnn.io.structures import read_glass, read_glass_bytes, reading_notes
from symgnn.pair_search import expected_pairs
from tests.conftest import make_random_glass

LATTICE = 'Lattice="9 0 0 0 9 0 0 0 9"'


def xyz(glass: Glass, scale: float = 1.0) -> bytes:
    lattice = f'Lattice="{" ".join(map(str, (glass.cell * scale).ravel()))}"' if glass.pbc.any() else ""
    rows = [f"{s} {x} {y} {z}" for s, (x, y, z) in zip(glass.symbols, glass.positions * scale, strict=True)]
    return "\n".join([str(len(glass)), lattice, *rows]).encode()


def refusal(data: bytes, name: str = "a.xyz") -> str:
    with pytest.raises(InputError) as caught:
        read_glass_bytes(name, data)
    assert str(caught.value).startswith(f"{name}: ")
    return str(caught.value)


@pytest.mark.parametrize("distance", [0.05, 0.9, 1.5])
@pytest.mark.parametrize("across", [False, True])
def test_atoms_nearer_than_half_the_sum_of_their_radii(distance, across):
    """Covalent radii: Cu 1.32, Zr 1.75 Å, half their sum 1.535; the pair may meet across the boundary."""
    first, second = (9 - distance / 2, distance / 2) if across else (4.0, 4.0 + distance)
    atoms = f"3\n{LATTICE}\nCu 1 1 {first}\nCu 5 5 5\nZr 1 1 {second}\n".encode()
    message = refusal(atoms)
    assert "Cu (atom 0) and Zr (atom 2)" in message
    assert f"{distance:g} Å apart" in message
    assert "1.54 Å" in message
    if distance < 0.1:
        assert "listed twice" in message


def test_atoms_just_far_enough_are_read():
    read_glass_bytes("a.xyz", f"2\n{LATTICE}\nCu 1 1 1\nZr 1 1 2.55\n".encode())
    hydrogen = read_glass_bytes("a.xyz", f"2\n{LATTICE}\nH 1 1 1\nH 1 1 1.741\n".encode())  # a molecule
    assert len(hydrogen) == 2


@pytest.mark.parametrize("pbc", [(True, True, True), (False, False, False), (True, True, False)])
def test_lengths_in_nm(pbc):
    message = refusal(xyz(make_random_glass(500, seed=3, pbc=pbc), 0.1))
    assert "in nm" in message


def test_lengths_in_bohr_or_vacuum_are_told():
    glass = make_random_glass(300, seed=3)
    notes = reading_notes(read_glass_bytes("a.xyz", xyz(glass, 1 / 0.529177)))
    assert any("lengths in bohr" in note and "atoms per Å³" in note for note in notes)
    assert reading_notes(read_glass_bytes("a.xyz", xyz(glass))) == []


@pytest.mark.parametrize("pbc", [(True, True, True), (True, True, False), (False, False, False)])
@pytest.mark.parametrize(("n", "cutoff"), [(100_000, 5.0), (20_000, 50.0)])
def test_a_glass_in_nm_does_not_allocate_without_bound(n, cutoff, pbc):
    """The number of pairs is estimated first: 100,000 atoms with lengths in nm have 3 × 10^9 pairs within 5 Å."""
    rng = np.random.default_rng(0)
    edge = (n / 0.06) ** (1 / 3) / 10
    glass = Glass(rng.choice([29, 40], n), rng.uniform(size=(n, 3)) * edge, edge * np.eye(3), pbc, name="nm")
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"nm: about .* atoms within 50? Å of each.*lengths in nm"):
            neighbor_list(glass, cutoff)
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cutoff", [3.0, 5.0, 9.0])
@pytest.mark.parametrize("pbc", [(True, True, True), (False, False, False), (True, False, False)])
def test_expected_pairs_are_right_to_a_factor_of_two(cutoff, pbc):
    glass = make_random_glass(400, seed=4, pbc=pbc)
    assert 0.5 < expected_pairs(glass, cutoff) / len(neighbor_list(glass, cutoff)) < 2.5
    thin = Glass([29, 40], [[0, 0, 0], [0, 0, 1.5]], np.diag([3.0, 3.0, 3.0]), (True, True, True))
    assert 0.5 < expected_pairs(thin, 12.0) / len(neighbor_list(thin, 12.0)) < 2


def test_in_a_particle_smaller_than_the_cutoff_all_atoms_are_pairs():
    glass = make_random_glass(400, seed=4, pbc=(False, False, False))
    assert expected_pairs(glass, 60.0) == len(neighbor_list(glass, 60.0)) == 400 * 399


def test_huge_extents_are_refused_not_a_crash_of_the_process():
    assert "extends over" in refusal(b"3\n\nCu 0 0 0\nZr 3e6 0 0\nCu 1 3 3\n")
    assert "a coordinate is 1e+300" in refusal(b"3\n\nCu 0 0 0\nZr 1e300 0 0\nCu 1 3 3\n")
    assert "extends over" in refusal(b'2\nLattice="1e7 0 0 0 9 0 0 0 9"\nCu 0 0 0\nZr 0 0 3\n')
    far = read_glass_bytes(
        "a.xyz", f"2\n{LATTICE}\nCu 0 0 0\nZr 0 0 9000003\n".encode()
    )  # wrapped, it is 3 Å away
    assert len(neighbor_list(far, 4.0)) == 2


@pytest.mark.parametrize(
    ("ending", "packed"), [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)]
)
def test_compressed_files(tmp_path, ending, packed):
    data = xyz(make_random_glass(50, seed=2))
    (tmp_path / f"glass.xyz{ending}").write_bytes(packed(data))
    glass = read_glass(tmp_path / f"glass.xyz{ending}")
    assert (glass.name, glass.content_hash) == ("glass", read_glass_bytes("glass.xyz", data).content_hash)
    assert "not readable as a compressed file" in refusal(packed(data)[:-9], f"a.xyz{ending}")
    assert "not readable as a compressed file" in refusal(data, f"a.xyz{ending}")
    with pytest.raises(InputError, match="larger than the limit"):
        unpacked(f"a.xyz{ending}", packed(bytes(2**22)), limit=2**20)
    assert "ending '.txt' is not supported" in refusal(packed(data), f"a.txt{ending}")


def test_ase_trajectory(tmp_path):
    glass = make_random_glass(40, seed=5, pbc=(True, True, False))
    atoms = Atoms(numbers=glass.species, positions=glass.positions - 1, cell=glass.cell, pbc=glass.pbc)
    last = atoms.copy()
    last.positions += 1
    last.set_tags(np.arange(40))
    last.set_constraint(FixAtoms([0]))
    last.calc = SinglePointCalculator(last, energy=-1.0, energies=np.arange(40) / 2, forces=np.zeros((40, 3)))
    ase.io.write(tmp_path / "run.traj", [atoms, last])
    found = read_glass(tmp_path / "run.traj")
    np.testing.assert_array_equal(found.species, glass.species)
    np.testing.assert_allclose(found.positions, glass.positions, atol=1e-12)
    np.testing.assert_array_equal(found.cell, glass.cell)
    np.testing.assert_array_equal(found.pbc, glass.pbc)
    assert set(found.properties) == {"energies", "tags"}
    np.testing.assert_array_equal(found.properties["energies"], np.arange(40) / 2)
    assert found.notes["frame"] == "the last of 2 frames"
    whole = (tmp_path / "run.traj").read_bytes()
    rng = np.random.default_rng(1)
    for data in (whole[:100], whole[: len(whole) // 2], b"- of Ulm" + bytes(100), rng.bytes(2000)):
        assert "ASE trajectory" in refusal(data, "run.traj")
    assert len(read_glass_bytes("run.traj.gz", gzip.compress(whole))) == 40


def test_a_trajectory_of_one_atom_is_refused():
    file = io.BytesIO()
    ase.io.write(file, Atoms("Cu", cell=[9] * 3, pbc=True), format="traj")
    assert "at least 2" in refusal(file.getvalue(), "one.traj")


@pytest.mark.parametrize(
    ("n_atoms", "cutoff", "limit"),
    [(20_000, 25.0, "the limit is 2,000:"), (600_000, 10.0, r"the limit is 1e\+08:")],
)
def test_the_limit_that_was_reached_is_named(n_atoms, cutoff, limit):
    """.06 atoms per Å³: 3927 neighbours within 25 Å, above the limit of an atom; 251 within 10 Å of 600,000 atoms."""
    edge = (n_atoms / 0.06) ** (1 / 3)
    positions = np.random.default_rng(0).uniform(0, edge, (n_atoms, 3))
    glass = Glass(np.full(n_atoms, 29), positions, np.eye(3) * edge, [True] * 3, name="many")
    with pytest.raises(InputError, match=limit):
        neighbor_list(glass, cutoff)
