"""Melt-quench at a rate that takes seconds."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from ase import Atoms, units

from symgnn.errors import InputError
from symgnn.simulate import MendelevCuZr, fields_of_glass, make_glass, parse_composition, relax
from symgnn.simulate.glass_maker import random_atoms

from .conftest import QUICK


def test_glass_is_a_minimum_at_zero_pressure(small_glass):
    atoms = Atoms(small_glass.species, positions=small_glass.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    assert np.linalg.norm(atoms.get_forces(), axis=1).max() < 1e-3
    assert abs(atoms.get_stress()[:3].mean()) / (1e5 * units.Pascal) < 50
    np.testing.assert_allclose(
        atoms.get_potential_energies(), small_glass.properties["potential_energy"], atol=1e-9
    )


def test_glass_states_energy_and_stress_of_every_atom(small_glass):
    assert list(small_glass.properties) == ["potential_energy", "pressure", "von_mises"]
    assert small_glass.properties["pressure"].std() > 0.1
    for field, values in fields_of_glass(small_glass).items():
        np.testing.assert_allclose(small_glass.properties[field], values, atol=1e-9)


def test_glass_looks_like_a_glass(small_glass):
    assert small_glass.name == "Cu64Zr36_250_1e16"
    assert len(small_glass) == 250
    assert small_glass.symbols.count("Cu") == 160
    edge = small_glass.cell[0, 0]
    np.testing.assert_allclose(small_glass.cell, edge * np.eye(3), atol=1e-9)
    inside = small_glass.positions / edge
    assert (inside >= -1e-9).all()
    assert (inside <= 1 + 1e-9).all()
    assert small_glass.number_density == pytest.approx(0.0625, abs=0.001)
    assert small_glass.properties["potential_energy"].mean() == pytest.approx(-4.43, abs=0.03)


def test_notes_tell_how_it_was_made(small_glass):
    notes = small_glass.notes
    assert notes["command"] == "made for a test"
    assert notes["seed"] == "5"
    assert notes["quench_rate"] == "1e16 K/s, 2000 to 300 K"
    assert notes["melt"] == "0.3 ps at 2000 K"
    assert notes["time_step"] == "3 fs"
    assert "Philosophical Magazine 89, 967" in notes["potential_citation"]
    assert "CDDL-1.0" in notes["potential_notice"]
    energy = small_glass.properties["potential_energy"].mean()
    assert notes["energy_per_atom"] == f"{energy:.5f} eV"
    assert notes["number_density"] == f"{small_glass.number_density:.5f} atoms per Å³"
    assert abs(float(notes["pressure"].removesuffix(" bar"))) < 50


def test_a_seed_gives_one_glass(small_glass):
    again, other = (make_glass(**QUICK, seed=seed) for seed in (5, 6))
    assert again.content_hash == small_glass.content_hash
    assert other.content_hash != small_glass.content_hash


def test_progress_rises_to_one():
    seen = []
    make_glass(
        **{**QUICK, "melt_time": 3.0},
        seed=1,
        progress=lambda fraction, message: seen.append((fraction, message)),
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == 1
    messages = [message for _, message in seen]
    assert messages[0] == "melt: 2000 K"
    assert "relaxing" in messages


def test_interrupting_ends_the_run():
    def interrupt(fraction, message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_glass(**QUICK, seed=1, progress=interrupt)


def test_quench_ends_at_the_final_temperature(monkeypatch):
    """The temperature set last is that of the ramp's last stair, and it never rises."""
    from ase.md.langevinbaoab import LangevinBAOAB

    temperatures = []
    original = LangevinBAOAB.set_temperature

    def record(self, temperature_K, **options):
        temperatures.append(temperature_K)
        return original(self, temperature_K, **options)

    monkeypatch.setattr(LangevinBAOAB, "set_temperature", record)
    make_glass(**{**QUICK, "quench_rate": 5e15}, seed=1, final_temperature=600.0)
    assert temperatures[0] == 2000
    assert all(a >= b for a, b in itertools.pairwise(temperatures))
    n_steps = 1400 / 5e15 * 1e15 / 3.0
    assert temperatures[-1] == pytest.approx(600, abs=1400 * 10 / n_steps)


def test_random_atoms_keep_their_distance():
    atoms = random_atoms({"Cu": 150, "Zr": 100}, np.random.default_rng(0))
    distances = atoms.get_all_distances(mic=True)[np.triu_indices(250, k=1)]
    assert distances.min() >= 2.0
    assert atoms.get_chemical_formula() == "Cu150Zr100"
    assert "Zr" in atoms.symbols[:20]  # mixed
    assert atoms.get_volume() == pytest.approx(1.1 * (150 * 11.8 + 100 * 23.3))


def test_relax_reports_failure(small_glass):
    atoms = Atoms(small_glass.species, positions=small_glass.positions, cell=small_glass.cell, pbc=True)
    atoms.calc = MendelevCuZr()
    atoms.rattle(0.05, seed=1)
    with pytest.raises(RuntimeError, match="the relaxation stopped at"):
        relax(atoms, max_steps=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cu64Zr36", {"Cu": 0.64, "Zr": 0.36}),
        ("Zr33.3Cu66.6", {"Zr": 1 / 3, "Cu": 2 / 3}),
        ("Cu100", {"Cu": 1.0}),
    ],
)
def test_composition_from_text(text, expected):
    assert parse_composition(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "CuZr", "64Cu36Zr", "Cu64Zr36!", "Cu64 Zr36", "Cu0Zr0", "Cu32Cu32Zr36"])
def test_composition_that_cannot_be_read(text):
    with pytest.raises(InputError, match="expected symbols with percent, like Cu64Zr36"):
        parse_composition(text)


@pytest.mark.parametrize(("text", "total"), [("Cu64", 64), ("Zr1Cu1", 2), ("Cu64.5Zr36.5", 101)])
def test_percentages_that_do_not_sum_to_100(text, total):
    with pytest.raises(InputError, match=f"percentages sum to {total}; expected 100"):
        parse_composition(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_atoms": 200}, r"200 atoms make a box of less than 15\.5 Å.*needs at least 234 atoms"),
        ({"n_atoms": 250.5}, "number of atoms is 250.5"),
        ({"composition": {"Cu": 0.5, "Al": 0.5}}, "composition names Al; the potential knows Cu and Zr only"),
        ({"composition": {"Cu": 0.5, "Zr": 0.4}}, "fractions of Cu and Zr that sum to 1"),
        ({"composition": {"Cu": 1.5, "Zr": -0.5}}, "fractions of Cu and Zr that sum to 1"),
        ({"quench_rate": 0.0}, "quench rate is 0 K/s"),
        ({"quench_rate": float("nan")}, "quench rate is nan K/s"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"final_temperature": 2500.0}, "temperatures are melt 2000 K, final 2500 K"),
        ({"melt_time": -1.0}, "melt time is -1 ps"),
        ({"time_step": 10.0}, "time step is 10 fs"),
    ],
)
def test_impossible_arguments(change, message):
    with pytest.raises(InputError, match=message):
        make_glass(**{**QUICK, "seed": 0, **change})


def test_without_numba_only_the_simulations_are_missing():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import symgnn.glass, symgnn.io.structures\n"
        "try:\n    import symgnn.simulate\n"
        "except ModuleNotFoundError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "symgnn.simulate needs numba, which is not installed: pip install symgnn[physics]"
    )
