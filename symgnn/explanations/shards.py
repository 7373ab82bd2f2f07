"""Part of a batch of explanations: what is kept of 16 atoms, as a file named by what it was computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from symgnn.explanations.cache import cache_key
from symgnn.explanations.explanation import most_important
from symgnn.explanations.methods.base import Method
from symgnn.explanations.receptive_field import fields_of
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.io.arrays import read_arrays, write_arrays

SHARD, SIDE_BY_SIDE = 16, 4

# Columns of shards and of BatchExplanation: one entry per atom, the others per kept edge; sums over the whole glass.
ROWS = ("n_edges", "rank_atom", "pair", "importance", "effect", "hops", "distance")
SUMS = ("seen", "fraction", "effect_sum")


@dataclass(frozen=True, eq=False)
class Work:
    """What shards are computed from, besides their atoms; `BatchExplanation` says what the arrays are."""

    checkpoint: Checkpoint
    glass: Glass
    method: Method
    seed: int
    top: int
    folder: Path

    @property
    def glass_key(self) -> str:
        """Hash of all that the model reads of the glass."""
        return self.glass.content_hash_with(self.checkpoint.model.inputs)

    def path(self, atoms: Sequence[int]) -> Path:
        facts = {"top": self.top, "atoms": list(map(int, atoms))}
        key = cache_key(
            "shard", glass_key=self.glass_key, checkpoint_key=self.checkpoint.key, method=self.method.name,
            settings=self.method.settings, seed=self.seed, facts=facts,
        )  # fmt: skip
        return self.folder / f"shard-{key}.npz"

    def compute(self, atoms: np.ndarray) -> dict[str, np.ndarray]:
        """Explain `atoms`: the arrays of their shard."""
        columns: dict[str, list[np.ndarray]] = {name: [] for name in ROWS}
        graph = fields_of(self.checkpoint, self.glass, atoms[:1]).whole
        n_pairs = len(graph.pair_edge)
        seen, fraction, effect_sum = (np.zeros(n_pairs) for _ in range(3))
        for first in range(0, len(atoms), SIDE_BY_SIDE):
            some = atoms[first : first + SIDE_BY_SIDE]
            fields = fields_of(self.checkpoint, self.glass, some.tolist())
            attribution = self.method.attribute(self.checkpoint.model, fields, seed=self.seed)
            importance = attribution.importance(fields).double().cpu().numpy()
            effect = attribution.effect
            effect = np.full(len(importance), np.nan) if effect is None else effect.double().cpu().numpy()
            number, hops = fields.pair_number.cpu().numpy(), fields.pair_hops.cpu().numpy()
            distance = fields.pair_distance.double().cpu().numpy()
            ends = np.cumsum([0, *fields.pairs_per_field])
            columns["n_edges"].append(np.diff(ends))
            for atom, start, end in zip(some, ends, ends[1:], strict=False):
                own = slice(start, end)
                best = start + most_important(importance[own], self.top)
                columns["rank_atom"].append(np.full(len(best), atom))
                rows = (number, importance, effect, hops, distance)
                for name, values in zip(ROWS[2:], rows, strict=True):
                    columns[name].append(values[best])
                seen[number[own]] += 1
                fraction[number[own]] += importance[own] / max(importance[own].sum(), 1e-300)
                effect_sum[number[own]] += effect[own]
        arrays = {name: np.concatenate(parts) for name, parts in columns.items() if parts}
        return arrays | {"seen": seen.astype(np.int64), "fraction": fraction, "effect_sum": effect_sum}

    def write(self, atoms: Sequence[int], arrays: dict[str, np.ndarray]) -> None:
        """Keep what `compute` gave."""
        write_arrays(self.path(atoms), arrays)

    def read(self, atoms: Sequence[int]) -> dict[str, np.ndarray] | None:
        """The arrays of a finished shard; None where there is none that can be read."""
        return read_arrays(self.path(atoms), (*ROWS, *SUMS))


def shards_of(atoms: Sequence[int]) -> list[np.ndarray]:
    """`atoms` in parts of 16."""
    atoms = np.asarray(atoms, dtype=np.int64)
    return [atoms[first : first + SHARD] for first in range(0, len(atoms), SHARD)]
