"""What carries the barriers of a whole glass: the sum of many explanations, per edge and per atom, and its files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from symgnn.explanations.batch import BatchExplanation
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing


@dataclass(frozen=True, eq=False)
class ImportanceMap:
    """pair_importance  (P,)  share of importance that an explained atom gives to the edge, mean over the explanations
                          whose receptive field holds it; 0 where none does. An edge of a field of E edges that was as
                          good as any other would have 1 / E
    pair_effect      (P,) eV  signed effect on a barrier, mean over the same explanations; None without sign
    pair_seen        (P,)     the number of these explanations
    atom_importance  (N,)     half the sum over the atom's edges
    atom_effect      (N,) eV  half the sum over the atom's edges; None without sign
    """

    pair_importance: np.ndarray
    pair_effect: np.ndarray | None
    pair_seen: np.ndarray
    atom_importance: np.ndarray
    atom_effect: np.ndarray | None


def importance_map(graph: AtomGraph, batch: BatchExplanation) -> ImportanceMap:
    """The map of a batch over the pairs of the whole graph it was computed on."""
    times = np.maximum(batch.seen, 1)
    ends = graph.pair_atoms.cpu().numpy().reshape(-1)

    def of_atoms(values: np.ndarray) -> np.ndarray:
        return np.bincount(ends, weights=np.repeat(values, 2), minlength=graph.n_atoms) / 2

    importance = batch.share / times
    effect = None if batch.effect_sum is None else batch.effect_sum / times
    return ImportanceMap(
        pair_importance=importance,
        pair_effect=effect,
        pair_seen=batch.seen,
        atom_importance=of_atoms(importance),
        atom_effect=None if effect is None else of_atoms(effect),
    )


def write_maps(
    folder: Path, stem: str, glass: Glass, graph: AtomGraph, batch: BatchExplanation
) -> list[Path]:
    """Write <stem>.<method>.importance.xyz, .pairs.csv, .edges.csv and .atoms.csv; returns the paths.

    stem: names glass and checkpoint.

    importance.xyz  extended XYZ with the per-atom properties `importance` and, for a signed method, `effect` (eV)
    pairs.csv       every edge of the glass: atoms, elements, image, length (Å), importance, effect (eV), times seen
    edges.csv       the most important edges of every explained atom
    atoms.csv       the explained atoms: predicted barrier (eV), edges, where their most important edges are
    """
    found = importance_map(graph, batch)
    paths = [folder / f"{stem}.{batch.method}.{ending}" for ending in
             ("importance.xyz", "pairs.csv", "edges.csv", "atoms.csv")]  # fmt: skip
    signed = found.pair_effect is not None
    fields = {"importance": found.atom_importance} | ({"effect": found.atom_effect} if signed else {})
    notes = {**glass.notes, "method": batch.method, "checkpoint_key": batch.checkpoint_key,
             "explained_atoms": str(len(batch.atoms))}  # fmt: skip
    write_extxyz(paths[0], replace(glass.with_properties(**fields), notes=notes))

    symbols = glass.symbols
    pairs, images = graph.pair_atoms.tolist(), graph.pair_image.tolist()
    lengths = graph.length[graph.pair_edge].tolist()

    def edge(pair: int) -> list:
        i, j = pairs[pair]
        return [i, j, symbols[i], symbols[j], *images[pair], f"{lengths[pair]:.6f}"]

    edge_header = ["atom_i", "atom_j", "element_i", "element_j", "image_a", "image_b", "image_c", "length_A"]
    effects = found.pair_effect if signed else None
    _write(
        paths[1],
        [*edge_header, "importance", *(["effect_eV"] if signed else []), "explanations"],
        (
            [
                *edge(p),
                f"{found.pair_importance[p]:.6g}",
                *([f"{effects[p]:.6g}"] if signed else []),
                found.pair_seen[p],
            ]
            for p in range(len(pairs))
        ),
    )
    _write(
        paths[2],
        ["explained_atom", "rank", *edge_header, "hops", "distance_A", "importance",
         *(["effect_eV"] if signed else [])],
        _edge_rows(batch, edge, signed),
    )  # fmt: skip
    middle = {atom: np.median(batch.distance[batch.rank_atom == atom]) for atom in np.unique(batch.rank_atom)}
    _write(
        paths[3],
        ["atom", "element", "predicted_barrier_eV", "edges", "median_distance_of_top_edges_A"],
        (
            [atom, symbols[atom], f"{prediction:.6f}", n_edges, f"{middle.get(atom, np.nan):.4f}"]
            for atom, prediction, n_edges in zip(batch.atoms, batch.prediction, batch.n_edges, strict=True)
        ),
    )
    return paths


def _edge_rows(batch: BatchExplanation, edge, signed: bool) -> Iterable[list]:
    rank, previous = 0, -1
    for row, atom in enumerate(batch.rank_atom):
        rank = rank + 1 if atom == previous else 1
        previous = atom
        numbers = [batch.hops[row], f"{batch.distance[row]:.4f}", f"{batch.importance[row]:.6f}"]
        yield [
            atom,
            rank,
            *edge(batch.pair[row]),
            *numbers,
            *([f"{batch.effect[row]:.6g}"] if signed else []),
        ]


def _write(path: Path, header: list[str], rows: Iterable[list]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
