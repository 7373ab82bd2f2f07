"""The text of a structure file before ASE sees it: pick the last frame, refuse what ASE would take silently.

ASE's readers loop over as many atoms as a header promises, put atoms without a position column at 0, drop the
missing atoms of a cut-off dump, and replace a missing LAMMPS box by one of 1 Å. All functions take the lines
of a file and raise InputError with a message that the caller completes with the file's name.
"""

from __future__ import annotations

import re

from symgnn.errors import InputError
from symgnn.files.reading import MAX_ATOMS, clean_name
from symgnn.glass import atomic_number


def last_xyz_frame(lines: list[str]) -> tuple[list[str], int]:
    """The lines of the last frame of an XYZ file, and how many frames there are."""
    start, frames, frame = 0, 0, []
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        end = start + 2 + _count(lines[start], f"line {start + 1}", len(lines) - start - 2)
        while end < len(lines) and lines[end].lstrip().startswith("VEC"):  # cell vectors of ASE's plain XYZ
            end += 1
        frame, frames, start = lines[start:end], frames + 1, end
    if not frame:
        raise InputError("no atoms, expected an XYZ file")
    _check_xyz_columns("".join(frame[1:2]))
    return frame, frames


def last_dump_frame(lines: list[str]) -> tuple[list[str], int]:
    """The lines of the last frame of a LAMMPS text dump, and how many frames there are."""
    starts = [i for i, line in enumerate(lines) if line.startswith("ITEM: TIMESTEP")]
    if not starts:
        raise InputError("no line 'ITEM: TIMESTEP', expected a LAMMPS text dump")
    units = [lines[i + 1] for i in range(starts[0]) if lines[i].startswith("ITEM: UNITS")]
    _check_units(units[0].strip() if units else "metal")
    frame = lines[starts[-1] :]
    where = {}
    for head in ("ITEM: NUMBER OF ATOMS", "ITEM: BOX BOUNDS", "ITEM: ATOMS"):
        found = [i for i, line in enumerate(frame[:-1]) if line.startswith(head)]
        if not found:
            raise InputError(f"the last frame has no '{head}', expected a whole LAMMPS text dump")
        where[head] = found[0]
    first = where["ITEM: ATOMS"] + 1
    count = _count(frame[where["ITEM: NUMBER OF ATOMS"] + 1], "number of atoms", len(frame) - first)
    return frame[: first + count], len(starts)


def dump_names_elements(frame: list[str]) -> bool:
    """Whether the atoms of a LAMMPS dump have a column `element`."""
    return "element" in next(line for line in frame if line.startswith("ITEM: ATOMS")).split()


def check_lammps_data(lines: list[str]) -> None:
    """Header, box, atom style and length of a LAMMPS data file."""
    units = re.search(r"\bunits\s*=\s*(\w+)", lines[0])
    _check_units(units[1] if units else "metal")
    body = [line.split("#")[0].strip() for line in lines]
    counts = [line.split()[0] for line in body if re.fullmatch(r"\S+\s+atoms", line)]
    if not counts:
        raise InputError("no line 'N atoms', expected a LAMMPS data file")
    if not any(re.search(r"\bxlo\s+xhi$|\bavec$", line) for line in body):
        raise InputError("no box ('xlo xhi', 'ylo yhi', 'zlo zhi'), expected a LAMMPS data file")
    if "Atoms" not in body:
        raise InputError("no section 'Atoms', expected a LAMMPS data file")
    start = body.index("Atoms")
    _count(counts[0], "number of atoms", len(lines) - start - 2)
    first_atom = "".join(body[start + 2 : start + 3]).split()
    if "#" not in lines[start] and len(first_atom) in (6, 9):
        raise InputError("the columns do not tell the atom style, expected it in the file: 'Atoms # charge'")


def element_labels(lines: list[str]) -> dict[int, str] | None:
    """Section 'Atom Type Labels' of LAMMPS data where all the labels are chemical symbols, else None."""
    body = [line.split("#")[0].split() for line in lines]
    if ["Atom", "Type", "Labels"] not in body:
        return None
    types = {}
    for words in body[body.index(["Atom", "Type", "Labels"]) + 2 :]:
        if len(words) != 2 or not words[0].isdecimal():
            break
        types[int(words[0])] = words[1]
    try:
        for symbol in types.values():
            atomic_number(symbol)
    except InputError:
        return None
    return types or None


def check_poscar(lines: list[str]) -> None:
    """Line 6 must name the elements (VASP 5); line 7 tells how many atoms of each there are."""
    if len(lines) < 8:
        raise InputError(f"{len(lines)} lines, expected a POSCAR file")
    if not re.match(r"\s*[A-Za-z]", lines[5]):
        found = clean_name(lines[5].strip(), longest=40)
        raise InputError(f"line 6 is '{found}', expected the elements, e.g. 'Cu Zr' (POSCAR of VASP 5)")
    counts = [int(word) for word in lines[6].split() if re.fullmatch(r"\d{1,12}", word, re.ASCII)]
    _count(str(sum(counts)), "number of atoms", len(lines))


def _count(text: str, what: str, lines_left: int) -> int:
    """A number of atoms as declared by a file, of which `lines_left` lines follow."""
    if not re.fullmatch(r"\s*\d{1,12}\s*", text, re.ASCII):
        raise InputError(f"{what} is '{clean_name(text.strip(), longest=40)}', expected the number of atoms")
    count = int(text)
    if count < 2:
        raise InputError(f"{count} atom(s) declared, a glass needs at least 2")
    if count > MAX_ATOMS:
        raise InputError(f"{count} atoms declared, the limit is {MAX_ATOMS}")
    if count > max(lines_left, 0):
        raise InputError(f"{count} atoms declared, but only {max(lines_left, 0)} lines follow")
    return count


def _check_units(units: str) -> None:
    if units not in ("metal", "real"):
        raise InputError(f"LAMMPS units '{clean_name(units)}', expected metal or real (Å)")


def _check_xyz_columns(comment: str) -> None:
    match = re.search(r"""(?:^|\s)["']?Properties["']?\s*=\s*["'{\[]?([^\s"'}\]]*)""", comment)
    if not match:
        return
    names, widths = match[1].split(":")[::3], match[1].split(":")[2::3]
    if not {"pos", "positions"} & set(names) or not {"species", "symbols", "Z", "numbers"} & set(names):
        raise InputError(f"Properties={clean_name(match[1])}, expected columns species and pos among them")
    if any(not re.fullmatch(r"[1-9]\d{0,2}", width, re.ASCII) for width in widths):
        raise InputError(
            f"Properties={clean_name(match[1])}, expected name:type:width with widths below 1000"
        )
