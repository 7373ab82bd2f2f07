"""Numbers and tables as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def with_band(value: float, band: tuple[float, float]) -> str:
    return f"{number(value)} [{number(band[0])}, {number(band[1])}]" if np.isfinite(value) else number(value)


def number(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.3g}" if abs(value) >= 10 else f"{value:.2f}"


def span(values: Sequence[float], digits: int = 2) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def table(header: list[str], lines: list[list[str]]) -> str:
    ruler = ["---"] * len(header)
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ruler, *lines))
