"""Elements of atoms: chemical symbols as files write them, and LAMMPS types that a user gives elements for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import atomic_number
from symgnn.io.formats.source import Line
from symgnn.io.reading import clean_name

OPTION = "give the element of each type: --types 1=Cu,2=Zr"


def numbers_of_symbols(words: Sequence[str], rows: Sequence[Line]) -> np.ndarray:
    """(N,) int64 atomic numbers of chemical symbols, in capitals or not. Raises InputError naming the line."""
    known: dict[str, int] = {}
    for word, (number, _) in zip(words, rows, strict=True):
        if word not in known:
            try:
                known[word] = atomic_number(word)
            except InputError:
                raise InputError(
                    f"'{clean_name(word, longest=40)}' in line {number} is not known, expected a chemical symbol"
                ) from None
    return np.array([known[word] for word in words], dtype=np.int64)


def numbers_of_types(types: np.ndarray, given: Mapping[int, str] | None, hint: str = "") -> np.ndarray:
    """(N,) int64 atomic numbers of LAMMPS types (N,). hint: what the file itself suggests, for the message.

    Raises InputError where no elements are given, or none for one of the types.
    """
    if given is None:
        advice = f"{hint}; {OPTION}" if hint else OPTION
        raise InputError(f"the file does not name elements (masses are not used to guess them); {advice}")
    for number in np.unique(types):
        if int(number) not in given:
            known = ",".join(f"{key}={value}" for key, value in given.items())
            raise InputError(f"atom type {number} is not in the types given ({known}); {OPTION}")
    return np.array([atomic_number(given[int(number)]) for number in types], dtype=np.int64)


def are_symbols(words: Sequence[str]) -> bool:
    """Whether all words are chemical symbols."""
    try:
        for word in set(words):
            atomic_number(word)
    except InputError:
        return False
    return True


def check_units(units: str) -> None:
    """Raise InputError for LAMMPS units whose length is not Å."""
    if units.lower() not in ("metal", "real"):
        raise InputError(f"LAMMPS units '{clean_name(units)}', expected metal or real (Å)")


def parse_types(text: str) -> dict[int, str]:
    """'1=Cu,2=Zr' -> {1: 'Cu', 2: 'Zr'}; so do '1:Cu 2:Zr', '1 Cu; 2 Zr' and, in the order of the types, 'Cu Zr'.

    Raises InputError for anything else.
    """
    types: dict[int, str] = {}
    for number, symbol in _pairs(text):
        if number in types:
            raise InputError(f"types {clean_name(text)!r}: type {number} is given twice")
        try:
            atomic_number(symbol)
        except InputError as error:
            raise InputError(f"types {clean_name(text)!r}: {error}, expected e.g. 1=Cu,2=Zr") from None
        types[number] = symbol.capitalize()
    return types


def _pairs(text: str) -> list[tuple[int, str]]:
    """Types and symbols, whatever stands between them."""
    parts = re.split(r"[\s,;]+", re.sub(r"\s*(?:=>|->|=|:)\s*", "=", text.strip()))
    parts = [part for part in parts if part]
    if parts and all(_is_symbol(part) for part in parts):
        return list(enumerate(parts, start=1))
    if len(parts) > 1 and all(part.isascii() and part.isdigit() for part in parts[::2]):  # 1 Cu 2 Zr
        parts = ["=".join(parts[n : n + 2]) for n in range(0, len(parts), 2)]
    matches = [re.fullmatch(r"(\d{1,9})=([A-Za-z]{1,3})", part, re.ASCII) for part in parts]
    for part, match in zip(parts, matches, strict=True):
        if not match:
            raise InputError(
                f"types {clean_name(text)!r}: found {clean_name(part)!r}, expected e.g. 1=Cu,2=Zr"
            )
    if not parts:
        raise InputError(f"types {clean_name(text)!r}: nothing found, expected e.g. 1=Cu,2=Zr")
    return [(int(match[1]), match[2]) for match in matches]


def _is_symbol(word: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{1,3}", word, re.ASCII) is not None
