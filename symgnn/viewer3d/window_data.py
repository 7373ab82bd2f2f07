"""What the linked window receives, once for each glass and each explanation: a header in JSON, then arrays.

Layout: length of the header (uint32, little-endian), the header (UTF-8), zeros up to a multiple of 8, then the arrays,
each from a multiple of 8 on. The header's `arrays` says for each its name, dtype, shape, and offset from the first.
`dashboard/static/window/dataset.js` reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ase.geometry import complete_cell

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.viewer3d.colors import element_color
from symgnn.viewer3d.columns import Column
from symgnn.viewer3d.environment import environment
from symgnn.viewer3d.scene import cell_lines, sphere_radii
from symgnn.whatif.methods import title_of

LONGEST_BOND = 4.0
"""Å, pairs up to here go along, so that the window can draw bonds and name neighbours."""

MOST_WITH_BONDS = 20_000
"""Atoms; of larger glasses no pairs go along."""

_TYPES = {"f": "<f4", "i": "<i4", "u": "<i4", "b": "<u1"}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Bytes for the window, and the digest by which it knows them."""

    content: bytes
    digest: str


@dataclass(frozen=True, eq=False)
class EdgeSet:
    """One value for each of P edges: how it is called, (P,) values, how it is coloured.

    range: where the colours end; None takes 0 to the largest, or both signs alike for a diverging scale. labels: of
    categories, whose values are positions in them.
    """

    name: str
    title: str
    values: np.ndarray
    unit: str = ""
    digits: int = 3
    scale: str = "importance"
    range: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()


def glass_dataset(glass: Glass, columns: Sequence[Column], *, marked: Sequence[int] = ()) -> Dataset:
    """A glass with its columns, and its pairs of atoms up to LONGEST_BOND if it has at most MOST_WITH_BONDS atoms.

    marked: atoms that are pinned in windows that are compared.
    """
    kinds, species = np.unique(glass.species, return_inverse=True)
    arrays = {"positions": glass.positions.astype("<f4"), "species": species.astype("<i4")}
    if len(glass) <= MOST_WITH_BONDS:
        arrays |= _bonds(glass)
    described = []
    for place, column in enumerate(columns):
        if len(column.values) != len(glass):
            raise InputError(
                f"{glass.name}: column {column.name} has {len(column.values)} values, expected {len(glass)}"
            )
        arrays[f"column{place}"] = column.values
        described.append(
            {
                "name": column.name,
                "title": column.title,
                "unit": column.unit,
                "digits": column.digits,
                "kind": column.kind,
                "scale": column.scale,
                "range": column.range,
                "labels": list(column.labels),
                "help": column.help,
                "array": f"column{place}",
            }
        )
    radii = sphere_radii(kinds, scale=1.0)
    header = {
        "kind": "glass",
        "name": glass.name,
        "n": len(glass),
        "symbols": glass.elements,
        "elements": {
            symbol: {"color": element_color(symbol), "radius": round(float(radius), 3)}
            for symbol, radius in zip(glass.elements, radii, strict=True)
        },
        "cell": complete_cell(glass.cell).tolist() if glass.pbc.any() else None,
        "pbc": glass.pbc.tolist(),
        "columns": described,
    }
    if len(marked):
        header["marked"] = [int(atom) for atom in marked]
    return packed(header, arrays)


def edges_dataset(
    glass: Glass,
    pairs: np.ndarray,
    images: np.ndarray,
    lengths: np.ndarray,
    sets: Sequence[EdgeSet],
    *,
    title: str,
    atom: int | None = None,
    hops: np.ndarray | None = None,
) -> Dataset:
    """Edges between atoms with the sets of values that they are ranked and coloured by.

    pairs (P, 2), images (P, 3) cells of the second atom relative to the first, lengths (P,) Å, hops (P,). `atom` is the
    one that is explained; the edges' distances (Å, of their middles) are from it, and NaN without.
    """
    pairs, images = np.asarray(pairs), np.asarray(images)
    distances = np.full(len(pairs), np.nan)
    if atom is not None and len(pairs):
        distances = np.linalg.norm(environment(glass, atom, pairs, images, radius=0.0).bond_middle, axis=1)
    described, arrays = [], {
        "pairs": pairs.astype("<i4"),
        "images": images.astype("<i1"),
        "length": np.asarray(lengths, dtype="<f4"),
        "distance": distances.astype("<f4"),
    }  # fmt: skip
    if hops is not None:
        arrays["hops"] = np.asarray(hops)
    for one in sets:
        values = np.asarray(one.values, dtype=float)
        if len(values) != len(pairs):
            raise InputError(
                f"{glass.name}: set {one.name} has {len(values)} values, expected {len(pairs)}, one an edge"
            )
        arrays[f"set_{one.name}"] = values
        described.append(
            {
                "name": one.name,
                "title": one.title,
                "unit": one.unit,
                "digits": one.digits,
                "kind": "category" if one.labels else "number",
                "scale": one.scale,
                "range": None if one.labels else one.range or _reach(values, one.scale),
                "labels": list(one.labels),
                "array": f"set_{one.name}",
            }
        )
    return packed({"kind": "edges", "title": title, "atom": atom, "sets": described}, arrays)


