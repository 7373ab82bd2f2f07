"""The calculator against the closed form, finite differences, the paper's files and its own symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms, units
from ase.md.velocitydistribution import thermalize_momenta
from ase.md.verlet import VelocityVerlet
from ase.neighborlist import neighbor_list

from symgnn.errors import InputError
from symgnn.io.formats.paper_pickle import read_paper_pickle
from symgnn.simulate import MendelevCuZr, mendelev2009

BAR = 1e5 * units.Pascal


def energies_by_hand(atoms: Atoms) -> np.ndarray:
    """(N,) eV from ASE's neighbour list and the closed form."""
    potential = mendelev2009()
    species = (atoms.numbers == 40).astype(int)
    i, j, r = neighbor_list("ijd", atoms, 7.6)
    energies, density = np.zeros(len(atoms)), np.zeros(len(atoms))
    for a in (0, 1):
        for b in (0, 1):
            pair = (species[i] == a) & (species[j] == b)
            np.add.at(density, i[pair], potential.density(a, b, r[pair]))
            np.add.at(energies, i[pair], potential.pair_energy(a, b, r[pair]) / 2)
    for a in (0, 1):
        energies[species == a] += potential.embedding(a, density[species == a])
    return energies


def dimer(symbols: str, r: float) -> Atoms:
    return Atoms(
        symbols,
        positions=[[1.0, 2, 3], [1 + r, 2, 3]],
        cell=[20, 21, 22],
        pbc=True,
        calculator=MendelevCuZr(),
    )


@pytest.mark.parametrize(("symbols", "a", "b"), [("Cu2", 0, 0), ("CuZr", 0, 1), ("Zr2", 1, 1)])
@pytest.mark.parametrize("r", [1.5, 2.6, 3.9, 5.0])
def test_dimer_is_the_closed_form(symbols, a, b, r):
    potential = mendelev2009()

    def energy(r):
        rho = potential.density(a, b, r)
        return potential.pair_energy(a, b, r) + potential.embedding(a, rho) + potential.embedding(b, rho)

    atoms = dimer(symbols, r)
    assert atoms.get_potential_energy() == pytest.approx(energy(r), abs=1e-7)
    force = -(energy(r + 1e-5) - energy(r - 1e-5)) / 2e-5
    np.testing.assert_allclose(
        atoms.get_forces(), [[-force, 0, 0], [force, 0, 0]], atol=1e-5 * max(1, abs(force))
    )
    # The only stress of a dimer along x: volume × stress_xx = r dE/dr.
    expected = np.array([-r * force, 0, 0, 0, 0, 0]) / atoms.get_volume()
    np.testing.assert_allclose(atoms.get_stress(), expected, atol=1e-8)


def test_isolated_atoms_have_no_energy():
    atoms = dimer("CuZr", 8.0)
    assert atoms.get_potential_energy() == 0
    assert (atoms.get_forces() == 0).all()
    assert (atoms.get_stress() == 0).all()


def test_few_atoms_in_a_huge_cell():
    near, far = dimer("CuZr", 2.6), dimer("CuZr", 2.6)
    far.set_cell([1e5, 1e5, 1e5])
    far.positions -= [2.0, 0, 0]  # the pair now lies across the boundary
    assert far.get_potential_energy() == pytest.approx(near.get_potential_energy(), abs=1e-9)


