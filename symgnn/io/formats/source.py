"""What a reader receives and what all readers share: text, tables of numbers, messages that name a line."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.reading import MAX_ATOMS, clean_name

MAX_LINES = 10 * MAX_ATOMS


@dataclass(frozen=True)
class Source:
    """The content of one file, decompressed.

    name   without folder and without the ending of a compression: it chooses the format
    data   bytes
    types  LAMMPS type -> chemical symbol, None where the user gave none
    """

    name: str
    data: bytes
    types: Mapping[int, str] | None = None

    @property
    def shown(self) -> str:
        """The name, fit for the screen."""
        return clean_name(self.name)

    def lines(self) -> list[str]:
        """The lines of a text file, without empty ones at its end. Raises InputError for binary content."""
        if b"\0" in self.data:
            raise InputError("binary content, expected text")
        if (count := self.data.count(b"\n")) > MAX_LINES:
            raise InputError(f"{count} lines, the limit is {MAX_LINES}")
        text = io.StringIO(self.data.decode("utf-8-sig", errors="replace"), newline=None).read()
        return text.rstrip().split("\n")

    def glass(
        self,
        *,
        species: np.ndarray,
        positions: np.ndarray,
        cell: np.ndarray,
        pbc: Sequence[bool],
        barriers: np.ndarray | None = None,
        properties: Mapping[str, np.ndarray] | None = None,
        notes: Mapping[str, str] | None = None,
        name: str | None = None,
    ) -> Glass:
        """The glass that was read; its name is `name`, else the file's stem. Errors name the file."""
        glass = Glass(
            species=species,
            positions=positions,
            cell=cell,
            pbc=pbc,
            barriers=barriers,
            properties=printable_names(properties or {}),
            notes=notes or {},
            name=self.shown,
        )
        return replace(glass, name=clean_name(name or Path(self.name).stem or self.name))


@dataclass(frozen=True)
class Format:
    """A file format: all that reading it needs. It is registered in `symgnn.io.formats`.

    title    what it is called in messages
    endings  of file names, in small letters
    read     makes the glass; raises InputError, whose message the caller completes with the file's name
    names    beginnings of file names that have no ending, in capitals
    """

    title: str
    endings: tuple[str, ...]
    read: Callable[[Source], Glass]
    names: tuple[str, ...] = ()


def frame_note(frames: int) -> dict[str, str]:
    """The note about a file of several frames, of which the last was read."""
    return {"frame": f"the last of {frames} frames"} if frames > 1 else {}


def printable_names(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns under names fit for the screen. Raises InputError where two become one."""
    fields = {clean_name(key): values for key, values in columns.items()}
    if len(fields) < len(columns):
        raise InputError(f"columns {clean_name(', '.join(columns))} do not have different printable names")
    return fields


def declared_count(text: str, what: str, lines_left: int, *, least: int = 2) -> int:
    """A number of atoms as declared by a file, of which `lines_left` lines follow. least: atoms of a glass."""
    word = text.strip()
    if not (word.isascii() and word.isdecimal() and len(word) <= 12):
        raise InputError(f"{what} is '{clean_name(word, longest=40)}', expected the number of atoms")
    count = int(word)
    if count < least:
        raise InputError(f"{count} atom(s) declared, a glass needs at least 2")
    if count > MAX_ATOMS:
        raise InputError(f"{count} atoms declared, the limit is {MAX_ATOMS}")
    if count > max(lines_left, 0):
        found = max(lines_left, 0)
        raise InputError(
            f"{count} atoms declared, but only {found} line{'s follow' if found != 1 else ' follows'}"
        )
    return count


Line = tuple[int, str]  # its number in the file, from 1, and its text


def numbered(lines: Sequence[str], start: int = 0) -> list[Line]:
    """The lines that are not empty with their numbers; `start` lines of the file came before."""
    return [(start + row + 1, line) for row, line in enumerate(lines) if line.strip()]


def table(rows: Sequence[Line], names: Sequence[str]) -> dict[str, list[str]]:
    """The words of each column by its name. Raises InputError as `columns_of` does, and for a name given twice."""
    for name in set(names):
        if names.count(name) > 1:
            raise InputError(f"column {clean_name(name)} stands twice, expected different names")
    return dict(zip(names, columns_of(rows, names), strict=True))


def columns_of(rows: Sequence[Line], names: Sequence[str]) -> list[list[str]]:
    """The words of each column. Raises InputError naming a row that has more or fewer words than `names`."""
    words = [line.split() for _, line in rows]
    for (number, _), row in zip(rows, words, strict=True):
        if len(row) != len(names):
            raise InputError(f"line {number} has {len(row)} values, expected {len(names)}: {_few(names)}")
    return [list(column) for column in zip(*words, strict=True)]


def to_numbers(words: Sequence[str], what: str, rows: Sequence[Line]) -> np.ndarray:
    """(N,) float64. Raises InputError naming column and line of the first word that is no number."""
    try:
        if any("_" in word for word in words):  # Python reads 1_0 as 10
            raise ValueError
        return np.fromiter(map(float, words), dtype=float, count=len(words))
    except ValueError:
        return np.array([to_number(word, f"{what} in line {rows[i][0]}") for i, word in enumerate(words)])


def to_number(word: str, what: str) -> float:
    """A number as programs of the field write it, Fortran's 1.0D-3 included. Raises InputError naming `what`."""
    try:
        if "_" in word:
            raise ValueError
        return float(word.replace("D", "E").replace("d", "e") if "n" not in word.lower() else word)
    except ValueError:
        raise InputError(f"{what} is '{clean_name(word, longest=40)}', expected a number") from None


def to_integers(words: Sequence[str], what: str, rows: Sequence[Line]) -> np.ndarray:
    """(N,) int64. Raises InputError naming column and line of the first word that is no whole number."""
    values = to_numbers(words, what, rows)
    wrong = ~np.isfinite(values) | (values != np.round(values)) | (np.abs(values) > 2**53)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{what} in line {rows[row][0]} is '{clean_name(words[row], longest=40)}', expected a whole number"
        )
    return values.astype(np.int64)


def is_numeric(words: Sequence[str]) -> bool:
    """Whether all words are numbers."""
    try:
        to_numbers(words, "", [(0, "")] * len(words))
    except InputError:
        return False
    return True


def _few(names: Sequence[str]) -> str:
    text = " ".join(names)
    return clean_name(text if len(text) <= 120 else f"{text[:119]}…", longest=120)
