"""How good explanations are, checkpoint by checkpoint: what `symgnn explain --evaluate` wrote, side by side.

    python benchmarks/explained_checkpoints.py docs/explanations [--glass train0] [--measures plus_excess weights]

Reads every GLASS.CHECKPOINT.methods.csv of the folder and prints one Markdown table per measure, mean and 95% interval
over atoms, checkpoints against methods.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from symgnn.explain.assessment_tables import MEASURES
from symgnn.explain.methods import METHODS
from symgnn.findings.markdown import table, with_band

SHOWN = ("plus", "plus_excess", "area_minus", "weights")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--glass", default="train0")
    parser.add_argument(
        "--measures", nargs="+", choices=MEASURES, default=["plus", "plus_excess", "area_minus", "weights"]
    )
    options = parser.parse_args()
    found: dict[str, dict[tuple[str, str], str]] = {}
    for path in sorted(options.folder.glob(f"{options.glass}.*.methods.csv")):
        with path.open(newline="") as file:
            found[path.name.split(".")[1]] = {
                (row["method"], row["measure"]): with_band(
                    float(row["mean"]), (float(row["low"]), float(row["high"]))
                )
                for row in csv.DictReader(file)
            }
    if not found:
        parser.error(f"{options.folder}: no {options.glass}.*.methods.csv found")
    methods = [name for name in METHODS if any((name, "plus") in cells for cells in found.values())]
    for measure in options.measures:
        lines = [
            [f"`{name}`", *(cells.get((method, measure), "") for method in methods)]
            for name, cells in found.items()
        ]
        print(f"\n{MEASURES[measure]}\n\n{table(['checkpoint', *methods], lines)}")


if __name__ == "__main__":
    main()
