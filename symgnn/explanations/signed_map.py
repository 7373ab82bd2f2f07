"""The signed map of a whole glass: how much each edge raises or lowers all barriers together, exact and at once.

A gradient method gives an edge the derivative of one atom's barrier by the weight of the edge. The sum of these effects
over all explained atoms is the derivative of the sum of the barriers, so that one backward pass takes the place of an
explanation of every atom; a method that integrates over a path of weights takes one pass for each of its points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from ase import Atoms
from ase.geometry import complete_cell
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.explanation import sums_over_atoms
from symgnn.explanations.maps import edge_table
from symgnn.explanations.methods import METHODS
from symgnn.explanations.methods.base import Method, Progress
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.receptive_field import check_reads_edges
from symgnn.glass import Glass, as_glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable
from symgnn.inference.tiles import expected_edges, tile_size, tiles
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing

MOST_EDGES = 500_000
"""Directed edges of one backward pass: about 15,000 atoms at 5 Å, for which `symgnn` keeps 2 GB."""


_WITH_MAP = tuple(
    method
    for method in METHODS.values()
    if method.path is not Method.path or method.map_steps is not Method.map_steps
)


@dataclass(frozen=True, eq=False)
class SignedMap:
    """method, settings, glass_key, checkpoint_key   as in `Explanation`
    pairs        (P, 2) int   the atoms of every edge of the glass, in the order of `AtomGraph.pair`
    images       (P, 3) int   periodic image of the second atom
    lengths      (P,) Å
    pair_effect  (P,) eV      signed: the sum over all atoms of what the edge does to the atom's barrier
    atom_effect  (N,) eV      half the sum of `pair_effect` over the atom's edges: together as much as all edges
    """

    method: str
    settings: Mapping[str, Any]
    glass_key: str
    checkpoint_key: str
    pairs: np.ndarray
    images: np.ndarray
    lengths: np.ndarray
    pair_effect: np.ndarray
    atom_effect: np.ndarray


def signed_map(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    method: Method | None = None,
    *,
    tile: float | None = None,
    progress: Progress | None = None,
) -> SignedMap:
    """The signed effect of every edge and atom of a glass: the sum of the explanations of all its atoms.

    method: gradient (default), integrated_gradients or stretch. Glasses of more than about 15,000 atoms are taken tile
    by tile of at most `tile` Å (by default as large as memory allows), with the same result. progress(passes done,
    passes) is called after every pass; an exception that it raises stops the run.
    Raises InputError for another method, and as `readable` does, and for a model without edges.
    """
    method = GradientTimesWeight() if method is None else method
    if not method.map_steps:
        possible = [one.name for one in _WITH_MAP]
        raise InputError(f"map: method {method.name} found, expected one of {', '.join(possible)}")
    glass = readable(checkpoint, as_glass(glass))
    model = check_reads_edges(checkpoint)
    is_large = tile is not None or expected_edges(glass, checkpoint.cutoff) > MOST_EDGES
    if is_large:
        graph = build_graph(glass, checkpoint.cutoff, model.inputs)
        effect = _by_tiles(checkpoint, glass, graph, method, tile, progress)
    else:
        graph = cached_graph(glass, checkpoint.cutoff, model.inputs)
        every = torch.arange(graph.n_atoms)
        effect = sum(_passes(checkpoint, graph, every, method, progress))
    pairs = graph.pair_atoms.cpu().numpy()
    return SignedMap(
        method=method.name,
        settings=method.settings,
        glass_key=glass.content_hash_with(model.inputs),
        checkpoint_key=checkpoint.key,
        pairs=pairs,
        images=graph.pair_image.cpu().numpy(),
        lengths=graph.length[graph.pair_edge].double().cpu().numpy(),
        pair_effect=effect,
        atom_effect=sums_over_atoms(pairs, effect, len(glass)) / 2,
    )


def map_methods(checkpoint: Checkpoint) -> list[str]:
    """Names of the methods by which the checkpoint's signed maps can be computed, the fastest first."""
    usable = [method for method in _WITH_MAP if method.supports(checkpoint)]
    return [method.name for method in sorted(usable, key=lambda method: method.passes)]


