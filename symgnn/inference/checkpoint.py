"""A trained model on disk: `weights.safetensors` and `card.json` in one folder. Loading runs no code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from symgnn.errors import InputError
from symgnn.inference.uncertainty import CENTER, WHITENING, Uncertainty
from symgnn.io.writing import replacing
from symgnn.models import BarrierModel, build_model
from symgnn.paths import checkpoint_folder

WEIGHTS = "weights.safetensors"
CARD = "card.json"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model ready for inference, with all that is known about it.

    folder, name   where it was loaded from
    model  in evaluation mode; forward gives eV
    card   config, settings, split, data hashes, curves, scores, device, time
    uncertainty  spread of the barriers, None where none was calibrated (symgnn.inference.uncertainty)
    key    16 hex digits of sha256 over weights and settings: what results computed with it are stored under
    """

    folder: Path
    model: BarrierModel
    card: dict[str, Any]
    key: str
    uncertainty: Uncertainty | None = None

    @property
    def name(self) -> str:
        return self.folder.name

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


def save_checkpoint(
    folder: Path, model: BarrierModel, card: dict[str, Any], uncertainty: Uncertainty | None = None
) -> None:
    """Write weights and card; a reader sees the old pair or the new one, the card last.

    The card states the sha256 of its weights, so that a pair torn apart by a crash is noticed.
    """
    with replacing(folder / WEIGHTS) as temporary:
        state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        if uncertainty is not None:
            state |= uncertainty.tensors
            card = {**card, "uncertainty": {**card.get("uncertainty", {}), "parameters": uncertainty.numbers}}
        save_file(state, temporary)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    _write_card(folder, {**card, "weights_sha256": digest})


def update_card(checkpoint: Checkpoint, **entries: Any) -> dict[str, Any]:
    """Replace top-level entries of the card on disk; returns the new card."""
    card = {**read_card(checkpoint.folder / CARD), **entries}
    _write_card(checkpoint.folder, card)
    return card


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    with replacing(folder / CARD) as temporary:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def list_checkpoints(root: Path | None = None) -> list[str]:
    """Names of the checkpoints in a folder, by default `checkpoint_folder()`, sorted."""
    root = root or checkpoint_folder()
    return sorted(path.parent.name for path in root.glob(f"*/{CARD}") if (path.parent / WEIGHTS).is_file())


def load_checkpoint(name: str | Path, root: Path | None = None) -> Checkpoint:
    """Load by name (a folder below `root`, by default `checkpoint_folder()`) or by path of a folder.

    Raises InputError naming the file where it is absent, incomplete or does not fit.
    """
    root = root or checkpoint_folder()
    folder = root / name if (root / name / CARD).is_file() else Path(name)
    if not (folder / CARD).is_file():
        known = ", ".join(list_checkpoints(root)) or "none yet: run `symgnn train`"
        raise InputError(
            f"checkpoint {str(name)!r} not found, expected a folder with {CARD} or one of: {known}"
        )
    card = read_card(folder / CARD)
    weights = folder / WEIGHTS
    try:
        content = weights.read_bytes()
        state = load_file(weights)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{weights}: not readable as safetensors: {' '.join(str(error).split())}") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != card["weights_sha256"]:
        raise InputError(
            f"{weights}: sha256 {digest[:12]}… found, but {CARD} states {card['weights_sha256'][:12]}…"
        )
    model = build_model(card["model"], card["settings"])
    uncertainty = _uncertainty(folder, state, card)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(
            f"{weights}: does not fit {card['model']}: {' '.join(str(error).split())[:300]}"
        ) from None
    key = hashlib.sha256((digest + json.dumps(card["settings"], sort_keys=True)).encode()).hexdigest()[:16]
    return Checkpoint(folder.resolve(), model.eval().requires_grad_(False), card, key, uncertainty)


def _uncertainty(folder: Path, state: dict[str, Tensor], card: dict[str, Any]) -> Uncertainty | None:
    """Take the uncertainty's tensors out of `state`; None where the checkpoint has none."""
    center, whitening = state.pop(CENTER, None), state.pop(WHITENING, None)
    if center is None or whitening is None:
        return None
    try:
        return Uncertainty(center, whitening, **card["uncertainty"]["parameters"])
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / CARD}: field 'uncertainty' does not fit {WEIGHTS}: {' '.join(str(error).split())}"
        ) from None


def read_card(path: Path) -> dict[str, Any]:
    """A card.json without its weights. Raises InputError naming file and field where it is no card."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable as JSON: {error}") from None
    expected = {"model": str, "settings": dict, "weights_sha256": str}
    for name, kind in expected.items():
        if not isinstance(card, dict) or not isinstance(card.get(name), kind):
            raise InputError(f"{path}: field {name!r} is missing or not {kind.__name__}")
    return card
