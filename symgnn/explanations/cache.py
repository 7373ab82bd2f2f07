"""Results on disk, named by what they were computed from: command line and dashboard share them.

Explanations, shards of batches and records of the benchmark of methods are files of one folder, under one version. A
file that cannot be read counts as none, and so does one of another version: what it holds is computed anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from symgnn import disk_cache
from symgnn.io.writing import replacing

VERSION = 6  # of all that is stored here and of what the methods compute


def cache_folder() -> Path:
    """The folder `explanations` of the user's cache (symgnn/disk_cache.py)."""
    return disk_cache.folder("explanations")


def cache_key(
    kind: str,
    *,
    glass_key: str,
    checkpoint_key: str,
    method: str,
    settings: Mapping[str, Any],
    seed: int,
    facts: Mapping[str, Any],
) -> str:
    """20 hex digits that name a result before it is computed: equal inputs, equal key.

    kind: of the result; facts: what else it depends on, the explained atoms among them.
    """
    text = json.dumps(
        [VERSION, kind, glass_key, checkpoint_key, method, dict(settings), int(seed), dict(facts)],
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a JSON file."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(record), encoding="utf-8")


def read_record(path: Path, names: Iterable[str]) -> dict[str, Any] | None:
    """The named entries of a JSON file; None where it is not there, cannot be read or lacks one."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        chosen = {name: record[name] for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    disk_cache.touch(path)
    return chosen
