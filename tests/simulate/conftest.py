"""A small glass of our own, made once."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms

pytest.importorskip("numba", reason="the simulations need numba: pip install symgnn[physics]")

from symgnn.glass import Glass
from symgnn.simulate import make_glass

QUICK = {"n_atoms": 250, "quench_rate": 1e16, "melt_time": 0.3, "time_step": 3.0}


@pytest.fixture(scope="session")
def small_glass() -> Glass:
    """250 atoms of Cu64Zr36, quenched within .2 ps: disordered, in equilibrium, good for nothing else."""
    return make_glass(**QUICK, seed=5, command="made for a test")


@pytest.fixture
def liquid(small_glass) -> Atoms:
    """The same atoms, each moved by about .1 Å, with forces of some eV/Å."""
    atoms = Atoms(
        small_glass.species, positions=small_glass.positions, cell=small_glass.cell, pbc=small_glass.pbc
    )
    atoms.positions += np.random.default_rng(0).normal(scale=0.1, size=(len(atoms), 3))
    return atoms
