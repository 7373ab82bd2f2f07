"""Write a toy data set: six small Al-Sm glasses with made-up barriers, and the YAML that names them.

    python make_toy.py [FOLDER]          # by default runs/labels/

It needs numpy and ase only. Each glass is 128 atoms placed at random and pushed apart. The barrier of an atom is no
physics: it grows with how crowded the atom is, and with how many of its neighbours are Sm, so that a model has
something to learn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import ase.io
import numpy as np
from ase import Atoms
from ase.neighborlist import neighbor_list

ATOMS = 128
SM_FRACTION = 0.2
VOLUME_PER_ATOM = 19.0  # Å³
RADIUS = {"Al": 1.4, "Sm": 1.75}  # Å, for pushing apart
PUSHES = 150
GLASSES = {"a": "train", "b": "train", "c": "train", "d": "validation", "e": "test", "f": "test"}

YAML = """\
name: toy
train: [a.xyz, b.xyz, c.xyz]
validation: d.xyz
test: [e.xyz, f.xyz]
"""


def random_glass(rng: np.random.Generator) -> Atoms:
    """Atoms at random positions in a periodic cube, pushed apart until hardly any two overlap."""
    symbols = np.where(rng.permutation(ATOMS) < SM_FRACTION * ATOMS, "Sm", "Al")
    edge = (ATOMS * VOLUME_PER_ATOM) ** (1 / 3)
    glass = Atoms(symbols, rng.uniform(0, edge, (ATOMS, 3)), cell=[edge] * 3, pbc=True)
    radius = np.array([RADIUS[symbol] for symbol in symbols])
    for _ in range(PUSHES):
        i, j, vector, length = neighbor_list("ijDd", glass, 2 * max(RADIUS.values()))
        overlap = np.maximum(radius[i] + radius[j] - length, 0)
        push = np.zeros((ATOMS, 3))
        np.add.at(push, i, -0.25 * (overlap / length)[:, None] * vector)
        glass.positions += push
    glass.wrap()
    return glass


def made_up_barriers(glass: Atoms, rng: np.random.Generator) -> np.ndarray:
    """(N,) eV: 1.2 for the average atom, more where it is crowded and where its neighbours are Sm, and some noise."""
    i, j, length = neighbor_list("ijd", glass, 5.0)
    near = np.exp(-((length / 3.0) ** 2))
    is_sm = glass.numbers[j] == 62
    crowding = np.bincount(i, near, minlength=len(glass))
    sm_around = np.bincount(i, near * is_sm, minlength=len(glass))
    barrier = 1.2 + 0.25 * (crowding - crowding.mean()) + 0.4 * (sm_around - sm_around.mean())
    return barrier + rng.normal(0, 0.05, len(glass))


def write_toy(folder: Path, seed: int = 0) -> Path:
    """Write the glasses and toy.yaml into a folder; returns the path of the YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for name in GLASSES:
        glass = random_glass(rng)
        glass.set_array("barrier", made_up_barriers(glass, rng))
        ase.io.write(folder / f"{name}.xyz", glass, format="extxyz")
    path = folder / "toy.yaml"
    path.write_text(YAML, encoding="utf-8")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("runs/labels"))
    print(write_toy(parser.parse_args().folder))
