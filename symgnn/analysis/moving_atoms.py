"""Importance of atoms against those that move in events around the centres of a study of physics, method by method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from symgnn.analysis.event_overlap import EventOverlap, overlap_of_atoms
from symgnn.analysis.physics_study import CentreResult
from symgnn.analysis.swap_predictions import Answers
from symgnn.stats import paired_test
from symgnn.whatif.candidates import atoms_of

DRAWS = 100  # shuffles of importance per centre
RELAXED_SWAP = "swap, relaxed"
ALL, NEAR = "all", "within 5 Å"


def event_table(centres: Sequence[CentreResult], answers: Answers, *, seed: int) -> pd.DataFrame:
    """One row per checkpoint, method and choice of atoms (all, or the neighbours that are swapped): how many atoms that
    move in events before any swap are among as many most important ones, beside importance shuffled at equal distances
    (event_overlap.py). Methods that swap know the neighbours only.
    """
    importance = {
        (name, method): [answers.importance[name, method, number] for number in range(len(centres))]
        for name, method in dict.fromkeys((name, method) for name, method, _ in answers.importance)
    }
    first = next(iter(answers.predicted))[0]
    importance[first, RELAXED_SWAP] = [np.abs(one.scan.atom_change()) for one in centres]
    lines = []
    for (name, method), values in importance.items():
        for which in (NEAR,) if method in ("swap", RELAXED_SWAP) else (ALL, NEAR):
            overlaps = [
                overlap
                for one, own in zip(centres, values, strict=True)
                if (overlap := _overlap(one, own, which, seed)) is not None
            ]
            if overlaps:
                shared = np.array([one.shared for one in overlaps])
                control = np.array([one.control for one in overlaps])
                test = paired_test(shared, control, seed=seed)
                lines.append({
                    "checkpoint": name, "method": method, "atoms": which, "centres": len(overlaps),
                    "events": sum(one.events for one in overlaps), "moving": sum(one.moving for one in overlaps),
                    "shared": shared.sum(), "control": control.sum(), "ratio": test.ratio,
                    "ratio_low": test.ratio_band[0], "ratio_high": test.ratio_band[1], "p": test.p_value,
                })  # fmt: skip
    return pd.DataFrame(lines)


def _overlap(one: CentreResult, importance: np.ndarray, which: str, seed: int) -> EventOverlap | None:
    """None where no such atom moves."""
    glass = one.scan.reference.glass
    atoms = np.delete(np.arange(len(glass)), one.centre)
    if which == NEAR:
        atoms = np.unique(np.concatenate([atoms_of(change) for change in one.scan.changes]))
    moving = [np.intersect1d(np.flatnonzero(row), atoms) for row in one.before.moving]
    if not any(map(len, moving)):
        return None
    return overlap_of_atoms(
        atoms, importance[atoms], glass, moving, centre=one.centre, draws=DRAWS, seed=seed
    )
