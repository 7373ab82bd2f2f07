"""Reading atomic structures in the formats of the field (through ASE) and writing extended XYZ.

| ending                      | format                | cell, periodicity | elements                         |
|-----------------------------|-----------------------|-------------------|----------------------------------|
| .xyz, .extxyz               | extended, plain XYZ   | in the file; none | in the file                      |
| .data, .lmp, .lammps        | LAMMPS data           | in the file; all  | option `types`, else type labels |
| .dump, .lammpstrj           | LAMMPS text dump      | in the file       | option `types`, else `element`   |
| .cif                        | CIF                   | in the file; all  | in the file                      |
| .poscar, .vasp, POSCAR...   | VASP POSCAR, CONTCAR  | in the file; all  | in the file                      |
| .pickle                     | the paper's data set  | orthorhombic, all | see paper_pickle.py              |

Lengths are in Å. Elements are never guessed from masses. Of several frames the last one is read, and a note
says so. A column `barrier` of extended XYZ holds the energy barriers in eV; further columns of one number per
atom become fields. LAMMPS atoms are sorted by id.
"""

from __future__ import annotations

import io
import json
import os
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import ase.io
import numpy as np
from ase import Atoms
from ase.calculators.calculator import all_properties

from symgnn.errors import InputError
from symgnn.files.frames import (
    check_lammps_data,
    check_poscar,
    dump_names_elements,
    element_labels,
    last_dump_frame,
    last_xyz_frame,
)
from symgnn.files.paper_pickle import parse_paper_pickle
from symgnn.files.reading import MAX_ATOMS, checked_size, clean_name, one_line, read_bytes
from symgnn.files.writing import replacing
from symgnn.glass import Glass, atomic_number

ENDINGS = {  # ending -> ASE's name of the format
    **dict.fromkeys((".xyz", ".extxyz"), "extxyz"),
    **dict.fromkeys((".data", ".lmp", ".lammps"), "lammps-data"),
    **dict.fromkeys((".dump", ".lammpstrj"), "lammps-dump-text"),
    ".cif": "cif",
    **dict.fromkeys((".poscar", ".vasp"), "vasp"),
    ".pickle": "pickle",
}
SUPPORTED = ", ".join(ENDINGS) + ", POSCAR, CONTCAR"
_TITLES = {
    "extxyz": "XYZ",
    "lammps-data": "LAMMPS data",
    "lammps-dump-text": "LAMMPS dump",
    "cif": "CIF",
    "vasp": "POSCAR",
}

BARRIER_COLUMN = "barrier"
# Column names that ASE or this module would read as something else than a field.
_RESERVED_COLUMNS = {
    *all_properties, "species", "symbols", "pos", "positions", "Z", "numbers", "charge", "initial_charges",
    "mass", "masses", "initial_magmoms", "momenta", "tags", "move_mask", BARRIER_COLUMN,
}  # fmt: skip
_SAME_NUMBER = {number: number for number in range(1, 1001)}  # LAMMPS types, for _ase_atoms
_PER_ATOM_RESULTS = {"charges", "energies", "magmoms"}
_OWN_KEY = "symgnn"  # of the comment line: JSON with name, notes, and field names that cannot name a column


def read_glass(
    path: str | os.PathLike, *, types: Mapping[int, str] | None = None, name: str | None = None
) -> Glass:
    """Read a structure file; the format follows from the ending (see the module docstring).

    types maps LAMMPS atom types to chemical symbols, {1: "Cu", 2: "Zr"}. It is needed where a LAMMPS file
    does not name elements itself and has priority over those it names. Other formats ignore it.
    name is the glass's name on screen: by default the one in the file, else the file's stem.
    Raises InputError, one line naming the file, for anything that is not such a structure.
    """
    path = Path(path)
    _format_of(path.name)  # an unknown ending is told before a file is opened
    glass = _parse(path.name, read_bytes(path), types)
    return glass if name is None else replace(glass, name=name)


