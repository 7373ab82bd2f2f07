"""Tables of atoms and edges, as shown and as downloaded. Column names end with units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.viewer3d.environment import environment


def edge_table(glass: Glass, explanation: Explanation) -> pd.DataFrame:
    """One row per edge of an explanation, most important first.

    distance_A is that of the edge's middle from the explained atom; hops is 0 for an edge that touches it.
    """
    around = environment(glass, explanation.atom, explanation.pairs, explanation.images, radius=0.0)
    first, second = np.asarray(explanation.pairs).reshape(-1, 2).T
    symbols = np.array(glass.symbols)
    table = pd.DataFrame(
        {
            "atom_i": first,
            "atom_j": second,
            "element_i": symbols[first],
            "element_j": symbols[second],
            "pair": pair_names(symbols[first], symbols[second]),
            "length_A": explanation.lengths,
            "distance_A": np.linalg.norm(around.bond_middle, axis=1),
            "hops": explanation.hops,
            "importance": explanation.importance,
            **({} if explanation.effect is None else {"effect_eV": explanation.effect}),
            **({} if explanation.mask is None else {"mask": explanation.mask}),
            "image_a": explanation.images[:, 0],
            "image_b": explanation.images[:, 1],
            "image_c": explanation.images[:, 2],
        }
    )
    order = np.asarray(explanation.top(len(first)), dtype=np.int64)
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def pair_names(first: np.ndarray, second: np.ndarray) -> list[str]:
    """'Cu-Zr' for either order of the two elements."""
    return ["-".join(sorted(pair)) for pair in zip(first.tolist(), second.tolist(), strict=True)]


def map_table(
    glass: Glass, pairs: np.ndarray, lengths: np.ndarray, values: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """One row per edge of a map: its atoms (P, 2), their elements, its length (P,) Å, and columns of values (P,)."""
    first, second = np.asarray(pairs).reshape(-1, 2).T
    symbols = np.array(glass.symbols)
    return pd.DataFrame(
        {
            "atom_i": first,
            "atom_j": second,
            "element_i": symbols[first],
            "element_j": symbols[second],
            "pair": pair_names(symbols[first], symbols[second]),
            "length_A": lengths,
            **values,
        }
    )


def _atoms(glass: Glass, atoms: np.ndarray) -> dict[str, object]:
    """The first columns of every table of atoms (K,): index, id in the file where it has one, element."""
    columns: dict[str, object] = {"atom": atoms}
    if "id" in glass.properties:
        columns["id"] = glass.properties["id"][atoms].astype(np.int64)
    return columns | {"element": np.array(glass.symbols)[atoms]}
