"""Put trained checkpoints together into a committee, a checkpoint of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Card, Member, Recipe, Selected
from symgnn.inference.checkpoint import Checkpoint, save_checkpoint
from symgnn.inference.uncertainty import predict_with_features
from symgnn.metrics import regression_scores
from symgnn.models.committee import average
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.glasses import Glasses, all_barriers, as_glasses
from symgnn.training.run import calibrate

COPIED = (
    "dataset",
    "split",
    "composition",
    "data_hashes",
    "label_hashes",
    "software",
)  # from the first member's card


def combine(
    checkpoints: Sequence[Checkpoint],
    training: Glasses,
    validation: Glasses,
    folder: Path,
    *,
    seed: int,
    command: str = "",
) -> dict[str, float]:
    """Write the committee of some checkpoints, its uncertainty calibrated anew; returns its validation scores.

    Raises InputError where the members were not trained on the same split and data, labels included. Cards of before
    labels were stated are taken on trust.
    """
    first = checkpoints[0].card
    for checkpoint in checkpoints:
        card = checkpoint.card
        for field, value in (
            ("n_parameters", card.n_parameters),
            ("seconds", card.seconds),
            ("training.seed", card.training.seed),
        ):
            if value is None:
                raise InputError(f"{checkpoint.full_name}: field {field!r} of its card is missing")
    for checkpoint in checkpoints[1:]:
        for field in ("split", "data_hashes", "label_hashes"):
            stated_by_both = field in checkpoint.card.model_fields_set & first.model_fields_set
            if stated_by_both and getattr(checkpoint.card, field) != getattr(first, field):
                raise InputError(
                    f"{checkpoint.full_name}: {field} differs from that of {checkpoints[0].full_name}, expected "
                    "members trained on the same glasses"
                )
    specifications = [
        {"model": checkpoint.card.model, "settings": checkpoint.card.settings} for checkpoint in checkpoints
    ]
    try:
        model = average([checkpoint.model for checkpoint in checkpoints], specifications)
    except ValueError as error:
        raise InputError(f"committee: {error}") from None
    validation = [with_physical_inputs(glass, model.inputs) for glass in as_glasses(validation)]
    graphs = [build_graph(glass, model.cutoff, model.inputs) for glass in validation]
    predictions = np.concatenate([predict_with_features(model, graph)[0].numpy() for graph in graphs])
    scores = regression_scores(predictions, all_barriers(validation))
    entry, uncertainty = calibrate(model, training, validation)
    card = Card(
        model="committee",
        settings={"members": specifications},
        inputs=list(model.inputs),
        n_parameters=sum(checkpoint.card.n_parameters for checkpoint in checkpoints),
        target=first.target,
        members=[
            Member(
                name=checkpoint.full_name,
                seed=checkpoint.card.training.seed,
                weights_sha256=checkpoint.card.weights_sha256,
            )
            for checkpoint in checkpoints
        ],
        training=Recipe(seed=seed),
        **{field: getattr(first, field) for field in COPIED if field in first.model_fields_set},
        selected=Selected(by="members by validation Pearson r, epochs as in the members", **scores),
        scores={},
        curve=[],
        seconds=round(sum(checkpoint.card.seconds for checkpoint in checkpoints), 1),
        device=first.device,
        date=datetime.now(UTC).date().isoformat(),
        command=command,
        uncertainty=entry,
    )
    save_checkpoint(folder, model, card, uncertainty)
    return scores
