"""Glasses as a data set of PyTorch: read when they are first asked for, then kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from ase import Atoms
from torch import Tensor
from torch.utils.data import Dataset

from symgnn.errors import InputError
from symgnn.glass import BARRIER_COLUMN, Glass, as_glass
from symgnn.graph.atom_graph import DEFAULT_CUTOFF, AtomGraph, batch_graphs
from symgnn.graph.cache import cached_graph
from symgnn.physical_inputs import with_physical_inputs

Source = Glass | Atoms | Callable[[], Glass]


class GlassDataset(Dataset):
    """A map-style `torch.utils.data.Dataset` of glasses: `dataset[i]` is a Glass, or what `transform` makes of it.

    sources    glasses, `ase.Atoms`, or functions without arguments that read a glass; each is called once, when its
               glass is first asked for. Functions have to be picklable for the worker processes of a DataLoader
    transform  what is done with a glass every time it is asked for; `graphs()` sets one
    labelled   whether every glass needs energy barriers: one without is an InputError, when it is read

    For training steps:

        for graph, barriers in DataLoader(dataset.graphs(cutoff=5.0), batch_size=2, collate_fn=collate_graphs):
            ...
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        transform: Callable[[Glass], Any] | None = None,
        labelled: bool = True,
    ):
        self._sources, self._transform, self._labelled = list(sources), transform, labelled
        self._read: dict[int, Glass] = {}

    def __len__(self) -> int:
        return len(self._sources)

    def __getitem__(self, index: int) -> Any:
        """Glass `index` (negative: from the end), transformed. IndexError beyond the last."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"glass {index} asked for, the data set has {len(self)}")
        glass = self._glass(index % len(self))
        return glass if self._transform is None else self._transform(glass)

    @property
    def glasses(self) -> list[Glass]:
        """All glasses, without the transform; reads those that were not asked for yet."""
        return [self._glass(index) for index in range(len(self))]

    def graphs(self, cutoff: float = DEFAULT_CUTOFF, inputs: Sequence[str] = ()) -> GlassDataset:
        """The same glasses as items (AtomGraph, barriers (N,) float32 in eV); AtomGraph alone where unlabelled.

        cutoff in Å; inputs: names of the per-atom properties that a model reads. Glasses that were read are shared.
        """
        other = GlassDataset(self._sources, transform=_ToGraph(cutoff, tuple(inputs), self._labelled))
        other._labelled, other._read = self._labelled, self._read
        return other

    def _glass(self, index: int) -> Glass:
        if index not in self._read:
            source = self._sources[index]
            glass = as_glass(source if isinstance(source, Glass | Atoms) else source())
            if self._labelled and glass.barriers is None:
                raise InputError(
                    f"{glass.name}: no energy barriers found, expected one per atom (column {BARRIER_COLUMN!r})"
                )
            self._read[index] = glass
        return self._read[index]


@dataclass(frozen=True)
class _ToGraph:
    """Glass -> its graph and labels; an object and no closure, so that worker processes can have it."""

    cutoff: float
    inputs: tuple[str, ...]
    labelled: bool

    def __call__(self, glass: Glass) -> AtomGraph | tuple[AtomGraph, Tensor]:
        graph = cached_graph(with_physical_inputs(glass, self.inputs), self.cutoff, self.inputs)
        return (graph, torch.tensor(glass.barriers, dtype=torch.float32)) if self.labelled else graph


def collate_graphs(
    items: Sequence[AtomGraph | tuple[AtomGraph, Tensor]],
) -> AtomGraph | tuple[AtomGraph, Tensor]:
    """Items of `GlassDataset.graphs()` as one batch: one AtomGraph, and the barriers of all atoms (N,) where given."""
    if isinstance(items[0], AtomGraph):
        return batch_graphs(items)
    graphs, barriers = zip(*items, strict=True)
    return batch_graphs(graphs), torch.cat(barriers)
