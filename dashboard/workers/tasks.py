"""The work itself: functions that a worker calls by name, with progress(fraction, what is being done).

They may be interrupted between any two lines: what they keep on disk is written whole or not at all.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.workers.what_if_tasks import (
    PREPARING,
    change_once,
    changes_around,
    check_change,
    design_changes,
    explain_by_swaps,
    html_of_change,
)
from symgnn.check import ValidationReport, validation_report
from symgnn.explanations.batch import BatchExplanation, explain_batch
from symgnn.explanations.explain import TOP_EDGES, cached_explanation, with_fidelity
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import DRAWS
from symgnn.explanations.maps import ImportanceMap, importance_map
from symgnn.explanations.methods.base import Method
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.signed_map import SignedMap, signed_map
from symgnn.glass import Glass
from symgnn.graph.cache import cached_graph
from symgnn.homology import Cycles, rips_filtration
from symgnn.homology.distances import bottleneck, wasserstein
from symgnn.homology.exact_cycles import exact_cycles
from symgnn.homology.local_diagrams import LocalPersistence, local_persistence
from symgnn.homology.persistence import COMPLETE_H2, Persistence, persistent_homology
from symgnn.homology.summary import GlassTopology, glass_topology
from symgnn.inference.frames import predict_frames
from symgnn.inference.predict import Checkpoint, Prediction, predict_with_uncertainty
from symgnn.io.frames import read_frames_bytes
from symgnn.physical_inputs import VIBRATIONS, with_physical_inputs
from symgnn.recently_used import RecentlyUsed
from symgnn.structure import LocalStructure, local_structure

if TYPE_CHECKING:  # the package needs numba, which is an extra
    from symgnn.simulate import AtomBarriers, BarrierSearch, EnergyPath, Event, Verification

Progress = Callable[[float, str], None]
EXACT_STATES = 100_000  # of the search for one exact cycle: a second or two
TIMED_ATOMS = 2


def explain_atom(
    progress: Progress, model: Checkpoint, glass: Glass, atom: int, method: Method, seed: int, folder: Path
) -> Explanation:
    def steps(step: int, of: int) -> None:
        progress(step / of, f"step {step} of {of}")

    return cached_explanation(
        model, glass, atom, method=method, seed=seed, tested=False, folder=folder, progress=steps
    )


def explain_many(
    progress: Progress, model: Checkpoint, glass: Glass, atoms: np.ndarray, method: Method, folder: Path
) -> tuple[BatchExplanation, ImportanceMap]:
    """Goes on where an earlier run was stopped."""

    def counted(done: int, of: int) -> None:
        progress(done / of, f"{done:,} of {of:,} atoms")

    batch = explain_batch(model, glass, atoms, method=method, folder=folder, workers=1, progress=counted)
    return batch, importance_map(cached_graph(glass, model.cutoff, model.model.inputs), batch)


def fidelity_of_top(
    progress: Progress,
    model: Checkpoint,
    glass: Glass,
    explained: Explanation,
    k: int,
    draws: int,
    folder: Path,
) -> Explanation:
    tested = with_fidelity(model, glass, explained, k=k, draws=draws, seed=explained.seed)
    if (k, draws) == (TOP_EDGES, DRAWS):
        tested.save(folder)
    return tested


def seconds_per_pass(progress: Progress, model: Checkpoint, glass: Glass, atom: int) -> float:
    """How long one pass through the model takes for the surroundings of an atom, in a worker."""
    fields, method = fields_of(model, glass, [atom]), GradientTimesWeight()
    for _ in range(2):  # the first call builds what later ones share
        started = time.perf_counter()
        method.attribute(model.model, fields)
    return (time.perf_counter() - started) / method.passes


def whole_glass_map(progress: Progress, model: Checkpoint, glass: Glass, method: Method) -> SignedMap:
    return signed_map(model, glass, method, progress=lambda done, of: progress(done / of, ""))


def seconds_per_atom(progress: Progress, model: Checkpoint, glass: Glass, method: Method) -> float:
    """How long one explanation takes in a worker."""
    atoms = list(range(min(TIMED_ATOMS, len(glass))))
    for _ in range(2):  # the first call builds what later ones share
        started = time.perf_counter()
        method.attribute(model.model, fields_of(model, glass, atoms))
    return (time.perf_counter() - started) / len(atoms)


def topology(progress: Progress, glass: Glass) -> GlassTopology:
    result = glass_topology(glass, progress=progress)
    if result.alpha is not None:
        progress(0.95, "diagrams of the alpha complex")
        _ = result.alpha.persistence  # computed here, not when a page first asks for it
    return result


def voids(progress: Progress, glass: Glass) -> Persistence:
    return persistent_homology(rips_filtration(glass, COMPLETE_H2), 2)


def local_diagrams(progress: Progress, glass: Glass, atom: int) -> LocalPersistence:
    return local_persistence(glass, atom)


def exact_cycle(progress: Progress, persistence: Persistence, cycles: Cycles, row: int) -> Cycles:
    return exact_cycles(persistence, cycles, rows=np.array([row]), states=EXACT_STATES).select([row])


def wasserstein_distance(progress: Progress, first: Persistence, second: Persistence) -> float:
    """Å per atom."""
    return wasserstein(first, second, per_atom=True)


def bottleneck_distance(progress: Progress, first: Persistence, second: Persistence) -> float:
    """Å."""
    return bottleneck(first, second)


def surroundings(progress: Progress, glass: Glass) -> LocalStructure:
    return local_structure(glass)


def predict(progress: Progress, model: Checkpoint, glass: Glass) -> Prediction:
    return predict_with_uncertainty(
        model, glass, progress=lambda done, of: progress(done / of, f"{done:,} of {of:,} atoms")
    )


def validate(progress: Progress, glass: Glass) -> ValidationReport:
    return validation_report(glass)


def frame_barriers(
    progress: Progress, model: Checkpoint, name: str, data: bytes, types: dict[int, str] | None, frames: int
) -> pd.DataFrame:
    """The table of `predict_frames`, of an uploaded file."""
    with tempfile.TemporaryDirectory() as folder:
        return predict_frames(
            Path(folder),
            "upload",
            read_frames_bytes(name, data, types=types),
            model,
            progress=lambda done, _: progress(done / frames, f"{done:,} of {frames:,} frames"),
        ).table


def html_of_glass(progress: Progress, model: Checkpoint, glass: Glass, file: str) -> str:
    from symgnn.report import glass_report

    return glass_report(model, glass, file=file)


def html_of_atom(
    progress: Progress, model: Checkpoint, glass: Glass, explained: Explanation, k: int, file: str
) -> str:
    from symgnn.report import atom_report

    return atom_report(model, glass, explained, k=k, file=file)


def everything_of_glass(
    progress: Progress, model: Checkpoint, glass: Glass, file: str, upload: tuple[str, bytes, dict] | None
) -> bytes:
    """upload: name, content and types of a file with several frames."""
    from symgnn.report import everything

    frames = None if upload is None else read_frames_bytes(*upload[:2], types=upload[2] or None)
    return everything(model, glass, file=file, frames=frames, progress=progress)


def vibrate(progress: Progress, glass: Glass) -> None:
    """Keeps the displacements in the cache, where `with_physical_inputs` looks for them."""
    with_physical_inputs(
        glass, (VIBRATIONS,), progress=lambda done: progress(done, f"{10 * done:.0f} of 10 ps")
    )


def verify_minimum(progress: Progress, glass: Glass) -> Verification:
    from symgnn.simulate import verify

    progress(0.0, PREPARING)
    return verify(glass)


def relaxed_copy(progress: Progress, glass: Glass) -> Glass:
    from symgnn.simulate import relaxed

    progress(0.0, PREPARING)
    return relaxed(glass)


def search_events(
    progress: Progress, glass: Glass, atom: int, events: int, seed: int, known: AtomBarriers | None
) -> AtomBarriers:
    """Goes on where an earlier search was stopped. Each step that it tells names the barriers so far."""
    from symgnn.simulate import continued_search

    if known is None:
        progress(0.0, PREPARING)

    def tell(result: AtomBarriers) -> None:
        listed = ", ".join(f"{barrier:.2f}" for barrier in result.barriers[-5:])
        some = f": {'… ' if len(result.events) > 5 else ''}{listed} eV" if listed else ""
        progress(len(result.events) / events, f"{len(result.events)} of {events} events{some}")

    return continued_search(_search(glass, seed), atom, events=events, known=known, report=tell)


def event_again(progress: Progress, glass: Glass, event: Event, seed: int) -> tuple[Event, EnergyPath | None]:
    """The event with the displacements of all atoms, computed again where they are not known, and energies along its
    way; None where this machine gives another event."""
    from symgnn.simulate import energy_path, is_whole

    search = _search(glass, seed)
    if not is_whole(event):
        again, _, _ = search.attempt(event.atom, event.attempt)
        if again is None or not again.is_same(event):
            return event, None
        event = again
    return event, energy_path(search, event)


def _search(glass: Glass, seed: int) -> BarrierSearch:
    """Kept for the next question about the same glass: its pairs take a moment."""
    from symgnn.simulate import BarrierSearch

    return _searches.get((glass.content_hash, seed), lambda: BarrierSearch(glass, seed=seed))


_searches: RecentlyUsed[BarrierSearch] = RecentlyUsed(2)

TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (
        explain_atom,
        explain_many,
        explain_by_swaps,
        fidelity_of_top,
        seconds_per_pass,
        whole_glass_map,
        changes_around,
        change_once,
        design_changes,
        check_change,
        html_of_change,
        seconds_per_atom,
        topology,
        voids,
        local_diagrams,
        exact_cycle,
        wasserstein_distance,
        bottleneck_distance,
        surroundings,
        predict,
        validate,
        frame_barriers,
        html_of_glass,
        html_of_atom,
        everything_of_glass,
        vibrate,
        verify_minimum,
        relaxed_copy,
        search_events,
        event_again,
    )
}
