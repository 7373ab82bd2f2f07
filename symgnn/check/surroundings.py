"""How far the surroundings of each atom are from those in the training data.

An atom is described by how densely each element surrounds it at each distance (`symgnn.descriptors`: shells every .2 Å
up to 5 Å). Its distance is that of Mahalanobis from the training atoms of its element, in units in which they have 1 on
average; then its square is averaged over the atom and its neighbours within 4 Å, because a prediction depends on the
wider surroundings and because noise and strain, which change every atom a little, show in the average. What a distance
means is told by glasses of the training data that were held out from the fit: the percentile of an atom is the fraction
of such atoms that are nearer. About 5% of the atoms of a glass like those of the training are above the 95th.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from ase import Atoms
from ase.data import atomic_numbers

from symgnn.descriptors import SPACING, shell_radii
from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.io.writing import replacing

CUTOFF = 5.0  # Å
AVERAGED_WITHIN = 4.0  # Å
LEAST_VARIANCE = (
    1e-3  # of a principal component, in units of the variance of a density: below it there is rounding
)
LEVELS = np.linspace(0.0, 1.0, 1001)  # of the quantiles that are kept
PAPER = Path(__file__).with_name("paper.npz")
_ARRAYS = (
    "elements",
    "mean",
    "deviation",
    "whitening",
    "quantiles",
    "calibrated_on",
    "density",
    "fraction",
    "shortest",
)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What training glasses with K elements look like; D densities describe an atom.

    elements    K chemical symbols
    mean, deviation (K, D), whitening (K, D, D)   of the densities around atoms of each element
    quantiles   (1001,)  distances of atoms of held-out training glasses at `LEVELS`
    calibrated_on        how many atoms these were
    density     (2,)     lowest and highest number of atoms per Å³ of the training glasses
    fraction    (K, 2)   lowest and highest fraction of each element
    shortest    (K, K) Å shortest distance of each pair of elements in any training glass; inf where there is none
    """

    elements: tuple[str, ...]
    mean: np.ndarray
    deviation: np.ndarray
    whitening: np.ndarray
    quantiles: np.ndarray
    calibrated_on: int
    density: np.ndarray
    fraction: np.ndarray
    shortest: np.ndarray

    def distance(self, structure: Glass | Atoms) -> np.ndarray:
        """(N,) the distance of every atom's surroundings, about 1 for atoms of the training glasses.

        Raises InputError for an element that the training glasses do not have.
        """
        glass = as_glass(structure)
        _check_elements(glass, self.elements)
        values, squared = densities(glass, self.elements), np.zeros(len(glass))
        for row, element in enumerate(self.elements):
            own = glass.species == atomic_numbers[element]
            scaled = (values[own] - self.mean[row]) / self.deviation[row]
            squared[own] = np.square(scaled @ self.whitening[row]).mean(axis=1)
        near = neighbor_list(glass, AVERAGED_WITHIN)
        around = np.bincount(near.target, weights=squared[near.source], minlength=len(glass))
        return np.sqrt((squared + around) / (1 + np.bincount(near.target, minlength=len(glass))))

    def percentile(self, distance: np.ndarray) -> np.ndarray:
        """(N,) percentiles above 0 and below 100: of 100 atoms of held-out training glasses so many are nearer."""
        fraction = np.interp(distance, self.quantiles, LEVELS)
        half = 0.5 / self.calibrated_on
        return 100 * np.clip(fraction, half, 1 - half)

    def save(self, path: str | os.PathLike) -> None:
        """Write an .npz file."""
        arrays = {name: np.asarray(getattr(self, name)) for name in _ARRAYS}
        small = {
            name: a.astype(np.float32) if a.dtype == float and a.ndim > 1 else a for name, a in arrays.items()
        }
        with replacing(path) as temporary:
            np.savez_compressed(temporary, **small)

    @classmethod
    def load(cls, path: str | os.PathLike) -> Surroundings:
        """Read what `save` wrote. Raises InputError naming the file where it is something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in _ARRAYS}
        except (OSError, KeyError, ValueError, EOFError, BadZipFile, zlib.error):
            raise InputError(f"{path}: not readable as statistics of training glasses") from None
        return cls(
            elements=tuple(map(str, arrays.pop("elements"))),
            calibrated_on=int(arrays.pop("calibrated_on")),
            **{name: values.astype(float) for name, values in arrays.items()},
        )


def densities(glass: Glass, elements: Sequence[str]) -> np.ndarray:
    """(N, D) how densely each of `elements` surrounds each atom in each shell: `symgnn.descriptors.local_densities`,
    in single steps that need little memory in a large glass."""
    near, radii = neighbor_list(glass, CUTOFF), shell_radii(CUTOFF).numpy().astype(float)
    index = np.full(119, -1)
    index[[atomic_numbers[element] for element in elements]] = np.arange(len(elements))
    size = len(glass) * len(elements)
    cell = near.target * len(elements) + index[glass.species[near.source]]
    strength = 0.5 * (1 + np.cos(np.pi * near.length / CUTOFF))
    columns = [
        np.bincount(
            cell, weights=strength * np.exp(-0.5 * ((near.length - radius) / SPACING) ** 2), minlength=size
        )
        for radius in radii
    ]
    return np.stack(columns, axis=1).reshape(len(glass), -1)


def fit_surroundings(glasses: Sequence[Glass | Atoms], groups: Sequence[int] | None = None) -> Surroundings:
    """The statistics of training glasses.

    groups: a number for each glass; those of one number are held out together (replicas, or one glass strained). By
    default each glass is one group. Of a single group nothing can be held out: its own distances calibrate, which are
    a little too small. Raises InputError for no glass and for one that is not periodic in all directions.
    """
    glasses = [as_glass(glass) for glass in glasses]
    if not glasses:
        raise InputError("training glasses: none found, expected one or more")
    for glass in glasses:
        if glass.number_density is None:
            raise InputError(f"{glass.name}: not periodic in all directions, expected a bulk glass")
    elements = tuple(sorted({e for glass in glasses for e in glass.elements}, key=atomic_numbers.__getitem__))
    groups = np.arange(len(glasses)) if groups is None else np.asarray(groups)
    values = [densities(glass, elements) for glass in glasses]
    distances = []
    for group in np.unique(groups):
        held_out = np.flatnonzero(groups == group)
        kept = [row for row in range(len(glasses)) if row not in held_out] or list(held_out)
        fitted = _fitted(elements, [glasses[row] for row in kept], [values[row] for row in kept])
        distances += [fitted.distance(glasses[row]) for row in held_out if _known(glasses[row], fitted)]
    calibrating = np.concatenate(distances or [_fitted(elements, glasses, values).distance(glasses[0])])
    return _fitted(elements, glasses, values, calibrating)


@cache
def paper_surroundings() -> Surroundings:
    """The statistics of the paper's training glasses, by which all shipped checkpoints were trained; made by
    `python -m benchmarks.surroundings --write`."""
    return Surroundings.load(PAPER)


def _known(glass: Glass, fitted: Surroundings) -> bool:
    """Whether atoms of all the glass's elements took part in a fit."""
    return all(np.isfinite(fitted.mean[fitted.elements.index(element)]).all() for element in glass.elements)


