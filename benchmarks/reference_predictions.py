"""Predictions of all committed checkpoints for a sample, against tests/inference/reference.safetensors.

    python -m benchmarks.reference_predictions            # the largest difference of each checkpoint
    python -m benchmarks.reference_predictions --write    # store them anew: after a checkpoint was trained again

A change of the code that is not meant to change predictions must keep them to 1e-6 eV on one machine.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from safetensors.numpy import save_file

from tests.inference.test_reference_predictions import REFERENCE, SAMPLE, names, predictions, stored


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = {name: predictions(name) for name in names()}
    if options.write:
        save_file(found, REFERENCE)
        print(f"{len(found)} checkpoints, {SAMPLE.name}: {REFERENCE}")
        return
    known = stored()
    print(
        f"| checkpoint | largest difference from the stored predictions for {SAMPLE.name} / eV |\n|---|---|"
    )
    for name, values in found.items():
        print(
            f"| {name} | {np.abs(values - known[name]).max():.1e} |"
            if name in known
            else f"| {name} | not stored |"
        )


if __name__ == "__main__":
    main()
