"""How long a scan of changes takes: 60 neighbours of an atom in a glass of 500 atoms, relaxed and unrelaxed.

    python -m benchmarks.scan                          # wants cores that are free: the load before is printed
    python -m benchmarks.scan FILE --atom 77 --checkpoint symgnn

Each row computes everything anew, in a cache of its own. The first unrelaxed scan also loads libraries; the second is
what a page takes.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import tempfile
import time
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.paths import samples_folder
from symgnn.whatif import scan

SAMPLE = samples_folder() / "Cu64Zr36_500_1e12.xyz"
console = Console(width=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--atom", type=int, default=77)
    parser.add_argument("--within", type=float, default=6.2, help="Å")
    parser.add_argument("--checkpoint", default="symgnn")
    options = parser.parse_args()
    torch.set_num_threads(1)
    glass, checkpoint = read_glass(options.file), load_checkpoint(options.checkpoint)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    table = Table("swaps", "processes", "number", "seconds", "processor seconds here")
    for relax, workers in ((False, 1), (False, 1), (True, 1), (True, 2)):
        with tempfile.TemporaryDirectory() as folder:
            started, used = time.perf_counter(), time.process_time()
            result = scan(
                checkpoint, glass, options.atom, within=options.within, relax=relax, workers=workers,
                folder=Path(folder),
            )  # fmt: skip
            seconds, used = time.perf_counter() - started, time.process_time() - used
        name = "relaxed" if relax else "unrelaxed"
        table.add_row(name, str(workers), str(len(result.changes)), f"{seconds:.1f}", f"{used:.1f}")
    title = result.reference.ensemble.title or "one model"
    table.title = f"{glass.name}, atom {options.atom}, {checkpoint.full_name} ({title})"
    console.print(table)


if __name__ == "__main__":
    main()