def explanation_dataset(glass: Glass, explained: Explanation, others: Sequence[Explanation] = ()) -> Dataset:
    """The edges of an explanation: their importance, and their effect (meV) where the method has signs, which then
    comes first; then their importance by others, explanations of the same atom and edges, under their methods'
    names. An edge of importance 0 counts as not known: it is never among the top k, and not drawn."""
    sets = [EdgeSet("importance", "importance", _where_any(explained.importance), range=(0.0, 1.0))]
    if explained.effect is not None:
        sets.insert(
            0,
            EdgeSet(
                "effect", "effect on the barrier", 1000 * _where_any(explained.effect), "meV", 1, "diverging"
            ),
        )
    for other in others:
        if not (
            np.array_equal(other.pairs, explained.pairs) and np.array_equal(other.images, explained.images)
        ):
            raise InputError(
                f"{glass.name}: explanations by {explained.method} and {other.method} of different edges found, "
                "expected the same edges"
            )
        title = f"importance by {title_of(other.method)}"
        sets.append(EdgeSet(other.method, title, _where_any(other.importance), range=(0.0, 1.0)))
    return edges_dataset(
        glass, explained.pairs, explained.images, explained.lengths, sets,
        title=f"atom {explained.atom}, {explained.method}", atom=explained.atom, hops=explained.hops,
    )  # fmt: skip


def _where_any(values: np.ndarray) -> np.ndarray:
    """The values, NaN for those that are exactly 0."""
    return np.where(values == 0, np.nan, values)


def frame_commands(glass: Glass) -> list[list]:
    """Commands of py3Dmol for what does not depend on the atoms shown: the lines of a periodic cell."""
    return cell_lines(complete_cell(glass.cell) if glass.pbc.any() else None)


def packed(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Dataset:
    """Header and arrays as bytes. The digest, of all that is in them, becomes part of the header."""
    listed, parts, offset = [], [], 0
    for name, array in arrays.items():
        array = np.ascontiguousarray(array)
        dtype = array.dtype if array.dtype in (np.int8, np.uint8) else np.dtype(_TYPES[array.dtype.kind])
        content = array.astype(dtype).tobytes()
        listed.append({"name": name, "dtype": dtype.str[1:], "shape": list(array.shape), "offset": offset})
        content += bytes(-len(content) % 8)
        parts.append(content)
        offset += len(content)
    header = {**header, "arrays": listed}
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode())
    for part in parts:
        digest.update(part)
    header["digest"] = digest.hexdigest()[:16]
    head = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    start = len(head).to_bytes(4, "little") + head
    return Dataset(b"".join([start, bytes(-len(start) % 8), *parts]), header["digest"])


def _bonds(glass: Glass) -> dict[str, np.ndarray]:
    """Pairs up to LONGEST_BOND, each once; none where atoms lie at the same position."""
    try:
        found = neighbor_list(glass, LONGEST_BOND)
    except InputError:
        return {}
    source, target, image = found.source, found.target, found.image
    ahead = (image @ np.array([1_000_000, 1_000, 1])) > 0
    once = (target < source) | ((target == source) & ahead)  # each pair is listed from both of its ends
    return {
        "pairs": np.column_stack([target, source])[once].astype("<i4"),
        "images": image[once].astype("<i1"),
        "length": found.length[once].astype("<f4"),
    }


def _reach(values: np.ndarray, scale: str) -> tuple[float, float]:
    known = np.abs(values[np.isfinite(values)])
    largest = float(known.max()) if len(known) and known.max() > 0 else 1.0
    return (-largest, largest) if scale == "diverging" else (0.0, largest)
