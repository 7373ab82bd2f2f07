"""The changes of a glass. A new one is a file in this folder and an entry in `CHANGES`."""

from __future__ import annotations

from symgnn.errors import InputError
from symgnn.whatif.changes.anneal import Anneal
from symgnn.whatif.changes.base import Change
from symgnn.whatif.changes.exchange import ExchangeAtoms
from symgnn.whatif.changes.move import MoveAtom
from symgnn.whatif.changes.remove import RemoveAtom
from symgnn.whatif.changes.strain import Strain
from symgnn.whatif.changes.swap import SwapElement

CHANGES: dict[str, type[Change]] = {
    change.kind: change for change in (SwapElement, ExchangeAtoms, Strain, RemoveAtom, MoveAtom, Anneal)
}
"""By kind."""


def parse_change(text: str) -> Change:
    """The change of a text like `swap 17=Zr`: what `str(change)` gives. Raises InputError."""
    kind, _, value = text.strip().partition(" ")
    if kind not in CHANGES:
        raise InputError(f"change {text!r} found, expected a kind and a value; kinds: {', '.join(CHANGES)}")
    return CHANGES[kind].parse(value.strip())


__all__ = [
    "CHANGES",
    "Anneal",
    "Change",
    "ExchangeAtoms",
    "MoveAtom",
    "RemoveAtom",
    "Strain",
    "SwapElement",
    "parse_change",
]
