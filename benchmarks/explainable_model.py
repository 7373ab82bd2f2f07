"""Is a checkpoint both accurate and explainable? Its r on the validation glass, and what removing edges does to it.

    python -m benchmarks.explainable_model symgnn symgnn-removal symgnn-coordination
    python -m benchmarks.explainable_model symgnn/seed1 --glass train2 --atoms 12

For random atoms of a training glass: change of the barrier, in standard deviations of the predictions, when the ten
most important edges are removed (fid+), beside ten others matched in length, elements and hops (docs/explanations.md).
"""

from __future__ import annotations

import argparse

import numpy as np
import torch

from symgnn.datasets import load_dataset
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import indicator, predictions_under, strata_of
from symgnn.explanations.methods import METHODS
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.selection import random_atoms
from symgnn.inference.checkpoint import Checkpoint, load_checkpoint
from symgnn.inference.predict import predict, readable
from symgnn.metrics import regression_scores
from symgnn.stats import matched_control, paired_test

DRAWS = 5  # matched controls of each atom, as in docs/explanations.md


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--glass", default="train0", help="a training glass")
    parser.add_argument("--atoms", type=int, default=24)
    parser.add_argument("--edges", type=int, default=10)
    parser.add_argument("--method", default="gradient")
    options = parser.parse_args()
    torch.set_num_threads(1)
    paper = load_dataset("paper")
    glass = next(one for one in paper.train.glasses if one.name == options.glass)
    validation = paper.validation.glasses[0]
    print(f"| checkpoint | r {validation.name} | fid+ {glass.name} | control | ratio, 95% interval |")
    print("|---|---|---|---|---|", flush=True)
    for name in options.checkpoints:
        checkpoint = load_checkpoint(name)
        r = regression_scores(predict(checkpoint, validation), validation.barriers)["pearson"]
        readable_glass = readable(checkpoint, glass)
        deviation = predict(checkpoint, readable_glass).std()
        atoms = random_atoms(glass, options.atoms, 0).tolist()
        method = METHODS[options.method].build(checkpoint, {})
        explanations = explain_atoms(checkpoint, readable_glass, atoms, method=method)
        changes = np.array([removal(checkpoint, readable_glass, one, options.edges) for one in explanations])
        top, control = changes.T / deviation
        test = paired_test(top, control)
        low, high = test.ratio_band
        print(
            f"| `{name}` | {r:.3f} | {top.mean():.2f} | {control.mean():.2f} | {test.ratio:.2f} "
            f"[{low:.2f}, {high:.2f}] |",
            flush=True,
        )


def removal(checkpoint: Checkpoint, glass, explanation: Explanation, edges: int) -> tuple[float, float]:
    """eV: |change of the barrier| when the most important edges are removed, and its mean over matched controls."""
    fields = fields_of(checkpoint, glass, [explanation.atom])
    stratum, rng, top = strata_of(fields), np.random.default_rng(0), explanation.top(edges)
    sets = [top, *(matched_control(stratum, top, rng) for _ in range(DRAWS))]
    weights = 1 - np.stack([indicator(fields.n_pairs, rows) for rows in sets])
    changes = np.abs(predictions_under(checkpoint.model, fields, weights) - explanation.prediction)
    return float(changes[0]), float(changes[1:].mean())


if __name__ == "__main__":
    main()
