"""A glass that is asked what would be if it were changed: relaxed once, predicted once, then compared with each change.

    result = what_if(checkpoint, glass, SwapElement(17, "Zr"), atom=5)
    result.barrier_change[result.number_after]           # eV, how much higher the barrier of atom 5 is then

    reference = Reference(checkpoint, glass)        # for many changes of one glass
    results = [reference.ask(change, atom=5) for change in changes]

A change is told from relaxed to relaxed glass, so that a change that is none, such as zero strain, gives exactly zero.
"""

from __future__ import annotations

from functools import cached_property

from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import check_glass
from symgnn.whatif.changes import Change, RemoveAtom
from symgnn.whatif.changes.base import bare
from symgnn.whatif.ensemble import Barriers, Ensemble, ensemble_of
from symgnn.whatif.relaxation import Warm, obstacle, relaxed
from symgnn.whatif.result import WhatIf


class Reference:
    """given: the glass; glass: what changes are compared with, `given` relaxed in its cell without labels and
    properties; is_relaxed and note: whether it could be, and why not.

    relax: whether glasses are relaxed, wherever the potential takes them. ensemble: by default `ensemble_of`.
    Raises InputError for a glass that the checkpoint cannot predict, and where no minimum is reached.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        structure: Glass | Atoms,
        *,
        relax: bool = True,
        ensemble: Ensemble | None = None,
    ):
        self.given = check_glass(checkpoint, as_glass(structure))
        self.ensemble = ensemble_of(checkpoint) if ensemble is None else ensemble
        self.checkpoint = checkpoint
        self.glass = bare(self.given)
        self.note = obstacle(self.glass) if relax else ""
        self.is_relaxed = relax and not self.note
        if self.is_relaxed:
            self.glass, _ = relaxed(self.glass)
        self._warm = Warm(self.glass)

    @cached_property
    def barriers(self) -> Barriers:
        """Of all atoms of `glass`."""
        return self.ensemble.of_glass(self.glass)

    def ask(self, change: Change, *, atom: int | None = None) -> WhatIf:
        """The result of one change. atom: that is asked about, by its number in this glass.

        Raises InputError for a change that cannot be, an element that the checkpoint does not know, an atom that is
        not there or is removed, and where the changed glass relaxes to no minimum.
        """
        if atom is not None:
            self.check_kept(change, atom)
        unrelaxed, after, note = self.changed(change)
        kept = change.kept(self.glass)
        before = self.barriers.of(kept)
        first = self.ensemble.of_glass(unrelaxed)
        last = first if after is unrelaxed else self.ensemble.of_glass(after)
        barrier_change, sigma = last.change_from(before)
        unrelaxed_change, unrelaxed_sigma = first.change_from(before)
        return WhatIf(
            change=change,
            given=self.given,
            reference=self.glass,
            unrelaxed=unrelaxed,
            after=after,
            is_relaxed=self.is_relaxed and not note,
            note=self.note or note,
            kept=kept,
            barriers_before=self.barriers.value,
            barriers_after=last.value,
            barrier_change=barrier_change,
            sigma=sigma,
            unrelaxed_change=unrelaxed_change,
            unrelaxed_sigma=unrelaxed_sigma,
            energy_change=self.energy_of(after),
            atom=None if atom is None else int(atom),
        )

    def changed(self, change: Change) -> tuple[Glass, Glass, str]:
        """The changed glass before and after relaxation, and why the latter is the former where it could not be
        relaxed though `glass` was."""
        unrelaxed = check_glass(self.checkpoint, change.apply(self.glass))
        if not self.is_relaxed:
            return unrelaxed, unrelaxed, ""
        if note := obstacle(unrelaxed):
            return unrelaxed, unrelaxed, note
        after, _ = relaxed(unrelaxed, near=change.near(self.glass), like=self._warm)
        return unrelaxed, after, ""

    def check_kept(self, change: Change, atom: int) -> None:
        """Raise InputError for an atom that is not there, before or after the change."""
        self.glass.check_atom(atom)
        if isinstance(change, RemoveAtom) and change.atom == atom:
            raise InputError(
                f"{self.given.name}: atom {atom} is asked about, but removed; expected one that stays"
            )

    def energy_of(self, glass: Glass) -> float | None:
        """Energy of a changed, relaxed glass minus that of this one under the potential, eV; None where nothing is
        relaxed, and where the potential does not take the changed glass."""
        if not self.is_relaxed:
            return None
        try:
            return _energy(glass) - self._energy
        except InputError:  # overlapping atoms, an element that the potential does not know
            return None

    @cached_property
    def _energy(self) -> float:
        return _energy(self.glass)


def what_if(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    change: Change,
    *,
    atom: int | None = None,
    relax: bool = True,
) -> WhatIf:
    """What the checkpoint predicts for a changed glass, relaxed where the potential takes it. See `Reference`."""
    return Reference(checkpoint, structure, relax=relax).ask(change, atom=atom)


def _energy(glass: Glass) -> float:
    from symgnn.simulate import MendelevCuZr

    atoms = Atoms(glass.species, glass.positions, cell=glass.cell, pbc=glass.pbc)
    atoms.calc = MendelevCuZr()
    return float(atoms.get_potential_energy())
