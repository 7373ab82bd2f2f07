"""Reading atomic structures in the formats of the field, and writing extended XYZ.

`symgnn.io.formats.FORMATS` lists them; what each says of cell, periodicity and elements stands in data/README.md.
Each may be compressed: .gz, .xz, .bz2. Lengths are in Å. Elements are never guessed from masses. Of several frames
the last one is read, and a note says so; `symgnn.io.frames` reads all. A column `barrier` of extended XYZ holds the
energy barriers in eV; further columns of one number per atom become properties. LAMMPS atoms are sorted by id, which is
kept as property `id`.
What no format can tell, but physics can, is looked at once the structure is read: see plausibility.py.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.calculators.calculator import all_properties

from symgnn.errors import InputError
from symgnn.glass import BARRIER_COLUMN, Glass, as_glass
from symgnn.io.compression import plain_name, unpacked
from symgnn.io.formats import ENDINGS, SUPPORTED, Source, format_of
from symgnn.io.formats.elements import parse_types
from symgnn.io.formats.xyz_comment import OWN_KEY
from symgnn.io.plausibility import check_distances, density_note
from symgnn.io.reading import checked_size, clean_name, one_line, read_bytes
from symgnn.io.writing import replacing

__all__ = [
    "ENDINGS",
    "SUPPORTED",
    "parse_types",
    "read_glass",
    "read_glass_bytes",
    "reading_notes",
    "write_extxyz",
]

READING_NOTES = ("frame", "block", "boundary", "columns", "symmetry", "density")
"""Notes that a reader makes about its choices: the command line and the dashboard show them."""

# Column names, in small letters, that ASE or this module would read as something else than a field.
_RESERVED_COLUMNS = {
    *all_properties, "species", "symbols", "element", "pos", "positions", "z", "numbers", "charge", "initial_charges",
    "mass", "masses", "initial_magmoms", "momenta", "tags", "move_mask", BARRIER_COLUMN,
}  # fmt: skip


def read_glass(
    path: str | os.PathLike,
    *,
    types: Mapping[int, str] | None = None,
    name: str | None = None,
    atom: int | None = None,
) -> Glass:
    """Read a structure file; the format follows from the ending (see the module docstring).

    types maps LAMMPS atom types to chemical symbols, {1: "Cu", 2: "Zr"}. It is needed where a LAMMPS file, or an XYZ
    file with numbers for elements, does not name elements itself, and has priority over those a LAMMPS file names.
    Other formats ignore it.
    name is the glass's name on screen: by default the one in the file, else the file's stem.
    atom: one that is asked about; where it is not there, this is told before distances are looked at, which takes long.
    Raises InputError, one line naming the file, for anything that is not such a structure, and for atoms that are
    nearer to each other than any are.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{clean_name(str(path))}: is a folder, expected a structure file")
    format_of(path.name)  # an unknown ending is told before a file is opened
    glass = parse_glass(path.name, read_bytes(path), types, atom=atom)
    return glass if name is None else replace(glass, name=name)


def read_glass_bytes(name: str, data: bytes, types: Mapping[int, str] | None = None) -> Glass:
    """The same for an upload: `data` is the content of a file called `name`. Nothing is written to disk."""
    return parse_glass(re.split(r"[/\\]", name)[-1], checked_size(data, clean_name(name)), types)


def reading_notes(glass: Glass) -> list[str]:
    """What a reader had to choose or found unusual in the file, one sentence each."""
    return [one_line(f"{key}: {glass.notes[key]}", 400) for key in READING_NOTES if key in glass.notes]


def write_extxyz(path: str | os.PathLike, structure: Glass | Atoms) -> None:
    """Write a glass as extended XYZ that `read_glass` returns unchanged; ASE and OVITO read it too.

    Numbers are written to the last digit. The file appears whole or not at all. Raises InputError as `as_glass` does.
    """
    glass = as_glass(structure)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(extxyz_lines(glass))


def extxyz_lines(glass: Glass) -> Iterator[str]:
    """The lines of `write_extxyz`: of several glasses one after the other they are a file of several frames."""
    columns: dict[str, np.ndarray] = {} if glass.barriers is None else {BARRIER_COLUMN: glass.barriers}
    renamed = {}
    for field, values in glass.properties.items():
        column = re.sub(r"\W", "_", field, flags=re.ASCII)
        if not re.match(r"[A-Za-z]", column) or column.lower() in _RESERVED_COLUMNS:
            column = f"field_{column}"
        while column in columns:
            column += "_"
        columns[column] = values
        if column != field:
            renamed[column] = field

    whole = {name for name, values in columns.items() if name == "id" and (values == np.round(values)).all()}
    kinds = {name: "I" if name in whole else "R" for name in columns}

    own = {"name": glass.name, "notes": {str(key): str(value) for key, value in glass.notes.items()}}
    if renamed:
        own["fields"] = renamed
    quoted = json.dumps(own).replace("\\", "\\\\").replace('"', '\\"')  # ASCII without line breaks
    comment = [
        f'Lattice="{" ".join(map(repr, glass.cell.ravel().tolist()))}"' if glass.cell.any() else "",
        "Properties=species:S:1:pos:R:3" + "".join(f":{name}:{kinds[name]}:1" for name in columns),
        f'pbc="{" ".join("FT"[int(flag)] for flag in glass.pbc)}"',
        f'{OWN_KEY}="{quoted}"',
    ]
    numbers = zip(
        *glass.positions.T.tolist(),
        *(values.astype(np.int64 if name in whole else float).tolist() for name, values in columns.items()),
        strict=True,
    )
    yield f"{len(glass)}\n{' '.join(filter(None, comment))}\n"
    for symbol, row in zip(glass.symbols, numbers, strict=True):
        yield f"{symbol:2s} {' '.join(map(repr, row))}\n"


def parse_glass(
    name: str,
    data: bytes,
    types: Mapping[int, str] | None,
    *,
    compressed: bool = True,
    atom: int | None = None,
) -> Glass:
    """The glass in the content of a file called `name`, checked. compressed: whether an ending of a compression means
    that `data` is compressed; atom: as for `read_glass`."""
    shown, form = clean_name(name), format_of(name)
    try:
        source = Source(plain_name(name), unpacked(name, data) if compressed else data, types)
        glass = form.read(source)
        if atom is not None:
            replace(glass, name=shown).check_atom(atom)
        return checked_glass(glass, shown)
    except InputError as error:
        message = str(error).removeprefix(f"{shown}: ").removeprefix(f"{clean_name(plain_name(name))}: ")
        raise InputError(f"{shown}: {message}") from None
    except MemoryError:
        raise InputError(f"{shown}: reading it takes more memory than there is") from None
    except Exception as error:  # a kind of damage that no reader foresees is still a damaged file
        raise InputError(f"{shown}: not readable as {form.title}: {one_line(error)}") from None


def checked_glass(glass: Glass, shown: str | None = None) -> Glass:
    """The glass, with a note where its density is that of no condensed phase. Raises InputError for atoms nearer than
    any are. shown: what to call it in the message."""
    check_distances(replace(glass, name=shown or glass.name))
    density = density_note(glass)
    return replace(glass, notes={**glass.notes, "density": density}) if density else glass
