"""Calls into symgnn, with their results kept: by content, so that equal glasses share them.

Long ones show a progress bar on the page while they run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from symgnn.benchmark.leaderboard import Row, by_validation, card_files, read_row
from symgnn.datasets.paper import PAPER, paper_folder
from symgnn.errors import InputError
from symgnn.explanations.batch import BatchExplanation, explain_batch, unexplained
from symgnn.explanations.explain import cached_explanation, stored_explanation
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.maps import ImportanceMap, importance_map
from symgnn.explanations.methods import available_methods, build_method
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.selection import parse_atoms
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.cache import cached_graph
from symgnn.graph.neighbors import Neighbors, neighbor_list
from symgnn.homology import Cycles, rips_filtration
from symgnn.homology.distances import bottleneck, wasserstein
from symgnn.homology.exact_cycles import exact_cycles
from symgnn.homology.local_diagrams import LocalPersistence, local_persistence
from symgnn.homology.persistence import COMPLETE_H2, Persistence, persistent_homology
from symgnn.homology.summary import GlassTopology, glass_topology
from symgnn.inference.predict import (
    Checkpoint,
    Prediction,
    list_checkpoints,
    load_checkpoint,
    predict_with_uncertainty,
)
from symgnn.inference.predict import readable as complete
from symgnn.io.structures import read_glass, read_glass_bytes
from symgnn.paths import samples_folder
from symgnn.physical_inputs import missing_inputs
from symgnn.recently_used import RecentlyUsed
from symgnn.structure import COORDINATION_CUTOFF, LocalStructure, local_structure

KEPT_RESULTS = 64
EXACT_STATES = 100_000  # of the search for one exact cycle: a second or two


def glass_files() -> dict[str, Path]:
    """Glasses on disk by name: the committed samples first, then the paper's where they were fetched."""
    samples = samples_folder().glob("*.xyz")
    samples = sorted(
        samples, key=lambda path: (not path.stem.startswith("Cu64Zr36"), path.stem)
    )  # the paper's first
    paper = [paper_folder() / file.file_name for file in PAPER]
    return {path.stem: path for path in [*samples, *(path for path in paper if path.is_file())]}


def load_glass(path: Path) -> Glass:
    """A glass from disk, read once for each version of its file."""
    return _load_glass(str(path), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=16, show_spinner="Reading the structure")
def _load_glass(path: str, modified: int) -> Glass:
    return read_glass(Path(path))


@st.cache_resource(max_entries=16, show_spinner="Reading the uploaded file")
def read_upload(name: str, data: bytes, types: tuple[tuple[int, str], ...]) -> Glass:
    """The glass in an uploaded file; types maps LAMMPS types to elements."""
    return read_glass_bytes(name, data, types=dict(types) or None)


def checkpoint(name: str) -> Checkpoint:
    """A trained model by name, loaded once for each version of it."""
    return _checkpoint(name, _version(card_files(name)[name]))


@st.cache_resource(max_entries=4, show_spinner="Loading the checkpoint")
def _checkpoint(name: str, version: tuple[str, int]) -> Checkpoint:
    return load_checkpoint(name)


def models() -> tuple[list[Row], list[InputError]]:
    """The models of the leaderboard, best on validation first, and what is wrong with cards that do not fit."""
    rows, problems = [], []
    try:
        names = list_checkpoints()
    except InputError as error:
        return [], [error]
    for name in names:
        files = card_files(name)
        try:
            rows.append(_row(name, tuple(map(_version, files.values())), files))
        except InputError as error:
            problems.append(error)
    return by_validation(rows), problems


@st.cache_resource(max_entries=128, show_spinner=False)
def _row(name: str, versions: tuple[tuple[str, int], ...], _files: dict[str, Path]) -> Row:
    return read_row(name, _files)


def _version(file: Path) -> tuple[str, int]:
    return str(file), file.stat().st_mtime_ns


@st.cache_resource(max_entries=8, show_spinner=False)
def neighbors(content_hash: str, _glass: Glass) -> Neighbors:
    """Pairs of atoms within COORDINATION_CUTOFF."""
    return neighbor_list(_glass, COORDINATION_CUTOFF)


def coordination(glass: Glass) -> np.ndarray:
    """(N,) int: neighbours of each atom within COORDINATION_CUTOFF."""
    return np.bincount(neighbors(glass.content_hash, glass).target, minlength=len(glass))


