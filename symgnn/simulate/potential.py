"""The Mendelev-Kramer-Ott 2009 embedded-atom potential of Cu-Zr, in closed form and as spline tables.

M. I. Mendelev, M. J. Kramer, R. T. Ott, D. J. Sordelet, D. Yagodin, P. Popel, Phil. Mag. 89, 967 (2009). The
glasses of the paper's data are minima of this potential. The coefficients stand in mendelev2009.json, their
origin in NOTICE.txt. Units: eV, Å; densities in the potential's own unit.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources

import numpy as np
from scipy.interpolate import CubicSpline

ELEMENTS = ("Cu", "Zr")
ATOMIC_NUMBERS = (29, 40)
# Å; the splines then agree with the closed form to 5e-9 eV, but for the 5e-5 eV by which they round off the
# small step that it has at r2, a distance shorter than any in a glass.
TABLE_SPACING = 0.005


class Mendelev2009:
    """The functions of the potential, and the tables made from them that the kernels read.

    Attributes, with species 0 = Cu and 1 = Zr:
    name, citation, notice   texts
    r_min, rho_max           the range of the fit: distances above r_min Å, densities below rho_max
    cutoff (2, 2)            Å, beyond which a pair neither interacts nor adds density
    pair_table (2, 2, K, 8)  cubic coefficients, lowest power first, of rho(r) and phi(r), from r_min in steps
                             of TABLE_SPACING
    root (2,), drho, spline (2, M, 4)  embedding: root √rho + cubic spline in steps of drho
    """

    def __init__(self):
        text = resources.files("symgnn.simulate").joinpath("mendelev2009.json").read_text(encoding="utf-8")
        self._coefficients = coefficients = json.loads(text)
        self.name: str = coefficients["name"]
        self.citation: str = coefficients["citation"]
        self.notice: str = coefficients["notice"]
        self.r_min: float = coefficients["smallest_distance"]
        self.rho_max: float = coefficients["largest_density"]
        self.cutoff = np.array([[self._last_knot(a, b) for b in (0, 1)] for a in (0, 1)])

        steps = round((self.cutoff.max() - self.r_min) / TABLE_SPACING) + 1
        points = self.r_min + TABLE_SPACING * np.arange(steps + 1)
        self.pair_table = np.empty((2, 2, len(points) - 1, 8))
        for a in (0, 1):
            for b in (0, 1):
                self.pair_table[a, b, :, :4] = CubicSpline(points, self.density(a, b, points)).c[::-1].T
                self.pair_table[a, b, :, 4:] = CubicSpline(points, self.pair_energy(a, b, points)).c[::-1].T
        self.root = np.array([coefficients["F"][element]["A"] for element in ELEMENTS])
        self.drho: float = coefficients["F"]["Cu"]["drho"]
        values = np.array([coefficients["F"][element]["table"] for element in ELEMENTS])
        self._splines = [CubicSpline(self.drho * np.arange(len(table)), table) for table in values]
        self.spline = np.stack(
            [spline.c[::-1].T[: int(self.rho_max / self.drho)] for spline in self._splines]
        )

    def density(self, a: int, b: int, r: np.ndarray) -> np.ndarray:
        """rho(r): what an atom of species b at distance r (Å) adds to the density at one of species a."""
        return _sum_of_powers(self._coefficients["rho"][_pair(a, b)], r)

    def pair_energy(self, a: int, b: int, r: np.ndarray) -> np.ndarray:
        """phi(r) in eV: the pair energy of species a and b at distance r (Å)."""
        function = self._coefficients["phi"][_pair(a, b)]
        core = np.exp(np.polynomial.polynomial.polyval(np.minimum(r, function["r2"]), function["expcubic"]))
        return np.where(np.asarray(r) < function["r2"], core, _sum_of_powers(function, r))

    def embedding(self, a: int, rho: np.ndarray) -> np.ndarray:
        """F(rho) in eV of an atom of species a."""
        return self.root[a] * np.sqrt(rho) + self._splines[a](rho)

    def _last_knot(self, a: int, b: int) -> float:
        return max(max(self._coefficients[function][_pair(a, b)]["knots"]) for function in ("rho", "phi"))


@lru_cache(maxsize=1)
def mendelev2009() -> Mendelev2009:
    """The potential; its tables are made once (.05 s)."""
    return Mendelev2009()


def _pair(a: int, b: int) -> str:
    return ELEMENTS[min(a, b)] + ELEMENTS[max(a, b)]


def _sum_of_powers(function: dict, r: np.ndarray) -> np.ndarray:
    """Sum over knots k and powers n of c (k - r)^n where r < k."""
    distance = np.maximum(np.asarray(function["knots"]) - np.asarray(r)[..., None], 0.0)  # (..., knots)
    powers = distance[..., None] ** np.asarray(function["powers"])  # (..., knots, powers)
    return np.sum(powers * np.reshape(function["coef"], powers.shape[-2:]), axis=(-2, -1))
