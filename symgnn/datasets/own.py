"""The named data set "own": glasses of this project with energy barriers searched by it; they ship with it.

Folder `own`: an extended XYZ file and the table of all events (NAME.barriers.npz) for each glass, `own.yaml` with the
split, SHA256SUMS. `python -m benchmarks.own_data` writes it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from symgnn.datasets.definition import SPLITS, DatasetDefinition, read_definition
from symgnn.errors import InputError
from symgnn.paths import own_folder

OWN_NAME = "own"
DEFINITION, CHECKSUMS = "own.yaml", "SHA256SUMS"
EVENTS_ENDING = ".barriers.npz"

_verified: set[tuple[str, int, int]] = set()  # path, size and time of files whose sha256 this process knows


def own_definition() -> DatasetDefinition:
    """Which glasses serve for training, validation and test; their files are verified.

    Raises InputError where a file is not there or its content is not that of SHA256SUMS.
    """
    definition = read_definition(own_folder() / DEFINITION)
    for split in SPLITS:
        for file in definition.files(split):
            verify_file(file)
    return definition


def own_files() -> dict[str, Path]:
    """Name of a glass -> its extended XYZ file, the test glasses first. Empty where the data set is not there."""
    try:
        definition = read_definition(own_folder() / DEFINITION)
    except InputError:
        return {}
    return {file.stem: file for split in reversed(SPLITS) for file in definition.files(split)}


def own_events_file(name: str) -> Path | None:
    """The verified table of all events around the atoms of one of the glasses (`symgnn.simulate.read_barriers` reads
    it); None where it is none of them."""
    path = own_folder() / f"{name}{EVENTS_ENDING}"
    if name not in own_files() or not path.is_file():
        return None
    verify_file(path)
    return path


def verify_file(path: Path) -> None:
    """Raise InputError unless the file's sha256 is that in SHA256SUMS beside it; computed once per process."""
    state = (str(path), path.stat().st_size, path.stat().st_mtime_ns)
    if state in _verified:
        return
    expected = _checksums(path.parent / CHECKSUMS).get(path.name)
    if expected is None:
        raise InputError(f"{path}: not in {CHECKSUMS}, expected one of the data set's files")
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != expected:
        raise InputError(f"{path}: sha256 {actual} found, expected {expected}: the file was changed")
    _verified.add(state)


def _checksums(path: Path) -> dict[str, str]:
    """File name -> sha256, from lines as sha256sum writes them."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return {name.strip().lstrip("*"): digest for digest, _, name in (line.partition(" ") for line in lines)}
