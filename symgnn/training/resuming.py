"""The file that an unfinished run leaves: a later run goes on from it only where it would compute the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from symgnn.errors import InputError
from symgnn.glass import Glass


def label_hash(glass: Glass) -> str | None:
    """16 hex digits of sha256 over the barriers; None for a glass without."""
    if glass.barriers is None:
        return None
    return hashlib.sha256(b"barriers-1" + glass.barriers.astype("<f8").tobytes()).hexdigest()[:16]


def data_identity(glasses: Sequence[Glass], inputs: Sequence[str]) -> dict[str, list[str | None]]:
    """All that a run reads of its glasses, in their order, as hashes under the words that errors use.

    inputs: the per-atom properties that the model reads.
    """
    return {
        "structures": [glass.content_hash for glass in glasses],
        "per-atom inputs": [glass.content_hash_with(inputs) for glass in glasses],
        "barriers": [label_hash(glass) for glass in glasses],
    }


def _differing(word: str, stated: Any, expected: Any) -> str:
    """What differs: of settings, which and how; of anything else, its word alone."""
    if not isinstance(stated, Mapping) or not isinstance(expected, Mapping):
        return word
    names = [name for name in {**stated, **expected} if stated.get(name) != expected.get(name)]
    return f"{word} ({', '.join(f'{name} {stated.get(name)}, now {expected.get(name)}' for name in names)})"


def saved_state(
    path: Path, identity: Mapping[str, Any], device: torch.device | str = "cpu"
) -> dict[str, Any] | None:
    """What an unfinished run has written to `path`, None where there is no such file.

    identity: what the run depends on, word -> value; the file holds its own under "identity". Loaded with
    weights_only: no code in it can run. Raises InputError where it cannot be read and where it belongs to another run.
    """
    if not path.is_file():
        return None
    try:
        state = torch.load(path, weights_only=True, map_location=device)
        stated = dict(state["identity"])
    except (RuntimeError, UnpicklingError, EOFError, OSError, KeyError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: not readable: {reason}; delete it to start anew") from None
    other = [word for word, value in identity.items() if word not in stated or stated[word] != value]
    other = [_differing(word, stated.get(word), identity[word]) for word in other]
    if other:
        raise InputError(
            f"{path}: belongs to a run with other {', '.join(other)} than found now, expected the same; choose another "
            "output folder or delete this file"
        )
    return state
