"""How far off a predicted *change* of a barrier may be: by how much models that could as well be asked differ in it.

The uncertainty of each barrier (inference/uncertainty.py) says nothing about their difference: most of the error of a
prediction is the same before and after a change, and cancels. What is left is told from models that were trained alike:
the members of a committee, or the seeds of a checkpoint (folders seed1, seed2... in or beside its own). The uncertainty
of a difference is the standard deviation of their differences (n - 1 in the denominator). Three models know it to a
factor of two only, and they share errors that none of them shows: it is a lower bound, and barrier searches
(`check_by_searches`) are what tells the error itself. A checkpoint with neither members nor seeds has no uncertainty of
a difference, and none is made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.inference.card import CARD
from symgnn.inference.checkpoint import Checkpoint, load_checkpoint
from symgnn.inference.predict import readable
from symgnn.inference.tiles import MOST_EDGES, expected_edges, tiles
from symgnn.inference.uncertainty import predict_with_features
from symgnn.models.committee import Committee


@dataclass(frozen=True, eq=False)
class Barriers:
    """value (n,) eV, as the checkpoint predicts; models (K, n) eV, of K models like it, K = 1 where there are none."""

    value: np.ndarray
    models: np.ndarray

    def of(self, atoms: np.ndarray) -> Barriers:
        """Those of some atoms, by number."""
        return Barriers(self.value[atoms], self.models[:, atoms])

    def change_from(self, before: Barriers) -> tuple[np.ndarray, np.ndarray | None]:
        """(n,) eV: this minus before, and its standard deviation over the models; None for one model."""
        change, changes = self.value - before.value, self.models - before.models
        return change, changes.std(axis=0, ddof=1) if len(changes) > 1 else None


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A checkpoint and its seeds: `ensemble_of` finds them."""

    checkpoint: Checkpoint
    seeds: tuple[Checkpoint, ...]

    @property
    def title(self) -> str:
        """What the uncertainty of a difference comes from."""
        if self.seeds:
            return f"{1 + len(self.seeds)} training seeds"
        model = self.checkpoint.model
        if isinstance(model, Committee) and len(model.members) > 1:
            return f"{len(model.members)} members of the committee"
        return ""

    @property
    def key(self) -> str:
        """Names all its weights."""
        return "-".join(one.key for one in (self.checkpoint, *self.seeds))

    def of_graph(self, graph: AtomGraph) -> Barriers:
        """Barriers of a graph of the checkpoint's cutoff and inputs; of a receptive field those of its centres."""
        graph = graph.to(self.checkpoint.device)
        value, features, _ = predict_with_features(self.checkpoint.model, graph)
        model = self.checkpoint.model
        if self.seeds:
            models = [value, *(predict_with_features(one.model, graph)[0] for one in self.seeds)]
        elif isinstance(model, Committee):
            models = list(model.barriers_of_members(features))
        else:
            models = [value]
        return Barriers(_array(value), np.stack([_array(one) for one in models]))

    def of_glass(self, glass: Glass) -> Barriers:
        """Barriers of all atoms; a very large glass is predicted in tiles. Raises InputError as `readable` does."""
        model = self.checkpoint.model
        glass = readable(self.checkpoint, glass)
        if expected_edges(glass, model.cutoff) <= MOST_EDGES:
            return self.of_graph(build_graph(glass, model.cutoff, model.inputs))
        parts = [(part.atoms, self.of_graph(part.graph).of(part.rows)) for part in tiles(glass, model)]
        order = np.argsort(np.concatenate([atoms for atoms, _ in parts]))
        value = np.concatenate([part.value for _, part in parts])
        return Barriers(value, np.concatenate([part.models for _, part in parts], axis=1)).of(order)


def ensemble_of(checkpoint: Checkpoint, seeds: Sequence[Checkpoint] | None = None) -> Ensemble:
    """The checkpoint with its seeds, by default those in or beside its folder that read the same; a committee's members
    take their place."""
    if seeds is None:
        seeds = () if isinstance(checkpoint.model, Committee) else _seeds_of(checkpoint)
    return Ensemble(checkpoint, tuple(seeds))


def _seeds_of(checkpoint: Checkpoint) -> list[Checkpoint]:
    own = checkpoint.folder
    parent = own.parent if own.name.startswith("seed") and (own.parent / CARD).is_file() else own
    folders = [parent, *sorted(parent.glob("seed*"))]
    others = [
        load_checkpoint(folder, device=str(checkpoint.device))
        for folder in folders
        if folder != own and (folder / CARD).is_file()
    ]
    return [other for other in others if _reads_the_same(other, checkpoint)]


def _reads_the_same(one: Checkpoint, other: Checkpoint) -> bool:
    return one.card.model == other.card.model and all(
        getattr(one.model, name) == getattr(other.model, name)
        for name in ("elements", "cutoff", "inputs", "n_layers")
    )


def _array(values: torch.Tensor) -> np.ndarray:
    return values.double().cpu().numpy()
