"""Time of the Mendelev 2009 calculator by number of atoms, on one core: `python benchmarks/eam_speed.py`.

One call gives energies, forces and stress through ASE, with the list of pairs reused from the call before;
the list is made anew every 10 to 30 steps of dynamics. Atoms stand at random at a glass's density, so that
there are as many pairs as in a glass.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np

from symgnn.simulate import MendelevCuZr
from symgnn.simulate.glass_maker import random_atoms

SIZES = (500, 1000, 3000, 8000)
CALLS = 30


def seconds(call) -> float:
    """Median processor time of a call."""
    times = []
    for _ in range(CALLS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return float(np.median(times))


def measure(n: int) -> tuple[float, float, int]:
    """Milliseconds per call, milliseconds per new list, number of pairs in the list."""
    rng = np.random.default_rng(0)
    atoms = random_atoms({"Cu": round(0.64 * n), "Zr": n - round(0.64 * n)}, rng)
    atoms.set_cell(atoms.cell * (n / 0.063 / atoms.get_volume()) ** (1 / 3), scale_atoms=True)
    atoms.calc = MendelevCuZr()
    atoms.get_forces()

    def one_call():
        atoms.positions += rng.normal(scale=1e-4, size=(n, 3))
        atoms.get_forces()

    def one_call_with_a_new_list():
        atoms.positions += 0.5
        atoms.get_forces()

    reused = seconds(one_call)
    before = atoms.calc.list_updates
    renewed = seconds(one_call_with_a_new_list)
    if atoms.calc.list_updates - before != CALLS:
        raise RuntimeError("the list was not made anew at each call")
    return 1e3 * reused, 1e3 * (renewed - reused), atoms.calc.n_pairs


if __name__ == "__main__":
    print("  atoms   ms per call   µs per atom   ms per new list   pairs in the list")
    for n in SIZES:
        call, new_list, pairs = measure(n)
        print(f"{n:7d} {call:13.2f} {1e3 * call / n:13.2f} {new_list:17.2f} {pairs:19d}")
