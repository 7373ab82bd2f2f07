"""What a change of a glass is: it makes one glass of another and says which atom of the one is which of the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
from ase.data import covalent_radii

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.pair_search import find_pairs
from symgnn.recently_used import RecentlyUsed


class Change(ABC):
    """A change: a frozen dataclass in a file of this folder, and an entry of `CHANGES`.

    It never touches the glass that it is given: to undo it is to take that glass again. Equal changes of equal glasses
    give equal glasses, to the last bit.

    kind   of change, a word: the name of its option on the command line, too
    value  what follows this word: "17=Zr"; `parse` reads it
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def value(self) -> str:
        """The change as text: `type(change).parse(change.value) == change`."""

    @classmethod
    @abstractmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        """The change of a text. seed: of what is drawn at random, if anything is. Raises InputError."""

    @abstractmethod
    def apply(self, glass: Glass) -> Glass:
        """The changed glass, not relaxed; without labels and properties other than `id`, which are those of the glass
        as it was. Raises InputError where the change cannot be."""

    def kept(self, glass: Glass) -> np.ndarray:
        """(M,) for every atom of the changed glass its number in the glass before."""
        return np.arange(len(glass))

    def near(self, glass: Glass) -> np.ndarray | None:
        """The atoms of the changed glass around which it differs, most of all; None where it differs everywhere."""
        return None

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


def changed(glass: Glass, change: Change, *, kept: np.ndarray | None = None, **columns: np.ndarray) -> Glass:
    """A copy of the glass with other `species`, `positions` (Å) or `cell` (Å), and of its properties the ids of the
    atoms `kept` (default: all). The name says what was changed.

    Raises InputError where atoms overlap that did not before.
    """
    kept = np.arange(len(glass)) if kept is None else kept
    ids = {name: values[kept] for name, values in glass.properties.items() if name == "id"}
    new = replace(glass, **columns, barriers=None, properties=ids, name=f"{glass.name}, {change}")
    _refuse_overlap(new, glass, kept, change)
    return new


def bare(glass: Glass) -> Glass:
    """The glass without labels and properties other than `id`: what a changed one is compared with."""
    ids = {name: values for name, values in glass.properties.items() if name == "id"}
    return replace(glass, barriers=None, properties=ids)


def _refuse_overlap(new: Glass, glass: Glass, kept: np.ndarray, change: Change) -> None:
    """Half the sum of two covalent radii is half a bond length: no two atoms come that near (io/plausibility.py)."""
    near = list(zip(*_near_pairs(new), strict=True))
    if not near:
        return
    before = {frozenset(pair) for pair in zip(*_near_pairs(glass)[:2], strict=True)}
    for first, second, length, limit in near:
        if frozenset((kept[first], kept[second])) not in before:
            raise InputError(
                f"{glass.name}: {change} puts atoms {kept[first]} and {kept[second]} {length:.2f} Å apart, expected at "
                f"least half the sum of their covalent radii, {limit:.2f} Å"
            )


_pairs: RecentlyUsed[tuple[np.ndarray, ...]] = RecentlyUsed(
    4
)  # many changes of elements at the same positions


def _near_pairs(glass: Glass) -> tuple[np.ndarray, ...]:
    """(P,) first and second atom, distance and the least one (Å) of all pairs that overlap."""
    radii = covalent_radii[glass.species]
    reach = float(radii.max())
    place = (reach, *(column.tobytes() for column in (glass.positions, glass.cell, glass.pbc)))
    first, second, lengths = _pairs.get(
        place, lambda: find_pairs(glass, glass.wrapped(), reach, "ijd", both_directions=False)
    )
    limits = (radii[first] + radii[second]) / 2
    near = lengths < limits
    return first[near], second[near], lengths[near], limits[near]


def whole_numbers(text: str, kind: str, expected: str, count: int) -> list[int]:
    """The atom numbers of "17,23". Raises InputError, one line that says what the option expects."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise InputError(f"{kind} {text!r} found, expected {expected}")
    return numbers


def decimal_numbers(text: str, kind: str, expected: str, count: int) -> tuple[float, ...]:
    """The numbers of "0.1,0,0". Raises InputError, one line that says what the option expects."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise InputError(f"{kind} {text!r} found, expected {expected}")
    return numbers


def text_of(numbers: tuple[float, ...]) -> str:
    """(0.1, 0.0, 0.0) -> "0.1,0,0", to the last digit."""
    return ",".join(repr(float(number)).removesuffix(".0") for number in numbers)
