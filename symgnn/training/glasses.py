"""The glasses that a training run is given: one or several, and what their labels and elements are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from ase import Atoms
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass, atomic_number
from symgnn.graph.atom_graph import AtomGraph, batch_graphs

Glasses = Glass | Atoms | Sequence[Glass | Atoms]


def as_glasses(structures: Glasses) -> list[Glass]:
    """One structure or several as a list of glasses. Raises InputError for an empty one."""
    one = isinstance(structures, Glass | Atoms)
    glasses = [as_glass(structure) for structure in ([structures] if one else structures)]
    if not glasses:
        raise InputError("no glass found, expected at least one for training and one for validation")
    return glasses


def barriers_of(glass: Glass) -> Tensor:
    """(N,) float32 labels in eV. Raises InputError where the glass has none."""
    if glass.barriers is None:
        raise InputError(f"{glass.name}: no energy barriers found, expected one per atom to train on")
    return torch.tensor(glass.barriers, dtype=torch.float32)


def all_barriers(glasses: Sequence[Glass]) -> np.ndarray:
    """(N,) float64 labels in eV of the atoms of all glasses, one after the other."""
    for glass in glasses:
        barriers_of(glass)
    return np.concatenate([glass.barriers for glass in glasses])


def as_one_graph(graphs: Sequence[AtomGraph]) -> AtomGraph:
    """The graph itself where there is one, else all side by side."""
    return graphs[0] if len(graphs) == 1 else batch_graphs(graphs)


def elements_of(glasses: Sequence[Glass]) -> list[str]:
    """The different elements of some glasses, by atomic number."""
    return sorted({symbol for glass in glasses for symbol in glass.elements}, key=atomic_number)
