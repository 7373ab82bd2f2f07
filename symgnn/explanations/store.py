"""Explanations on disk, named by what they were computed from: command line and dashboard share them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from symgnn import disk_cache
from symgnn.errors import InputError
from symgnn.explanations.attribution import Method
from symgnn.explanations.explaining import explain_atom
from symgnn.explanations.explanation import VERSION, Explanation, explanation_key
from symgnn.explanations.gnn_explainer import GNNExplainer
from symgnn.explanations.methods import settings_of
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable


def store_folder() -> Path:
    """The folder `explanations` of the user's cache (symgnn/disk_cache.py)."""
    return disk_cache.folder("explanations")


def find_explanation(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    method: Method | None = None,
    seed: int = 0,
    folder: Path | None = None,
) -> Explanation | None:
    """The stored explanation, None where there is none. A file that cannot be read counts as none.

    Raises InputError as `readable` does.
    """
    method = method or GNNExplainer()
    facts = {**settings_of(method), "version": VERSION}
    glass_key = readable(checkpoint, glass).content_hash_with(checkpoint.model.inputs)
    key = explanation_key(glass_key, checkpoint.key, atom, method.name, facts, seed)
    path = (folder or store_folder()) / f"{key}.npz"
    if not path.is_file():
        return None
    try:
        stored = Explanation.load(path)
    except InputError:
        return None
    disk_cache.touch(path)
    return stored


def stored_explanation(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    method: Method | None = None,
    seed: int = 0,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Explanation:
    """`explain_atom`, computed once for equal content and kept in `folder` (default: `store_folder()`)."""
    glass = readable(checkpoint, glass)
    found = find_explanation(checkpoint, glass, atom, method=method, seed=seed, folder=folder)
    if found is None:
        found = explain_atom(checkpoint, glass, atom, method=method, seed=seed, progress=progress)
        found.save(folder or store_folder())
    return found
