"""An explanation: how much each undirected edge contributes to the predicted barrier of one atom."""

from __future__ import annotations

import csv
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.writing import replacing

VERSION = 1  # of what the methods compute; a stored explanation of another version is computed anew

_COLUMNS = {"pairs": np.int64, "images": np.int64, "lengths": float, "importance": float, "mask": float,
            "hops": np.int64, "effect": float}  # fmt: skip
_OPTIONAL = {"mask", "effect"}
_FACTS = {"atom": int, "prediction": float, "method": str, "settings": dict, "seed": int,
          "glass_key": str, "checkpoint_key": str, "fidelity": dict}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Explanation:
    """Importance of the edges in one atom's receptive field.

    atom            number of the explained atom
    prediction      eV, its energy barrier as predicted from the whole glass
    method, settings, seed   how the importance was found
    glass_key, checkpoint_key   content hashes of what was explained
    pairs       (P, 2) int    the two atoms of an undirected edge, lower number first
    images      (P, 3) int    periodic image of the second atom relative to the first
    lengths     (P,) float    Å
    importance  (P,) float    in [0, 1]: what edges are ranked by
    mask        (P,) float    in [0, 1]: the edge weights under which the prediction should stay the same; None for
                              a method that finds none
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
        facts = {**self.settings, "version": VERSION}
        return explanation_key(self.glass_key, self.checkpoint_key, self.atom, self.method, facts, self.seed)

    def top(self, k: int) -> np.ndarray:
        """Row numbers of the k most important edges, most important first; ties in order of the rows."""
        return most_important(self.importance, k)

    def save(self, folder: Path) -> Path:
        """Write folder/<key>.npz; returns the path."""
        facts = {name: getattr(self, name) for name in _FACTS}
        facts = {name: dict(value) if isinstance(value, Mapping) else value for name, value in facts.items()}
        path = folder / f"{self.key}.npz"
        with replacing(path) as temporary:
            columns = {name: getattr(self, name) for name in _COLUMNS if getattr(self, name) is not None}
            np.savez_compressed(temporary, facts=np.array(json.dumps(facts)), **columns)
        return path

    @classmethod
    def load(cls, path: Path) -> Explanation:
        """Read what `save` wrote. Raises InputError naming the file where it is something else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                facts = json.loads(str(file["facts"]))
                columns = {
                    name: None if name in _OPTIONAL and name not in file else file[name] for name in _COLUMNS
                }
            if not all(isinstance(facts[name], kind) for name, kind in _FACTS.items()):
                raise ValueError("a fact has the wrong type")
            return cls(**{name: facts[name] for name in _FACTS}, **columns)
        except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile, zlib.error) as error:
            raise InputError(f"{path}: not readable as an explanation: {error}") from None

    def write_table(self, path: Path, glass: Glass) -> None:
        """Write a CSV, most important edge first: atoms, elements, image, length, hops, importance, and the effect in
        eV of a signed method."""
        symbols = glass.symbols
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["atom_i", "atom_j", "element_i", "element_j", "image_a", "image_b", "image_c",
                             "length_A", "hops", "importance",
                             *(["effect_eV"] if self.effect is not None else [])])  # fmt: skip
            for row in self.top(len(self.lengths)):
                i, j = self.pairs[row]
                writer.writerow([i, j, symbols[i], symbols[j], *self.images[row], f"{self.lengths[row]:.6f}",
                                 self.hops[row], f"{self.importance[row]:.6f}",
                                 *([f"{self.effect[row]:.6f}"] if self.effect is not None else [])])  # fmt: skip


def most_important(importance: np.ndarray, k: int) -> np.ndarray:
    """Row numbers of the k most important edges, most important first; ties in order of the rows, which knows nothing
    of lengths."""
    return np.argsort(-np.asarray(importance), kind="stable")[:k]


def explanation_key(
    glass_key: str, checkpoint_key: str, atom: int, method: str, facts: Mapping[str, Any], seed: int
) -> str:
    """20 hex digits that name what is stored before it is computed: equal inputs, equal key.

    facts: the method's settings, and what else it depends on.
    """
    text = json.dumps([glass_key, checkpoint_key, int(atom), method, dict(facts), int(seed)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
