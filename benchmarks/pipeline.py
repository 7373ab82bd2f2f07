"""How long a user waits: neighbour list and graph, inference, one explanation, persistent homology.

    python benchmarks/pipeline.py FILE [--checkpoint symgnn] [--repeats 3]

FILE is any structure file with 3000 atoms or so, e.g. the paper's test0.pickle. Prints medians in seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from rich.console import Console
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.explanations.explain import explain
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.graph.atom_graph import build_graph
from symgnn.graph.neighbors import neighbor_list
from symgnn.homology import glass_topology
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass


def median_seconds(function: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--checkpoint", default="symgnn")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    keep_large_buffers()
    glass, checkpoint = read_glass(options.file), load_checkpoint(options.checkpoint)
    graph = build_graph(glass, checkpoint.cutoff)

    def infer() -> None:
        with torch.inference_mode():
            checkpoint.model(graph)

    infer()  # the first call builds DGL's index
    rows = {
        "neighbour list": lambda: neighbor_list(glass, checkpoint.cutoff),
        "neighbour list and graph": lambda: build_graph(glass, checkpoint.cutoff),
        "inference, all atoms": infer,
        "explanation of one atom, GNNExplainer": lambda: explain(checkpoint, glass, 0),
        "explanation of one atom, gradient": lambda: explain(checkpoint, glass, 0, GradientTimesWeight()),
        "H1, cycles, participation, Rips and alpha": lambda: glass_topology(glass),
    }
    table = Table("step", "median / s", title=f"{len(glass)} atoms, {graph.n_edges} directed edges, "
                  f"{torch.get_num_threads()} thread(s), checkpoint {checkpoint.full_name}")  # fmt: skip
    for name, function in rows.items():
        table.add_row(name, f"{median_seconds(function, options.repeats):.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
