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
    """'1=Cu,2=Zr' -> {1: 'Cu', 2: 'Zr'}. Raises InputError for anything else."""
    types: dict[int, str] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})\s*=\s*([A-Za-z]{1,3})\s*", part, re.ASCII)
        if not match:
            raise InputError(
                f"types {clean_name(text)!r}: found {clean_name(part)!r}, expected e.g. 1=Cu,2=Zr"
            )
        if int(match[1]) in types:
            raise InputError(f"types {clean_name(text)!r}: type {match[1]} is given twice")
        atomic_number(match[2])
        types[int(match[1])] = match[2].capitalize()
    return types
