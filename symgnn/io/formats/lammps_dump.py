"""LAMMPS text dumps, of which the last frame is read; atoms come in order of their ids, which are kept as field `id`.

Elements come from the option `types`, else from column `element`, else from `typelabel` where the labels are chemical
symbols. Positions are x y z, xu yu zu, or scaled: xs ys zs, xsu ysu zsu are fractions of the box from its origin.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.elements import are_symbols, check_units, numbers_of_symbols, numbers_of_types
from symgnn.io.formats.source import (
    Format,
    Line,
    Source,
    declared_count,
    frame_note,
    is_numeric,
    table,
    to_integers,
    to_number,
    to_numbers,
)
from symgnn.io.reading import clean_name

_POSITIONS = (("x", "y", "z"), ("xu", "yu", "zu"), ("xs", "ys", "zs"), ("xsu", "ysu", "zsu"))
_SCALED = _POSITIONS[2:]
_NOT_FIELDS = {"type", "element", "typelabel", *(name for names in _POSITIONS for name in names)}


def read_lammps_dump(source: Source) -> Glass:
    """The last frame of a dump."""
    frame, frames = _last_frame(source.lines())
    head, rows = _atoms(frame)
    names = head.split()[2:]
    if not names:
        raise InputError(
            "'ITEM: ATOMS' names no columns (an old dump), expected e.g. 'ITEM: ATOMS id type x y z'"
        )
    columns = table(rows, names)
    cell, origin, pbc, notes = _box(frame)
    properties = {
        name: to_numbers(words, name, rows)
        for name, words in columns.items()
        if name not in _NOT_FIELDS and is_numeric(words)
    }
    order = np.arange(len(rows))
    if "id" in columns:
        ids = to_integers(columns["id"], "id", rows)
        values, counts = np.unique(ids, return_counts=True)
        if (counts > 1).any():
            raise InputError(f"id {values[counts > 1][0]} stands twice, expected different ids")
        order = np.argsort(ids, kind="stable")
    return source.glass(
        species=_species(columns, rows, source.types)[order],
        positions=_positions(columns, rows, cell, origin)[order],
        cell=cell,
        pbc=pbc,
        properties={name: values[order] for name, values in properties.items()},
        notes=notes | frame_note(frames),
    )


FORMAT = Format("LAMMPS dump", (".dump", ".lammpstrj"), read_lammps_dump)


def _last_frame(lines: list[str]) -> tuple[list[Line], int]:
    """The lines of the last frame, and how many frames there are."""
    starts = [i for i, line in enumerate(lines) if line.startswith("ITEM: TIMESTEP")]
    if not starts:
        raise InputError("no line 'ITEM: TIMESTEP', expected a LAMMPS text dump")
    for i, line in enumerate(lines[:-1]):
        if line.startswith("ITEM: UNITS"):
            check_units(lines[i + 1].strip())
    return [(i + 1, lines[i]) for i in range(starts[-1], len(lines))], len(starts)


def _item(frame: list[Line], head: str) -> int:
    """The row of the frame where an item starts."""
    found = [row for row, (_, line) in enumerate(frame[:-1]) if line.startswith(head)]
    if not found:
        raise InputError(f"the last frame has no '{head}', expected a whole LAMMPS text dump")
    if len(found) > 1:
        raise InputError(f"line {frame[found[1]][0]}: '{head}' stands twice in a frame, expected it once")
    return found[0]


def _atoms(frame: list[Line]) -> tuple[str, list[Line]]:
    """The line that names the columns, and the rows of the atoms."""
    count_row, start = _item(frame, "ITEM: NUMBER OF ATOMS"), _item(frame, "ITEM: ATOMS")
    rows = [(number, line) for number, line in frame[start + 1 :] if line.strip()]
    rows = rows[: next((i for i, (_, line) in enumerate(rows) if line.startswith("ITEM:")), len(rows))]
    count = declared_count(frame[count_row + 1][1], "number of atoms", len(rows))
    if len(rows) > count:
        raise InputError(f"line {rows[count][0]}: more rows than the {count} atoms declared")
    return frame[start][1], rows


def _box(frame: list[Line]) -> tuple[np.ndarray, np.ndarray, tuple[bool, ...], dict[str, str]]:
    """(3, 3) Å cell, (3,) Å its origin, periodicity, and a note where the header does not state it."""
    start = _item(frame, "ITEM: BOX BOUNDS")
    line, head = frame[start]
    words = head.split()[3:]
    general = words[:2] == ["abc", "origin"]
    tilted = words[:3] == ["xy", "xz", "yz"]
    flags = words[2 if general else 3 if tilted else 0 :]
    width = 4 if general else 3 if tilted else 2
    bounds = np.zeros((3, width))
    rows = [row for row in frame[start + 1 : start + 4] if not row[1].startswith("ITEM:")]
    if len(rows) < 3:
        raise InputError(f"line {line}: {len(rows)} rows of box bounds, expected 3")
    for row, (number, text) in enumerate(rows):
        numbers = text.split()
        if len(numbers) != width:
            raise InputError(f"line {number}: box bounds are {len(numbers)} numbers, expected {width}")
        bounds[row] = [to_number(word, f"a box bound in line {number}") for word in numbers]
    if general:
        cell, origin = bounds[:, :3], bounds[:, 3]
    else:
        xy, xz, yz = bounds[:, 2] if tilted else (0.0, 0.0, 0.0)
        low = bounds[:, 0] - [min(0.0, xy, xz, xy + xz), min(0.0, yz), 0.0]  # bounds are those of the corners
        high = bounds[:, 1] - [max(0.0, xy, xz, xy + xz), max(0.0, yz), 0.0]
        for axis in range(3):
            if not high[axis] > low[axis]:
                raise InputError(
                    f"line {frame[start + 1 + axis][0]}: the box ends at {high[axis]:g} along {'xyz'[axis]}, "
                    f"not above its start {low[axis]:g}"
                )
        cell, origin = np.diag(high - low), low
        cell[1, 0], cell[2, 0], cell[2, 1] = xy, xz, yz
    if not flags:
        note = "the dump has no boundary flags (an old header): taken as periodic in all three directions"
        return cell, origin, (True,) * 3, {"boundary": note}
    if len(flags) != 3 or any(set(flag) - set("pfsm") or len(flag) not in (1, 2) for flag in flags):
        raise InputError(f"line {line} is '{clean_name(head)}', expected three boundary flags, e.g. pp pp ff")
    return cell, origin, tuple(set(flag) == {"p"} for flag in flags), {}


def _positions(
    columns: Mapping[str, list[str]], rows: list[Line], cell: np.ndarray, origin: np.ndarray
) -> np.ndarray:
    for names in _POSITIONS:
        if all(name in columns for name in names):
            values = np.column_stack([to_numbers(columns[name], name, rows) for name in names])
            return origin + values @ cell if names in _SCALED else values
    raise InputError(
        f"columns {clean_name(' '.join(columns))}, expected positions among them: x y z, xu yu zu, xs ys zs or "
        "xsu ysu zsu"
    )


def _species(
    columns: Mapping[str, list[str]], rows: list[Line], types: Mapping[int, str] | None
) -> np.ndarray:
    """(N,) atomic numbers in the order of the rows."""
    if types is not None and "type" in columns and is_numeric(columns["type"]):
        return numbers_of_types(to_integers(columns["type"], "type", rows), types)
    if "element" in columns:
        return numbers_of_symbols(columns["element"], rows)
    labels = columns.get("typelabel") or columns.get("type")
    if labels is None:
        raise InputError("no column 'type', 'typelabel' or 'element', expected one of them")
    if not is_numeric(labels) and are_symbols(labels):
        return numbers_of_symbols(labels, rows)
    if "type" in columns and is_numeric(columns["type"]):
        hint = (
            f"its type labels are {clean_name(', '.join(sorted(set(labels))))}"
            if "typelabel" in columns
            else ""
        )
        return numbers_of_types(to_integers(columns["type"], "type", rows), None, hint)
    raise InputError(
        f"type labels {clean_name(', '.join(sorted(set(labels))))} are no chemical symbols, expected them, a column "
        "'element', or a column 'type' with numbers"
    )
