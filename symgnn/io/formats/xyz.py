"""XYZ, extended and plain: cell, periodicity and the columns of the atoms stand in the comment line of a frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import BARRIER_COLUMN, Glass
from symgnn.io.formats.elements import OPTION, are_symbols, numbers_of_symbols, numbers_of_types
from symgnn.io.formats.source import (
    Format,
    Line,
    Source,
    columns_of,
    declared_count,
    frame_note,
    is_numeric,
    numbered,
    to_integers,
    to_number,
    to_numbers,
)
from symgnn.io.formats.xyz_comment import (
    OWN_KEY,
    parse_comment,
    parse_lattice,
    parse_own,
    parse_pbc,
    parse_properties,
)
from symgnn.io.reading import clean_name

# Names of the columns that describe an atom; the first five in any mixture of small and capital letters.
_SYMBOLS, _POSITIONS, _NUMBERS = ("species", "symbols", "element"), ("pos", "positions"), ("Z", "numbers")
_LOGICAL = {"t": 1, "true": 1, ".true.": 1, "1": 1, "f": 0, "false": 0, ".false.": 0, "0": 0}
_PLAIN = [("species", "S", 1), ("pos", "R", 3)]  # where the comment line has no Properties


def read_xyz(source: Source) -> Glass:
    """The last frame. Without Lattice there is no cell; with it and without pbc all directions are periodic."""
    comment, rows, vectors, frames = _last_frame(source.lines())
    pairs = parse_comment(comment)
    notes: dict[str, str] = {}
    if "properties" in pairs:
        properties = [(_canonical(name), *rest) for name, *rest in parse_properties(pairs["properties"])]
        for family in (_SYMBOLS, _POSITIONS, _NUMBERS):
            if sum(name in family for name, *_ in properties) > 1:
                raise InputError(f"Properties={_names(properties)}, expected one of {', '.join(family)}")
        if not _find(properties, _POSITIONS, 3) or not _find(properties, (*_SYMBOLS, *_NUMBERS), 1):
            raise InputError(f"Properties={_names(properties)}, expected columns species and pos among them")
    else:
        properties, rows, notes = _plain(rows)
    words = _words(rows, properties)
    columns = _columns(rows, properties, words)
    own = parse_own(pairs.get(OWN_KEY))

    cell = parse_lattice(pairs["lattice"]) if "lattice" in pairs else vectors
    if "lattice" in pairs and (vectors.any() or not cell.any()):
        raise InputError(
            f"Lattice='{clean_name(pairs['lattice'])}', expected three vectors, and no lines VEC below"
        )
    _check_units(comment, cell)
    default = (cell.any(1) if "lattice" not in pairs else np.ones(3)).astype(bool)
    pbc = parse_pbc(pairs["pbc"]) if "pbc" in pairs else tuple(default)
    if any(pbc) and not cell.any():
        raise InputError(
            f"pbc='{clean_name(pairs['pbc'])}', but the comment line has no Lattice=, expected both"
        )
    barriers = columns.pop(BARRIER_COLUMN, None)
    names = [own.get("fields", {}).get(name, name) for name in columns]
    if len(set(names)) < len(names):
        raise InputError(f"columns {clean_name(', '.join(columns))} do not have different names")
    return source.glass(
        species=_species(rows, properties, words, source.types),
        positions=_positions(rows, properties, words),
        cell=cell,
        pbc=pbc,
        barriers=barriers,
        properties=dict(zip(names, columns.values(), strict=True)),
        notes=own.get("notes", {}) | notes | frame_note(frames),
        name=own.get("name"),
    )


FORMAT = Format("XYZ", (".xyz", ".extxyz"), read_xyz)


def _canonical(name: str) -> str:
    return name.lower() if name.lower() in _SYMBOLS + _POSITIONS else name


def _last_frame(lines: list[str]) -> tuple[str, list[Line], np.ndarray, int]:
    """Comment line, rows of atoms, cell vectors below them (lines VEC1 to VEC3), number of frames."""
    start, frames, found = 0, 0, None
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        first = start + 2
        _check_comment_line(lines, start)
        count = declared_count(lines[start], f"line {start + 1}", len(lines) - first, least=0)
        end = first + count
        last = end
        while last < len(lines) and lines[last].lstrip().startswith("VEC"):
            last += 1
        found, frames, start = (first, end, last), frames + 1, last
    if found is None:
        raise InputError("no atoms, expected an XYZ file")
    first, end, last = found
    if end - first < 2:
        raise InputError(f"{end - first} atom(s) declared in the last frame, a glass needs at least 2")
    rows = numbered(lines[first:end], first)
    if len(rows) < end - first:
        raise InputError(f"{len(rows)} atoms found, but {end - first} declared")
    return lines[first - 1], rows, _vectors(numbered(lines[end:last], end)), frames


def _check_comment_line(lines: list[str], start: int) -> None:
    """Raise InputError where the line for the comment is an atom, element and three numbers: it was forgotten."""
    words = "".join(lines[start + 1 : start + 2]).split()
    if len(words) == 4 and are_symbols(words[:1]) and is_numeric(words[1:]):
        raise InputError(f"line {start + 2} is an atom, expected a comment line below the number of atoms")


def _check_units(comment: str, cell: np.ndarray) -> None:
    """Raise InputError for the comment lines of i-PI, whose cell and units other programs do not read."""
    if re.search(r"\{\s*(atomic_unit|bohr)", comment, re.IGNORECASE):
        raise InputError("the comment line says that lengths are in atomic units, expected Å")
    if re.search(r"\bCELL\s*[({]", comment) and not cell.any():
        raise InputError("the comment line has a CELL of i-PI, expected Lattice=")


def _vectors(rows: Sequence[Line]) -> np.ndarray:
    """(3, 3) Å from lines like 'VEC1 9 0 0'."""
    cell = np.zeros((3, 3))
    for number, line in rows:
        words = line.split()
        if words[0] not in ("VEC1", "VEC2", "VEC3") or len(words) != 4:
            raise InputError(
                f"line {number} is '{clean_name(line.strip(), longest=40)}', expected VEC1 x y z"
            )
        row = int(words[0][3]) - 1
        if cell[row].any():
            raise InputError(f"line {number}: {words[0]} stands twice, expected it once")
        cell[row] = [to_number(word, f"a number in line {number}") for word in words[1:]]
    return cell


def _plain(rows: list[Line]) -> tuple[list[tuple[str, str, int]], list[Line], dict[str, str]]:
    """Properties, rows and notes of a frame whose comment line does not name its columns."""
    words = [line.split() for _, line in rows]
    for (number, _), row in zip(rows, words, strict=True):
        if len(row) < 4:
            raise InputError(f"line {number} has {len(row)} values, expected element, x, y and z")
    most = max(map(len, words))
    if most == 4:
        return _PLAIN, rows, {}
    note = {
        "columns": f"columns 5 to {most} were not read: the comment line does not name them (Properties=...)"
    }
    return _PLAIN, [(number, " ".join(row[:4])) for (number, _), row in zip(rows, words, strict=True)], note


def _words(rows: Sequence[Line], properties: list[tuple[str, str, int]]) -> dict[str, list[list[str]]]:
    """The columns of words of every property."""
    names = [name for name, _, width in properties for _ in range(width)]
    flat, taken, found = columns_of(rows, names), 0, {}
    for name, _, width in properties:
        found[name] = flat[taken : taken + width]
        taken += width
    return found


def _find(properties: list[tuple[str, str, int]], names: Sequence[str], width: int) -> str | None:
    """The property of one of these names. Raises InputError where it has another width."""
    for name, _, found in properties:
        if name in names:
            if found != width:
                raise InputError(f"property {name} has width {found}, expected {width}")
            return name
    return None


def _positions(
    rows: Sequence[Line], properties: list[tuple[str, str, int]], words: Mapping[str, list[list[str]]]
) -> np.ndarray:
    name = _find(properties, _POSITIONS, 3)
    return np.column_stack([to_numbers(column, name, rows) for column in words[name]])


def _species(
    rows: Sequence[Line],
    properties: list[tuple[str, str, int]],
    words: Mapping[str, list[list[str]]],
    types: Mapping[int, str] | None,
) -> np.ndarray:
    """(N,) atomic numbers: of symbols, of numbers that the option `types` explains, or of a column Z."""
    symbol, number = _find(properties, _SYMBOLS, 1), _find(properties, _NUMBERS, 1)
    atomic = None if number is None else to_integers(words[number][0], number, rows)
    if symbol is None:
        return atomic
    labels = words[symbol][0]
    if is_numeric(labels):
        if types is None and atomic is not None:
            return atomic
        if types is None:
            raise InputError(
                f"species are numbers ('{clean_name(labels[0])}' in line {rows[0][0]}), expected chemical symbols; "
                f"{OPTION}"
            )
        return numbers_of_types(to_integers(labels, symbol, rows), types)
    found = numbers_of_symbols(labels, rows)
    if atomic is not None and (found != atomic).any():
        row = int(np.argmax(found != atomic))
        raise InputError(
            f"line {rows[row][0]}: {symbol} is {clean_name(labels[row])}, but {number} is {atomic[row]}"
        )
    return found


def _columns(
    rows: Sequence[Line], properties: list[tuple[str, str, int]], words: Mapping[str, list[list[str]]]
) -> dict[str, np.ndarray]:
    """The properties of one number per atom, the barrier among them; others are not read."""
    columns = {}
    for name, kind, width in properties:
        if name in (*_SYMBOLS, *_POSITIONS, *_NUMBERS):
            continue
        if width > 1 or kind == "S":
            if name == BARRIER_COLUMN:
                raise InputError(f"column {BARRIER_COLUMN} does not hold one number per atom")
            continue
        if kind == "L":
            columns[name] = np.array(
                [_flag(word, name, row) for word, row in zip(words[name][0], rows, strict=True)]
            )
        else:
            columns[name] = (to_integers if kind == "I" else to_numbers)(words[name][0], name, rows)
    return columns


def _flag(word: str, name: str, row: Line) -> int:
    if word.lower() not in _LOGICAL:
        raise InputError(f"{clean_name(name)} in line {row[0]} is '{clean_name(word)}', expected T or F")
    return _LOGICAL[word.lower()]


def _names(properties: list[tuple[str, str, int]]) -> str:
    return clean_name(":".join(f"{name}:{kind}:{width}" for name, kind, width in properties))
