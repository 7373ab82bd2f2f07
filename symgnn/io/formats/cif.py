"""CIF, parsed by gemmi. Of several data blocks the first with atoms is read; the symmetry is applied here.

Without any symmetry in the file (cif_symmetry.py) the atoms listed are all of the cell.
"""

from __future__ import annotations

import re
from itertools import pairwise

import gemmi
import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass, atomic_number
from symgnn.io.formats.cif_symmetry import operations_of
from symgnn.io.formats.source import Format, Source
from symgnn.io.reading import MAX_ATOMS, clean_name, one_line

SAME_SITE = 0.4  # Å: symmetry copies of an atom nearer than this are one atom on a special position


def read_cif(source: Source) -> Glass:
    """All atoms of the unit cell. Disorder and partly occupied sites are refused."""
    text = "\n".join(source.lines())
    try:
        document = gemmi.cif.read_string(text)
    except Exception as error:  # gemmi raises ValueError and RuntimeError
        raise InputError(f"not readable as CIF: {one_line(error)}") from None
    block, notes = _block(document)
    cell = _cell(block)
    species, fractions, labels = _sites(block)
    operations, symmetry_note = operations_of(block, cell)
    if len(species) * len(operations) > MAX_ATOMS:
        raise InputError(
            f"{len(species)} sites under {len(operations)} operations, the limit is {MAX_ATOMS} atoms"
        )
    vectors = np.array(cell.orth.mat.tolist()).T
    site, positions = _copies(fractions, operations, vectors)
    _check_one_atom_each(labels, fractions, vectors)
    return source.glass(
        species=species[site], positions=positions, cell=vectors, pbc=(True,) * 3, notes=notes | symmetry_note
    )


FORMAT = Format("CIF", (".cif",), read_cif)


def _block(document: gemmi.cif.Document) -> tuple[gemmi.cif.Block, dict[str, str]]:
    """The first data block with atoms, and a note where there are several blocks."""
    blocks = [
        block
        for block in document
        if block.find_loop("_atom_site_fract_x") or block.find_value("_atom_site_fract_x")
    ]
    if not blocks:
        found = any(block.find_loop("_atom_site_Cartn_x") for block in document)
        what = "_atom_site_Cartn_x, but no _atom_site_fract_x" if found else "no _atom_site_fract_x"
        raise InputError(f"not readable as CIF: {what} found, expected atoms with fractional coordinates")
    if len(document) == 1:
        return blocks[0], {}
    return blocks[0], {
        "block": f"data block '{clean_name(blocks[0].name)}' of {len(document)} ({len(blocks)} with atoms)"
    }


def _cell(block: gemmi.cif.Block) -> gemmi.UnitCell:
    values = []
    for name in ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"):
        values.append(_number(block.find_value(f"_cell_{name}"), f"_cell_{name}"))
    lengths, angles = values[:3], np.radians(values[3:])
    cosines = np.cos(angles)
    volume = 1 - (cosines**2).sum() + 2 * cosines.prod()  # of a cell with edges 1, squared
    if min(lengths) <= 0 or min(values[3:]) <= 0 or max(values[3:]) >= 180 or volume < 1e-6:
        raise InputError(
            f"cell {' '.join(f'{value:g}' for value in values)}, expected lengths in Å and angles of a cell"
        )
    return gemmi.UnitCell(*values)


def _number(text: str | None, name: str) -> float:
    """A CIF number; its standard uncertainty in brackets is left out."""
    value = float("nan") if text is None else gemmi.cif.as_number(text)
    if not np.isfinite(value):
        found = "missing" if text is None else f"'{clean_name(text, longest=40)}'"
        raise InputError(f"not readable as CIF: {name} is {found}, expected a number")
    return value


def _sites(block: gemmi.cif.Block) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(S,) atomic numbers, (S, 3) fractional coordinates and labels of the atoms that are listed."""
    tags = ["fract_x", "fract_y", "fract_z", "?label", "?type_symbol", "?occupancy", "?disorder_group",
            "?disorder_assembly", "?calc_flag"]  # fmt: skip
    table = block.find("_atom_site_", tags)
    if not len(table):
        raise InputError("not readable as CIF: _atom_site_fract_x, _y and _z are not in one loop")
    species, fractions, labels = [], [], []
    for row in table:
        text = [gemmi.cif.as_string(row[i]) if row.has(i) else "" for i in range(len(tags))]
        label = text[3] or text[4] or f"site {len(labels) + 1}"
        shown = clean_name(label, longest=40)
        for group in (text[6], text[7]):
            if group not in ("", ".", "?"):
                raise InputError(
                    f"site {shown} is in disorder group '{clean_name(group)}', expected an ordered structure"
                )
        if text[8] == "dum":
            raise InputError(f"site {shown} is a dummy (calc_flag dum), expected atoms")
        occupancy = 1.0 if text[5] in ("", ".", "?") else _number(text[5], f"occupancy of {shown}")
        if abs(occupancy - 1) > 1e-3:
            raise InputError(
                f"site {shown} is occupied by {occupancy:g} atoms, expected one whole atom on every site"
            )
        species.append(_element(text[4] if text[4] not in ("", ".", "?") else label, shown))
        fractions.append([_number(row[i], f"_atom_site_{tags[i]} of {shown}") for i in range(3)])
        labels.append(label)
    return np.array(species), np.array(fractions), labels


def _element(text: str, label: str) -> int:
    """Atomic number of a type symbol or label: Cu, CU, Cu1, Zr4+, ZR2A."""
    letters = re.match(r"[A-Za-z]*", text)[0]
    try:
        return 1 if letters.upper() == "D" else atomic_number(letters)
    except InputError:
        pass
    raise InputError(
        f"not readable as CIF: '{clean_name(text, longest=40)}' of site {label} is no chemical symbol"
    )


def _copies(
    fractions: np.ndarray, operations: list[gemmi.Op], vectors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(N,) the site of every atom of the cell, and (N, 3) Å its position; a special position is one atom."""
    turns = np.array([operation.rot for operation in operations]) / gemmi.Op.DEN
    shifts = np.array([operation.tran for operation in operations]) / gemmi.Op.DEN
    identity = [i for i, operation in enumerate(operations) if operation.triplet() == "x,y,z"]
    order = [
        *identity,
        *(i for i in range(len(operations)) if i not in identity),
    ]  # the atom as listed comes first
    site, positions = [], []
    for row, fraction in enumerate(fractions):
        copies = turns[order] @ fraction + shifts[order]
        difference = copies[:, None] - copies
        difference -= np.round(difference)
        same = np.linalg.norm(difference @ vectors, axis=2) < SAME_SITE
        kept: list[int] = []
        for copy in range(len(copies)):
            if not same[copy, kept].any():
                kept.append(copy)
        site += [row] * len(kept)
        positions.append(copies[kept] - np.floor(copies[kept]))
    return np.array(site), np.concatenate(positions) @ vectors


def _check_one_atom_each(labels: list[str], fractions: np.ndarray, vectors: np.ndarray) -> None:
    """Raise InputError where two of the listed sites are at one place."""
    order = np.lexsort((fractions - np.floor(fractions)).round(6).T)
    for first, second in pairwise(order):
        difference = fractions[first] - fractions[second]
        difference -= np.round(difference)
        if np.linalg.norm(difference @ vectors) < 1e-3:
            raise InputError(
                f"sites {clean_name(labels[first])} and {clean_name(labels[second])} are at one place, expected one "
                "whole atom on every site"
            )
