"""Where checkpoints lie: a folder each, with a card and weights. Imports nothing slow: a wrong name is told at once."""

from __future__ import annotations

from pathlib import Path

from symgnn.errors import InputError
from symgnn.paths import checkpoint_folder

CARD = "card.json"
WEIGHTS = "weights.safetensors"


def list_checkpoints(root: Path | None = None) -> list[str]:
    """Names of the checkpoints in a folder, by default `checkpoint_folder()`, sorted."""
    root = root or checkpoint_folder()
    return sorted(path.parent.name for path in root.glob(f"*/{CARD}") if (path.parent / WEIGHTS).is_file())


def find_checkpoint(name: str | Path, root: Path | None = None) -> Path:
    """The folder of a checkpoint: one below `root`, by default `checkpoint_folder()`, or a path.

    Raises InputError, naming those that there are, where it has no card.
    """
    root = root or checkpoint_folder()
    folder = root / name if (root / name / CARD).is_file() else Path(name)
    if not (folder / CARD).is_file():
        known = ", ".join(list_checkpoints(root)) or "none yet: run `symgnn train`"
        raise InputError(
            f"checkpoint {str(name)!r} not found, expected a folder with {CARD} or one of: {known}"
        )
    return folder
