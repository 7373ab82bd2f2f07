"""Whether a checkpoint was trained on the data set at hand: work on it that needs its training glasses asks first."""

from __future__ import annotations

from collections.abc import Iterable

from symgnn.datasets import SplitDataset
from symgnn.datasets.definition import PAPER_NAME
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint


def is_trained_on(checkpoint: Checkpoint, dataset: SplitDataset) -> bool:
    """Whether the card states these training and validation glasses, by content. True where it states none."""
    stated = checkpoint.card.data_hashes
    return not stated or set(stated.values()) == _hashes(dataset.train.glasses + dataset.validation.glasses)


def is_own_dataset(checkpoint: Checkpoint, dataset: SplitDataset) -> bool:
    """Whether scores on `dataset` belong into the checkpoint's card.

    Of the paper's data set the name is enough: its training glasses need not be there. A card without a name states it.
    """
    if dataset.name == PAPER_NAME:
        return checkpoint.card.dataset in (None, PAPER_NAME)
    return is_trained_on(checkpoint, dataset)


def check_trained_on(checkpoint: Checkpoint, dataset: SplitDataset) -> None:
    """Raise InputError where the checkpoint's training or validation glasses are not those of `dataset`."""
    if not is_trained_on(checkpoint, dataset):
        name = checkpoint.card.dataset
        trained = f"data set {name!r}" if name else "other glasses"
        raise InputError(
            f"{checkpoint.full_name}: trained on {trained}, but {dataset.name!r} ({dataset.origin}) found, expected "
            "the same training and validation glasses: name their data set with --dataset"
        )


def _hashes(glasses: Iterable[Glass]) -> set[str]:
    return {glass.content_hash for glass in glasses}
