"""Searched barriers against the labels of a file: the table and the figure of docs/physics.md.

    python -m benchmarks.barrier_validation data/raw/paper/test0.pickle -o docs/physics --events 40

Atoms are drawn at random with --seed; more --atoms are those and others. Rows of fewer events are those that were there
first, the same that a search for so many gives. A run that was stopped goes on. Labels decide nothing here: method and
settings of the search stand in symgnn/simulate.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symgnn.glass import Glass
from symgnn.io.structures import read_glass
from symgnn.io.writing import replacing
from symgnn.metrics import pearson, reliability
from symgnn.plotting.figure_files import write_figure
from symgnn.plotting.style import styled
from symgnn.simulate import BarrierTable, search_barriers

DRAWS = 2000
FEWER = 10  # events per atom, and multiples of it: how the agreement grows


@dataclass(frozen=True)
class Agreement:
    """Of A atoms: Pearson's r of mean barriers and labels with its 95% interval (bootstrap over atoms), slope of the
    mean against the label, mean difference mean - label (eV), reliability of the means (the fraction of their variance
    over atoms that is not their own standard error), r divided by the root of it, and events per atom."""

    atoms: int
    r: float
    interval: tuple[float, float]
    slope: float
    difference: float
    reliability: float
    corrected: float
    events: float

    def row(self) -> list[str]:
        low, high = self.interval
        return [str(self.atoms), f"{self.events:.1f}", f"{self.r:.2f} ({low:.2f} to {high:.2f})", f"{self.slope:.2f}",
                f"{self.difference:+.2f}", f"{self.reliability:.2f}", f"{self.corrected:.2f}"]  # fmt: skip


COLUMNS = [
    "atoms",
    "events per atom",
    "r (95% interval)",
    "slope",
    "mean difference / eV",
    "reliability",
    "r corrected",
]


def agreement(mean: np.ndarray, error: np.ndarray, number: np.ndarray, label: np.ndarray) -> Agreement:
    """Compare means (A,) with standard errors (eV), of so many events each, with labels (eV)."""
    draws = np.random.default_rng(0).integers(0, len(mean), (DRAWS, len(mean)))
    low, high = np.quantile([pearson(mean[rows], label[rows]) for rows in draws], [0.025, 0.975])
    r, known = pearson(mean, label), reliability(mean, error)
    return Agreement(
        atoms=len(mean),
        r=r,
        interval=(float(low), float(high)),
        slope=float(np.polyfit(label, mean, 1)[0]),
        difference=float((mean - label).mean()),
        reliability=known,
        corrected=float(r / np.sqrt(known)) if known > 0 else np.nan,
        events=float(number.mean()),
    )


def comparisons(table: BarrierTable, glass: Glass) -> dict[str, Agreement]:
    """All usable events, the first 10, 20 ... of each atom, those of each element, and the strictly connected ones;
    atoms with two events or more."""
    label, symbols = glass.barriers[table.atom], np.array(glass.symbols)[table.atom]
    usable, connected = table.of_atoms(), table.of_atoms(connected=True)
    everyone = np.full(len(label), True)
    chosen = {
        f"usable events, the first {first} of an atom": (table.of_atoms(first=first), everyone)
        for first in range(FEWER, usable[2].max(), FEWER)
    }
    chosen["usable events"] = (usable, everyone)
    chosen |= {f"usable events, {element}": (usable, symbols == element) for element in glass.elements}
    chosen |= {"strictly connected events": (connected, everyone)}
    results = {}
    for name, ((mean, error, number), some) in chosen.items():
        rows = some & (number > 1)
        results[name] = agreement(mean[rows], error[rows], number[rows], label[rows])
    return results


def figure_of(table: BarrierTable, glass: Glass) -> go.Figure:
    mean, error, number = table.of_atoms()
    label, symbols = glass.barriers[table.atom], np.array(glass.symbols)[table.atom]
    figure = go.Figure()
    for element in glass.elements:
        rows = (symbols == element) & (number > 1)
        figure.add_scatter(
            x=label[rows], y=mean[rows], error_y={"array": error[rows], "thickness": 1, "width": 0}, mode="markers",
            name=element, marker={"size": 7},
        )  # fmt: skip
    ends = [min(label.min(), np.nanmin(mean)), max(label.max(), np.nanmax(mean))]
    figure.add_scatter(x=ends, y=ends, mode="lines", name="equal", line={"color": "gray", "dash": "dot"})
    styled(figure, height=560)
    figure.update_xaxes(title="label of the paper / eV")
    figure.update_yaxes(title="mean barrier of our events ± standard error / eV")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="with labels")
    parser.add_argument("--atoms", type=int, default=100)
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--scheduler")
    parser.add_argument("--output", "-o", type=Path, default=Path("docs/physics"))
    parser.add_argument("--tables", type=Path, help="folder for the events, too")
    options = parser.parse_args()
    glass = read_glass(options.file)
    atoms = np.random.default_rng(options.seed).permutation(len(glass))[: options.atoms]
    with Progress(transient=True) as bars:
        bar = bars.add_task("Searching around atoms", total=len(atoms))
        table = search_barriers(
            glass, atoms, events=options.events, seed=options.seed, workers=options.workers,
            scheduler=options.scheduler, progress=lambda done, total: bars.update(bar, completed=done),
        )  # fmt: skip
    title = (
        f"{glass.name}, {len(atoms)} random atoms, {table.tries.sum()} tries, {len(table.barrier)} events, "
    )
    title += f"{table.connected.mean():.0%} of them strictly connected"
    shown = Table("", *COLUMNS, title=title)
    lines = [f"| {' | '.join(['', *COLUMNS])} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, result in comparisons(table, glass).items():
        shown.add_row(name, *result.row())
        lines.append(f"| {name} | {' | '.join(result.row())} |")
    Console(width=150).print(shown)
    name = f"{glass.name}.barriers"
    with replacing(options.output / f"{name}.md") as temporary:
        temporary.write_text(f"{title}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    if options.tables:
        table.write(options.tables, glass.name, glass)
    print(write_figure(options.output, name, figure_of(table, glass)))


if __name__ == "__main__":
    main()
