"""The per-atom columns by which a glass is coloured, filtered and sorted: what is predicted, what is known, what is
computed from the structure, and every property of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from symgnn.glass import Glass
from symgnn.structure import COORDINATION_CUTOFF, LocalStructure, index_text
from symgnn.viewer3d.colors import color_limits

Kind = Literal["number", "category"]
Scale = Literal["sequential", "diverging", "importance", "category"]

RESERVED = frozenset({"and", "or", "not", "in", "abs", "distance", "percentile", "atom", "x", "y", "z"})
"""Words of the filter's language, and what it knows of every atom, which no column may be called."""

AS_IN_FILE = "as in the file"
"""The unit of a property whose unit no file states."""

MEAN = "barrier_mean"

_KNOWN = {
    "potential_energy": ("Potential energy", "eV", 2),
    "pressure": ("Pressure", AS_IN_FILE, 4),
    "von_mises": ("Von Mises stress", AS_IN_FILE, 4),
    "log_mean_square_displacement": ("Log mean-square displacement", "ln Å²", 2),
    MEAN: ("Mean of searched barriers", "eV", 2),
    "barrier_standard_error": ("Standard error of the label", "eV", 2),
    "barrier_events": ("Events searched", "", 0),
    "barrier_connected_events": ("Strictly connected events", "", 0),
    "barrier_tries": ("Tries of searches", "", 0),
    "id": ("Id in the file", "", 0),
    "predicted_barrier": ("Predicted barrier, of the file", "eV", 2),
    "predicted_sigma": ("Its standard deviation, of the file", "eV", 3),
    "barrier_change": ("Change of the barrier, of the file", "eV", 3),
    "barrier_change_sigma": ("Standard deviation of that change", "eV", 3),
    "moved": ("Moved, of the file", "Å", 3),
    "atom_before": ("Atom before the change", "", 0),
}


@dataclass(frozen=True, eq=False)
class Column:
    """One value for each of N atoms.

    name    what the filter and the link call it: letters, digits and _
    title, unit, digits, help   what a reader sees: words, digits after the point, one sentence
    values  (N,) float, NaN where not known; for a category (N,) int, the positions in `labels`, -1 where not known
    kind    "number" or "category"
    scale   how it is coloured
    range   where the colours end: (low, high), None for a category
    labels  names of the categories
    """

    name: str
    title: str
    values: np.ndarray
    unit: str = ""
    digits: int = 2
    kind: Kind = "number"
    scale: Scale = "sequential"
    range: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()
    help: str = ""


def columns(
    glass: Glass,
    *,
    predicted: np.ndarray | None = None,
    sigma: np.ndarray | None = None,
    coordination: np.ndarray | None = None,
    local: LocalStructure | None = None,
    more: Mapping[str, Column] | None = None,
) -> list[Column]:
    """All columns of a glass, the ones that are asked for most first.

    predicted, sigma (N,) eV: predicted barriers and their standard deviations; coordination (N,): neighbours within
    COORDINATION_CUTOFF, used where there is no `local`; more: further columns by their names, e.g. the importance of
    every atom. Properties of the file whose names are taken, or are no names, get other ones (`free_name`).
    Means of searched barriers are left out where they are the labels.
    """
    result: list[Column] = []
    is_mean = _labels_are_means(glass)
    if predicted is not None:
        result.append(barrier("barrier", "Predicted barrier", predicted, "By the chosen checkpoint."))
    if glass.barriers is not None:
        words = (
            "As the file states it: the mean of searched barriers." if is_mean else "As the file states it."
        )
        result.append(barrier("label", "Labelled barrier", glass.barriers, words))
        if predicted is not None:
            result.append(
                diverging("residual", "Predicted − labelled barrier", predicted - glass.barriers, "eV", 2)
            )
    if sigma is not None:
        result.append(uncertainty(sigma))
    _, codes = np.unique(glass.species, return_inverse=True)
    result.append(_category("element", "Element", codes, glass.elements))
    result += [] if local is None else _structural(local)
    if local is None and coordination is not None:
        result.append(_coordination(coordination))
    result += (more or {}).values()
    taken = {column.name for column in result} | RESERVED
    for key, values in glass.properties.items():
        if key == MEAN and is_mean:
            continue
        name = free_name(key, taken)
        taken.add(name)
        title, unit, digits = _KNOWN.get(key, (key, AS_IN_FILE, 3))
        result.append(number(name, title, values, unit, digits, "A property of the file."))
    return result


