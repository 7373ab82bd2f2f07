"""What keeping large buffers in the process gains for a training step (see symgnn/allocator.py).

    python benchmarks/allocator.py FILE [--steps 6]

Runs the same training steps of SymGNN on FILE in two fresh processes, without and with the setting.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def measure(file: str, steps: int, keep: bool) -> None:
    import torch

    from symgnn.allocator import keep_large_buffers
    from symgnn.graph.atom_graph import build_graph
    from symgnn.io.structures import read_glass
    from symgnn.models import build_model

    if keep and not keep_large_buffers():
        sys.exit("this platform has no glibc: the setting does nothing here")
    torch.manual_seed(0)
    model, graph = build_model("symgnn", {}), build_graph(read_glass(file), 5.0)
    times = []
    for _ in range(steps + 2):
        started = time.perf_counter()
        model(graph).square().mean().backward()
        times.append(time.perf_counter() - started)
    print(f"{statistics.median(times[2:]):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--measure", choices=["default", "kept"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.file, options.steps, options.measure == "kept")
        return
    medians = {}
    for kind in ("default", "kept"):
        command = [sys.executable, __file__, options.file, "--steps", str(options.steps), "--measure", kind]
        medians[kind] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{kind:8s} {medians[kind]:.3f} s per training step (median of {options.steps})")
    print(f"ratio    {medians['default'] / medians['kept']:.2f}")


if __name__ == "__main__":
    main()
