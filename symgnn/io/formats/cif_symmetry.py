"""The symmetry of a CIF: gemmi knows the settings and origin choices of all space groups.

It is that of the operations listed, else of the Hall symbol, the Hermann-Mauguin symbol or the number of the space
group. Where a file does not say which of two origin choices is meant, it is refused.
"""

from __future__ import annotations

import re

import gemmi
import numpy as np

from symgnn.errors import InputError
from symgnn.io.reading import clean_name, one_line

_ICSD_SETTING = {"S": "1", "Z": "2", "H": "H", "R": "R"}  # letters behind the symbol in files of the ICSD
_MOST_OPERATIONS = 192  # of a space group


def operations_of(block: gemmi.cif.Block, cell: gemmi.UnitCell) -> tuple[list[gemmi.Op], dict[str, str]]:
    """The symmetry operations, and a note where the data block states none.

    Raises InputError where they are not known, do not fit the cell, or the block states two symmetries.
    """
    stated = _stated(block)
    listed = _listed(stated["operations"]) if stated["operations"] else []
    hall = _of_hall(stated["hall"][0]) if stated["hall"] else []
    named = [(symbol, _of_symbol(symbol, cell)) for symbol in stated["symbol"]]
    numbers = [_of_number(number, cell) for number in stated["number"]]
    _check_agreement(listed, hall, named, numbers)
    if listed or hall:
        operations = listed or hall
    elif named or numbers:
        symbol, group = named[0] if named else ("", None)
        if named and group is None:
            raise InputError(f"space group '{clean_name(symbol)}' is not known, and no operations are listed")
        operations = _with_known_origin(group or numbers[0], symbol)
    elif stated["other"]:
        raise InputError(
            f"{stated['other'][0]}, but no operations, Hall symbol, Hermann-Mauguin symbol or number found"
        )
    else:
        return [gemmi.Op("x,y,z")], {
            "symmetry": "the data block states no symmetry: the atoms listed are all (P 1)"
        }
    for operation in operations:
        _check_operation(operation, cell)
    return operations, {}


def _stated(block: gemmi.cif.Block) -> dict[str, list[str]]:
    """What the block says of symmetry, under all names that the CIF dictionaries have had for it."""
    stated: dict[str, list[str]] = {"operations": [], "hall": [], "symbol": [], "number": [], "other": []}
    tags = [
        tag
        for item in block
        for tag in (item.loop.tags if item.loop else [item.pair[0]] if item.pair else [])
    ]
    for tag in tags:
        name = tag.lower().replace(".", "_")
        if not name.startswith(("_symmetry", "_space_group")) or name.endswith("_id"):
            continue
        values = [gemmi.cif.as_string(value).strip() for value in block.find_values(tag)]
        values = [value for value in values if value not in ("", "?", ".")]
        if name.endswith(("symop_operation_xyz", "equiv_pos_as_xyz")):
            if stated["operations"] and values and set(values) != set(stated["operations"]):
                raise InputError("two different lists of symmetry operations found, expected one")
            stated["operations"] = values or stated["operations"]
            continue
        kinds = {"hall": "hall", "h-m": "symbol", "it_number": "number", "int_tables_number": "number"}
        kind = next((kind for word, kind in kinds.items() if word in name), "other")
        stated[kind] += (
            [f"{clean_name(tag)} is '{clean_name(value)}'" for value in values] if kind == "other" else values
        )
    return stated


def _check_agreement(
    listed: list[gemmi.Op],
    hall: list[gemmi.Op],
    named: list[tuple[str, gemmi.SpaceGroup | None]],
    numbers: list[gemmi.SpaceGroup],
) -> None:
    """Raise InputError where the block names two space groups. A setting without a name says nothing here."""
    found: dict[int, str] = {}
    for what, operations in (("its operations", listed), ("its Hall symbol", hall)):
        group = gemmi.find_spacegroup_by_ops(gemmi.GroupOps(operations)) if operations else None
        if group is not None:
            found.setdefault(group.number, f"{what} ({group.hm})")
    for symbol, group in named:
        if group is not None:
            found.setdefault(group.number, f"'{clean_name(symbol)}'")
    for group in numbers:
        found.setdefault(group.number, "its number")
    if len(found) > 1:
        texts = [f"{number} by {what}" for number, what in found.items()]
        raise InputError(f"two space groups found, expected one: number {', '.join(texts)}")


