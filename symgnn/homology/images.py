"""Persistence images: a diagram as an array of fixed size, so that glasses can be compared pixel by pixel.

Every class is a Gaussian at (birth, persistence) times a weight; a pixel holds the integral over its area
(Adams et al., J. Mach. Learn. Res. 18(8), 1 (2017), arXiv:1507.06217). The weight is the persistence itself,
so a class on the diagonal counts nothing and the pixels of an unbounded image sum to the total persistence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from symgnn.errors import InputError
from symgnn.homology.persistence import Diagram

SIGMA = 0.05  # Å; standard deviation of the Gaussian in both directions


@dataclass(frozen=True)
class ImageGrid:
    """Where the pixels lie; the default holds loops and voids of metallic glasses up to a cutoff of 5 Å.

    birth        (low, high) in Å
    persistence  (low, high) in Å
    pixel        side of a pixel in Å; both ranges are whole numbers of pixels

    Raises InputError where a range is empty or not a whole number of pixels.
    """

    birth: tuple[float, float] = (2.0, 5.0)
    persistence: tuple[float, float] = (0.0, 2.0)
    pixel: float = 0.05

    def __post_init__(self):
        if not 0 < self.pixel < math.inf:
            raise InputError(f"image: pixel of {self.pixel} Å found, expected a positive, finite number")
        for name in ("birth", "persistence"):
            low, high = getattr(self, name)
            pixels = (high - low) / self.pixel
            if not (math.isfinite(pixels) and pixels > 0.5 and abs(pixels - round(pixels)) < 1e-6):
                raise InputError(
                    f"image: {name} from {low:g} to {high:g} Å found, expected an ascending range of whole "
                    f"pixels of {self.pixel:g} Å"
                )

    def edges(self, axis: str) -> np.ndarray:
        """(n + 1,) Å, the borders of the pixels along 'birth' or 'persistence'."""
        low, high = getattr(self, axis)
        return np.linspace(low, high, round((high - low) / self.pixel) + 1)


@dataclass(frozen=True, eq=False)
class PersistenceImage:
    """One diagram as an image.

    values       (P, B) float64  Å, or Å per atom: weight that falls on each pixel; row = persistence, up
    births       (B,) float64    Å, centres of the columns
    persistences (P,) float64    Å, centres of the rows
    dimension                    of the diagram
    sigma                        Å, standard deviation of the Gaussians
    per_atom                     whether the values are divided by the number of atoms
    n_classes                    classes drawn: those that die within the cutoff
    n_infinite                   classes left out, alive at the cutoff: they have no persistence to draw
    outside                      fraction of the weight that falls outside the grid, 0..1
    """

    values: np.ndarray
    births: np.ndarray
    persistences: np.ndarray
    dimension: int
    sigma: float
    per_atom: bool
    n_classes: int
    n_infinite: int
    outside: float

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return "Å per atom" if self.per_atom else "Å"


def persistence_image(
    diagram: Diagram, *, grid: ImageGrid | None = None, sigma: float = SIGMA, n_atoms: int | None = None
) -> PersistenceImage:
    """The image of the classes that die within the cutoff, divided by `n_atoms` where it is given.

    Glasses of different size need `n_atoms` to be compared. Dimension 0 is born at 0 Å and needs a grid that
    holds 0. Raises InputError where sigma (Å) or n_atoms is not positive.
    """
    grid = grid or ImageGrid()
    if not 0 < sigma < math.inf:
        raise InputError(f"image: sigma of {sigma} Å found, expected a positive, finite number")
    if n_atoms is not None and n_atoms < 1:
        raise InputError(f"image: {n_atoms} atoms found, expected at least 1")
    birth, weight = diagram.birth[diagram.finite], diagram.persistence[diagram.finite]
    columns, rows = grid.edges("birth"), grid.edges("persistence")
    along_birth = np.diff(ndtr((columns - birth[:, None]) / sigma), axis=1)  # (K, B)
    along_persistence = np.diff(ndtr((rows - weight[:, None]) / sigma), axis=1)  # (K, P)
    values = along_persistence.T @ (weight[:, None] * along_birth)
    total = weight.sum()
    outside = max(0.0, float(1 - values.sum() / total)) if total > 0 else 0.0
    return PersistenceImage(
        values=values / (n_atoms or 1),
        births=(columns[1:] + columns[:-1]) / 2,
        persistences=(rows[1:] + rows[:-1]) / 2,
        dimension=diagram.dimension,
        sigma=float(sigma),
        per_atom=n_atoms is not None,
        n_classes=len(birth),
        n_infinite=int((~diagram.finite).sum()),
        outside=outside,
    )
