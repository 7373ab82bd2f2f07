"""Score a checkpoint on labelled glasses and write the scores into its card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.card import CARD, Numbers, read_card, write_card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import predict
from symgnn.metrics import regression_scores


def score(checkpoint: Checkpoint, glasses: Sequence[Glass]) -> dict[str, Numbers]:
    """Scores of every glass by name and, for several, of all their atoms together as "pooled"."""
    predictions, scores = [], {}
    for glass in glasses:
        if glass.barriers is None:
            raise InputError(
                f"{glass.name}: no energy barriers found, expected one per atom to score against"
            )
        predictions.append(predict(checkpoint, glass))
        scores[glass.name] = regression_scores(predictions[-1], glass.barriers)
    if len(glasses) > 1:
        labels = np.concatenate([glass.barriers for glass in glasses])
        scores["pooled"] = regression_scores(np.concatenate(predictions), labels)
    return scores


def score_splits(
    checkpoint: Checkpoint, validation: Sequence[Glass], test: Sequence[Glass]
) -> dict[str, Numbers]:
    """Scores of every glass by name; "pooled" is over the atoms of the test glasses, where there are several."""
    scores: dict[str, Numbers] = {}
    for glasses in (*([glass] for glass in validation), test):
        if glasses:
            scores |= score(checkpoint, glasses)
    return scores


def write_scores(checkpoint: Checkpoint, scores: dict[str, Numbers]) -> None:
    """Add scores to the checkpoint's card.json."""
    card = read_card(checkpoint.folder / CARD)
    write_card(checkpoint.folder, card.model_copy(update={"scores": {**card.scores, **scores}}))