def write_signed_map(folder: Path, stem: str, glass: Glass | Atoms, result: SignedMap) -> list[Path]:
    """Write <stem>.<method>.map.xyz, extended XYZ with the property `effect` (eV), and .map.csv, every edge with its
    effect; returns the paths. stem: names glass and checkpoint."""
    glass = as_glass(glass)
    structure, table = (folder / f"{stem}.{result.method}.map.{ending}" for ending in ("xyz", "csv"))
    notes = {**glass.notes, "method": result.method, "checkpoint_key": result.checkpoint_key,
             "explained_atoms": str(len(glass))}  # fmt: skip
    write_extxyz(structure, replace(glass.with_properties(effect=result.atom_effect), notes=notes))
    columns = edge_table(glass, result.pairs, result.images, result.lengths)
    columns["effect_eV"] = pd.Series(result.pair_effect).map("{:.6g}".format)
    with replacing(table) as temporary:
        columns.to_csv(temporary, index=False)
    return [structure, table]


def _by_tiles(
    checkpoint: Checkpoint,
    glass: Glass,
    graph: AtomGraph,
    method: Method,
    tile: float | None,
    progress: Progress | None,
) -> np.ndarray:
    """(P,) eV: tile after tile, each for the barriers of its own atoms."""
    size = tile_size(glass, checkpoint.model, MOST_EDGES) if tile is None else tile
    number = _Numbers(graph)
    effect, done = np.zeros(len(graph.pair_edge)), 0
    for part in tiles(glass, checkpoint.model, tile=size):
        there = _in_the_glass(part.graph, part.around, glass)
        own = torch.from_numpy(part.rows)
        if part.graph.n_edges:
            rows = number(there.pair_atoms.numpy(), there.pair_image.numpy())
            effect[rows] += sum(_passes(checkpoint, part.graph, own, method, None, pair=there.pair))
        done += len(part.atoms)
        if progress is not None:
            progress(done, len(glass))
    return effect


def _passes(
    checkpoint: Checkpoint,
    graph: AtomGraph,
    own: Tensor,
    method: Method,
    progress: Progress | None,
    *,
    pair: Tensor | None = None,
) -> Iterator[np.ndarray]:
    """(P,) eV of every backward pass of the method, for the sum of the barriers of `own`."""
    model, pair = checkpoint.model, graph.pair if pair is None else pair
    n_pairs = int(pair.max()) + 1 if len(pair) else 0
    graph, pair, own = graph.to(checkpoint.device), pair.to(checkpoint.device), own.to(checkpoint.device)
    for step, effect in enumerate(method.map_effects(model, graph, pair, n_pairs, own), 1):
        if progress is not None:
            progress(step, method.map_steps)
        yield effect.double().cpu().numpy()


def _in_the_glass(part: AtomGraph, around: np.ndarray, glass: Glass) -> AtomGraph:
    """The edges of a tile's graph under the numbers and periodic images that they have in the glass."""
    source, target = around[part.source.numpy()], around[part.target.numpy()]
    shift = part.vector.numpy() - (glass.positions[source] - glass.positions[target])
    image = np.rint(np.linalg.solve(np.array(complete_cell(glass.cell)).T, shift.T).T).astype(np.int64)
    image[:, ~glass.pbc] = 0
    return replace(
        part,
        source=torch.from_numpy(source),
        target=torch.from_numpy(target),
        image=torch.from_numpy(image),
        hop_sizes=(),
    )


class _Numbers:
    """The numbers of pairs (K, 2) with images (K, 3) among those of a graph, all of which it has."""

    def __init__(self, graph: AtomGraph):
        images = graph.pair_image.numpy()
        self.n_atoms, self.most = graph.n_atoms, int(np.abs(images).max(initial=0))
        self.key = self._keys(graph.pair_atoms.numpy(), images)  # ascending, as pairs are

    def __call__(self, pairs: np.ndarray, images: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.key, self._keys(pairs, images))

    def _keys(self, pairs: np.ndarray, images: np.ndarray) -> np.ndarray:
        key, width = pairs[:, 0] * self.n_atoms + pairs[:, 1], 2 * self.most + 1
        for axis in range(3):
            key = key * width + images[:, axis] + self.most
        return key
