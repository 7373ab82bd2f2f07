"""A part of a large glass, whose topology is computed in seconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from ase import Atoms
from ase.geometry import complete_cell, find_mic

from symgnn.glass import Glass, as_glass


def nearest_atoms(structure: Glass | Atoms, atom: int, n: int) -> tuple[Glass, np.ndarray]:
    """The n atoms nearest to one, itself included, as a glass without a cell, the one at the origin; and their numbers
    (n,), ascending.

    Every atom stands at the image nearest to the one. Loops that pass the crop's surface are not those of the glass.
    Raises InputError for an atom that does not exist.
    """
    glass = as_glass(structure)
    glass.check_atom(atom)
    vectors = glass.positions - glass.positions[atom]
    if glass.pbc.any():
        vectors, _ = find_mic(vectors, complete_cell(glass.cell), glass.pbc)
    n = min(max(n, 2), len(glass))
    numbers = np.sort(np.argpartition((vectors**2).sum(axis=1), n - 1)[:n])
    crop = replace(
        glass,
        species=glass.species[numbers],
        positions=vectors[numbers],
        cell=np.zeros((3, 3)),
        pbc=np.zeros(3, dtype=bool),
        barriers=None if glass.barriers is None else glass.barriers[numbers],
        properties={name: values[numbers] for name, values in glass.properties.items()},
        name=f"{glass.name}, {n} atoms around {atom}",
    )
    return crop, numbers
