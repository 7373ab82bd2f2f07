"""The legends beside a 3D picture: a colour bar with its ticks, or the colours of the elements.

Titles and units come from the fixed list below, so that no text of a file becomes part of a page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgnn.glass import Glass
from symgnn.viewer3d.colors import (
    EFFECT_SCALE,
    IMPORTANCE_SCALE,
    VALUE_SCALE,
    Limits,
    color_limits,
    element_color,
    scale_colors,
)
from symgnn.viewer3d.columns import AS_IN_FILE


@dataclass(frozen=True)
class Quantity:
    """A per-atom value that can colour a structure: how it is called, its unit, digits after the point."""

    title: str
    unit: str
    digits: int


QUANTITIES = {
    "predicted": Quantity("Predicted barrier", "eV", 2),
    "label": Quantity("Labelled barrier", "eV", 2),
    "sigma": Quantity("Uncertainty (1σ)", "eV", 3),
    "error": Quantity("Predicted − labelled barrier", "eV", 2),
    "element": Quantity("Element", "", 0),
    "importance": Quantity("Importance", "×10⁻³", 2),
    "effect": Quantity("Mean effect on a barrier", "meV", 2),
    "change": Quantity("Change of the atom's barrier", "eV", 3),
    "coordination": Quantity("Coordination number", "", 0),
    "potential_energy": Quantity("Potential energy", "eV", 2),
    "pressure": Quantity("Pressure", AS_IN_FILE, 4),
    "von_mises": Quantity("Von Mises stress", AS_IN_FILE, 4),
}


def quantities(
    glass: Glass,
    *,
    predicted: np.ndarray | None,
    coordination: np.ndarray,
    sigma: np.ndarray | None = None,
) -> dict[str, np.ndarray | None]:
    """The quantities known for this glass, each (N,) float; None for 'element', which has its own legend."""
    values: dict[str, np.ndarray | None] = {}
    if predicted is not None:
        values["predicted"] = np.asarray(predicted, dtype=float)
    if glass.barriers is not None:
        values["label"] = glass.barriers
        if predicted is not None:
            values["error"] = values["predicted"] - glass.barriers
    if sigma is not None:
        values["sigma"] = sigma
    values["element"] = None
    values["coordination"] = np.asarray(coordination, dtype=float)
    for name in ("potential_energy", "pressure", "von_mises"):
        if name in glass.properties:
            values[name] = glass.properties[name]
    return values


def atom_colors(glass: Glass, name: str, values: np.ndarray | None) -> tuple[list[str], dict]:
    """N colours of the atoms by the named quantity, and the legend that explains them."""
    if values is None:
        return [element_color(symbol) for symbol in glass.symbols], element_legend(glass)
    limits = color_limits(values)
    return scale_colors(values, limits), color_bar(name, limits)


def element_legend(glass: Glass, extra: list[list[str]] | None = None) -> dict:
    """The glass's elements and their colours, and further [text, colour] of our own."""
    items = [[symbol, element_color(symbol)] for symbol in glass.elements]
    return {"kind": "elements", "items": items + (extra or [])}


def color_bar(name: str, limits: Limits) -> dict:
    """A colour bar with ticks at both ends and in the middle; ≤ and ≥ where values lie beyond an end."""
    quantity = QUANTITIES[name]
    middle = (limits.low + limits.high) / 2
    text = [f"{value:.{quantity.digits}f}" for value in (limits.low, middle, limits.high)]
    text[0] = "≤ " * limits.clipped_low + text[0]
    text[2] = "≥ " * limits.clipped_high + text[2]
    title = f"{quantity.title} ({quantity.unit})" if quantity.unit else quantity.title
    return {"kind": "bar", "title": title, "ticks": text, "stops": list(VALUE_SCALE)}


def importance_bar() -> dict:
    """The colour bar of edge importance, which runs from 0 to 1 in every explanation."""
    ticks = ["0", "0.5", "1"]
    return {"kind": "bar", "title": "Edge importance", "ticks": ticks, "stops": list(IMPORTANCE_SCALE)}


def effect_bar(largest: float) -> dict:
    """The colour bar of a signed explanation: eV by which an edge lowers (-) or raises (+) the barrier."""
    digits = 3 if largest < 0.1 else 2
    ticks = [f"−{largest:.{digits}f}", "0", f"+{largest:.{digits}f}"]
    title = "Edge lowers (−) or raises (+) the barrier (eV)"
    return {"kind": "bar", "title": title, "ticks": ticks, "stops": list(EFFECT_SCALE)}
