"""All frames of a file, one after the other: XYZ, LAMMPS dumps and ASE trajectories may hold many.

Text is cut into frames while it is read, so that no more than one frame is in memory; each is then read as a file of
its own by the format's reader, with the same checks. Other formats have one frame.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.compression import plain_name, unpacked
from symgnn.io.formats import format_of, lammps_dump, trajectory, xyz
from symgnn.io.formats.source import Source
from symgnn.io.formats.trajectory import frames_of
from symgnn.io.reading import MAX_ATOMS, MAX_FILE_BYTES, checked_size, clean_name, one_line, read_bytes
from symgnn.io.structures import checked_glass, parse_glass, read_glass, read_glass_bytes

_OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
MAX_LINE_BYTES = 2**20


def read_frames(path: str | os.PathLike, *, types: Mapping[int, str] | None = None) -> Iterator[Glass]:
    """The glasses of all frames of a file in their order, named NAME, frame I (from 0); each is read when it is asked
    for.

    types: as `read_glass` takes it. Raises InputError naming file and frame where one is damaged, after those before
    it; frames may have different numbers of atoms.
    """
    yield from _frames(Path(path), Path(path), types)


def read_frames_bytes(name: str, data: bytes, *, types: Mapping[int, str] | None = None) -> Iterator[Glass]:
    """The same for an upload: `data` is the content of a file called `name`. Nothing is written to disk."""
    name = re.split(r"[/\\]", name)[-1]
    yield from _frames(Path(name), checked_size(data, clean_name(name)), types)


def _frames(path: Path, content: Path | bytes, types: Mapping[int, str] | None) -> Iterator[Glass]:
    """content: the file, or what is in it."""
    form = format_of(path.name)
    if form is trajectory.FORMAT:
        yield from _of_trajectory(path, content)
        return
    cut = {id(xyz.FORMAT): _xyz_frames, id(lammps_dump.FORMAT): _dump_frames}.get(id(form))
    if cut is None:
        is_file = isinstance(content, Path)
        yield read_glass(content, types=types) if is_file else read_glass_bytes(path.name, content, types)
        return
    plain = plain_name(path.name)
    for index, text in enumerate(_contents(path, content, cut)):
        yield _numbered(path, index, lambda text=text: parse_glass(plain, text, types, compressed=False))


def read_frame(path: str | os.PathLike, index: int, *, types: Mapping[int, str] | None = None) -> Glass:
    """The glass of one frame, counted from 0; from the end where negative: -1 is the last one, as `read_glass` gives
    it. Raises InputError where there are fewer frames, and as `read_frames` does."""
    if index == -1:
        return read_glass(path, types=types)
    kept: list[Glass] = []
    count = 0
    for count, glass in enumerate(read_frames(path, types=types), 1):
        if index >= 0 and count == index + 1:
            return glass
        if index < 0:
            kept = [*kept, glass][index:]
    if index < 0 and count >= -index:
        return kept[0]
    raise InputError(f"{clean_name(Path(path).name)}: frame {index} found, but the file has {count}, from 0")


def _numbered(path: Path, index: int, read: Callable[[], Glass]) -> Glass:
    """The glass of a frame, named by it; errors name file and frame."""
    shown = clean_name(path.name)
    try:
        glass = read()
    except InputError as error:
        message = str(error).removeprefix(f"{clean_name(plain_name(path.name))}: ").removeprefix(f"{shown}: ")
        raise InputError(f"{shown}: frame {index} (lines counted in it): {message}") from None
    return replace(glass, name=f"{glass.name}, frame {index}")


def _of_trajectory(path: Path, content: Path | bytes) -> Iterator[Glass]:
    data = read_bytes(content) if isinstance(content, Path) else content
    source = Source(plain_name(path.name), unpacked(path.name, data))
    try:
        count, frame = frames_of(source)
    except InputError as error:
        raise InputError(f"{clean_name(path.name)}: {error}") from None
    for index in range(count):
        yield _numbered(path, index, lambda index=index: checked_glass(frame(index)))


def _contents(
    path: Path, content: Path | bytes, cut: Callable[[Iterator[bytes]], Iterator[list[bytes]]]
) -> Iterator[bytes]:
    """The text of every frame."""
    shown = clean_name(path.name)
    source = content if isinstance(content, Path) else io.BytesIO(content)
    ending = next((ending for ending in _OPENERS if path.name.lower().endswith(ending)), None)
    try:
        with _opened(source) if ending is None else _OPENERS[ending](source, "rb") as file:
            empty = True
            for lines in cut(_lines(file)):
                empty = False
                yield b"".join(lines)
    except InputError as error:
        raise InputError(f"{shown}: {str(error).removeprefix(f'{shown}: ')}") from None
    except FileNotFoundError:
        raise InputError(f"{clean_name(str(path), longest=300)}: no such file") from None
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{shown}: cannot be read: {one_line(error)}") from None
    if empty:
        raise InputError(f"{shown}: no frames, expected one or more")


def _opened(source: Path | io.BytesIO) -> io.BufferedIOBase:
    return source.open("rb") if isinstance(source, Path) else source


def _lines(file: io.BufferedIOBase) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE_BYTES):
        if len(line) == MAX_LINE_BYTES:
            raise InputError(f"a line of more than {MAX_LINE_BYTES} bytes, expected text")
        yield line


def _xyz_frames(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """A number of atoms, a comment line and so many rows, then perhaps lines VEC. What does not begin so is given as a
    frame as it is: its reader says what is wrong."""
    line = next(lines, None)
    while line is not None:
        if not line.strip():
            line = next(lines, None)
            continue
        frame, word = [line], line.decode("utf-8-sig", errors="replace").strip()
        count = int(word) + 1 if word.isascii() and word.isdecimal() and len(word) <= 12 else 0
        for _ in range(min(count, MAX_ATOMS + 1)):
            row = next(lines, None)
            if row is None:
                break
            frame.append(row)
        line = next(lines, None)
        while line is not None and line.lstrip().startswith(b"VEC"):
            frame.append(line)
            line = next(lines, None)
        yield _limited(frame)


def _dump_frames(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """From each ITEM: TIMESTEP to the next; what stands before it (ITEM: UNITS) belongs to it."""
    frame: list[bytes] = []
    begun, size = False, 0
    for line in lines:
        starts = line.startswith((b"ITEM: TIMESTEP", b"ITEM: UNITS"))
        if starts and begun:
            yield frame
            frame, begun, size = [], False, 0
        begun |= line.startswith(b"ITEM: TIMESTEP")
        frame.append(line)
        size += len(line)
        if size > MAX_FILE_BYTES:
            raise InputError(f"a frame is larger than the limit of {MAX_FILE_BYTES / 2**20:g} MiB")
    if any(line.strip() for line in frame):
        yield frame


def _limited(frame: list[bytes]) -> list[bytes]:
    if sum(map(len, frame)) > MAX_FILE_BYTES:
        raise InputError(f"a frame is larger than the limit of {MAX_FILE_BYTES / 2**20:g} MiB")
    return frame