def surroundings(glass: Glass) -> LocalStructure:
    """Voronoi index, coordination, volume and Q6 of every atom. Raises InputError for a cell that is not periodic."""
    return _surroundings(glass.content_hash, glass)


@st.cache_resource(max_entries=8, show_spinner="Voronoi cells")
def _surroundings(content_hash: str, _glass: Glass) -> LocalStructure:
    return local_structure(_glass)


def topology(glass: Glass) -> GlassTopology:
    """Persistent homology, representative cycles and cycles per edge."""
    result = _kept(
        ("topology", glass.content_hash),
        "Topology",
        lambda progress: glass_topology(glass, progress=progress),
    )
    return replace(result, glass=glass)  # an equal glass may bear another name


def voids(glass: Glass) -> Persistence:
    """Diagrams up to dimension 2, at the cutoff that is complete for them."""
    return _kept(
        ("voids", glass.content_hash),
        "Voids (H2)",
        lambda progress: persistent_homology(rips_filtration(glass, COMPLETE_H2), 2),
    )


def voids_are_kept(glass: Glass) -> bool:
    """Whether `voids` would return at once."""
    return ("voids", glass.content_hash) in _results()


def local_diagrams(glass: Glass, atom: int) -> LocalPersistence:
    """Diagrams of the ball of atoms around one."""
    return _kept(
        ("local", glass.content_hash, atom), "Neighbourhood", lambda progress: local_persistence(glass, atom)
    )


def exact_cycle(glass: Glass, row: int) -> Cycles:
    """One cycle: of class `row` of the Rips loops, one that dies with it, else the shortest."""

    def compute(progress: Callable[[float, str], None]) -> Cycles:
        progress(0.5, "among longer ones")
        known = topology(glass)
        rows = np.array([row])
        return exact_cycles(known.persistence, known.cycles, rows=rows, states=EXACT_STATES).select([row])

    return _kept(("exact", glass.content_hash, row), "Exact cycle", compute)


def exact_cycle_is_kept(glass: Glass, row: int) -> bool:
    """Whether `exact_cycle` would return at once."""
    return ("exact", glass.content_hash, row) in _results()


def wasserstein_distance(first: Glass, second: Glass) -> float:
    """Å per atom, 1-Wasserstein distance of the H1 diagrams of two glasses."""

    def compute(progress: Callable[[float, str], None]) -> float:
        progress(0.5, "the best matching of their loops")
        return wasserstein(topology(first).persistence, topology(second).persistence, per_atom=True)

    return _kept(("wasserstein", first.content_hash, second.content_hash), "Wasserstein distance", compute)


def wasserstein_distance_is_kept(first: Glass, second: Glass) -> bool:
    """Whether `wasserstein_distance` would return at once."""
    return ("wasserstein", first.content_hash, second.content_hash) in _results()


def loop_distance(first: Glass, second: Glass) -> float:
    """Å, bottleneck distance of the H1 diagrams of two glasses."""
    return _kept(
        ("bottleneck", first.content_hash, second.content_hash),
        "Distance of the diagrams",
        lambda progress: bottleneck(topology(first).persistence, topology(second).persistence),
    )


def readable(model: Checkpoint, glass: Glass) -> Glass:
    """The glass with the per-atom properties that the model reads, computed where the file has none and they can be.

    Raises InputError as `symgnn.inference.predict.readable` does.
    """
    if not missing_inputs(glass, model.model.inputs):
        return glass  # whatever else is wrong with it is said by who reads it
    return complete(model, glass)


def _read_by(model: Checkpoint, glass: Glass) -> str:
    """Hash of what the model reads of the glass, a readable one."""
    return glass.content_hash_with(model.model.inputs)


def predicted(model: Checkpoint, glass: Glass) -> np.ndarray:
    """(N,) predicted barriers in eV."""
    glass = readable(model, glass)
    return _predicted(model.key, _read_by(model, glass), model, glass).barriers


def uncertainty(model: Checkpoint, glass: Glass) -> np.ndarray | None:
    """(N,) standard deviation of every predicted barrier in eV; None for a checkpoint without calibration."""
    glass = readable(model, glass)
    return _predicted(model.key, _read_by(model, glass), model, glass).sigma


