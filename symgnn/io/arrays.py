"""Results kept as .npz files in the cache: a file that cannot be read counts as none."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from symgnn import disk_cache
from symgnn.io.writing import replacing


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], *, compressed: bool = False) -> None:
    """Write an .npz file."""
    with replacing(path) as temporary:
        (np.savez_compressed if compressed else np.savez)(temporary, **arrays)


def read_arrays(
    path: Path, names: Iterable[str], optional: Iterable[str] = ()
) -> dict[str, np.ndarray] | None:
    """The named arrays of an .npz file; None where it is not there or not readable or lacks one of `names`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            present = [name for name in optional if name in file]
            arrays = {name: file[name] for name in (*names, *present)}
    except (OSError, KeyError, ValueError, EOFError, BadZipFile, zlib.error):
        return None
    disk_cache.touch(path)
    return arrays