def read_glass_bytes(name: str, data: bytes, types: Mapping[int, str] | None = None) -> Glass:
    """The same for an upload: `data` is the content of a file called `name`. Nothing is written to disk."""
    return _parse(re.split(r"[/\\]", name)[-1], checked_size(data, clean_name(name)), types)


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


def write_extxyz(path: str | os.PathLike, glass: Glass) -> None:
    """Write a glass as extended XYZ that `read_glass` returns unchanged; ASE and OVITO read it too.

    Numbers are written to the last digit. The file appears whole or not at all.
    """
    columns: dict[str, np.ndarray] = {} if glass.barriers is None else {BARRIER_COLUMN: glass.barriers}
    renamed = {}
    for field, values in glass.fields.items():
        column = re.sub(r"\W", "_", field, flags=re.ASCII)
        if not re.match(r"[A-Za-z]", column) or column in _RESERVED_COLUMNS:
            column = f"field_{column}"
        while column in columns:
            column += "_"
        columns[column] = values
        if column != field:
            renamed[column] = field

    own = {"name": glass.name, "notes": {str(key): str(value) for key, value in glass.notes.items()}}
    if renamed:
        own["fields"] = renamed
    quoted = json.dumps(own).replace("\\", "\\\\").replace('"', '\\"')  # ASCII without line breaks
    comment = [
        f'Lattice="{" ".join(map(repr, glass.cell.ravel().tolist()))}"' if glass.cell.any() else "",
        "Properties=species:S:1:pos:R:3" + "".join(f":{column}:R:1" for column in columns),
        f'pbc="{" ".join("FT"[int(flag)] for flag in glass.pbc)}"',
        f'{_OWN_KEY}="{quoted}"',
    ]
    numbers = np.column_stack([glass.positions, *columns.values()]).tolist()
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(glass)}\n{' '.join(filter(None, comment))}\n")
        for symbol, row in zip(glass.symbols, numbers, strict=True):
            file.write(f"{symbol:2s} {' '.join(map(repr, row))}\n")


def _format_of(name: str) -> str:
    ending = Path(name).suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    if name.upper().startswith(("POSCAR", "CONTCAR")):
        return "vasp"
    raise InputError(
        f"{clean_name(name)}: ending '{clean_name(ending)}' is not supported, expected {SUPPORTED}"
    )


def _parse(name: str, data: bytes, types: Mapping[int, str] | None) -> Glass:
    shown, kind = clean_name(name), _format_of(name)
    if kind == "pickle":
        return parse_paper_pickle(data, name)
    if b"\0" in data:
        raise InputError(f"{shown}: binary content, expected the text of a {_TITLES[kind]} file")
    text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=None).read()
    try:
        return _parse_text(text.rstrip().split("\n"), kind, types, shown, stem=Path(name).stem or name)
    except InputError as error:
        message = str(error)
        raise InputError(message if message.startswith(f"{shown}: ") else f"{shown}: {message}") from None


def _parse_text(
    lines: list[str], kind: str, types: Mapping[int, str] | None, shown: str, *, stem: str
) -> Glass:
    frames, named = 1, False  # named: the file names the elements, not just LAMMPS types
    if kind == "extxyz":
        lines, frames = last_xyz_frame(lines)
    elif kind == "lammps-dump-text":
        lines, frames = last_dump_frame(lines)
        named = dump_names_elements(lines)
    elif kind == "lammps-data":
        check_lammps_data(lines)
        types = types or element_labels(lines)
    elif kind == "vasp":
        check_poscar(lines)

    atoms = _ase_atoms(lines, kind)
    if len(atoms) > MAX_ATOMS:
        raise InputError(f"{len(atoms)} atoms, the limit is {MAX_ATOMS}")
    if kind.startswith("lammps"):
        _set_elements(atoms, types, named=named)
    if kind == "cif":
        _check_occupancy(atoms)
    own = _own_part(atoms.info.get(_OWN_KEY)) if kind == "extxyz" else {}
    columns = _columns(atoms, kind)
    barriers = columns.pop(BARRIER_COLUMN, None)
    if barriers is None and BARRIER_COLUMN in atoms.arrays:
        raise InputError(f"column {BARRIER_COLUMN} does not hold one number per atom")
    fields = {clean_name(own.get("fields", {}).get(key, key)): values for key, values in columns.items()}
    if len(fields) < len(columns):
        raise InputError(f"columns {clean_name(', '.join(columns))} do not have different printable names")
    glass = Glass(
        species=atoms.numbers,
        positions=atoms.positions,
        cell=atoms.cell.array,
        pbc=atoms.pbc,
        barriers=barriers,
        fields=fields,
        name=shown,  # so that errors name the file
        notes=own.get("notes", {}) | ({"frame": f"the last of {frames} frames"} if frames > 1 else {}),
    )
    return replace(glass, name=clean_name(own.get("name", stem)))


