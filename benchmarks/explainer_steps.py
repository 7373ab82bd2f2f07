"""How few steps GNNExplainer needs: the ranking of edges after fewer, larger steps beside that of 150 steps of .1.

    python -m benchmarks.explainer_steps GLASS [--checkpoints symgnn-coordination ...] [--atoms 8]

One line per setting, means over the atoms: processor time, Spearman's rho of the importance of all edges, the
overlap of the most important 10 and 50 edges, and the smallest overlap seen. The first line has another seed and the
same steps: what is left to chance anyway. GLASS is any file of a training glass.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from symgnn.explanations.explain import explain
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.metrics import spearman

REFERENCE = GNNExplainer(steps=150, learning_rate=0.1)
SETTINGS = (
    ("150 steps of .1, another seed", REFERENCE, 1),
    ("75 steps of .2", GNNExplainer(steps=75, learning_rate=0.2), 0),
    ("50 steps of .3", GNNExplainer(steps=50, learning_rate=0.3), 0),
    ("30 steps of .5", GNNExplainer(steps=30, learning_rate=0.5), 0),
)


def top(importance: np.ndarray, k: int) -> set[int]:
    return set(np.argsort(-importance, kind="stable")[:k].tolist())


def compare(checkpoint, glass, atoms) -> None:
    rows: dict[str, list] = {name: [] for name, _, _ in SETTINGS}
    spent = []
    for atom in atoms:
        start = time.process_time()
        reference = explain(checkpoint, glass, int(atom), REFERENCE).importance
        spent.append(time.process_time() - start)
        for name, method, seed in SETTINGS:
            start = time.process_time()
            other = explain(checkpoint, glass, int(atom), method, seed=seed).importance
            seconds = time.process_time() - start
            shared = [len(top(reference, k) & top(other, k)) for k in (10, 50)]
            rows[name].append((seconds, spearman(reference, other), *shared))
    print(f"  {'150 steps of .1':<30}{np.mean(spent):>7.1f} s")
    for name, values in rows.items():
        seconds, rho, ten, fifty = np.mean(values, axis=0)
        least = np.min(values, axis=0)
        print(
            f"  {name:<30}{seconds:>7.1f} s   rho {rho:.4f}   top 10: {ten:.1f} (least {least[2]:.0f})   "
            f"top 50: {fifty:.1f} (least {least[3]:.0f})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("glass", help="a file, such as the paper's train1.pickle")
    parser.add_argument(
        "--checkpoints", nargs="+", default=["symgnn-coordination", "symgnn", "symgnn-removal"]
    )
    parser.add_argument("--atoms", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(1)
    glass = read_glass(options.glass)
    atoms = np.random.default_rng(0).choice(len(glass), options.atoms, replace=False)
    print(f"{glass.name}, {len(glass)} atoms; {options.atoms} of them explained")
    for name in options.checkpoints:
        print(name)
        compare(load_checkpoint(name), glass, atoms)


if __name__ == "__main__":
    main()
