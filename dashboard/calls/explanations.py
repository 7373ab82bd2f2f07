"""Explanations of one atom and of many."""

from __future__ import annotations

import numpy as np

from dashboard.calls.barriers import predicted, read_by, readable
from dashboard.calls.what_if import scan_job
from dashboard.waiting import answer, is_asked, is_finished
from dashboard.workers.jobs import Job
from symgnn import disk_cache
from symgnn.explanations.batch import BatchExplanation, unexplained
from symgnn.explanations.cache import cache_folder
from symgnn.explanations.explain import stored_explanation
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.maps import ImportanceMap
from symgnn.explanations.methods import build_method
from symgnn.explanations.methods.base import Method
from symgnn.explanations.selection import parse_atoms
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.graph.cache import cached_graph
from symgnn.inference.predict import Checkpoint
from symgnn.whatif.relaxed_swap import RelaxedSwap
from symgnn.whatif.scan import KIND

PASSES_OF_TEST = 60  # through the model, of the fidelity that every explanation has


def explanation(model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str) -> Explanation:
    """Which edges the prediction for one atom rests on; shared with the command line through its files. `tested` says
    whether it holds."""
    return answer(explanation_job(model, glass, atom, seed=seed, method=method))


def explanation_job(model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str) -> Job:
    """The job behind `explanation`, for a page that goes on meanwhile. Raises InputError as `readable` does."""
    return _one_atom(model, readable(model, glass), atom, seed, method)


def explanation_is_kept(model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str) -> bool:
    """Whether `explanation` returns at once or has been asked for. Raises InputError as `readable` does."""
    glass = readable(model, glass)
    if is_asked(_one_atom(model, glass, atom, seed, method)):
        return True
    how = _method(model, glass, method)
    if isinstance(how, RelaxedSwap) and is_finished(scan_job(model, glass, atom, "swap", how.within, True)):
        return True
    return stored_explanation(model, glass, atom, method=how, seed=seed) is not None


def finished_explanation(
    model: Checkpoint, glass: Glass, atom: int, *, seed: int, method: str
) -> Explanation | None:
    """What `explanation` has computed before; None where it has not, or not yet."""
    how = _method(model, glass, method)
    return stored_explanation(model, readable(model, glass), atom, method=how, seed=seed)


def tested(model: Checkpoint, glass: Glass, explained: Explanation, *, k: int, draws: int) -> Explanation:
    """The explanation with its fidelity for the k most important edges, beside `draws` draws of matched controls."""
    known = explained.fidelity
    if known.get("k") == min(k, len(explained.importance)) and known.get("draws") == draws:
        return explained
    glass = readable(model, glass)
    arguments = {"model": model, "glass": glass, "explained": explained, "k": k, "draws": draws}
    arguments["folder"] = cache_folder()
    return answer(
        Job("fidelity_of_top", ("test", explained.key, k, draws), f"Testing the top {k} edges", arguments)
    )


def seconds_to_explain(model: Checkpoint, glass: Glass, atom: int, method: str) -> float:
    """About how long `explanation` takes, judged by a few passes through the model for that atom."""
    glass = readable(model, glass)
    key = ("seconds per pass", model.key, read_by(model, glass), atom)
    arguments = {"model": model, "glass": glass, "atom": atom}
    seconds = answer(Job("seconds_per_pass", key, "Timing the model", arguments))
    return seconds * (build_method(method, {}, model).passes + PASSES_OF_TEST)


def swaps_to_relax(model: Checkpoint, glass: Glass, atom: int) -> tuple[int, float]:
    """How many neighbours `relaxed_swap` swaps to explain the atom, and about how long that takes, s."""
    how = RelaxedSwap(model, glass)
    return how.n_swaps(atom), how.seconds(atom)


def _method(model: Checkpoint, glass: Glass, name: str) -> Method:
    return RelaxedSwap(model, glass) if name == RelaxedSwap.name else build_method(name, {}, model)


def _one_atom(model: Checkpoint, glass: Glass, atom: int, seed: int, method: str) -> Job:
    arguments = {"model": model, "glass": glass, "atom": atom, "seed": seed, "folder": cache_folder()}
    key = ("explain", model.key, read_by(model, glass), atom, method, seed)
    if method == RelaxedSwap.name:
        arguments["scans"] = disk_cache.folder(KIND)
        title = f"Relaxing the glass with a neighbour of atom {atom} swapped"
        return Job("explain_by_swaps", key, title, arguments, resumes=True)
    arguments["method"] = build_method(method, {}, model)
    return Job("explain_atom", key, f"Explaining atom {atom}", arguments)


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
    key = ("seconds per atom", model.key, read_by(model, glass), method)
    arguments = {"model": model, "glass": glass, "method": how}
    return missing, missing * answer(Job("seconds_per_atom", key, "Timing two explanations", arguments))


def explained_glass(
    model: Checkpoint, glass: Glass, method: str, atoms: str
) -> tuple[BatchExplanation, ImportanceMap, AtomGraph]:
    """Explanations of many atoms, what they say of the glass, and the graph whose pairs they number.

    A run that is stopped goes on where it was.
    """
    glass = readable(model, glass)
    batch, importance = answer(_many_atoms(model, glass, method, atoms))
    return batch, importance, cached_graph(glass, model.cutoff, model.model.inputs)


def explained_glass_is_asked(model: Checkpoint, glass: Glass, method: str, atoms: str) -> bool:
    """Whether somebody has asked for `explained_glass`."""
    return is_asked(_many_atoms(model, readable(model, glass), method, atoms))


def _many_atoms(model: Checkpoint, glass: Glass, method: str, atoms: str) -> Job:
    chosen = np.asarray(parse_atoms(atoms, glass, predicted(model, glass)))
    arguments = {"model": model, "glass": glass, "atoms": chosen}
    arguments |= {"method": build_method(method, {}, model), "folder": cache_folder()}
    key = ("explain many", model.key, read_by(model, glass), method, atoms)
    return Job("explain_many", key, "Explaining atoms", arguments, resumes=True)
