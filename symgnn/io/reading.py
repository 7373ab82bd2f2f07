"""What every reader needs: the bytes of a file within a limit, names and errors fit for the screen."""

from __future__ import annotations

import os
from pathlib import Path

from symgnn.errors import InputError

MAX_FILE_BYTES = 512 * 2**20
MAX_ATOMS = 2_000_000


def read_bytes(path: str | os.PathLike, limit: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file of at most `limit` bytes. Raises InputError where it cannot be read."""
    path = Path(path)
    shown = clean_name(str(path), longest=300)
    if path.is_dir():
        raise InputError(f"{shown}: is a folder, expected a structure file")
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise InputError(f"{shown}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise InputError(f"{shown}: cannot be read: {one_line(error)}") from None
    return checked_size(data, clean_name(path.name), limit)


def checked_size(data: bytes, shown: str, limit: int = MAX_FILE_BYTES) -> bytes:
    """`data` itself. Raises InputError, naming the file `shown`, where it is empty or longer than `limit`."""
    if not data:
        raise InputError(f"{shown}: the file is empty")
    if len(data) > limit:
        raise InputError(f"{shown}: larger than the limit of {limit / 2**20:g} MiB")
    return data


def clean_name(text: str, longest: int = 80) -> str:
    """Text for the screen: markup, quotes, unprintable characters become '_'; cut to `longest` characters."""
    kept = "".join("_" if c in "<>&\"'`\\" or not c.isprintable() else c for c in text)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def one_line(error: BaseException | str, longest: int = 200) -> str:
    """The message of a foreign error: one printable line of at most `longest` characters."""
    text = str(error)
    if isinstance(error, KeyError) and error.args:
        text = f"{error.args[0]!r} is not known"
    elif not text:  # StopIteration and the like
        text = f"the file ends too early ({type(error).__name__})"
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
