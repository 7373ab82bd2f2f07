"""Explain atoms of a glass: the public function `explain`, many atoms at once, and explanations kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from ase import Atoms

from symgnn.arguments import whole_number
from symgnn.errors import InputError
from symgnn.explanations.cache import cache_folder
from symgnn.explanations.explanation import Explanation, explanation_key
from symgnn.explanations.fidelity import DRAWS, fidelity
from symgnn.explanations.methods import build_method
from symgnn.explanations.methods.base import Method, Progress
from symgnn.explanations.receptive_field import fields_of
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable

TOP_EDGES = 50  # whose removal the fidelity of one explanation states


def explain(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    atom: int,
    method: str | Method = "gnn_explainer",
    *,
    seed: int = 0,
    k: int = TOP_EDGES,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Explanation:
    """Explain the barrier (eV) that `checkpoint` predicts for one atom (0..N-1): the importance of every edge that can
    change it, and how far the prediction moves without the k most important edges, beside matched controls.

    method: a name (`symgnn.explanations.methods.METHODS`; settings at their defaults) or an object, such as
    `symgnn.whatif.RelaxedSwap(checkpoint, glass)`. seed: of the method and of the controls. draws: of the controls and
    of p, 200 for close cases. progress(step, steps) is called after every step; an exception that it raises cancels the
    run.
    Raises InputError for an atom that is not there, a glass that the checkpoint cannot predict, a model without edges,
    a method that is not there or does not work for the checkpoint, a seed below 0, and k or draws below 1.
    """
    if not isinstance(checkpoint, Checkpoint):
        raise InputError(
            f"explain: checkpoint {checkpoint!r:.40} found, expected what symgnn.load_checkpoint returns"
        )
    k, draws = _whole_counts(k, draws)
    if isinstance(method, str):
        method = build_method(method, {}, checkpoint)
    if not isinstance(method, Method):
        raise InputError(f"explain: method {method!r:.40} found, expected the name of one or an object")
    glass = readable(checkpoint, as_glass(glass))
    (explanation,) = explain_atoms(checkpoint, glass, [atom], method=method, seed=seed, progress=progress)
    return with_fidelity(checkpoint, glass, explanation, k=k, draws=draws, seed=seed)


def with_fidelity(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    explanation: Explanation,
    *,
    k: int = TOP_EDGES,
    draws: int = DRAWS,
    seed: int = 0,
) -> Explanation:
    """The explanation with its fidelity for the k most important edges, by `draws` draws of matched controls.

    Raises InputError for k or draws below 1, and where it is not an explanation of this glass and checkpoint.
    """
    k, draws = _whole_counts(k, draws)
    glass = readable(checkpoint, as_glass(glass))
    for what, own, stated in (
        ("glass", glass.content_hash_with(checkpoint.model.inputs), explanation.glass_key),
        ("checkpoint", checkpoint.key, explanation.checkpoint_key),
    ):
        if own != stated:
            raise InputError(
                f"{glass.name}: explanation of {what} {stated} found, expected one of this {what} ({own})"
            )
    fields = fields_of(checkpoint, glass, [explanation.atom])
    numbers = fidelity(
        checkpoint.model, fields, explanation.importance, explanation.mask, k=k, n_draws=draws, seed=seed
    )
    return replace(explanation, fidelity=numbers)


def _whole_counts(k: int, draws: int) -> tuple[int, int]:
    return whole_number("explain: k", k, least=1), whole_number("explain: draws", draws, least=1)


def explain_atoms(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    atoms: Sequence[int],
    *,
    method: Method,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Explanation]:
    """Explain the barriers that `checkpoint` predicts for `atoms`, all side by side.

    Meant for a few atoms (memory grows with their number); `symgnn.explanations.batch` takes any number in
    parts. Results are those of single runs. Without fidelity. Raises InputError as `fields_of` and the method do.
    """
    seed = whole_number("explain: seed", seed, least=0)
    glass = readable(checkpoint, as_glass(glass))
    fields, model = fields_of(checkpoint, glass, atoms), checkpoint.model
    attribution = method.attribute(model, fields, seed=seed, progress=progress)
    with torch.no_grad():
        prediction = fields.predict(model).tolist()
    graph, number = fields.whole, fields.pair_number
    columns = {
        "pairs": graph.pair_atoms.index_select(0, number),
        "images": graph.pair_image.index_select(0, number),
        "lengths": fields.pair_length.double(),
        "importance": attribution.importance(fields).double(),
        "mask": None if attribution.mask is None else attribution.mask.double(),
        "hops": fields.pair_hops,
        "effect": None if attribution.effect is None else attribution.effect.double(),
    }
    parts = {
        name: [None] * len(fields) if column is None else column.cpu().split(fields.pairs_per_field)
        for name, column in columns.items()
    }
    return [
        Explanation(
            atom=int(atom),
            prediction=prediction[row],
            method=method.name,
            settings=method.settings,
            seed=seed,
            glass_key=glass.content_hash_with(model.inputs),
            checkpoint_key=checkpoint.key,
            **{name: None if column[row] is None else column[row].numpy() for name, column in parts.items()},
        )
        for row, atom in enumerate(atoms)
    ]


def stored_explanation(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    method: Method,
    seed: int = 0,
    folder: Path | None = None,
) -> Explanation | None:
    """The explanation that `cached_explanation` has kept in `folder`, None where there is none that can be read.

    Raises InputError as `readable` does.
    """
    key = explanation_key(
        glass_key=readable(checkpoint, glass).content_hash_with(checkpoint.model.inputs),
        checkpoint_key=checkpoint.key, atom=atom, method=method.name, settings=method.settings, seed=seed,
    )  # fmt: skip
    try:
        return Explanation.load((folder or cache_folder()) / f"{key}.npz")
    except InputError:
        return None


def cached_explanation(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    method: Method,
    seed: int = 0,
    tested: bool = True,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """`explain`, computed once for equal content and kept in `folder` (default: `cache_folder()`).

    tested: with its fidelity for TOP_EDGES edges and DRAWS draws; without, only if it is kept already, which is sooner.
    """
    glass, folder = readable(checkpoint, glass), folder or cache_folder()
    explanation = stored_explanation(checkpoint, glass, atom, method=method, seed=seed, folder=folder)
    if explanation is None:
        (explanation,) = explain_atoms(checkpoint, glass, [atom], method=method, seed=seed, progress=progress)
        explanation.save(folder)
    if tested and not explanation.fidelity:
        explanation = with_fidelity(checkpoint, glass, explanation, seed=seed)
        explanation.save(folder)
    return explanation
