"""Results kept on disk in the user's cache folder, within a limit: what was used longest ago goes first.

Each kind of result has a folder, each result a file whose name ends in a key of 20 hex digits. Other files are left
alone. Any number of processes may write, read and remove at once: whoever finds a file gone computes its result anew.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from symgnn.errors import InputError
from symgnn.paths import cache_folder

LIMIT_VARIABLE = "SYMGNN_CACHE_GB"
LIMIT_GB = 2.0  # 1 GB = 2**30 bytes
STAYS_SECONDS = 3600  # what was used within the last hour stays: a run still reads what it has written
LEFT_SECONDS = 86400  # a temporary file of this age belongs to a process that was killed
CHECK_SECONDS = 600  # between two checks of the limit by one process

_RESULT = re.compile(r"(?:[\w-]+-)?[0-9a-f]{20}\.\w+")
_TEMPORARY = re.compile(r"\.(?:[\w-]+-)?[0-9a-f]{20}\.\w+\.partial\.\w+")

_checked: dict[Path, float] = {}  # cache folder -> when this process checked its limit last


def folder(kind: str) -> Path:
    """The folder for results of one kind, absolute; it need not exist yet. Now and then this enforces the limit."""
    root = cache_folder()
    now = time.monotonic()
    if now - _checked.get(root, -CHECK_SECONDS) >= CHECK_SECONDS:
        _checked[root] = now
        enforce_limit()
    return root / kind


def touch(path: Path) -> None:
    """Note that the result was used now."""
    with suppress(OSError):  # gone, or another user's
        os.utime(path)


def limit_bytes() -> int:
    """$SYMGNN_CACHE_GB in bytes, 2 GB unless set. Raises InputError where it is no number from 0."""
    text = os.environ.get(LIMIT_VARIABLE) or str(LIMIT_GB)
    try:
        limit = float(text)
    except ValueError:
        limit = -1.0
    if not 0 <= limit < float("inf"):
        raise InputError(f"{LIMIT_VARIABLE}: {text!r} found, expected a number of GB from 0")
    return int(limit * 2**30)


def enforce_limit() -> int:
    """Remove results, those used longest ago first, until the rest is within the limit; returns the bytes removed.

    What was used within the last hour stays even so.
    """
    limit, now = limit_bytes(), time.time()
    files, removed = sorted(_files(cache_folder())), 0
    total = sum(size for _, size, _ in files)
    for used, size, path in files:
        temporary = path.name.startswith(".")
        if now - used > LEFT_SECONDS if temporary else total > limit and now - used > STAYS_SECONDS:
            try:
                path.unlink()
            except FileNotFoundError:  # another process has removed it: what stays is smaller by as much
                total -= size
                continue
            except OSError:  # another user's
                continue
            total, removed = total - size, removed + size
    return removed


def _files(root: Path) -> Iterator[tuple[float, int, Path]]:
    """When it was used last, size in bytes and path of every result and temporary file below `root`."""
    for place, _, names in os.walk(root):
        for name in names:
            path = Path(place, name)
            if not (_RESULT.fullmatch(name) or _TEMPORARY.fullmatch(name)):
                continue
            try:
                status = path.stat(follow_symlinks=False)
            except OSError:
                continue
            yield status.st_mtime, status.st_size, path
