"""The changes around an atom that a scan tries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.pair_search import find_pairs
from symgnn.whatif.changes import Change, ExchangeAtoms, MoveAtom, RemoveAtom, SwapElement

KINDS = ("swap", "exchange")
WITHIN = 5.0  # Å
FIRST_SHELL = 3.8  # Å, first minimum of g(r) in Cu-Zr: two atoms nearer than this are exchanged


def candidates(
    glass: Glass, atom: int, *, kind: str = "swap", within: float = WITHIN, elements: Sequence[str]
) -> list[Change]:
    """Changes of atoms nearer than `within` (Å) to the atom, which itself stays what it is.

    kind "swap": every neighbour becomes every other of `elements` that the glass has. "exchange": any two unlike
    neighbours nearer than 3.8 Å to each other. Raises InputError for an unknown kind, an atom that is not there, and
    where there is nothing to try.
    """
    if kind not in KINDS:
        raise InputError(f"change {kind!r} found, expected one of {', '.join(KINDS)}")
    glass.check_atom(atom)
    around = distances(glass, atom, within)
    if kind == "swap":
        changes: list[Change] = swaps_of(glass, around, elements)
    else:
        first, second = find_pairs(glass, glass.wrapped(), FIRST_SHELL, "ij", both_directions=True)
        pairs = sorted({(int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b})
        changes = [
            ExchangeAtoms(a, b)
            for a, b in pairs
            if a in around and b in around and glass.species[a] != glass.species[b]
        ]
    if not changes:
        raise InputError(
            f"{glass.name}: nothing to {kind} found within {within:g} Å of atom {atom}, expected atoms of "
            "unlike elements"
        )
    return changes


def swaps_of(glass: Glass, atoms: Iterable[int], elements: Sequence[str]) -> list[Change]:
    """Every one of the atoms as every other of `elements` that the glass has."""
    others = [symbol for symbol in glass.elements if symbol in elements]
    return [SwapElement(atom, symbol) for atom in atoms for symbol in others if symbol != glass.symbols[atom]]


def distances(glass: Glass, atom: int, within: float) -> dict[int, float]:
    """Distance (Å) to the nearest image of every other atom that is nearer than `within`, by number, ascending."""
    first, second, length = find_pairs(glass, glass.wrapped(), within, "ijd", both_directions=True)
    nearest: dict[int, float] = {}
    for near, away in zip(second[first == atom].tolist(), length[first == atom].tolist(), strict=True):
        if near != atom:
            nearest[near] = min(away, nearest.get(near, np.inf))
    return dict(sorted(nearest.items()))


def atoms_of(change: Change) -> tuple[int, ...]:
    """The atoms that a change names, by their numbers before it; none for one of the whole glass."""
    if isinstance(change, ExchangeAtoms):
        return change.first, change.second
    return (change.atom,) if isinstance(change, SwapElement | MoveAtom | RemoveAtom) else ()


def restores(change: Change, glass: Glass, given: Glass, kept: np.ndarray) -> bool:
    """Whether a swap or an exchange of `glass` gives all its atoms the elements that they have in `given`, from which
    `glass` was made: it undoes changes made since. kept (M,): for every atom of `glass` its number in `given`."""
    if not isinstance(change, SwapElement | ExchangeAtoms):
        return False
    atoms = list(atoms_of(change))
    now, then, after = glass.species[atoms], given.species[kept[atoms]], change.apply(glass).species[atoms]
    return bool((now != after).all() and (after == then).all())
