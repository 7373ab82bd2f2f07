"""A trained model on disk: `weights.safetensors` and `card.json` in one folder. Loading runs no code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.card import Calibration, Card, UncertaintyParameters, read_card, write_card
from symgnn.inference.device import check_device
from symgnn.inference.folders import CARD, WEIGHTS, find_checkpoint, list_checkpoints
from symgnn.inference.uncertainty import CENTER, WHITENING, Uncertainty
from symgnn.io.writing import replacing
from symgnn.models import BarrierModel, build_model
from symgnn.paths import checkpoint_folder

if TYPE_CHECKING:
    from ase import Atoms

    from symgnn.inference.predict import Prediction

__all__ = ["WEIGHTS", "Checkpoint", "list_checkpoints", "load_checkpoint", "save_checkpoint"]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model ready for inference, with all that is known about it.

    folder, name   where it was loaded from
    model  in evaluation mode; forward gives eV
    card   config, settings, split, data hashes, curves, scores, device, time
    uncertainty  of the barriers, None where none was calibrated (symgnn.inference.uncertainty)
    key    16 hex digits of sha256 over weights and settings: what results computed with it are stored under
    """

    folder: Path
    model: BarrierModel
    card: Card
    key: str
    uncertainty: Uncertainty | None = None

    @property
    def name(self) -> str:
        return self.folder.name

    def __repr__(self) -> str:
        return f"Checkpoint({self.full_name!r}: {type(self.model).__name__}, key {self.key})"

    @property
    def argument(self) -> str:
        """What finds it on the command line: symgnn, symgnn/seed1, or its folder elsewhere."""
        root = checkpoint_folder()
        return (
            self.folder.relative_to(root).as_posix() if self.folder.is_relative_to(root) else str(self.folder)
        )

    @property
    def full_name(self) -> str:
        """What tables and texts call it: symgnn, symgnn/seed1; for a folder elsewhere its last two names, runs/mine."""
        root = checkpoint_folder()
        if not self.folder.is_relative_to(root):
            root = Path(self.folder.anchor)
        return "/".join(self.folder.relative_to(root).parts[-2:])

    @property
    def label(self) -> str:
        """`full_name` in names of files: symgnn, symgnn-seed1, runs-mine."""
        return self.full_name.replace("/", "-")

    @property
    def elements(self) -> tuple[str, ...]:
        return self.model.elements

    @property
    def cutoff(self) -> float:
        """Å."""
        return self.model.cutoff

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.model.target_mean.device

    def to(self, device: str | torch.device) -> Checkpoint:
        """The same checkpoint computing on another device (itself where it does already).

        Raises InputError where torch cannot compute there.
        """
        check_device(str(device))
        if torch.empty(0, device=device).device == self.device:
            return self
        uncertainty = None if self.uncertainty is None else self.uncertainty.to(device)
        return replace(self, model=deepcopy(self.model).to(device), uncertainty=uncertainty)

    def predict(
        self, structure: Glass | Atoms, *, progress: Callable[[int, int], None] | None = None
    ) -> np.ndarray:
        """(N,) float64 energy barriers in eV of all atoms.

        progress(atoms done, atoms) is called for a glass so large that it is predicted in tiles. Raises InputError
        where the checkpoint does not know an element, or the structure is not periodic in three directions.
        """
        return self.predict_with_uncertainty(structure, progress=progress).barriers

    def predict_with_uncertainty(
        self, structure: Glass | Atoms, *, progress: Callable[[int, int], None] | None = None
    ) -> Prediction:
        """`predict` with the standard deviation of every barrier, where the checkpoint has an uncertainty."""
        from symgnn.inference.predict import predict_with_uncertainty  # which reads checkpoints

        return predict_with_uncertainty(self, structure, progress=progress)


def save_checkpoint(
    folder: Path, model: BarrierModel, card: Card, uncertainty: Uncertainty | None = None
) -> None:
    """Write weights and card; a reader sees the old pair or the new one, the card last.

    The card is completed by the parameters of the uncertainty and the sha256 of the weights, so that a pair torn apart
    by a crash is noticed.
    """
    with replacing(folder / WEIGHTS) as temporary:
        state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        if uncertainty is not None:
            state |= {name: tensor.cpu() for name, tensor in uncertainty.tensors.items()}
            parameters = UncertaintyParameters(**uncertainty.numbers)
            fitted = (card.uncertainty or Calibration()).model_copy(update={"parameters": parameters})
            card = card.model_copy(update={"uncertainty": fitted})
        save_file(state, temporary)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    write_card(folder, card.model_copy(update={"weights_sha256": digest}))


def load_checkpoint(name: str | Path, root: Path | None = None, *, device: str = "cpu") -> Checkpoint:
    """Load by name (a folder below `root`, by default `checkpoint_folder()`) or by path of a folder.

    device: where it computes, e.g. cuda. Raises InputError naming the file where it is absent, incomplete or does not
    fit, and where torch cannot compute on the device.
    """
    folder = find_checkpoint(name, root)
    card = read_card(folder / CARD)
    weights = folder / WEIGHTS
    try:
        content = weights.read_bytes()
        state = load_file(weights)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{weights}: not readable as safetensors: {' '.join(str(error).split())}") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != card.weights_sha256:
        raise InputError(
            f"{weights}: sha256 {digest[:12]}… found, but {CARD} states {card.weights_sha256[:12]}…"
        )
    try:
        model = build_model(card.model, card.settings)
    except (ValueError, LookupError, RuntimeError) as error:  # InputError is a ValueError
        raise InputError(
            f"{folder / CARD}: the model cannot be built: {' '.join(str(error).split())[:300]}"
        ) from None
    uncertainty = _uncertainty(folder, state, card)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(
            f"{weights}: does not fit {card.model}: {' '.join(str(error).split())[:300]}"
        ) from None
    key = hashlib.sha256((digest + json.dumps(card.settings, sort_keys=True)).encode()).hexdigest()[:16]
    loaded = Checkpoint(folder.resolve(), model.eval().requires_grad_(False), card, key, uncertainty)
    return loaded.to(device)


def _uncertainty(folder: Path, state: dict[str, Tensor], card: Card) -> Uncertainty | None:
    """Take the uncertainty's tensors out of `state`; None where the checkpoint has none."""
    center, whitening = state.pop(CENTER, None), state.pop(WHITENING, None)
    if center is None or whitening is None:
        return None
    numbers = None if card.uncertainty is None else card.uncertainty.parameters
    if numbers is None:
        raise InputError(
            f"{folder / CARD}: field 'uncertainty.parameters' is missing, but {WEIGHTS} holds an uncertainty"
        )
    return Uncertainty(center, whitening, numbers.base, numbers.unusual, numbers.high, numbers.factor95)
