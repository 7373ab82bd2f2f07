"""Messages between server and worker: pickles with their length before them, through two pipes.

To the worker: Ask, Cancel. From it: Ready, Report, Answer, Failure.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Ask:
    """number: of the job, counted by the server. packed, pickles: parcels.py. folders: environment variables."""

    number: int
    kind: str
    packed: Mapping[str, Any]
    pickles: Mapping[str, bytes]
    folders: Mapping[str, str | None]


@dataclass(frozen=True)
class Cancel:
    number: int


@dataclass(frozen=True)
class Ready:
    """The worker has imported what it needs."""


@dataclass(frozen=True)
class Report:
    number: int
    fraction: float
    what: str


@dataclass(frozen=True)
class Answer:
    """content: the pickled answer."""

    number: int
    content: bytes


@dataclass(frozen=True)
class Failure:
    """refused: the input is at fault, and text is the message of an InputError. cancelled: as it was asked to."""

    number: int
    text: str
    refused: bool = False
    cancelled: bool = False


def write(stream: BinaryIO, message: Any) -> None:
    """Raises OSError or ValueError where the other side is gone."""
    content = dumps(message)
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read(stream: BinaryIO) -> Any:
    """The next message. Raises EOFError where the other side is gone."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(header)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return loads(content)


class _Pickler(pickle.Pickler):
    """Takes mappings that cannot be written too, as explanations have them."""

    dispatch_table = copyreg.dispatch_table | {
        MappingProxyType: lambda mapping: (_read_only, (dict(mapping),))
    }


def _read_only(values: dict) -> MappingProxyType:
    return MappingProxyType(values)


def dumps(value: Any) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return stream.getvalue()


def loads(content: bytes) -> Any:
    """Of what this server or its own workers have pickled; nothing from outside comes this way."""
    return pickle.loads(content)  # noqa: S301
