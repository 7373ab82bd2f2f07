"""What came out of comparing explanation methods: tables and curves with intervals over atoms, and their files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.io.writing import replacing
from symgnn.stats import bootstrap_interval

MEASURES = {
    "plus": "fid+, top 10",
    "plus_control": "fid+, control of it",
    "plus_excess": "difference of the two",
    "others": "control: fraction that is not in the top 10",
    "signed": "Δ of the top 10 / eV",
    "area_plus": "fid+ area",
    "area_plus_control": "fid+ area, control",
    "area_minus": "fid− area",
    "area_minus_control": "fid− area, control",
    "characterization": "characterization",
    "sparsity": "sparsity",
    "seed": "top 10 shared: other seed",
    "rotation": "top 10 shared: rotated",
    "replica": "top 10 shared: replica glass",
    "weights": "top 10 shared: shuffled weights",
    "seed_ranks": "Spearman: other seed",
    "rotation_ranks": "Spearman: rotated",
    "replica_ranks": "Spearman: replica glass",
    "weights_ranks": "Spearman within hops: shuffled weights",
}


CURVES = {
    "plus": "fid+: |Δ| / standard deviation, the top k removed",
    "plus_control": "the same, matched controls",
    "minus": "fid−: |Δ| / standard deviation, only the top k kept",
    "minus_control": "the same, matched controls",
    "others": "control: fraction that is not among the top k",
    "removal_eV": "Δ / eV, the top k removed",
    "keeping_eV": "Δ / eV, only the top k kept",
}


@dataclass(frozen=True, eq=False)
class Benchmark:
    """records    [method][atom] -> measure -> number (absent where it was not taken)
    curves     [method][atom] -> name of CURVES -> (K,) numbers, one for each of the budgets
    budgets    (K,) numbers of edges
    agreement  (M, M)  mean Jaccard index of the top 10 edges of two methods
    seed       of the bootstrap
    """

    records: dict[str, dict[int, dict[str, float]]]
    curves: dict[str, dict[int, dict[str, list[float]]]]
    budgets: tuple[int, ...]
    agreement: np.ndarray
    seed: int

    def curve(self, method: str, name: str) -> np.ndarray:
        """(K, 3) mean over the atoms and the ends of its 95% bootstrap interval for every budget; (0, 3) without."""
        values = [curves[name] for curves in self.curves[method].values() if name in curves]
        return np.array(
            [bootstrap_interval(np.array(column), self.seed) for column in zip(*values, strict=True)]
        ).reshape(-1, 3)

    def interval(self, method: str, measure: str) -> tuple[float, float, float] | None:
        """Mean over the atoms and the ends of its 95% bootstrap interval; None where it was not taken."""
        values = [record[measure] for record in self.records[method].values() if measure in record]
        return bootstrap_interval(np.array(values), self.seed) if values else None

    def rows(self) -> Iterator[list[str]]:
        """The table, a row per measure that was taken: its name, then mean [95% interval] of every method."""
        for measure, title in MEASURES.items():
            intervals = [self.interval(method, measure) for method in self.records]
            if any(intervals):
                yield [title, *("" if i is None else _with_interval(*i) for i in intervals)]

    def table(self) -> pd.DataFrame:
        """Mean and 95% interval of every measure: a row per method and measure that was taken."""
        columns = ["method", "measure", "atoms", "mean", "low", "high"]
        rows = [
            (method, measure, sum(measure in record for record in atoms.values()), *interval)
            for method, atoms in self.records.items()
            for measure in MEASURES
            if (interval := self.interval(method, measure)) is not None
        ]
        return pd.DataFrame(rows, columns=columns)

    def curve_table(self) -> pd.DataFrame:
        """Mean and 95% interval of every curve: a row per method, curve and number of edges."""
        columns = ["method", "curve", "edges", "mean", "low", "high"]
        rows = [
            (method, name, budget, *numbers)
            for method in self.records
            for name in CURVES
            for budget, numbers in zip(self.budgets, self.curve(method, name), strict=False)
        ]
        return pd.DataFrame(rows, columns=columns)

    def markdown(self) -> str:
        """The table of measures and that of the agreement."""
        names = list(self.records)
        lines = [_row(["measure", *names]), _row(["---"] * (1 + len(names))), *map(_row, self.rows()), ""]
        lines += [_row(["same top 10 edges", *names]), _row(["---"] * (1 + len(names)))]
        lines += [_row([name, *(f"{value:.2f}" for value in row)])
                  for name, row in zip(names, self.agreement, strict=True)]  # fmt: skip
        return "\n".join(lines) + "\n"

    def write(self, stem: Path) -> list[Path]:
        """Write <stem>.csv (`table`), <stem>.md (`markdown`) and <stem>.curves.csv (`curve_table`)."""
        paths = [stem.with_name(stem.name + ending) for ending in (".csv", ".md", ".curves.csv")]
        for path, table in ((paths[0], self.table()), (paths[2], self.curve_table())):
            with replacing(path) as temporary:
                table.to_csv(temporary, index=False, float_format="%.6g", na_rep="nan")
        with replacing(paths[1]) as temporary:
            temporary.write_text(self.markdown(), encoding="utf-8")
        return paths


def _with_interval(mean: float, low: float, high: float) -> str:
    return f"{mean:.2f}" if np.isnan(low) else f"{mean:.2f} [{low:.2f}, {high:.2f}]"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