@st.cache_resource(max_entries=KEPT_RESULTS, show_spinner="Predicting barriers")
def _predicted(checkpoint_key: str, glass_key: str, _model: Checkpoint, _glass: Glass) -> Prediction:
    prediction = predict_with_uncertainty(_model, _glass)
    for values in (prediction.barriers, prediction.sigma):
        if values is not None:
            values.setflags(write=False)
    return prediction


def methods(model: Checkpoint) -> list[str]:
    """Names of the explanation methods that work for this checkpoint, the default first."""
    return available_methods(model)


def explanation(model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str) -> Explanation:
    """Which edges the prediction for one atom rests on; shared with the command line through its files."""
    glass = readable(model, glass)

    def compute(report: Callable[[float, str], None]) -> Explanation:
        def progress(step: int, steps: int) -> None:
            report(step / steps, f"step {step} of {steps}")

        return cached_explanation(
            model, glass, atom, method=build_method(method, {}, model), seed=seed, progress=progress
        )

    key = ("explain", model.key, _read_by(model, glass), atom, method, seed)
    return _kept(key, f"Explaining atom {atom}", compute)


def explanation_is_kept(model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str) -> bool:
    """Whether `explanation` would return at once. Raises InputError as `readable` does."""
    glass = readable(model, glass)
    if ("explain", model.key, _read_by(model, glass), atom, method, seed) in _results():
        return True
    return (
        stored_explanation(model, glass, atom, method=build_method(method, {}, model), seed=seed) is not None
    )


def to_explain(model: Checkpoint, glass: Glass, method: str, atoms: str) -> tuple[int, float]:
    """How many of the atoms (text for `parse_atoms`) still have to be explained, and about how long that takes in s.

    Raises InputError as `parse_atoms` and the method do.
    """
    glass = readable(model, glass)
    chosen = parse_atoms(atoms, glass, predicted(model, glass))
    how = build_method(method, {}, model)
    missing = unexplained(model, glass, chosen, method=how)
    if not missing:
        return 0, 0.0
    return missing, missing * _seconds_per_atom(model.key, _read_by(model, glass), method, model, glass)


@st.cache_data(max_entries=64, show_spinner="Timing two explanations")
def _seconds_per_atom(key: str, glass_key: str, method: str, _model: Checkpoint, _glass: Glass) -> float:
    how, atoms = build_method(method, {}, _model), list(range(min(2, len(_glass))))
    for _ in range(2):  # the first call builds what later ones share
        started = time.perf_counter()
        how.attribute(_model.model, fields_of(_model, _glass, atoms))
    return (time.perf_counter() - started) / len(atoms)


def explained_glass(
    model: Checkpoint, glass: Glass, method: str, atoms: str
) -> tuple[BatchExplanation, ImportanceMap, AtomGraph]:
    """Explanations of many atoms, what they say of the glass, and the graph whose pairs they number.

    In this process: workers would import Streamlit's script as theirs. A run that is stopped goes on where it was.
    """
    glass = readable(model, glass)

    def compute(report: Callable[[float, str], None]) -> tuple[BatchExplanation, ImportanceMap, AtomGraph]:
        def progress(done: int, total: int) -> None:
            report(done / total, f"{done:,} of {total:,} atoms")

        chosen = parse_atoms(atoms, glass, predicted(model, glass))
        batch = explain_batch(
            model, glass, chosen, method=build_method(method, {}, model), workers=1, progress=progress
        )
        graph = cached_graph(glass, model.cutoff, model.model.inputs)
        return batch, importance_map(graph, batch), graph

    key = ("explain many", model.key, _read_by(model, glass), method, atoms)
    return _kept(key, "Explaining atoms", compute)


@st.cache_resource
def _results() -> RecentlyUsed:
    """Of all sessions: each runs its pages in a thread of its own."""
    return RecentlyUsed(KEPT_RESULTS)


def _kept(key: tuple, title: str, compute: Callable[[Callable[[float, str], None]], Any]) -> Any:
    """The result for a key: kept from before, or computed under a progress bar. The least recently used are dropped.

    compute receives progress(fraction, what is being done). What another session computes just now is waited for.
    """
    results = _results()
    if key in results:
        return results.get(key, lambda: compute(lambda done, what: None))
    bar = st.progress(0.0, text=title)

    def progress(done: float, what: str) -> None:
        bar.progress(min(max(done, 0.0), 1.0), f"{title}: {what}")

    try:
        return results.get(
            key, lambda: compute(progress), waiting=lambda: progress(0.0, "another session computes it")
        )
    finally:
        bar.empty()
