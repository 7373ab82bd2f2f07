"""Work for the page What if; as in tasks.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from symgnn.explanations.explain import cached_explanation
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.whatif import Measured, RelaxedSwap, WhatIf, check_by_searches, design, parse_change, scan
from symgnn.whatif import what_if as ask

Progress = Callable[[float, str], None]
# Told until the first step is.
PREPARING = "preparing: a minute when it is first used on a machine, to compile"


@dataclass(frozen=True, eq=False)
class Changes:
    """A scan without its checkpoint.

    table         as `Scan.table`, ranked
    atom_change   (N,) eV, as `Scan.atom_change`; NaN for atoms that no change was tried on
    is_relaxed, note   whether glasses were relaxed, and why not
    models        what the standard deviation of a change was taken over; empty where it is not known
    """

    table: pd.DataFrame
    atom_change: np.ndarray
    is_relaxed: bool
    note: str
    models: str


def changes_around(
    progress: Progress, model: Checkpoint, glass: Glass, atom: int, kind: str, within: float, relax: bool,
    folder: Path,
) -> Changes:  # fmt: skip
    """Goes on where an earlier run was stopped."""
    if relax:
        progress(0.0, PREPARING)
    result = scan(
        model, glass, atom, kind=kind, within=within, relax=relax, folder=folder, workers=1,
        progress=lambda done, of: progress(done / of, ""),
    )  # fmt: skip
    tried = result.as_glass().properties["changed"] > 0
    return Changes(
        table=result.table(),
        atom_change=np.where(tried, result.atom_change(), np.nan),
        is_relaxed=result.reference.is_relaxed,
        note=result.reference.note,
        models=result.reference.ensemble.title,
    )


def explain_by_swaps(
    progress: Progress, model: Checkpoint, glass: Glass, atom: int, seed: int, folder: Path, scans: Path
) -> Explanation:
    """Goes on where an earlier run was stopped, or a scan. scans: folder of the swaps."""
    progress(0.0, PREPARING)
    method = RelaxedSwap(model, glass, folder=scans, workers=1)

    def tell(done: int, of: int) -> None:
        progress(done / of, f"{done} of {of}")

    return cached_explanation(
        model, glass, atom, method=method, seed=seed, tested=False, folder=folder, progress=tell
    )


def change_once(
    progress: Progress, model: Checkpoint, glass: Glass, change: str, atom: int, relax: bool
) -> WhatIf:
    if relax:
        progress(0.0, PREPARING)
    return ask(model, glass, parse_change(change), atom=atom, relax=relax)


def design_changes(
    progress: Progress, model: Checkpoint, glass: Glass, atom: int, target: float, most: int, kind: str,
    within: float, relax: bool, folder: Path,
) -> tuple[str, ...]:  # fmt: skip
    """The changes, as texts for `parse_change`."""
    if relax:
        progress(0.0, PREPARING)
    chain = design(
        model, glass, atom, target, most=most, kind=kind, within=within, relax=relax, folder=folder, workers=1,
        progress=lambda step, done, of: progress((step - 1 + done / of) / most, ""),
    )  # fmt: skip
    return tuple(str(step.change) for step in chain.steps)


def check_change(progress: Progress, result: WhatIf, tries: int, seed: int, folder: Path) -> Measured:
    """Goes on where an earlier run was stopped."""
    progress(0.0, PREPARING)
    return check_by_searches(
        result, tries=tries, seed=seed, folder=folder, workers=1,
        progress=lambda done, of: progress(done / of, ""),
    )  # fmt: skip


def html_of_change(progress: Progress, model: Checkpoint, parts: dict[str, Any]) -> str:
    """parts: arguments of `what_if_report`."""
    from symgnn.report import what_if_report

    return what_if_report(model, **parts)
