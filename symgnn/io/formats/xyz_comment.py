"""The comment line of extended XYZ: key=value pairs, of which Lattice, Properties and pbc describe the frame.

Other programs and people write anything else into this line, so it is read from left to right with rules that no
lone quote can upset: a quoted value ends at a quote that a space or the end of the line follows; without such an end
the quote is a sign like any other.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np

from symgnn.errors import InputError
from symgnn.io.formats.source import to_number
from symgnn.io.reading import clean_name

OWN_KEY = "symgnn"  # JSON with name, notes, and field names that cannot name a column
_FRAME_KEYS = ("lattice", "properties", "pbc")  # in any mixture of small and capital letters

_PAIR = re.compile(
    r"""(?P<key>"[^"=]*"|'[^'=]*'|[^\s="'{}\[\]]+)
        \s*=(?:\s+(?![^\s="']+\s*=))?              # a value may stand after a space, unless that is the next key
        (?P<value>"(?:[^"\\]|\\.)*"(?=\s|$) | '(?:[^'\\]|\\.)*'(?=\s|$) | \{[^{}]*\}(?=\s|$)
                | \[(?:[^\[\]]|\[[^\[\]]*\])*\](?=\s|$) | \S*)""",
    re.VERBOSE,
)
_TRUE = {
    "t",
    "true",
    ".true.",
    "np.true_",
    "1",
    "1.",
    "1.0",
    "yes",
    "p",
    "pp",
}  # p, f, s, m: LAMMPS's boundaries
_FALSE = {"f", "false", ".false.", "np.false_", "0", "0.", "0.0", "no", "s", "m"}
_FALSE |= {first + second for first in "fsm" for second in "fsm"}


def parse_comment(comment: str) -> dict[str, str]:
    """The pairs of a comment line; keys lattice, properties, pbc in small letters, values without their quotes.

    Raises InputError where one of these three stands where it would not be read, or twice with different values.
    """
    pairs: dict[str, str] = {}
    others: list[str] = []  # all text but those pairs
    position, last = 0, ""
    while position < len(comment):
        if comment[position].isspace():
            position += 1
            continue
        match = _PAIR.match(comment, position)
        if match is None:  # a free word; after an unquoted value of the three it belongs to that
            word = re.compile(r"\S+").match(comment, position)
            if last and pairs[last].count(" ") < 12 and _continues(last, word[0]):
                pairs[last] += f" {word[0]}"
            else:
                last = ""
                others.append(word[0])
            position = word.end()
            continue
        key, value = match["key"].strip("\"'"), match["value"]
        name = key.lower() if key.lower() in _FRAME_KEYS else key
        plain = _without_quotes(value)
        if name in _FRAME_KEYS:
            if name in pairs and pairs[name] != plain:
                raise InputError(f"{key}= stands twice in the comment line, expected it once")
            last = name if plain == value else ""  # unquoted
        else:
            last = ""
            others.append("" if name == OWN_KEY else match[0])
        pairs[name] = plain
        position = match.end()
    for found in re.findall(r"\b(lattice|properties|pbc)\s*=", " ".join(others), re.IGNORECASE):
        if found.lower() not in pairs:
            raise InputError(
                f"{found}= stands inside other text of the comment line, expected it after a space and outside "
                f"of quotes"
            )
    return pairs


def parse_lattice(text: str) -> np.ndarray:
    """(3, 3) Å, rows are the cell vectors."""
    words = re.sub(r"[\[\]{}(),;]", " ", text).split()
    if len(words) != 9:
        raise InputError(
            f"Lattice='{clean_name(text)}' has {len(words)} numbers, expected the 9 of three cell vectors"
        )
    return np.array([to_number(word, "a number of Lattice") for word in words]).reshape(3, 3)


def parse_pbc(text: str) -> tuple[bool, bool, bool]:
    """Three flags, however they are written: T T F, True True False, [1, 1, 0], TTF, p p f; one stands for all."""
    words = re.sub(r"[\[\]{}(),;\"']", " ", text).lower().split()
    if len(words) == 1 and re.fullmatch(r"[tf]{3}|[01]{3}|[pfsm]{3}", words[0]):
        words = list(words[0])
    if len(words) not in (1, 3) or not all(word in _TRUE | _FALSE for word in words):
        raise InputError(f"pbc='{clean_name(text)}', expected three flags, e.g. pbc=\"T T F\"")
    flags = [word in _TRUE for word in words]
    return tuple(flags * 3 if len(flags) == 1 else flags)


def parse_properties(text: str) -> list[tuple[str, str, int]]:
    """Name, type (S, R, I, L) and number of columns of every property of an atom."""
    shown, parts = f"Properties={clean_name(text)}", text.split(":")
    if len(parts) % 3:
        raise InputError(f"{shown}, expected name:type:width of every property")
    properties = []
    for name, kind, width in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if not re.fullmatch(r"[1-9]\d{0,2}", width, re.ASCII):
            raise InputError(f"{shown}, expected name:type:width with widths below 1000")
        if kind.upper() not in ("S", "R", "I", "L"):
            raise InputError(f"{shown}, type '{clean_name(kind)}' is not known, expected S, R, I or L")
        properties.append((name, kind.upper(), int(width)))
    for name, count in Counter(name for name, _, _ in properties).items():
        if count > 1:
            raise InputError(f"{shown}, property {clean_name(name)} stands twice, expected different names")
        if not name.strip():
            raise InputError(f"{shown}, expected a name for every property")
    return properties


def parse_own(text: str | None) -> dict:
    """Name, notes and field names that `write_extxyz` put into the comment line."""
    if text is None:
        return {}
    try:
        own = json.loads(text)
        valid = isinstance(own["name"], str) and all(
            isinstance(item, str)
            for key in ("notes", "fields")
            for pair in own.get(key, {}).items()
            for item in pair
        )
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        valid = False
    if not valid:
        raise InputError(f"key {OWN_KEY} of the comment line is not what this program writes there")
    return own


def _continues(key: str, word: str) -> bool:
    """Whether a word goes on with an unquoted value: Lattice=9 0 0 ..., pbc=T T F."""
    if key == "pbc":
        return re.sub(r"[\[\](),]", "", word).lower() in _TRUE | _FALSE
    return key == "lattice" and re.fullmatch(r"[-+.\deEdD,\])]+", word) is not None


def _without_quotes(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    if len(value) > 1 and (value[0], value[-1]) in (("{", "}"), ("[", "]")):
        return value[1:-1]
    return value
