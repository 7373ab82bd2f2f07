"""What a model costs: parameters, a training step, inference, memory, and how these grow with the glass.

    python benchmarks/training.py FILE [--models symgnn,schnet] [--profile] [--growth] [--sizes 1000,8000] [--repeats 3]

FILE is any structure file; the paper's train0.pickle (8000 atoms) is what training steps are usually quoted for.
Every number comes from a process of its own, with untrained weights and the settings of training/configs; memory is
the largest resident size of that process. With --profile the operations that take most of a step. With --growth also
inference, neighbour list included, on glasses of 1000 to 64,000 atoms cut out of the repeated glass; more than 3
million edges are predicted tile by tile.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import predict
from symgnn.io.structures import read_glass
from symgnn.models import MODELS, BarrierModel, build_model
from symgnn.training.config import CONFIGS, default_config

SIZES = "1000,3000,8000,64000"
GAP = 2.5  # Å between a cut-out and its periodic image, so that no two atoms meet at the cut


def median_seconds(function: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def peak_gigabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)  # bytes there, kilobytes elsewhere


def of_size(glass: Glass, n_atoms: int) -> Glass:
    """About n_atoms of the glass: repeated along its cell vectors, then cut to a part of the cell."""
    times = math.ceil((n_atoms / len(glass)) ** (1 / 3) - 1e-9)
    shifts = np.array(list(np.ndindex(times, times, times)))
    positions = (glass.wrapped() + (shifts @ glass.cell)[:, None]).reshape(-1, 3)
    cell, share = times * glass.cell, (n_atoms / (len(glass) * times**3)) ** (1 / 3)
    keep = np.ones(len(positions), bool)
    if share < 1:
        keep = (positions @ np.linalg.inv(cell) < share).all(1)
        lengths = np.linalg.norm(cell, axis=1, keepdims=True)
        cell = cell * (share + GAP / lengths)
    rows = np.tile(np.arange(len(glass)), times**3)[keep]
    return Glass(
        species=glass.species[rows],
        positions=positions[keep],
        cell=cell,
        pbc=glass.pbc,
        properties={name: values[rows] for name, values in glass.properties.items()},
        name=f"{glass.name}, {len(rows)} atoms",
    )


def measure_training(name: str, glass: Glass, repeats: int) -> dict[str, float | None]:
    """Parameters, seconds of inference and of a training step on one graph, and peak memory after each, in GB."""
    model, config = untrained(name), default_config(name)
    graph = build_graph(glass, model.cutoff, model.inputs)

    @torch.inference_mode()
    def infer() -> None:
        model.eval()(graph)

    infer()  # the first call builds what is kept with a graph
    found = {"parameters": sum(p.numel() for p in model.parameters())}
    found |= {"inference": median_seconds(infer, repeats), "inference_memory": peak_gigabytes()}
    if config.model == "ridge":  # solved, not trained
        return found | {"step": None, "step_memory": None}
    step = training_step(model, graph, config.learning_rate)
    step()
    return found | {"step": median_seconds(step, repeats), "step_memory": peak_gigabytes()}


def training_step(model: BarrierModel, graph: AtomGraph, learning_rate: float) -> Callable[[], None]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)

    def step() -> None:
        loss = model.train()(graph).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def profile(name: str, glass: Glass) -> Table:
    """Where the time of a training step goes: the operations that take most of it."""
    model = untrained(name)
    graph = build_graph(glass, model.cutoff, model.inputs)
    step = training_step(model, graph, default_config(name).learning_rate)
    step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as seen:
        step()
    rows = sorted(seen.key_averages(), key=lambda row: -row.self_cpu_time_total)
    total = sum(row.self_cpu_time_total for row in rows)
    table = Table("operation", "share / %", "ms", title=f"A training step of {name}, {total / 1e6:.2f} s")
    for row in rows[:12]:
        share, milliseconds = 100 * row.self_cpu_time_total / total, row.self_cpu_time_total / 1000
        table.add_row(row.key, f"{share:.1f}", f"{milliseconds:.0f}")
    return table


def measure_growth(name: str, glass: Glass, n_atoms: int) -> dict[str, float]:
    """Seconds from a glass of so many atoms to its barriers, and peak memory in GB."""
    checkpoint = Checkpoint(
        folder=Path(name), model=untrained(name), card=Card(model=name, settings={}), key=""
    )
    large = of_size(glass, n_atoms)
    started = time.perf_counter()
    predict(checkpoint, large)
    return {"seconds": time.perf_counter() - started, "memory": peak_gigabytes(), "atoms": len(large)}


def untrained(name: str) -> BarrierModel:
    torch.manual_seed(0)
    config = default_config(name)
    return build_model(config.model, config.settings).eval().requires_grad_(True)


def in_own_process(options: argparse.Namespace, name: str, n_atoms: int | None = None) -> dict[str, float]:
    command = [sys.executable, __file__, options.file, "--one", name, "--repeats", str(options.repeats)]
    command += [] if n_atoms is None else ["--sizes", str(n_atoms)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--models", help="names of configurations; default: every model")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--sizes", help=f"atoms, for --growth; default {SIZES}")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    glass = read_glass(options.file)
    if options.one:
        keep_large_buffers()
        found = (
            measure_growth(options.one, glass, int(options.sizes))
            if options.sizes
            else measure_training(options.one, glass, options.repeats)
        )
        print(json.dumps(found))
        return

    known = [name for name in MODELS if (CONFIGS / f"{name}.yaml").is_file()]
    names = options.models.split(",") if options.models else known
    threads = os.environ.get("OMP_NUM_THREADS", str(torch.get_num_threads()))
    where = f"{glass.name}, {len(glass)} atoms, {threads} thread(s)"
    table = Table("model", "parameters", "inference / s", "memory / GB", "training step / s", "memory / GB",
                  title=where)  # fmt: skip
    for name in names:
        row = in_own_process(options, name)
        table.add_row(name, f"{row['parameters']}", number(row["inference"], 3), number(row["inference_memory"]),
                      number(row["step"]), number(row["step_memory"]))  # fmt: skip
    Console().print(table)
    if options.profile:
        keep_large_buffers()
        for name in names:
            if default_config(name).model != "ridge":
                Console().print(profile(name, glass))
    if options.growth:
        sizes = [int(size) for size in (options.sizes or SIZES).split(",")]
        table = Table("model", *(f"{size} atoms" for size in sizes), "time ~ N^",
                      title="From a glass to its barriers: seconds, peak memory in GB")  # fmt: skip
        for name in names:
            rows = [in_own_process(options, name, size) for size in sizes]
            slope = np.polyfit(*(np.log([row[key] for row in rows[-2:]]) for key in ("atoms", "seconds")), 1)[
                0
            ]
            cells = (f"{row['seconds']:.2f} s, {row['memory']:.2f}" for row in rows)
            table.add_row(name, *cells, number(slope) if len(sizes) > 1 else "–")
        Console().print(table)


if __name__ == "__main__":
    main()