def _listed(texts: list[str]) -> list[gemmi.Op]:
    """Operations written as x,y,z. Raises InputError where one cannot be read, or some are missing."""
    if len(texts) > _MOST_OPERATIONS:
        raise InputError(f"{len(texts)} symmetry operations found, expected at most {_MOST_OPERATIONS}")
    try:
        operations = [gemmi.parse_triplet(text, notation="x") for text in texts]
        triplets = {operation.wrap().triplet() for operation in operations} | {"x,y,z"}
        products = {(first * second).wrap().triplet() for first in operations for second in operations}
    except Exception as error:  # gemmi raises RuntimeError
        raise InputError(f"not readable as CIF: symmetry operation: {one_line(error)}") from None
    if not products <= triplets:
        raise InputError(f"{len(texts)} symmetry operations listed that are no group, expected all of them")
    return [gemmi.Op(triplet) for triplet in sorted(triplets)]


def _of_number(text: str, cell: gemmi.UnitCell) -> gemmi.SpaceGroup:
    group = gemmi.find_spacegroup_by_number(int(text)) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else None
    if group is None:
        raise InputError(f"space group number '{clean_name(text, longest=40)}', expected 1..230")
    return _of_symbol(group.hm, cell)


def _with_known_origin(group: gemmi.SpaceGroup, symbol: str) -> list[gemmi.Op]:
    """The operations of a group. Raises InputError where it has two origin choices and the symbol names none."""
    if group.ext in ("1", "2") and not _setting(symbol):
        raise InputError(
            f"space group '{clean_name(symbol or group.hm)}' has two origin choices, and no operations are listed: "
            "expected ':1' or ':2' behind its symbol"
        )
    return list(group.operations())


def _of_hall(symbol: str) -> list[gemmi.Op]:
    try:
        return list(gemmi.symops_from_hall(symbol))
    except Exception as error:  # gemmi raises RuntimeError
        raise InputError(f"Hall symbol '{clean_name(symbol)}' is not known: {one_line(error)}") from None


def _of_symbol(symbol: str, cell: gemmi.UnitCell) -> gemmi.SpaceGroup | None:
    """The group of a Hermann-Mauguin symbol in its setting ('F d -3 m :2'), or in the one that the cell tells."""
    name = re.sub(r"\s*/\s*", "/", re.sub(r"\(\d+\)", "", symbol.replace("_", ""))).partition(":")[0].strip()
    setting = _setting(symbol)
    if setting:
        name = re.sub(r"\s+[SZHR]$", "", name)
        return gemmi.find_spacegroup_by_name(f"{name}:{setting}")
    return gemmi.find_spacegroup_by_name(name, cell.alpha, cell.gamma)


def _setting(symbol: str) -> str:
    """1 or 2 of an origin choice, H or R of axes, where the symbol names it."""
    name, _, setting = symbol.partition(":")
    letter = re.search(r"\S\s+([SZHR])\s*$", name)
    return setting.strip().upper() or (_ICSD_SETTING[letter[1]] if letter else "")


def _check_operation(operation: gemmi.Op, cell: gemmi.UnitCell) -> None:
    """Raise InputError where the cell does not have the symmetry: a rotation has to keep all lengths."""
    metric = np.array(cell.orth.mat.tolist()).T
    metric = metric @ metric.T
    turn = np.array(operation.rot) / operation.DEN
    scale = np.sqrt(np.outer(metric.diagonal(), metric.diagonal()))  # of each product of two cell vectors
    if (np.abs(turn.T @ metric @ turn - metric) > 0.02 * scale).any():
        raise InputError(
            f"cell {' '.join(f'{value:g}' for value in cell.parameters)} does not have the symmetry "
            f"{operation.triplet()} of its space group"
        )
