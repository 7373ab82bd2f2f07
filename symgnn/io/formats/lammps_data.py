"""LAMMPS data files: header with the box, then sections. The box is periodic in all directions.

Elements come from the option `types`, else from the section Atom Type Labels where its labels are chemical symbols;
masses and comments are not used to guess them. Positions are unwrapped by the image flags where there are some.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.elements import are_symbols, check_units, numbers_of_types
from symgnn.io.formats.source import (
    Format,
    Line,
    Source,
    declared_count,
    is_numeric,
    table,
    to_integers,
    to_number,
    to_numbers,
)
from symgnn.io.reading import clean_name

_STYLES = {  # atom style -> columns
    "atomic": "id type x y z",
    "charge": "id type q x y z",
    "bond": "id mol type x y z",
    "angle": "id mol type x y z",
    "molecular": "id mol type x y z",
    "full": "id mol type q x y z",
}
_FLAGS = ("ix", "iy", "iz")
_TILT, _VECTORS = "xy xz yz", ("avec", "bvec", "cvec")
_COUNTED = (
    "atoms|bonds|angles|dihedrals|impropers|ellipsoids|lines|triangles|bodies"
    "|(atom|bond|angle|dihedral|improper) types|extra .* per atom"
)
_TITLE = re.compile(r"[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)*")
_HEADER = re.compile(
    rf"\S+ ({_COUNTED})|\S+ \S+ (xlo xhi|ylo yhi|zlo zhi)|(\S+ ){{3}}(xy xz yz|[abc]vec|abc origin)"
)


def read_lammps_data(source: Source) -> Glass:
    """The glass of a data file, atoms in order of their ids, which are kept as field `id`."""
    lines = source.lines()
    units = re.search(r"\bunits\s*=\s*(\w+)", lines[0], re.IGNORECASE)
    check_units(units[1] if units else "metal")
    header, sections = _split(lines)
    n = _atom_count(header, sections)
    cell = _cell(header)
    title, rows = sections["Atoms"]
    if len(rows) != n:
        raise InputError(f"section Atoms has {len(rows)} rows, more than the {n} atoms declared")
    columns = table(rows, _column_names(title, rows))
    ids = to_integers(columns["id"], "id", rows)
    if len(np.unique(ids)) < n:
        raise InputError(f"section Atoms: id {_repeated(ids)} stands twice, expected different ids")
    _check_velocities(sections, ids)

    positions = np.column_stack([to_numbers(columns[axis], axis, rows) for axis in "xyz"])
    if "ix" in columns:
        positions = (
            positions + np.column_stack([to_integers(columns[flag], flag, rows) for flag in _FLAGS]) @ cell
        )
    properties = {"id": ids}
    properties |= {"charge": to_numbers(columns["q"], "q", rows)} if "q" in columns else {}
    properties |= {"molecule": to_integers(columns["mol"], "mol", rows)} if "mol" in columns else {}
    order = np.argsort(ids, kind="stable")
    return source.glass(
        species=_species(columns["type"], rows, sections, header, source.types)[order],
        positions=positions[order],
        cell=cell,
        pbc=(True,) * 3,
        properties={name: values[order] for name, values in properties.items()},
    )


FORMAT = Format("LAMMPS data", (".data", ".lmp", ".lammps"), read_lammps_data)


def _split(lines: list[str]) -> tuple[list[Line], dict[str, tuple[str, list[Line]]]]:
    """Lines of the header, and of every section: name -> (its whole title line, its rows); comments are cut off.

    The first line is a comment. The title of a section is words that begin with capital letters, without a number.
    """
    header: list[Line] = []
    sections: dict[str, tuple[str, list[Line]]] = {}
    rows = header
    for number, line in enumerate(lines[1:], start=2):
        text = " ".join(line.split("#")[0].split())
        if _TITLE.fullmatch(text):
            if text in sections:
                raise InputError(f"line {number}: section {clean_name(text)} stands twice, expected it once")
            rows = []
            sections[text] = (line.strip(), rows)
        elif text:
            rows.append((number, text))
    return header, sections


def _header_value(header: list[Line], name: str) -> tuple[int, list[str]] | None:
    """Line and numbers of one entry of the header. Raises InputError where it stands twice."""
    found = [
        (number, text.removesuffix(name).split())
        for number, text in header
        if f" {text}".endswith(f" {name}")
    ]
    if len(found) > 1:
        raise InputError(f"line {found[1][0]}: '{name}' stands twice in the header, expected it once")
    return found[0] if found else None


def _numbers(header: list[Line], name: str, count: int) -> list[float] | None:
    found = _header_value(header, name)
    if found is None:
        return None
    line, words = found
    if len(words) != count:
        raise InputError(f"line {line}: '{name}' has {len(words)} numbers, expected {count}")
    return [to_number(word, f"a number of '{name}' in line {line}") for word in words]


def _atom_count(header: list[Line], sections: Mapping[str, tuple[str, list[Line]]]) -> int:
    """The number of atoms, once header and sections are what they should be."""
    count = _header_value(header, "atoms")
    if count is None:
        raise InputError("no line 'N atoms', expected a LAMMPS data file")
    if "Atoms" not in sections:
        raise InputError("no section 'Atoms', expected a LAMMPS data file")
    for number, text in header:
        if not _HEADER.fullmatch(text):
            raise InputError(
                f"line {number} is '{clean_name(text, longest=60)}', expected an entry of the header or the name of a "
                "section"
            )
    return declared_count(" ".join(count[1]), "number of atoms", len(sections["Atoms"][1]))


def _cell(header: list[Line]) -> np.ndarray:
    """(3, 3) Å."""
    vectors = [_numbers(header, name, 3) for name in _VECTORS]
    if any(vector is not None for vector in vectors):
        others = [name for name in ("xlo xhi", "ylo yhi", "zlo zhi", _TILT) if _header_value(header, name)]
        if others or any(vector is None for vector in vectors):
            raise InputError(
                f"box: avec, bvec and cvec expected, and no {others[0] if others else 'gap among them'}"
            )
        return np.array(vectors)
    sides = [_numbers(header, f"{axis}lo {axis}hi", 2) for axis in "xyz"]
    if any(side is None for side in sides):
        raise InputError("no box ('xlo xhi', 'ylo yhi', 'zlo zhi'), expected a LAMMPS data file")
    for axis, (low, high) in zip("xyz", sides, strict=True):
        if not high > low:
            raise InputError(f"box: {axis}lo {low:g} is not below {axis}hi {high:g}")
    xy, xz, yz = _numbers(header, _TILT, 3) or (0.0, 0.0, 0.0)
    cell = np.diag([high - low for low, high in sides])
    cell[1, 0], cell[2, 0], cell[2, 1] = xy, xz, yz
    return cell


def _column_names(title: str, rows: list[Line]) -> list[str]:
    """Columns of section Atoms: by the style behind its name, else by their number where that tells it."""
    width = len(rows[0][1].split())
    _, has_style, style = title.partition("#")
    if has_style and style.strip():
        name = style.split()[0].lower()
        if name not in _STYLES:
            raise InputError(
                f"atom style '{clean_name(style.strip())}' is not supported, expected one of {', '.join(_STYLES)}"
            )
        columns = _STYLES[name].split()
    elif width == 5 or (width == 8 and all(map(_is_image, rows[0][1].split()[5:]))):
        columns = _STYLES["atomic"].split()
    else:
        raise InputError("the columns do not tell the atom style, expected it in the file: 'Atoms # charge'")
    return [*columns, *_FLAGS] if width == len(columns) + 3 else columns


def _is_image(word: str) -> bool:
    """Whether a word may be an image flag: how often an atom has crossed the box, a few hundred times at most."""
    return word.lstrip("-").isdecimal() and len(word) <= 4


def _species(
    words: list[str],
    rows: list[Line],
    sections: Mapping[str, tuple[str, list[Line]]],
    header: list[Line],
    given: Mapping[int, str] | None,
) -> np.ndarray:
    """(N,) atomic numbers in the order of the rows. A word of column `type` is a number or a label."""
    labels = _labels(sections)
    number_of = {label: number for number, label in labels.items()}
    if not is_numeric(words):
        for word, (line, _) in zip(words, rows, strict=True):
            if word not in number_of and not word.isdecimal():
                known = (
                    f"labels are {', '.join(number_of)}" if labels else "there is no section Atom Type Labels"
                )
                raise InputError(f"type in line {line} is '{clean_name(word)}', but {clean_name(known)}")
        words = [str(number_of.get(word, word)) for word in words]
    types = to_integers(words, "type", rows)
    count = _header_value(header, "atom types")
    if count and not re.fullmatch(r"\d{1,9}", " ".join(count[1])):
        raise InputError(
            f"line {count[0]}: atom types is '{clean_name(' '.join(count[1]), longest=40)}', expected a number"
        )
    most = int(count[1][0]) if count else int(types.max())
    if types.min() < 1 or types.max() > most:
        wrong = int(np.argmax((types < 1) | (types > most)))
        if given is None or types[wrong] < 1 or int(types[wrong]) in given:
            raise InputError(f"atom type {types[wrong]} in line {rows[wrong][0]}, expected 1..{most}")
    if given is None and labels and are_symbols(list(labels.values())):
        given = labels
    return numbers_of_types(types, given, _hint(labels, sections))


def _labels(sections: Mapping[str, tuple[str, list[Line]]]) -> dict[int, str]:
    """Section Atom Type Labels: type -> label."""
    labels: dict[int, str] = {}
    for line, text in sections.get("Atom Type Labels", ("", []))[1]:
        words = text.split()
        if (
            len(words) != 2
            or not re.fullmatch(r"\d{1,9}", words[0])
            or int(words[0]) in labels
            or words[1] in labels.values()
        ):
            raise InputError(
                f"line {line} is '{clean_name(text, longest=40)}', expected a new type and its label"
            )
        labels[int(words[0])] = words[1]
    return labels


def _hint(labels: Mapping[int, str], sections: Mapping[str, tuple[str, list[Line]]]) -> str:
    """What the file says about its types without naming elements, for the message that asks for them."""
    if labels:
        return (
            f"its type labels are {clean_name(', '.join(f'{key}={label}' for key, label in labels.items()))}"
        )
    masses = [text for _, text in sections.get("Masses", ("", []))[1]]
    return f"its masses are {clean_name(', '.join(masses))}" if masses else ""


def _check_velocities(sections: Mapping[str, tuple[str, list[Line]]], ids: np.ndarray) -> None:
    """Raise InputError where there are velocities, but not one for every atom: the file was cut or edited."""
    if "Velocities" not in sections:
        return
    rows = sections["Velocities"][1]
    if len(rows) != len(ids):
        raise InputError(
            f"section Velocities has {len(rows)} rows, expected one for each of {len(ids)} atoms"
        )
    columns = [text.split() for _, text in rows]
    for (number, _), words in zip(rows, columns, strict=True):
        if len(words) < 4 or not is_numeric(words[:4]):
            raise InputError(f"velocities: line {number} has {len(words)} values, expected id, vx, vy and vz")
    found = to_integers([words[0] for words in columns], "id of Velocities", rows)
    if not np.array_equal(np.sort(found), np.sort(ids)):
        raise InputError("section Velocities names other atoms than section Atoms, expected the same ids")


def _repeated(ids: np.ndarray) -> int:
    values, counts = np.unique(ids, return_counts=True)
    return int(values[counts > 1][0])