def _ase_atoms(lines: list[str], kind: str) -> Atoms:
    """What ASE reads in the lines of one frame; any failure of it as an InputError."""
    # A text stream rather than a path: ASE must not look at neighbouring files, nor at signs in the name.
    text = io.StringIO("\n".join(lines) + "\n")
    # ASE sorts the ids of LAMMPS data but not their type labels: _set_elements sorts instead. The types of
    # labels come back as atomic numbers only, and with a mapping given ASE does not guess those from masses.
    options = {"sort_by_id": False, "Z_of_type": _SAME_NUMBER} if kind == "lammps-data" else {}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Wrong number")  # of words in a CIF loop: atoms lost
            atoms = ase.io.read(text, format=kind, index=-1, **options)
    except Exception as error:  # ASE's readers raise whatever their parsing meets
        raise InputError(f"not readable as {_TITLES[kind]}: {one_line(error)}") from None
    if kind == "lammps-data":
        atoms.arrays["type"] = atoms.numbers.copy()
    return atoms


def _set_elements(atoms: Atoms, types: Mapping[int, str] | None, *, named: bool) -> None:
    """Sort atoms read from a LAMMPS file by id and give them the elements of `types`.

    ASE took types for atomic numbers, or guessed elements from masses.
    """
    if "id" in atoms.arrays:
        order = np.argsort(atoms.arrays["id"], kind="stable")
        for key, array in atoms.arrays.items():
            atoms.arrays[key] = array[order]
    if named and (types is None or "type" not in atoms.arrays):
        return
    option = "give the element of each LAMMPS type: --types 1=Cu,2=Zr"
    if "type" not in atoms.arrays:
        raise InputError("no column 'type' and no column 'element', expected one of them")
    if types is None:
        raise InputError(f"the file does not name elements (masses are not used to guess them); {option}")
    for number in np.unique(atoms.arrays["type"]):
        if number not in types:
            known = ",".join(f"{key}={value}" for key, value in types.items())
            raise InputError(f"atom type {number} is not in the types given ({known}); {option}")
    atoms.numbers = np.array([atomic_number(types[number]) for number in atoms.arrays["type"]])


def _check_occupancy(atoms: Atoms) -> None:
    for site in atoms.info.get("occupancy", {}).values():
        if list(site.values()) != [1]:
            raise InputError(
                f"a site is occupied by {clean_name(str(site))}, expected one whole atom on every site"
            )


def _columns(atoms: Atoms, kind: str) -> dict[str, np.ndarray]:
    """The columns of one number per atom, as ASE returns them."""
    if kind not in ("extxyz", "lammps-dump-text", "lammps-data"):
        return {}
    columns = dict(atoms.arrays)
    if (
        atoms.calc is not None
    ):  # where ASE puts these names; others hold the whole structure's energy or stress
        columns |= {key: atoms.calc.results[key] for key in _PER_ATOM_RESULTS & set(atoms.calc.results)}
    skipped = {"numbers"} if kind == "extxyz" else {"numbers", "id", "type", "masses", "mmcharges"}
    return {
        key: values
        for key, values in columns.items()
        if key not in skipped and np.shape(values) == (len(atoms),) and values.dtype.kind in "iufb"
    }


def _own_part(text) -> dict:
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
        raise InputError(f"key {_OWN_KEY} of the comment line is not what this program writes there")
    return own
