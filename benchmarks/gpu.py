"""All checkpoints and explanation methods on a GPU against the CPU: same numbers, and how long it takes.

    python benchmarks/gpu.py data/raw/paper

Prints, per checkpoint, the largest difference of a barrier of test0 in eV, milliseconds on CPU and GPU (3000 atoms) and
on the GPU for train0 (8000 atoms) with the memory it takes; then the same for explaining two atoms by every method.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from symgnn.datasets.paper import load_paper
from symgnn.explanations.methods import available_methods, build_method
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.inference.predict import readable

DEVICE, ATOMS = "cuda", [5, 100]
EXPLAINED = ("symgnn", "symgnn-removal")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with the paper's pickles")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("torch finds no CUDA device")
    small, large = load_paper(["test0", "train0"], options.folder)
    print(
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, {torch.get_num_threads()} CPU threads\n"
    )
    print(
        f"{'checkpoint':20s} {'difference / eV':>15s} {'CPU / ms':>9s} {'GPU / ms':>9s} {'8000 / ms':>9s} {'GB':>5s}"
    )
    for name in list_checkpoints():
        predictions(name, small, large)
    print(f"\n{'checkpoint':20s} {'method':22s} {'difference':>10s} {'CPU / s':>8s} {'GPU / s':>8s}")
    for name in EXPLAINED:
        explanations(name, small)


@torch.inference_mode()
def predictions(name: str, small: Glass, large: Glass) -> None:
    checkpoint = load_checkpoint(name)
    model = checkpoint.model
    here, there = (graph_of(checkpoint, glass) for glass in (small, large))
    on_cpu, cpu = timed(lambda: model(here))
    model.to(DEVICE)
    here, there = here.to(DEVICE), there.to(DEVICE)
    on_gpu, gpu = timed(lambda: model(here))
    torch.cuda.reset_peak_memory_stats()
    _, gpu_large = timed(lambda: model(there))
    memory = torch.cuda.max_memory_allocated() / 2**30
    difference = float((on_cpu - on_gpu.cpu()).abs().max())
    print(
        f"{name:20s} {difference:15.1e} {1e3 * cpu:9.0f} {1e3 * gpu:9.1f} {1e3 * gpu_large:9.1f} {memory:5.2f}"
    )


def explanations(name: str, glass: Glass) -> None:
    checkpoint = load_checkpoint(name)
    model, graph = checkpoint.model, graph_of(checkpoint, glass)
    for method in available_methods(checkpoint):
        how = build_method(method, {}, checkpoint)
        results = []
        for device in ("cpu", DEVICE):
            model.to(device)
            fields = receptive_fields(graph.to(device), ATOMS, model.n_layers)
            attribution, seconds = timed(partial(how.attribute, model, fields, seed=0), repeats=1)
            results.append((attribution.importance(fields).cpu(), seconds))
        model.to("cpu")
        (one, cpu), (other, gpu) = results
        print(f"{name:20s} {method:22s} {float((one - other).abs().max()):10.1e} {cpu:8.2f} {gpu:8.2f}")


def graph_of(checkpoint: Checkpoint, glass: Glass) -> AtomGraph:
    return build_graph(readable(checkpoint, glass), checkpoint.cutoff, checkpoint.model.inputs)


def timed(compute: Callable, repeats: int = 3):
    """The result, and the seconds of the fastest run after one that warms up."""
    result, fastest = compute(), float("inf")
    for _ in range(repeats):
        torch.cuda.synchronize()
        started = time.perf_counter()
        result = compute()
        torch.cuda.synchronize()
        fastest = min(fastest, time.perf_counter() - started)
    return result, fastest


if __name__ == "__main__":
    main()
