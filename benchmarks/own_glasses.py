"""Every checkpoint, and MD local sampling, on the test glasses of the data set "own": checkpoints/own_glasses.csv.

    python -m benchmarks.own_glasses                 # then `symgnn evaluate --table-only`: README with the table
    python -m benchmarks.own_glasses --sampling 200  # runs of MD local sampling per glass; 0: none
    python -m benchmarks.own_glasses --only NAME     # this checkpoint alone; the other rows stay as they are
    python -m benchmarks.own_glasses --paper         # beside it, printed only: MD local sampling on test0 of the paper

The glasses serve for nothing but these scores. Seconds are processor time of one thread for a glass, graph included.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time

import torch
from rich.console import Console

from symgnn.benchmark.leaderboard import card_files
from symgnn.benchmark.own_glasses import own_table, read_rows, row, write_rows
from symgnn.datasets import load_dataset
from symgnn.datasets.paper import load_paper
from symgnn.glass import Glass
from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint
from symgnn.paths import checkpoint_folder
from symgnn.simulate import sample_locally

TEMPERATURE = 700.0  # K, near the glass transition; chosen before any label was seen
SAMPLING = "MD local sampling"
console = Console(width=200)


def checkpoint_row(name: str, glass: Glass) -> dict[str, object]:
    predictions, started = [], time.process_time()
    seeds = card_files(name)
    for seed in seeds:
        predictions.append(load_checkpoint(seed).predict(glass))
    return row(name, glass, predictions, (time.process_time() - started) / len(seeds), "CPU, 1 thread")


def sampling_row(glass: Glass, runs: int) -> dict[str, object]:
    started = time.process_time()
    barriers = sample_locally(glass, temperature=TEMPERATURE, runs=runs, workers=1).barriers()
    return row(SAMPLING, glass, [barriers], time.process_time() - started, "physics")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sampling", type=int, default=200, help="runs per glass")
    parser.add_argument("--paper", action="store_true", help="MD local sampling on test0, too")
    parser.add_argument("--only", nargs="+", help="checkpoints, whose rows alone are computed")
    options = parser.parse_args()
    torch.set_num_threads(1)
    glasses = load_dataset("own").test.glasses
    names, known = options.only or list_checkpoints(), read_rows(checkpoint_folder())
    rows = [checkpoint_row(name, glass) for name in names for glass in glasses]
    if options.only and known is not None:
        rows += known[~known["name"].isin(names)].to_dict("records")
    elif options.sampling:
        rows += [sampling_row(glass, options.sampling) for glass in glasses]
    order = [*list_checkpoints(), SAMPLING]
    rows.sort(key=lambda line: order.index(line["name"]))
    console.print(str(write_rows(rows, checkpoint_folder())), markup=False)
    console.print(own_table(read_rows(checkpoint_folder())).markdown(), markup=False)
    if options.paper:
        console.print(sampling_row(load_paper(["test0"])[0], options.sampling))


if __name__ == "__main__":
    main()