@pytest.mark.parametrize("name", ["test0", "train1"])
def test_energy_and_pressure_are_those_of_the_paper(raw_data, name):
    glass = read_paper_pickle(raw_data / f"{name}.pickle")
    atoms = Atoms(
        glass.species, positions=glass.positions, cell=glass.cell, pbc=True, calculator=MendelevCuZr()
    )
    np.testing.assert_allclose(
        atoms.get_potential_energies(), glass.properties["potential_energy"], atol=1e-4
    )
    assert np.sqrt((atoms.get_forces() ** 2).mean()) < 3e-4  # minima, in single precision
    # The paper's fields: local stresses times the volume in units of 1e7 bar Å³.
    xx, yy, zz, yz, xz, xy = (atoms.get_stresses() * atoms.get_volume() / BAR / 1e7).T
    np.testing.assert_allclose(-(xx + yy + zz), glass.properties["pressure"], atol=5e-4)
    shear = (xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2 + 6 * (yz**2 + xz**2 + xy**2)
    np.testing.assert_allclose(np.sqrt(shear), glass.properties["von_mises"], atol=5e-4)


def test_forces_are_minus_the_gradient(liquid):
    liquid.calc = MendelevCuZr()
    forces = liquid.get_forces()
    assert np.abs(forces).max() > 1
    h = 1e-4
    for atom in (0, 101, 249):
        for axis in range(3):
            energy = []
            for step in (h, -2 * h):
                liquid.positions[atom, axis] += step
                energy.append(liquid.get_potential_energy())
            liquid.positions[atom, axis] += h
            assert forces[atom, axis] == pytest.approx((energy[1] - energy[0]) / (2 * h), abs=2e-5)


def test_stress_is_the_derivative_by_strain(liquid):
    liquid.calc = MendelevCuZr()
    stress, volume = liquid.get_stress(), liquid.get_volume()
    assert np.abs(stress).min() > 1e-4
    cell = liquid.cell.array.copy()
    h = 1e-5
    for voigt, (i, j) in enumerate([(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]):
        energy = []
        for step in (h, -h):
            strain = np.zeros((3, 3))
            strain[i, j] += step / 2
            strain[j, i] += step / 2
            liquid.set_cell(cell @ (np.eye(3) + strain), scale_atoms=True)
            energy.append(liquid.get_potential_energy())
        liquid.set_cell(cell, scale_atoms=True)
        assert stress[voigt] == pytest.approx((energy[0] - energy[1]) / (2 * h) / volume, abs=1e-7)
    np.testing.assert_allclose(liquid.get_stresses().sum(axis=0), stress, atol=1e-12)


def test_forces_sum_to_zero(liquid):
    liquid.calc = MendelevCuZr()
    np.testing.assert_allclose(liquid.get_forces().sum(axis=0), 0, atol=1e-10)


def test_energies_sum_to_the_energy(liquid):
    liquid.calc = MendelevCuZr()
    assert liquid.get_potential_energies().sum() == pytest.approx(liquid.get_potential_energy(), abs=1e-9)


@pytest.mark.parametrize(
    "strain",
    [
        np.diag([0.0, 0.0, -0.03]),
        [[0, 0.25, 0], [0, 0, 0], [0, 0, 0]],
        [[0, 0.15, -0.2], [0, 0, 0.18], [0, 0, 0]],
        [[0.02, -0.3, 0.25], [0.1, 0.03, 0], [0, -0.05, 0.12]],
    ],
)
def test_thin_and_triclinic_cells_agree_with_the_closed_form(liquid, strain):
    liquid.set_cell(liquid.cell.array * 1.02 @ (np.eye(3) + strain), scale_atoms=True)
    liquid.positions += np.random.default_rng(2).integers(-2, 3, (len(liquid), 3)) @ liquid.cell.array
    expected = energies_by_hand(liquid)
    for skin in (0.0, 0.7, 5.0):
        liquid.calc = MendelevCuZr(skin=skin)
        np.testing.assert_allclose(liquid.get_potential_energies(), expected, atol=1e-5)


def test_the_same_lattice_in_skewed_vectors(liquid):
    block = liquid.repeat(2)
    block.calc = MendelevCuZr()
    skewed = block.copy()
    skewed.set_cell(np.array([[1, 0, 0], [1, 1, 0], [0, -1, 1]]) @ block.cell.array)
    skewed.calc = MendelevCuZr()
    np.testing.assert_allclose(skewed.get_potential_energies(), block.get_potential_energies(), atol=1e-10)
    np.testing.assert_allclose(skewed.get_forces(), block.get_forces(), atol=1e-9)
    np.testing.assert_allclose(skewed.get_stress(), block.get_stress(), atol=1e-12)


def test_rotation_and_reflection_turn_the_forces(liquid):
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    turned = liquid.copy()
    turned.set_cell(liquid.cell.array @ turn)
    turned.positions = liquid.positions @ turn
    liquid.calc, turned.calc = MendelevCuZr(), MendelevCuZr()
    np.testing.assert_allclose(turned.get_potential_energies(), liquid.get_potential_energies(), atol=1e-10)
    np.testing.assert_allclose(turned.get_forces(), liquid.get_forces() @ turn, atol=1e-9)
    stress = turn.T @ liquid.get_stress(voigt=False) @ turn
    np.testing.assert_allclose(turned.get_stress(voigt=False), stress, atol=1e-12)


def test_the_list_is_reused_and_misses_nothing(liquid):
    """Small moves and strains, some of them across the boundary, against a calculator without memory."""
    rng = np.random.default_rng(3)
    liquid.calc = MendelevCuZr(skin=0.7)
    n_calls = 60
    for _ in range(n_calls):
        liquid.positions += rng.normal(scale=0.01, size=(len(liquid), 3))
        liquid.positions[:, 0] += 0.05
        liquid.set_cell(
            liquid.cell.array @ (np.eye(3) + rng.normal(scale=5e-4, size=(3, 3))), scale_atoms=True
        )
        fresh = liquid.copy()
        fresh.calc = MendelevCuZr(skin=0.0)
        np.testing.assert_allclose(
            liquid.get_potential_energies(), fresh.get_potential_energies(), atol=1e-10
        )
        np.testing.assert_allclose(liquid.get_forces(), fresh.get_forces(), atol=1e-9)
    assert 2 <= liquid.calc.list_updates < n_calls / 2


def test_two_atoms_that_approach_each_other_are_not_missed():
    """Neither moved by a skin, but their distance fell by nearly two: from outside the list."""
    atoms = dimer("CuZr", 10.65)
    atoms.set_cell([30, 30, 30])
    atoms.calc = MendelevCuZr(skin=3.0)
    assert atoms.get_potential_energy() == 0
    atoms.positions[:, 0] += [2.9, -2.9]
    assert atoms.get_potential_energy() == pytest.approx(
        dimer("CuZr", 4.85).get_potential_energy(), abs=1e-12
    )


def test_one_calculator_for_different_glasses(liquid):
    calculator = MendelevCuZr()
    liquid.calc = calculator
    before = liquid.get_potential_energy()
    other = liquid.copy()
    other.numbers = liquid.numbers[::-1]
    other.calc = calculator
    swapped = other.get_potential_energy()
    assert abs(swapped - before) > 1
    pair = dimer("CuZr", 2.6)
    alone = pair.get_potential_energy()
    pair.calc = calculator
    assert pair.get_potential_energy() == alone
    assert liquid.get_potential_energy() == pytest.approx(before, abs=1e-9)


def test_dynamics_conserve_the_energy(small_glass):
    atoms = Atoms(small_glass.species, positions=small_glass.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    thermalize_momenta(atoms, 1200, rng=np.random.default_rng(0))
    dynamics = VelocityVerlet(atoms, 1.0 * units.fs)
    totals = []
    dynamics.attach(lambda: totals.append(atoms.get_total_energy()), interval=20)
    dynamics.run(1000)
    kinetic = atoms.get_kinetic_energy() / len(atoms)
    assert kinetic > 0.05  # eV per atom: energy did flow
    assert np.ptp(totals) / len(atoms) < 2e-4
    assert atoms.calc.list_updates > 5


def cube(symbols: str = "Cu2", edge: float = 20.0) -> Atoms:
    return Atoms(symbols, positions=[[0, 0, 0], [2.6, 0, 0]], cell=[edge] * 3, pbc=True)


def with_positions(x: float) -> Atoms:
    atoms = cube()
    atoms.positions[1, 0] = x
    return atoms


def skewed() -> Atoms:
    atoms = cube()
    atoms.set_cell([[20, 0, 0], [20, 20, 0], [0, 0, 20]])  # edges of 20 Å and more, faces 14.1 Å apart
    return atoms


def open_above() -> Atoms:
    atoms = cube()
    atoms.pbc = (True, True, False)
    return atoms


def crowd() -> Atoms:
    """A copper atom in a shell of zirconium atoms, 2.2 Å away: far beyond any density in a glass."""
    direction = np.random.default_rng(0).normal(size=(4000, 3))
    points = []
    for d in direction / np.linalg.norm(direction, axis=1)[:, None] * 2.2:
        if not points or np.linalg.norm(np.array(points) - d, axis=1).min() > 1.06:
            points.append(d)
    return Atoms(f"CuZr{len(points)}", positions=[[0, 0, 0], *points], cell=[20] * 3, pbc=True)


@pytest.mark.parametrize(
    ("atoms", "message"),
    [
        (cube("CuNi"), r"atom 1 is Ni; the potential knows Cu and Zr only"),
        (cube(edge=15.1), r"15\.10 Å apart; the potential needs at least 15\.2 Å"),
        (skewed(), r"14\.14 Å apart; the potential needs at least 15\.2 Å"),
        (open_above(), r"periodicity is \[True, True, False\]"),
        (with_positions(1.0), r"atoms 0 and 1 are 1\.000 Å apart; the potential holds above 1\.05 Å"),
        (with_positions(-59.0), r"atoms 0 and 1 are 1\.000 Å apart"),
        (with_positions(np.nan), r"positions are not finite"),
        (cube(edge=0.0), r"0\.00 Å apart; the potential needs at least 15\.2 Å"),
        (cube(edge=np.nan), r"nan Å apart; the potential needs at least 15\.2 Å"),
        (crowd(), r"electron density at atom \d+ is beyond the potential's limit of 149"),
    ],
)
def test_what_the_potential_cannot_do_is_an_input_error(atoms, message):
    atoms.calc = MendelevCuZr()
    with pytest.raises(InputError, match=message):
        atoms.get_potential_energy()


def test_a_cell_of_exactly_two_cutoffs_is_accepted():
    atoms = cube(edge=15.2)
    atoms.calc = MendelevCuZr()
    assert atoms.get_potential_energy() == pytest.approx(dimer("Cu2", 2.6).get_potential_energy(), abs=1e-12)


def test_a_simulation_that_explodes_is_an_input_error(liquid):
    liquid.calc = MendelevCuZr()
    liquid.get_forces()  # there is a list now
    liquid.positions[7] = np.nan
    with pytest.raises(InputError, match="not finite"):
        liquid.get_forces()


@pytest.mark.parametrize("change", ["pbc", "cell"])
def test_the_cell_is_checked_at_every_call(liquid, change):
    liquid.calc = MendelevCuZr()
    liquid.get_forces()
    if change == "pbc":
        liquid.pbc = (False, True, True)
    else:
        liquid.set_cell(liquid.cell.array * 15.19 / liquid.cell.array[0, 0], scale_atoms=True)
    with pytest.raises(InputError, match="the potential needs"):
        liquid.get_forces()


def test_a_failed_call_leaves_no_old_results(liquid):
    liquid.calc = MendelevCuZr()
    liquid.get_forces()
    liquid.positions[3] = liquid.positions[4] + 0.5
    for _ in range(2):
        with pytest.raises(InputError, match="apart"):
            liquid.get_forces()
    calculator = MendelevCuZr()
    calculator.calculate(dimer("CuZr", 2.6))
    with pytest.raises(InputError, match="apart"):
        calculator.calculate(dimer("CuZr", 0.5))
    assert calculator.results == {}


def test_skin_is_checked():
    with pytest.raises(InputError, match="skin is 6 Å"):
        MendelevCuZr(skin=6)