def _labels_are_means(glass: Glass) -> bool:
    """Whether the labels are the means of searched barriers that the file states beside them."""
    mean = glass.properties.get(MEAN)
    return (
        mean is not None and glass.barriers is not None and np.allclose(mean, glass.barriers, equal_nan=True)
    )


def number(
    name: str, title: str, values: np.ndarray, unit: str = "", digits: int = 2, words: str = ""
) -> Column:
    """A column of numbers, coloured from its 1st to its 99th percentile."""
    limits = color_limits(values)
    return Column(
        name,
        title,
        np.asarray(values, dtype=float),
        unit,
        digits,
        range=(limits.low, limits.high),
        help=words,
    )


def barrier(name: str, title: str, values: np.ndarray, words: str) -> Column:
    """A column of barriers in eV."""
    return number(name, title, values, "eV", 2, words)


def diverging(name: str, title: str, values: np.ndarray, unit: str, digits: int, words: str = "") -> Column:
    """A column of signed numbers, coloured from -r to +r: r is the 98th percentile of their magnitudes."""
    values = np.asarray(values, dtype=float)
    known = np.abs(values[np.isfinite(values)])
    reach = float(np.percentile(known, 98)) if len(known) else 1.0
    reach = reach or 1.0
    return Column(name, title, values, unit, digits, scale="diverging", range=(-reach, reach), help=words)


def signed(name: str, title: str, values: np.ndarray, unit: str, digits: int, words: str = "") -> Column:
    """A column of numbers that may have either sign: diverging, unless all have the same sign. A bar centred on 0 would
    then leave half of its colours to values that do not occur."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if len(known) and (known.min() > 0 or known.max() < 0):
        return number(name, title, values, unit, digits, words)
    return diverging(name, title, values, unit, digits, words)


def uncertainty(sigma: np.ndarray) -> Column:
    """Standard deviations (N,) eV of predicted barriers.

    Coloured from 0: all atoms are about equally uncertain, and a scale that stretched their differences would hide it.
    """
    words = "Standard deviation of the predicted barrier, calibrated on glasses that were not trained on."
    top = float(np.nanpercentile(sigma, 99)) if np.isfinite(sigma).any() else 1.0
    return replace(number("uncertainty", "Uncertainty (1σ)", sigma, "eV", 3, words), range=(0.0, top or 1.0))


def free_name(text: str, taken: set[str] | frozenset[str]) -> str:
    """A name for `text` that the filter can read: letters, digits and _, none of those taken."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or "column"
    name = f"_{name}" if name[0].isdigit() else name
    free, count = name, 2
    while free in taken:
        free, count = (f"{name}_file", count) if free == name else (f"{name}_file{count}", count + 1)
    return free


def _category(name: str, title: str, codes: np.ndarray, labels: list[str], words: str = "") -> Column:
    return Column(
        name, title, np.asarray(codes, dtype=np.int64), digits=0, kind="category", scale="category",
        labels=tuple(labels), help=words,
    )  # fmt: skip


def _coordination(counts: np.ndarray) -> Column:
    counts = np.asarray(counts, dtype=float)
    low, high = (float(counts.min()), float(counts.max())) if len(counts) else (0.0, 1.0)
    words = f"Neighbours within {COORDINATION_CUTOFF} Å, the first minimum of g(r) in Cu-Zr."
    return Column(
        "coordination", "Coordination number", counts, digits=0, range=(low, max(high, low + 1)), help=words
    )


def _structural(local: LocalStructure) -> list[Column]:
    kinds, codes, counts = np.unique(local.voronoi_index, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")  # the most frequent first
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels = [index_text(tuple(kinds[kind].tolist())) for kind in order]
    words = "<n3,n4,n5,n6>: faces of the atom's Voronoi cell with 3, 4, 5 and 6 edges."
    return [
        _coordination(local.cutoff_coordination),
        _category("voronoi", "Voronoi index", rank[codes.reshape(-1)], labels, words),
        number("volume", "Atomic volume", local.volume, "Å³", 2, "Volume of the atom's Voronoi cell."),
        number("q6", "Q6", local.q6, "", 3, "Steinhardt's bond-orientational order, weighted by the areas of faces."),
    ]  # fmt: skip
