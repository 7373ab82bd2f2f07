"""Colours: one scale for values, one for importance, one colour per element. All are '#rrggbb'.

Values use viridis, importance a scale that starts pale and ends dark, so that important
bonds are seen on white. Both are perceptually uniform and readable with colour blindness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ase.data import atomic_numbers
from ase.data.colors import jmol_colors
from plotly.colors import sequential

VALUE_SCALE = tuple(color.lower() for color in sequential.Viridis)
IMPORTANCE_SCALE = tuple(color.lower() for color in sequential.Inferno[8:0:-1])  # pale orange to dark violet
EFFECT_SCALE = ("#2166ac", "#67a9cf", "#dcdcdc", "#ef8a62", "#b2182b")
"""From blue (lowers the barrier) through pale grey (no effect) to red (raises it)."""

MISSING = "#b4b4b4"
"""Colour of a value that is not a number."""

EXPLAINED = "#0072b2"
"""The explained or selected atom."""

TOP = "#b5367a"
"""The top-k edges in plots (the middle of the importance scale)."""

CONTROL = "#8a8f98"
"""Controls."""

_ELEMENT_COLORS = {"Cu": "#c87533", "Zr": "#4d9db4"}


@dataclass(frozen=True)
class Limits:
    """Ends of a colour scale, and whether values lie beyond them."""

    low: float
    high: float
    clipped_low: bool = False
    clipped_high: bool = False


def color_limits(values: np.ndarray, percentile: float = 1.0) -> Limits:
    """Ends of the scale for (N,) values: the given percentile from below and from above, NaN ignored.

    A few extreme atoms would otherwise take the whole scale for themselves.
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return Limits(0.0, 1.0)
    low, high = np.percentile(finite, [percentile, 100 - percentile])
    if high - low < 1e-9:
        return Limits(float(low) - 0.5, float(low) + 0.5)
    return Limits(float(low), float(high), bool(finite.min() < low), bool(finite.max() > high))


def scale_colors(values: np.ndarray, limits: Limits, scale: tuple[str, ...] = VALUE_SCALE) -> list[str]:
    """Colours of (N,) values on a scale; values beyond the limits get its end colours, NaN gets MISSING."""
    values = np.asarray(values, dtype=float)
    fraction = np.clip((values - limits.low) / (limits.high - limits.low), 0, 1)
    known = np.isfinite(fraction)
    stops = np.array([_channels(color) for color in scale], dtype=float)
    at = np.where(known, fraction, 0.0) * (len(stops) - 1)
    rgb = np.stack([np.interp(at, np.arange(len(stops)), stops[:, channel]) for channel in range(3)], axis=1)
    return [_hex(color) if k else MISSING for color, k in zip(rgb, known, strict=True)]


def element_color(symbol: str) -> str:
    """Colour of an element: our own for Cu and Zr, Jmol's for the others where it has one."""
    if symbol in _ELEMENT_COLORS:
        return _ELEMENT_COLORS[symbol]
    number = atomic_numbers[symbol]
    if number >= len(jmol_colors):
        return MISSING
    return _hex(255 * np.minimum(jmol_colors[number], 0.85))  # nothing white on white


def faded(color: str, amount: float = 0.7) -> str:
    """The colour mixed with white: amount 0 leaves it, amount 1 gives white."""
    rgb = np.array(_channels(color), dtype=float)
    return _hex(rgb + amount * (255 - rgb))


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _hex(rgb: np.ndarray) -> str:
    red, green, blue = np.round(rgb).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
