"""Several changes one after the other, and a greedy design of them: towards a wanted barrier in a few swaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms

from symgnn.arguments import whole_number
from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.whatif.candidates import WITHIN
from symgnn.whatif.changes import Change
from symgnn.whatif.reference import Reference
from symgnn.whatif.result import WhatIf
from symgnn.whatif.scan import scan


@dataclass(frozen=True, eq=False)
class Chain:
    """given: the glass; steps: results of the changes, each of the glass that the one before gave. A change names atoms
    by their numbers in the glass that it changes."""

    given: Glass
    steps: tuple[WhatIf, ...]

    @property
    def glass(self) -> Glass:
        """The glass after the last step."""
        return self.steps[-1].after if self.steps else self.given

    @property
    def kept(self) -> np.ndarray:
        """(M,) for every atom of `glass` its number in `given`."""
        kept = np.arange(len(self.given))
        for step in self.steps:
            kept = kept[step.kept]
        return kept

    @property
    def barriers(self) -> np.ndarray:
        """(steps + 1,) eV: predicted barrier of the atom asked about, before the first step and after each."""
        if not self.steps:
            return np.empty(0)
        first = self.steps[0]
        return np.array(
            [
                first.barriers_before[first.atom],
                *(step.barriers_after[step.number_after] for step in self.steps),
            ]
        )

    def undone(self) -> Chain:
        """The chain without its last step."""
        return Chain(self.given, self.steps[:-1])


def ask_chain(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    changes: Sequence[Change],
    *,
    atom: int | None = None,
    relax: bool = True,
) -> Chain:
    """The changes one after the other, each relaxed before the next. atom: that is asked about, by its number in the
    glass given. Raises InputError as `Reference` does."""
    chain = Chain(as_glass(structure), ())
    for change in changes:
        chain = _with(chain, checkpoint, change, atom, relax)
    return chain


def design(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    atom: int,
    target: float,
    *,
    most: int = 3,
    kind: str = "swap",
    within: float = WITHIN,
    relax: bool = True,
    folder: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Chain:
    """Towards a barrier of `target` eV of the atom in at most `most` changes, each the best of a `scan`.

    Greedy: every step is the change that brings the predicted barrier beyond the target by the least, or else nearest
    to it. Ends when the barrier is at or beyond the target, seen from where it was at first, or where no change brings
    it nearer. progress(step, changes done, changes) from the scans. Raises InputError as `scan` does.
    """
    most = whole_number("design: most", most, least=1)
    if not np.isfinite(target):
        raise InputError(f"design: target {target!r} eV found, expected a number")
    chain, barrier, upward = Chain(as_glass(structure), ()), None, None
    for step in range(1, most + 1):
        result = scan(
            checkpoint, chain.glass, atom, kind=kind, within=within, relax=relax, folder=folder, workers=workers,
            scheduler=scheduler, progress=None if progress is None else lambda *done, at=step: progress(at, *done),
        )  # fmt: skip
        barrier = float(result.barrier_before[0])
        upward = target > barrier if upward is None else upward
        if barrier == target or (barrier > target) == upward:
            break
        after = barrier + result.barrier_change
        missing = np.where(np.isfinite(after), np.abs(target - after), np.inf)
        beyond = (after > target) == upward
        order = np.lexsort((missing, ~(beyond & np.isfinite(after))))
        best = int(order[0])
        if not beyond[best] and not missing[best] < abs(target - barrier):
            break
        chain = _with(chain, checkpoint, result.changes[best], atom, relax)
    return chain


def _with(chain: Chain, checkpoint: Checkpoint, change: Change, atom: int | None, relax: bool) -> Chain:
    """The chain with one more step; atom: number in the glass given."""
    if atom is None:
        now = None
    else:
        chain.given.check_atom(atom)
        where = np.flatnonzero(chain.kept == atom)
        if not len(where):
            raise InputError(
                f"{chain.given.name}: atom {atom} is asked about, but removed; expected one that stays"
            )
        now = int(where[0])
    step = Reference(checkpoint, chain.glass, relax=relax).ask(change, atom=now)
    return Chain(chain.given, (*chain.steps, step))
