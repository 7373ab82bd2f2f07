"""How long a user waits for the explanations of a whole glass.

    python benchmarks/explanations.py FILE [--checkpoint symgnn] [--workers 2]

FILE is any structure file with 3000 atoms or so, e.g. the paper's test0.pickle. Explains all atoms by the gradient
methods and the amortised explainer where the checkpoint has one, 50 by GNNExplainer, each once and from nothing, start
of the processes included, and prints seconds.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.methods import available_methods, build_method, title_of
from symgnn.explanations.selection import parse_atoms
from symgnn.inference.predict import load_checkpoint, predict
from symgnn.io.structures import read_glass

ATOMS = {
    "gradient": "all",
    "integrated_gradients": "all",
    "amortised": "all",
    "attention": "all",
    "gnn_explainer": "top:25,bottom:25",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--checkpoint", default="symgnn")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    keep_large_buffers()
    glass, checkpoint = read_glass(options.file), load_checkpoint(options.checkpoint)
    barriers = predict(checkpoint, glass)
    table = Table("method", "atoms", "time / s", "per atom / ms", title=f"{glass.name}, {len(glass)} atoms, "
                  f"{options.workers} process(es), checkpoint {checkpoint.full_name}")  # fmt: skip
    for name, text in ATOMS.items():
        if name not in available_methods(checkpoint):
            continue
        atoms, method = parse_atoms(text, glass, barriers), build_method(name, {}, checkpoint)
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            explain_batch(
                checkpoint, glass, atoms, method=method, folder=Path(folder), workers=options.workers
            )
            seconds = time.perf_counter() - started
        table.add_row(
            title_of(name), str(len(np.unique(atoms))), f"{seconds:.0f}", f"{1000 * seconds / len(atoms):.0f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
