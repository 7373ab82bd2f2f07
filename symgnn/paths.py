"""Where things lie on disk unless a call says otherwise. Read anew at every call: the environment may change."""

from __future__ import annotations

import os
from pathlib import Path

from symgnn.errors import InputError

CHECKPOINTS_VARIABLE = "SYMGNN_CHECKPOINTS"


def checkpoint_folder() -> Path:
    """The folder of the trained models, absolute: $SYMGNN_CHECKPOINTS where set, else `checkpoints` of the checkout
    that the package runs from, else `checkpoints` where we are.

    Raises InputError where the variable names something that is no folder.
    """
    chosen = os.environ.get(CHECKPOINTS_VARIABLE)
    if not chosen:
        checkout = Path(__file__).resolve().parents[1]
        return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "checkpoints"
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise InputError(f"{CHECKPOINTS_VARIABLE}: {chosen} found, expected a folder that exists")
    return folder.resolve()
