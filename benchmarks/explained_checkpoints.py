"""How good explanations are, checkpoint by checkpoint: what `symgnn explain --evaluate` wrote, side by side.

    python benchmarks/explained_checkpoints.py docs/explanations [--glass train0]

Reads every GLASS.CHECKPOINT.methods.csv of the folder and prints Markdown tables, checkpoints against methods: means
over atoms, with 95% intervals where a table has one measure only.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from symgnn.analysis.markdown import number, table, with_band
from symgnn.explanations.benchmark_tables import MEASURES
from symgnn.explanations.methods import METHODS

TABLES = (
    ("plus", "plus_control"),
    ("plus_excess",),
    ("others",),
    ("area_minus", "area_minus_control"),
    ("weights",),
)
Row = dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--glass", default="train0")
    options = parser.parse_args()
    found: dict[str, dict[tuple[str, str], Row]] = {}
    for path in sorted(options.folder.glob(f"{options.glass}.*.methods.csv")):
        with path.open(newline="") as file:
            rows = {(row["method"], row["measure"]): row for row in csv.DictReader(file)}
        found[path.name.removeprefix(f"{options.glass}.").removesuffix(".methods.csv")] = rows
    if not found:
        parser.error(f"{options.folder}: no {options.glass}.*.methods.csv found")
    methods = [name for name in METHODS if any((name, "plus") in rows for rows in found.values())]
    for measures in TABLES:
        lines = [
            [f"`{name}`", atoms_of(rows, measures[0])]
            + [cell([rows.get((method, measure)) for measure in measures]) for method in methods]
            for name, rows in sorted(found.items())
        ]
        print(f"\n{' / '.join(MEASURES[measure] for measure in measures)}\n")
        print(table(["checkpoint", "atoms", *methods], lines))


def atoms_of(rows: dict[tuple[str, str], Row], measure: str) -> str:
    return next(row["atoms"] for (_, known), row in rows.items() if known == measure)


def cell(rows: list[Row | None]) -> str:
    if None in rows:
        return "–"
    if len(rows) == 1:
        return with_band(float(rows[0]["mean"]), (float(rows[0]["low"]), float(rows[0]["high"])))
    return " / ".join(number(float(row["mean"])) for row in rows)


if __name__ == "__main__":
    main()
