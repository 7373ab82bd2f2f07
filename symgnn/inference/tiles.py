"""Large glasses in bounded memory: a periodic cell is cut into tiles, each with all surroundings that it depends on.

After n layers of messages between atoms nearer than a cutoff c, an atom's prediction depends on the atoms within n c
and on nothing else. So a tile (a parallelepiped of the cell) and a halo of n c around it give the tile's atoms the
same predictions as the whole glass does. No graph is larger than one tile with its halo, however many atoms the glass
has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from ase.geometry import complete_cell

from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.models import BarrierModel
from symgnn.pair_search import heights

MOST_EDGES = 3_000_000  # directed edges of one graph: about 90,000 atoms at 5 Å
BIN = 10.0  # Å, of the bins in which the density is counted


@dataclass(frozen=True, eq=False)
class Tile:
    """One piece of a glass.

    graph   of the tile's atoms and those of its halo
    rows    (K,) int64 the tile's own atoms among the graph's
    atoms   (K,) int64 the same atoms' numbers in the glass
    around  (n,) int64 the numbers in the glass of all atoms of the graph
    """

    graph: AtomGraph
    rows: np.ndarray
    atoms: np.ndarray
    around: np.ndarray


def expected_edges(glass: Glass, cutoff: float) -> float:
    """About how many directed edges a glass has, without making its neighbour list."""
    return len(glass) * _neighbors(_density(glass), cutoff)


def tile_size(glass: Glass, model: BarrierModel, most_edges: int | None = None) -> float:
    """The edge in Å of tiles with about `most_edges` edges (default: MOST_EDGES), halo included.

    At least two cutoffs and half a halo: smaller tiles would consist of halo, and the time would be spent on that.
    """
    density, reach = _density(glass), model.n_layers * model.cutoff
    n_atoms = (most_edges or MOST_EDGES) / _neighbors(density, model.cutoff)
    inner = max(reach - model.cutoff, 0.0)  # atoms farther out receive no message
    return max((n_atoms / density) ** (1 / 3) - 2 * inner, 2 * model.cutoff, reach / 2)


def tiles(glass: Glass, model: BarrierModel, *, tile: float | None = None) -> Iterator[Tile]:
    """Cut a glass into tiles of at most `tile` (Å) that together hold every atom once.

    tile counts across the cell, between opposite faces. A direction is left whole where it is not periodic,
    where the cell is thinner than a tile, and where a tile with its halo would reach around the cell to itself.
    Raises InputError as `build_graph` does.
    """
    tile = tile_size(glass, model) if tile is None else tile
    across, reach = heights(glass), model.n_layers * model.cutoff
    halo = reach / across  # in fractions of the cell, as all that follows
    counts = np.ceil(across / tile).astype(int)
    whole = ~glass.pbc | (counts < 2) | (1 / counts + 2 * halo >= 1)
    counts[whole] = 1

    fraction, positions = _wrapped(glass)
    home = np.minimum((fraction * counts).astype(int), counts - 1)  # (N, 3) the tile of every atom
    home[:, whole] = 0
    for corner in np.ndindex(*counts):
        own = (home == corner).all(1)
        if own.any():
            low = np.array(corner) / counts - halo
            inside = (fraction - low) % 1.0  # from the low face of the halo, in 0..1
            outside = (
                np.maximum(halo - inside, inside - halo - 1 / counts) * across
            )  # Å beyond the tile's faces
            outside[:, whole] = 0.0
            farthest = np.where(own, 0.0, outside.max(1))
            around = np.flatnonzero(farthest <= reach)
            moved = np.where(whole, 0.0, np.round(low + inside - fraction))[around] @ glass.cell
            yield _tile(glass, model, around, positions[around] + moved, own[around], farthest[around], whole)


def _tile(
    glass: Glass,
    model: BarrierModel,
    around: np.ndarray,
    positions: np.ndarray,
    own: np.ndarray,
    farthest: np.ndarray,
    whole: np.ndarray,
) -> Tile:
    """The graph of the atoms `around`, without the edges whose messages cannot arrive in time."""
    if len(around) == 1:  # a Glass has at least two atoms: its copy far away
        around, own, farthest = around.repeat(2), np.array([True, False]), np.array([0.0, np.inf])
        positions = positions + np.array([[0.0], [10 * model.cutoff]])
    part = Glass(
        species=glass.species[around],
        positions=positions,
        cell=glass.cell,
        pbc=glass.pbc & whole,
        properties={
            name: glass.properties[name][around] for name in model.inputs if name in glass.properties
        },
        name=f"{glass.name}, a tile with {len(around)} atoms",
    )
    graph = build_graph(part, model.cutoff, model.inputs)
    arrives_in_time = torch.from_numpy(farthest <= (model.n_layers - 1) * model.cutoff)
    graph = graph.edge_subgraph(arrives_in_time.index_select(0, graph.target))
    graph = replace(graph, removed_from=None)  # left out because they cannot matter
    return Tile(graph=graph, rows=np.flatnonzero(own), atoms=around[own], around=around)


def _wrapped(glass: Glass) -> tuple[np.ndarray, np.ndarray]:
    """Fractional coordinates (N, 3), in 0..1 along periodic directions, and positions (N, 3) in Å moved likewise."""
    cell = _full_cell(glass)
    fraction = np.linalg.solve(cell.T, glass.positions.T).T
    shift = np.where(glass.pbc, np.floor(fraction), 0.0)
    return fraction - shift, glass.positions - shift @ cell


def _full_cell(glass: Glass) -> np.ndarray:
    return np.array(complete_cell(glass.cell))


def _density(glass: Glass) -> float:
    """Atoms per Å³ around an atom, averaged over atoms: vacuum around a particle or above a surface does not count."""
    bins = np.floor(_wrapped(glass)[1] / BIN).astype(int)
    counts = np.unique(bins, axis=0, return_counts=True)[1]
    return float((counts**2).sum() / counts.sum() / BIN**3)


def _neighbors(density: float, cutoff: float) -> float:
    return density * 4 / 3 * math.pi * cutoff**3
