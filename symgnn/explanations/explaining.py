"""Explain atoms of a glass by a method: checks, receptive fields, and the result as `Explanation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from symgnn.errors import InputError
from symgnn.explanations.attribution import Method, Progress
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import fidelity
from symgnn.explanations.gnn_explainer import GNNExplainer
from symgnn.explanations.methods import settings_of
from symgnn.explanations.receptive_field import ReceptiveFields, receptive_fields
from symgnn.glass import Glass
from symgnn.graph.cache import cached_graph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import readable

JUDGED = 50  # edges whose removal the fidelity of one explanation states


def fields_of(checkpoint: Checkpoint, glass: Glass, atoms: Sequence[int]) -> ReceptiveFields:
    """The receptive fields of `atoms` (0..N-1) under the checkpoint's model.

    Raises InputError for an atom that is not there, a glass that the checkpoint cannot predict, and a model without
    edges.
    """
    glass = readable(checkpoint, glass)
    for atom in atoms:
        glass.check_atom(atom)
    model = checkpoint.model
    if model.n_layers == 0:
        raise InputError(
            f"checkpoint {checkpoint.full_name}: its model {checkpoint.card.model} reads no edges, expected "
            "one that does: there is nothing to explain"
        )
    return receptive_fields(cached_graph(glass, checkpoint.cutoff, model.inputs), atoms, model.n_layers)


def explain_atoms(
    checkpoint: Checkpoint,
    glass: Glass,
    atoms: Sequence[int],
    *,
    method: Method | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Explanation]:
    """Explain the barriers that `checkpoint` predicts for `atoms`, all side by side; default method: GNNExplainer.

    Meant for a few atoms (memory grows with their number); `symgnn.explanations.batch` takes any number in
    parts. Results are those of single runs. Without fidelity. Raises InputError as `fields_of` and the method do.
    """
    method, glass = method or GNNExplainer(), readable(checkpoint, glass)
    fields, model = fields_of(checkpoint, glass, atoms), checkpoint.model
    found = method.attribute(model, fields, seed=seed, progress=progress)
    with torch.no_grad():
        prediction = fields.predict(model).tolist()
    graph, number = fields.whole, fields.pair_number
    columns = {
        "pairs": graph.pair_atoms.index_select(0, number),
        "images": graph.pair_image.index_select(0, number),
        "lengths": fields.pair_length.double(),
        "importance": found.importance(fields).double(),
        "mask": None if found.mask is None else found.mask.double(),
        "hops": fields.pair_hops,
        "effect": None if found.effect is None else found.effect.double(),
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
            settings=settings_of(method),
            seed=seed,
            glass_key=glass.content_hash_with(model.inputs),
            checkpoint_key=checkpoint.key,
            **{name: None if column[row] is None else column[row].numpy() for name, column in parts.items()},
        )
        for row, atom in enumerate(atoms)
    ]


def explain_atom(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    method: Method | None = None,
    k: int = JUDGED,
    seed: int = 0,
    progress: Progress | None = None,
) -> Explanation:
    """`explain_atoms` for one atom, with its fidelity over the k most important edges.

    progress(step, steps) is called after every step; an exception it raises cancels the run.
    """
    glass = readable(checkpoint, glass)
    (found,) = explain_atoms(checkpoint, glass, [atom], method=method, seed=seed, progress=progress)
    fields = fields_of(checkpoint, glass, [atom])
    judged = fidelity(checkpoint.model, fields, found.importance, found.mask, k=k, seed=seed)
    return replace(found, fidelity=judged)