def _fitted(
    elements: tuple[str, ...],
    glasses: Sequence[Glass],
    values: Sequence[np.ndarray],
    calibrating: np.ndarray | None = None,
) -> Surroundings:
    species, rows = np.concatenate([glass.species for glass in glasses]), np.concatenate(values)
    width = rows.shape[1]
    mean, deviation = np.full((len(elements), width), np.nan), np.ones((len(elements), width))
    whitening = np.zeros((len(elements), width, width))
    for row, element in enumerate(elements):
        own = rows[species == atomic_numbers[element]]
        if len(own):
            mean[row], deviation[row] = own.mean(0), own.std(0) + 1e-6
            scaled = (own - mean[row]) / deviation[row]
            variance, direction = np.linalg.eigh(scaled.T @ scaled / len(own))
            whitening[row] = direction / np.sqrt(np.maximum(variance, 0) + LEAST_VARIANCE)
    fractions = np.array([[g.symbols.count(element) / len(g) for g in glasses] for element in elements])
    density = [glass.number_density for glass in glasses]
    return Surroundings(
        elements=elements,
        mean=mean,
        deviation=deviation,
        whitening=whitening,
        quantiles=LEVELS if calibrating is None else np.quantile(calibrating, LEVELS),
        calibrated_on=1 if calibrating is None else len(calibrating),
        density=np.array([min(density), max(density)]),
        fraction=np.stack([fractions.min(1), fractions.max(1)], axis=1),
        shortest=np.min([shortest_distances(glass, elements) for glass in glasses], axis=0),
    )


def shortest_distances(glass: Glass, elements: Sequence[str]) -> np.ndarray:
    """(K, K) Å: the shortest distance between atoms of each two elements; inf where none are within 5 Å. Atoms of
    others play no part."""
    near = neighbor_list(glass, CUTOFF)
    index = np.full(119, -1)
    index[[atomic_numbers[element] for element in elements]] = np.arange(len(elements))
    first, second = index[glass.species[near.source]], index[glass.species[near.target]]
    shortest = np.full((len(elements), len(elements)), np.inf)
    known = (first >= 0) & (second >= 0)
    np.minimum.at(shortest, (first[known], second[known]), near.length[known])
    return shortest


def _check_elements(glass: Glass, elements: Sequence[str]) -> None:
    unknown = [element for element in glass.elements if element not in elements]
    if unknown:
        raise InputError(
            f"{glass.name}: element {', '.join(unknown)} found, but the training glasses have "
            f"{', '.join(elements)} only"
        )
