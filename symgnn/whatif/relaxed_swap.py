"""Relaxed swap: what the barrier would lose if a neighbour were of another element and the glass relaxed.

    symgnn.explain(checkpoint, glass, 17, RelaxedSwap(checkpoint, glass))

effect of neighbour j = f(as it is) - f(j swapped), as in `swap` (symgnn/explanations/methods/swap.py), both glasses
relaxed under the potential; it stands on the edge between j and the explained atom, divided among several images.
Edges that do not touch the explained atom get 0, and so does a neighbour whose swap relaxes to no minimum. The numbers
are those of a scan (scan.py) with the opposite sign, and its files are the scan's: whichever of the two is asked for
later is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np
import torch
from ase import Atoms
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.methods.base import Attribution, Method, Progress, signed
from symgnn.explanations.methods.swap import neighbours_of
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.extras import require
from symgnn.glass import Glass, as_glass
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.models import BarrierModel
from symgnn.physical_inputs import slow_inputs_anew
from symgnn.whatif.candidates import WITHIN, distances, swaps_of
from symgnn.whatif.reference import Reference
from symgnn.whatif.scan import Scan, scan_of

SECONDS, SECONDS_PER_ATOM = (
    0.25,
    2e-4,
)  # of one swap on one core: .35 s in a glass of 500 atoms, .85 s in one of 3000


@dataclass(frozen=True, eq=False)
class RelaxedSwap(Method):
    """Signed, in eV; no randomness. For one glass and one checkpoint, which it needs to relax and predict.

    within: Å, neighbours that are tried. folder: where swaps are kept, by default with the scans. workers: processes,
    by default one per core. Needs the extra `physics` and a glass that the potential takes: where it is first used, it
    raises MissingExtra or InputError.
    """

    name: ClassVar[str] = "relaxed_swap"
    title: ClassVar[str] = "Relaxed swaps"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 1000  # in time: a relaxation takes as long as some 25
    one_checkpoint: ClassVar[bool] = True
    checkpoint: Checkpoint = field(repr=False, compare=False)
    glass: Glass | Atoms = field(repr=False, compare=False)
    within: float = WITHIN
    folder: Path | None = field(default=None, repr=False, compare=False)
    workers: int | None = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        if not self.within > 0:
            raise InputError(f"within {self.within!r} found, expected a length above 0 Å")
        object.__setattr__(self, "glass", as_glass(self.glass))

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {"within": WITHIN}

    @classmethod
    def build(cls, checkpoint: Checkpoint, settings: Mapping[str, Any]) -> NoReturn:
        raise InputError(f"method {cls.name}: no glass found, expected {cls.__name__}(checkpoint, glass)")

    @cached_property
    def reference(self) -> Reference:
        """The relaxed glass that swaps are compared with. Raises InputError where it cannot be relaxed, MissingExtra
        without the extra `physics`."""
        require("numba", f"method {self.name}")
        reference = Reference(self.checkpoint, self.glass)
        if not reference.is_relaxed:
            raise InputError(f"method {self.name}: {reference.note}")
        return reference

    def n_swaps(self, atom: int) -> int:
        """How many swaps the explanation of an atom tries. Raises InputError for an atom that is not there."""
        self.glass.check_atom(atom)
        return len(swaps_of(self.glass, distances(self.glass, atom, self.within), self.checkpoint.elements))

    def seconds(self, atom: int) -> float:
        """About how long the explanation of an atom takes on one core, where none of its swaps is kept."""
        inputs = 2 * slow_inputs_anew(len(self.glass), self.checkpoint.model.inputs)  # unrelaxed and relaxed
        return self.n_swaps(atom) * (SECONDS + SECONDS_PER_ATOM * len(self.glass) + inputs)

    def prepare(
        self, atoms: Sequence[int], *, scheduler: str | None = None, progress: Progress | None = None
    ) -> None:
        """Compute the swaps around all of the atoms, and keep them: their explanations then take no time.

        scheduler: address of a Dask scheduler, whose workers compute instead. progress(swaps done, swaps).
        """
        for _ in self._scans(atoms, scheduler, progress):
            pass

    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        self._check(model, fields)
        effect = torch.zeros(fields.n_pairs, device=fields.graph.device)
        scans = self._scans(fields.centers.tolist(), None, progress)
        for near, scan in zip(neighbours_of(fields, self.within), scans, strict=True):
            if scan is not None:
                effect[near.rows] = near.divided(_effects(scan, near.atoms).to(effect))
        return signed(effect)

    def _scans(self, atoms: Sequence[int], scheduler: str | None, progress: Progress | None):
        """The scan around each atom in turn; None where there is nothing to swap."""
        counts = [self.n_swaps(atom) for atom in atoms]
        for number, atom in enumerate(atoms):
            before = sum(counts[:number])

            def tell(done: int, of: int, before: int = before) -> None:
                if progress is not None:
                    progress(before + done, sum(counts))

            if not counts[number]:
                yield None
                continue
            workers = None if scheduler else self.workers
            yield scan_of(
                self.reference, int(atom), within=self.within, folder=self.folder, workers=workers,
                scheduler=scheduler, progress=tell,
            )  # fmt: skip
            tell(counts[number], counts[number])

    def _check(self, model: BarrierModel, fields: ReceptiveFields) -> None:
        """Raise InputError for another glass or model than those that it was made for."""
        own = self.checkpoint.model
        if model is not own and not _equal(model.state_dict(), own.state_dict()):
            raise InputError(
                f"method {self.name}: another model found, expected {self.checkpoint.full_name}, for which it was made"
            )
        glass = readable(self.checkpoint, self.glass)
        graph, names = cached_graph(glass, own.cutoff, own.inputs), ("species", "source", "target", "vector")
        if graph is not fields.whole and not _equal(
            *({name: getattr(one, name) for name in names} for one in (graph, fields.whole))
        ):
            raise InputError(
                f"method {self.name}: another glass found, expected {self.glass.name}, for which it was made"
            )


def _effects(scan: Scan, atoms: Tensor) -> Tensor:
    """(K,) eV for each of the atoms: the barrier before minus its mean after the swaps of that atom, a swap without a
    minimum counting as none."""
    change = np.nan_to_num(scan.barrier_change)
    swapped = np.array([one.atom for one in scan.changes])[:, None] == atoms.cpu().numpy()
    return torch.from_numpy(-(change @ swapped) / np.maximum(swapped.sum(axis=0), 1))


def _equal(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(value.cpu(), other[name].cpu()) for name, value in one.items()
    )
