"""POSCAR and CONTCAR of VASP 5 and 6. Line 6 has to name the elements.

Velocities below the atoms are not read, but have to be whole: rows that are not what they should be are atoms lost.
"""

from __future__ import annotations

import re

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.elements import are_symbols, numbers_of_symbols
from symgnn.io.formats.source import (
    Format,
    Line,
    Source,
    declared_count,
    is_numeric,
    numbered,
    to_number,
    to_numbers,
)
from symgnn.io.reading import clean_name


def read_poscar(source: Source) -> Glass:
    """The structure in a POSCAR file, periodic in all directions."""
    lines = source.lines()
    if len(lines) < 8:
        raise InputError(f"{len(lines)} lines, expected a POSCAR file")
    cell, scale = _cell(lines)
    symbols, counts = _elements(lines)
    start = 7
    selective = lines[start].strip()[:1].lower() == "s"
    start += selective
    mode = lines[start].strip() if start < len(lines) else ""
    if mode[:1].lower() not in ("d", "c", "k") or not mode:
        raise InputError(
            f"line {start + 1} is '{clean_name(mode, longest=40)}', expected Direct or Cartesian"
        )
    first = start + 1
    n = declared_count(str(sum(counts)), "number of atoms", len(lines) - first)
    rows = [(number + 1, lines[number]) for number in range(first, first + n)]
    species = numbers_of_symbols(
        [symbol for symbol, count in zip(symbols, counts, strict=True) for _ in range(count)], rows
    )
    coordinates = _coordinates(rows, symbols, counts, selective=selective)
    _check_rest(lines, first + n, n)
    positions = coordinates @ cell if mode[0].lower() == "d" else coordinates * scale
    return source.glass(species=species, positions=positions, cell=cell, pbc=(True,) * 3)


FORMAT = Format("POSCAR", (".poscar", ".vasp"), read_poscar, names=("POSCAR", "CONTCAR"))


def _cell(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(3, 3) Å cell vectors, and the factors (3,) of Cartesian positions."""
    words = _before_comment(lines[1])
    if len(words) not in (1, 3) or not is_numeric(words):
        raise InputError(
            f"scaling factor in line 2 is '{clean_name(lines[1].strip(), longest=40)}', expected a number"
        )
    scale = np.array([to_number(word, "scaling factor in line 2") for word in words])
    cell = np.zeros((3, 3))
    for row in range(3):
        words = _before_comment(lines[2 + row])
        if len(words) != 3:
            raise InputError(f"line {3 + row} has {len(words)} values, expected a cell vector of 3")
        cell[row] = [to_number(word, f"cell vector in line {3 + row}") for word in words]
    if len(scale) == 1 and scale[0] < 0:  # then it is the volume
        volume = abs(np.linalg.det(cell))
        if not volume > 0:
            raise InputError(f"the cell vectors are parallel or in one plane: {cell.tolist()}")
        scale = np.array([(-scale[0] / volume) ** (1 / 3)])
    if not (scale > 0).all():
        raise InputError(
            f"scaling factor in line 2 is '{clean_name(lines[1].strip())}', expected a positive number"
        )
    factors = np.broadcast_to(scale, 3)
    return cell * factors, factors


def _elements(lines: list[str]) -> tuple[list[str], list[int]]:
    """Line 6, elements, and line 7, how many atoms there are of each."""
    if not re.match(r"\s*[A-Za-z]", lines[5]):
        found = clean_name(lines[5].strip(), longest=40)
        raise InputError(f"line 6 is '{found}', expected the elements, e.g. 'Cu Zr' (POSCAR of VASP 5)")
    symbols = [re.split(r"[_/.]", word)[0] for word in _before_comment(lines[5])]  # of Zr_sv/1234abcd: Zr
    numbers_of_symbols(symbols, [(6, lines[5])] * len(symbols))
    words = _before_comment(lines[6])
    if not all(re.fullmatch(r"\d{1,12}", word, re.ASCII) for word in words) or len(words) != len(symbols):
        raise InputError(
            f"line 7 is '{clean_name(lines[6].strip(), longest=40)}', expected {len(symbols)} whole numbers: how many "
            f"atoms there are of {clean_name(', '.join(symbols))}"
        )
    return symbols, [int(word) for word in words]


def _coordinates(rows: list[Line], symbols: list[str], counts: list[int], *, selective: bool) -> np.ndarray:
    """(N, 3) as written. After them may stand the flags of selective dynamics and the element."""
    expected = [symbol for symbol, count in zip(symbols, counts, strict=True) for _ in range(count)]
    words = []
    for (number, line), symbol in zip(rows, expected, strict=True):
        row = _before_comment(line)
        flags = row[3:6] if selective else []
        if len(row) < 3 + 3 * selective or any(
            flag.upper().strip(".")[:1] not in ("T", "F") for flag in flags
        ):
            what = "x, y, z and three flags T or F" if selective else "x, y and z"
            raise InputError(f"line {number} is '{clean_name(line.strip(), longest=60)}', expected {what}")
        flagged = selective or (len(row) >= 6 and all(word.upper() in ("T", "F") for word in row[3:6]))
        words_behind = row[6:] if flagged else row[3:]
        label = re.match(r"[A-Za-z]*", words_behind[0])[0] if words_behind else ""  # of Zr1, Zr4+: Zr
        if are_symbols([label]) and label.capitalize() != symbol.capitalize():
            raise InputError(
                f"line {number} ends with {clean_name(label)}, but line 7 makes this atom {clean_name(symbol)}"
            )
        words.append(row[:3])
    columns = zip("xyz", zip(*words, strict=True), strict=True)
    return np.column_stack([to_numbers(column, f"coordinate {axis}", rows) for axis, column in columns])


def _check_rest(lines: list[str], end: int, n: int) -> None:
    """What follows the atoms: nothing, or velocities (and more of VASP's own) after an empty line or a heading."""
    rest = numbered(lines[end:], end)
    if not rest:
        return
    if lines[end].strip() and is_numeric(lines[end].split()[:3]):
        raise InputError(f"line {end + 1}: more atoms than the {n} that line 7 declares")
    if (
        rest[0][1].strip()[:1].lower() == "l"
    ):  # 'Lattice velocities and vectors': a number and 6 rows below it
        rest = rest[8:]
    if not rest:
        return
    heading = rest[0][1].strip()[:1].lower() in ("d", "c", "k") and len(rest[0][1].split()) == 1
    if len(rest) == heading:  # nothing below it
        return
    velocities: list[Line] = []
    for number, line in rest[heading:]:
        if number > rest[heading][0] + len(velocities) or len(velocities) > n:
            break  # an empty line ends them
        velocities.append((number, line))
    wrong = [number for number, line in velocities if len(line.split()) != 3 or not is_numeric(line.split())]
    if wrong or len(velocities) != n:
        found = f"line {wrong[0]} is none" if wrong else f"{min(len(velocities), n + 1)} rows found"
        more = " or more" if len(velocities) > n else ""
        raise InputError(f"velocities after the atoms: {found}{more}, expected {n} rows of 3 numbers")


def _before_comment(line: str) -> list[str]:
    return re.split(r"[!#]", line)[0].split()
