"""The symmetry of a CIF: gemmi knows the settings and origin choices of all space groups.

It is that of the operations listed, else of the Hall symbol, the Hermann-Mauguin symbol or the number of the space
group. Where a file does not say which of two origin choices is meant, it is refused.
"""

from __future__ import annotations

import re

import gemmi
import numpy as np

from symgnn.errors import InputError
from symgnn.files.reading import clean_name, one_line

_OPERATIONS = (
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_space_group_symop.operation_xyz",
)
_HALL = ("_space_group_name_Hall", "_symmetry_space_group_name_Hall")
_SYMBOL = ("_space_group_name_H-M_alt", "_symmetry_space_group_name_H-M", "_space_group.name_H-M_alt")
_NUMBER = ("_space_group_IT_number", "_symmetry_Int_Tables_number")
_ICSD_SETTING = {"S": "1", "Z": "2", "H": "H", "R": "R"}  # letters behind the symbol in files of the ICSD


def operations_of(block: gemmi.cif.Block, cell: gemmi.UnitCell) -> tuple[list[gemmi.Op], dict[str, str]]:
    """The symmetry operations, and a note where the file states none."""
    listed = [gemmi.cif.as_string(text) for tag in _OPERATIONS for text in block.find_values(tag)]
    symbol, number = _value(block, _SYMBOL), _value(block, _NUMBER)
    if listed:
        operations = _listed(listed)
    elif (group := _group(_value(block, _HALL), symbol, number, cell)) is not None:
        operations = list(group.operations())
    else:
        return [gemmi.Op("x,y,z")], {
            "symmetry": "the file states no symmetry: the atoms listed are all (P 1)"
        }
    for operation in operations:
        _check_operation(operation, cell)
    return operations, {}


def _value(block: gemmi.cif.Block, tags: tuple[str, ...]) -> str:
    for tag in tags:
        value = block.find_value(tag)
        if value and (text := gemmi.cif.as_string(value).strip()) not in ("", "?", "."):
            return text
    return ""


def _listed(texts: list[str]) -> list[gemmi.Op]:
    """Operations written as x,y,z. Raises InputError where one cannot be read, or some are missing."""
    try:
        operations = [gemmi.Op(text) for text in texts]
    except Exception as error:  # gemmi raises RuntimeError
        raise InputError(f"not readable as CIF: symmetry operation: {one_line(error)}") from None
    triplets = {operation.wrap().triplet() for operation in operations} | {"x,y,z"}
    for first in operations if len(triplets) <= 192 else []:
        if any((first * gemmi.Op(other)).wrap().triplet() not in triplets for other in triplets):
            raise InputError(
                f"{len(texts)} symmetry operations listed that are no group, expected all of them"
            )
    return [gemmi.Op(triplet) for triplet in sorted(triplets)]


def _group(hall: str, symbol: str, number: str, cell: gemmi.UnitCell) -> gemmi.SpaceGroup | None:
    """The space group that the file names; None where it names none. Raises InputError where that is not one group."""
    if hall and (group := gemmi.find_spacegroup_by_ops(_of_hall(hall))) is not None:
        return group
    if symbol:
        group = _of_symbol(symbol, cell)
        if group is None:
            raise InputError(f"space group '{clean_name(symbol)}' is not known, and no operations are listed")
        if number.isdecimal() and int(number) not in (0, group.number):
            raise InputError(
                f"space group '{clean_name(symbol)}' has number {group.number}, but the file says {number}"
            )
        return group
    if not number:
        return None
    group = gemmi.find_spacegroup_by_number(int(number)) if number.isdecimal() else None
    if group is None:
        raise InputError(f"space group number '{clean_name(number)}', expected 1..230")
    return _of_symbol(group.hm, cell)


def _of_hall(symbol: str) -> gemmi.GroupOps:
    try:
        return gemmi.symops_from_hall(symbol)
    except Exception as error:  # gemmi raises RuntimeError
        raise InputError(f"Hall symbol '{clean_name(symbol)}' is not known: {one_line(error)}") from None


def _of_symbol(symbol: str, cell: gemmi.UnitCell) -> gemmi.SpaceGroup | None:
    """The group of a Hermann-Mauguin symbol, with its setting where the group has several: 'F d -3 m :2'."""
    plain = symbol.replace("_", "")
    name, _, setting = plain.partition(":")
    setting = setting.strip().upper()
    lattice = re.fullmatch(r"(.*\S)\s+([SZHR])", name)
    if lattice and not setting and gemmi.find_spacegroup_by_name(lattice[1]) is not None:
        name, setting = lattice[1], _ICSD_SETTING[lattice[2]]
    if setting:
        return gemmi.find_spacegroup_by_name(f"{name.strip()}:{setting}")
    group = gemmi.find_spacegroup_by_name(name.strip(), cell.alpha, cell.gamma)
    if group is not None and group.ext in ("1", "2"):
        raise InputError(
            f"space group '{clean_name(symbol)}' has two origin choices, and no operations are listed: expected "
            "':1' or ':2' behind its symbol"
        )
    return group


def _check_operation(operation: gemmi.Op, cell: gemmi.UnitCell) -> None:
    """Raise InputError where the cell does not have the symmetry: a rotation has to keep all lengths."""
    metric = np.array(cell.orth.mat.tolist()).T
    metric = metric @ metric.T
    turn = np.array(operation.rot) / operation.DEN
    if np.abs(turn.T @ metric @ turn - metric).max() > 0.02 * np.abs(metric).max():
        raise InputError(
            f"cell {' '.join(f'{value:g}' for value in cell.parameters)} does not have the symmetry "
            f"{operation.triplet()} of its space group"
        )
