"""Compressed files: gzip, xz and bzip2, unpacked up to a limit, so that no small file fills the memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib

from symgnn.errors import InputError
from symgnn.io.reading import MAX_FILE_BYTES, checked_size, clean_name, one_line

_OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
COMPRESSIONS = tuple(_OPENERS)


def plain_name(name: str) -> str:
    """The name without the ending of a compression: glass.xyz for glass.xyz.gz."""
    for ending in COMPRESSIONS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def unpacked(name: str, data: bytes, limit: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file called `name`, decompressed where its ending says so.

    Raises InputError where it is damaged or holds more than `limit` bytes.
    """
    shown = clean_name(name)
    opener = next((opener for ending, opener in _OPENERS.items() if name.lower().endswith(ending)), None)
    if opener is None:
        return data
    try:
        with opener(io.BytesIO(data)) as file:
            content = file.read(limit + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{shown}: not readable as a compressed file: {one_line(error)}") from None
    return checked_size(content, shown, limit)
