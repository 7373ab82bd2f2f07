"""Statistics of the surroundings of atoms in the paper's training glasses, and what they say of other glasses.

    python -m benchmarks.surroundings            # the table of docs/how_it_works.md
    python -m benchmarks.surroundings --write    # makes symgnn/check/paper.npz anew

Needs the paper's data. A relaxed glass, the same with noise, strained and with other elements: how many of its atoms
are outside the training data, and how far eight checkpoints disagree about it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from symgnn.check.report import validation_report
from symgnn.check.surroundings import PAPER, fit_surroundings
from symgnn.datasets.paper import load_paper
from symgnn.glass import Glass
from symgnn.inference.predict import load_checkpoint, predict
from symgnn.io.structures import read_glass
from symgnn.paths import samples_folder

TRAINING = ("train0", "train2", "train3", "train4", "train5")  # train1 is train0 once more
CHECKPOINTS = ("symgnn", "equiformer", "ridge", "egat", "schnet", "dimenet", "faenet", "egnn")
SAMPLE = "Cu64Zr36_1000_1e13.xyz"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.write:
        reference = fit_surroundings(load_paper(TRAINING))
        reference.save(PAPER)
        print(f"{reference.calibrated_on} atoms of {', '.join(TRAINING)}: {PAPER}")
        return
    checkpoints = [load_checkpoint(name) for name in CHECKPOINTS]
    print(
        "| glass | median percentile | beyond 95th / % | beyond 99th / % | found unlike | disagreement / eV | "
        "mean barrier / eV |\n|---|---|---|---|---|---|---|"
    )
    for text, glass in cases():
        report = validation_report(glass)
        percentile = report.percentile
        barriers = np.array([predict(checkpoint, glass) for checkpoint in checkpoints])
        print(
            f"| {text} | {np.median(percentile):.0f} | {100 * report.outside:.0f} | "
            f"{100 * (percentile > 99).mean():.0f} | {', '.join(one.kind for one in report.findings) or 'nothing'} | "
            f"{barriers.std(0).mean():.3f} | {barriers.mean():.2f} |",
            flush=True,
        )


def cases() -> Iterator[tuple[str, Glass]]:
    """What it is, and the glass."""
    sample = read_glass(samples_folder() / SAMPLE)
    test, validation = load_paper(("test0", "train6"))
    yield "test0, relaxed", test
    yield "train6, train5 strained by 4% along x", validation
    yield "sample of 1000 atoms, relaxed", sample
    yield (
        "sample of 500 atoms quenched at 1e12 K/s, relaxed",
        read_glass(samples_folder() / "Cu64Zr36_500_1e12.xyz"),
    )
    yield "sample Cu50Zr50, relaxed", read_glass(samples_folder() / "Cu50Zr50_500_1e13.xyz")
    for width in (0.02, 0.04, 0.06, 0.1):
        yield f"sample of 1000 atoms, noise of {width:g} Å", with_noise(sample, width)
    for strain in (0.02, 0.04):
        yield f"the same, strained by {100 * strain:g}% along x", strained(sample, np.array([strain, 0, 0]))
    for strain in (-0.02, 0.01, 0.02):
        yield (
            f"the same, strained by {100 * strain:g}% along x, y and z",
            strained(sample, np.full(3, strain)),
        )
    yield "the same, a tenth of the atoms from Cu to Zr", exchanged(sample, 0.1)


def with_noise(glass: Glass, width: float, seed: int = 0) -> Glass:
    """Every coordinate moved by a normal deviate of standard deviation `width` (Å)."""
    moved = np.random.default_rng(seed).normal(0, width, glass.positions.shape)
    return replace(glass, positions=glass.positions + moved)


def strained(glass: Glass, strain: np.ndarray) -> Glass:
    """Positions and cell longer by the fractions `strain` (3,) along x, y and z."""
    return replace(glass, positions=glass.positions * (1 + strain), cell=glass.cell * (1 + strain))


def exchanged(glass: Glass, fraction: float, seed: int = 0) -> Glass:
    """A fraction of all atoms, drawn from those of the lightest element, are of the heaviest one."""
    light = np.flatnonzero(glass.species == glass.species.min())
    chosen = np.random.default_rng(seed).choice(light, round(fraction * len(glass)), replace=False)
    species = glass.species.copy()
    species[chosen] = glass.species.max()
    return replace(glass, species=species)


if __name__ == "__main__":
    main()
