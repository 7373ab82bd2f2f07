"""What carries the barriers of a whole glass: the sum of many explanations, per edge and per atom, and its files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.explanations.batch import BatchExplanation
from symgnn.explanations.explanation import sums_over_atoms
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing


@dataclass(frozen=True, eq=False)
class ImportanceMap:
    """pair_importance  (P,)  fraction of importance that an explained atom gives to the edge, mean over explanations
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
    pairs = graph.pair_atoms.cpu().numpy()

    def of_atoms(values: np.ndarray) -> np.ndarray:
        return sums_over_atoms(pairs, values, graph.n_atoms) / 2

    importance = batch.fraction / times
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
    pairs.csv       every edge of the glass: atoms, elements, image, length (Å), importance, effect (eV), explanations
    edges.csv       the most important edges of every explained atom
    atoms.csv       the explained atoms: predicted barrier (eV), edges, where their most important edges are
    """
    maps, signed = importance_map(graph, batch), batch.effect_sum is not None
    paths = [folder / f"{stem}.{batch.method}.{ending}" for ending in
             ("importance.xyz", "pairs.csv", "edges.csv", "atoms.csv")]  # fmt: skip
    properties = {"importance": maps.atom_importance} | ({"effect": maps.atom_effect} if signed else {})
    notes = {**glass.notes, "method": batch.method, "checkpoint_key": batch.checkpoint_key,
             "explained_atoms": str(len(batch.atoms))}  # fmt: skip
    write_extxyz(paths[0], replace(glass.with_properties(**properties), notes=notes))
    edges = edge_table(
        glass,
        graph.pair_atoms.cpu().numpy(),
        graph.pair_image.cpu().numpy(),
        graph.length[graph.pair_edge].cpu().numpy(),
    )
    for path, table in (
        (paths[1], _pair_table(edges, maps)),
        (paths[2], _top_edges(edges, batch)),
        (paths[3], _explained_atoms(glass, batch)),
    ):
        with replacing(path) as temporary:
            table.to_csv(temporary, index=False)
    return paths


def edge_table(glass: Glass, pairs: np.ndarray, images: np.ndarray, lengths: np.ndarray) -> pd.DataFrame:
    """Atoms, elements, image and length of edges: pairs (P, 2), images (P, 3) of the second atom, lengths (P,) Å."""
    symbols = np.array(glass.symbols)
    return pd.DataFrame(
        {
            **{f"atom_{end}": pairs[:, side] for side, end in enumerate("ij")},
            **{f"element_{end}": symbols[pairs[:, side]] for side, end in enumerate("ij")},
            **{f"image_{axis}": images[:, side] for side, axis in enumerate("abc")},
            "length_A": _texts(lengths, ".6f"),
        }
    )


def _pair_table(edges: pd.DataFrame, maps: ImportanceMap) -> pd.DataFrame:
    columns = {"importance": _texts(maps.pair_importance, ".6g")}
    if maps.pair_effect is not None:
        columns["effect_eV"] = _texts(maps.pair_effect, ".6g")
    return edges.assign(**columns, explanations=maps.pair_seen)


def _top_edges(edges: pd.DataFrame, batch: BatchExplanation) -> pd.DataFrame:
    """The most important edges of every explained atom, with their rank from 1."""
    table = edges.iloc[batch.pair].reset_index(drop=True)
    atom = pd.Series(batch.rank_atom)
    table.insert(0, "explained_atom", atom)
    table.insert(1, "rank", atom.groupby(atom).cumcount() + 1)
    columns = {
        "hops": batch.hops,
        "distance_A": _texts(batch.distance, ".4f"),
        "importance": _texts(batch.importance, ".6f"),
    }
    if batch.effect_sum is not None:
        columns["effect_eV"] = _texts(batch.effect, ".6g")
    return table.assign(**columns)


def _explained_atoms(glass: Glass, batch: BatchExplanation) -> pd.DataFrame:
    middle = pd.Series(batch.distance).groupby(batch.rank_atom).median().reindex(batch.atoms)
    return pd.DataFrame(
        {
            "atom": batch.atoms,
            "element": np.array(glass.symbols)[batch.atoms],
            "predicted_barrier_eV": _texts(batch.prediction, ".6f"),
            "edges": batch.n_edges,
            "median_distance_of_top_edges_A": _texts(middle, ".4f"),
        }
    )


def _texts(numbers: Iterable[float], digits: str) -> list[str]:
    return [format(number, digits) for number in numbers]
