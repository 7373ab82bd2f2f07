"""An explanation: how much each undirected edge contributes to the predicted barrier of one atom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from symgnn.errors import InputError
from symgnn.explanations.cache import cache_key
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.io.writing import replacing

_COLUMNS = {"pairs": np.int64, "images": np.int64, "lengths": float, "importance": float, "mask": float,
            "hops": np.int64, "effect": float}  # fmt: skip
_OPTIONAL = ("mask", "effect")
_FACTS = {"atom": int, "prediction": float, "method": str, "settings": dict, "seed": int,
          "glass_key": str, "checkpoint_key": str, "fidelity": dict}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Explanation:
    """Importance of the edges in one atom's receptive field.

    atom            number of the explained atom
    prediction      eV, its energy barrier as predicted from the whole glass
    method, settings, seed   how the importance was computed
    glass_key, checkpoint_key   content hashes of what was explained
    pairs       (P, 2) int    the two atoms of an undirected edge, lower number first
    images      (P, 3) int    periodic image of the second atom relative to the first
    lengths     (P,) float    Å
    importance  (P,) float    in [0, 1]: what edges are ranked by
    mask        (P,) float    in [0, 1]: the edge weights under which the prediction should stay the same; None for
                              a method without
    hops        (P,) int      hops from the explained atom to the nearer end: 0 touches it
    fidelity    name -> number; see `symgnn.explanations.fidelity`
    effect      (P,) float    eV, signed: how much an edge raises (+) or lowers (-) the barrier; None for a method
                              without sign
    """

    atom: int
    prediction: float
    method: str
    settings: Mapping[str, Any]
    seed: int
    glass_key: str
    checkpoint_key: str
    pairs: np.ndarray
    images: np.ndarray
    lengths: np.ndarray
    importance: np.ndarray
    mask: np.ndarray | None
    hops: np.ndarray
    fidelity: Mapping[str, float] = field(default_factory=dict)
    effect: np.ndarray | None = None

    def __repr__(self) -> str:
        return (
            f"Explanation(atom {self.atom}, {self.prediction:.3f} eV, by {self.method}, seed {self.seed}: "
            f"{len(self.importance)} edges{', signed' if self.effect is not None else ''})"
        )

    def __post_init__(self):
        n = len(self.lengths)
        for name, dtype in _COLUMNS.items():
            if name in _OPTIONAL and getattr(self, name) is None:
                continue
            column = np.array(getattr(self, name), dtype=dtype)
            shape = {"pairs": (n, 2), "images": (n, 3)}.get(name, (n,))
            if column.shape != shape:
                raise ValueError(f"{name} has shape {column.shape}, expected {shape}")
            column.setflags(write=False)
            object.__setattr__(self, name, column)
        for name in ("importance", "mask"):
            values = getattr(self, name)
            if values is not None and not ((values >= 0) & (values <= 1)).all():
                raise ValueError(f"{name} is not within [0, 1]")
        for name in ("settings", "fidelity"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def key(self) -> str:
        return explanation_key(
            glass_key=self.glass_key, checkpoint_key=self.checkpoint_key, atom=self.atom, method=self.method,
            settings=self.settings, seed=self.seed,
        )  # fmt: skip

    @property
    def n_important(self) -> int:
        """How many edges have any importance."""
        return int((self.importance > 0).sum())

    def top(self, k: int) -> np.ndarray:
        """Row numbers of the k most important edges, most important first; ties in order of the rows."""
        return most_important(self.importance, k)

    def atom_importance(self, n_atoms: int) -> np.ndarray:
        """(N,) for every atom of the glass the sum of the importance of its edges; 0 outside the receptive field."""
        return sums_over_atoms(self.pairs, self.importance, n_atoms)

    def atom_effect(self, n_atoms: int) -> np.ndarray | None:
        """(N,) eV: for every atom half the sum of the effects of its edges, so that all atoms have together what all
        edges have; None for a method without sign."""
        return None if self.effect is None else sums_over_atoms(self.pairs, self.effect, n_atoms) / 2

    def save(self, folder: Path) -> Path:
        """Write folder/<key>.npz; returns the path."""
        facts = {name: getattr(self, name) for name in _FACTS}
        facts = {name: dict(value) if isinstance(value, Mapping) else value for name, value in facts.items()}
        path = folder / f"{self.key}.npz"
        columns = {name: getattr(self, name) for name in _COLUMNS if getattr(self, name) is not None}
        write_arrays(path, {"facts": np.array(json.dumps(facts)), **columns}, compressed=True)
        return path

    @classmethod
    def load(cls, path: Path) -> Explanation:
        """Read what `save` wrote. Raises InputError naming the file where it is something else."""
        needed = [name for name in _COLUMNS if name not in _OPTIONAL]
        arrays = read_arrays(path, ["facts", *needed], _OPTIONAL)
        try:
            if arrays is None:
                raise ValueError("some of its arrays are missing or damaged")
            facts = json.loads(str(arrays.pop("facts")))
            if not all(isinstance(facts[name], kind) for name, kind in _FACTS.items()):
                raise ValueError("a fact has the wrong type")
            return cls(**{name: facts[name] for name in _FACTS}, **dict.fromkeys(_OPTIONAL) | arrays)
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(f"{path}: not readable as an explanation: {error}") from None

    def table(self, glass: Glass) -> pd.DataFrame:
        """One row per edge, most important first: atoms, elements, image, length (Å), hops, importance, and the effect
        (eV) of a signed method."""
        order, symbols = self.top(len(self.lengths)), np.array(glass.symbols)
        columns = {
            **{f"atom_{end}": self.pairs[order, side] for side, end in enumerate("ij")},
            **{f"element_{end}": symbols[self.pairs[order, side]] for side, end in enumerate("ij")},
            **{f"image_{axis}": self.images[order, side] for side, axis in enumerate("abc")},
            "length_A": self.lengths[order],
            "hops": self.hops[order],
            "importance": self.importance[order],
        }
        return pd.DataFrame(columns | ({} if self.effect is None else {"effect_eV": self.effect[order]}))

    def write_table(self, path: Path, glass: Glass) -> None:
        """Write `table` as CSV, numbers with six decimals."""
        with replacing(path) as temporary:
            self.table(glass).to_csv(temporary, index=False, float_format="%.6f")


def sums_over_atoms(pairs: np.ndarray, values: np.ndarray, n_atoms: int) -> np.ndarray:
    """(N,) for every atom the sum of `values` (P,) over the edges `pairs` (P, 2) that end in it."""
    ends = np.asarray(pairs, dtype=np.int64).reshape(-1)
    return np.bincount(ends, weights=np.repeat(np.asarray(values, dtype=float), 2), minlength=n_atoms)


def most_important(importance: np.ndarray, k: int) -> np.ndarray:
    """Row numbers of the k most important edges, most important first; ties in order of the rows, which knows nothing
    of lengths."""
    return np.argsort(-np.asarray(importance), kind="stable")[:k]


def explanation_key(
    *, glass_key: str, checkpoint_key: str, atom: int, method: str, settings: Mapping[str, Any], seed: int
) -> str:
    """The key of one explanation (`symgnn.explanations.cache`)."""
    return cache_key(
        "explanation", glass_key=glass_key, checkpoint_key=checkpoint_key, method=method, settings=settings, seed=seed,
        facts={"atom": int(atom)},
    )  # fmt: skip
