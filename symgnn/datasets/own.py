"""The named data set "own": glasses of this project with energy barriers searched by it; they ship with it.

Folder `own`: an extended XYZ file and the table of all events (NAME.barriers.npz) for each glass, and SHA256SUMS.
Glasses that are not computed yet are left out. `python -m benchmarks.own_data` computes them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from symgnn.datasets.definition import SPLITS
from symgnn.errors import InputError
from symgnn.paths import own_folder

OWN_NAME = "own"
CHECKSUMS, EVENTS_ENDING = "SHA256SUMS", ".barriers.npz"
OWN = {  # glass -> split; the test glasses, of three compositions, serve for scores alone
    "Cu64Zr36_500_1e12": "test",
    "Cu50Zr50_500_1e13": "test",
    "Cu80Zr20_500_1e13": "test",
    "Cu64Zr36_500_1e13": "train",
    "Cu57Zr43_500_1e13": "validation",
}

_verified: set[tuple[str, int, int]] = set()  # path, size and time of files whose sha256 this process knows


def own_files(split: str | None = None) -> dict[str, Path]:
    """Name of a glass -> its extended XYZ file, of those that are there: of "train", "validation", "test" or all."""
    if split is not None and split not in SPLITS:
        raise InputError(f"split {split!r} is not known, expected one of {', '.join(SPLITS)}")
    files = {name: own_folder() / f"{name}.xyz" for name, its in OWN.items() if split in (None, its)}
    return {name: path for name, path in files.items() if path.is_file()}


def own_events_file(name: str) -> Path | None:
    """The verified table of all events around the atoms of one of the glasses (`symgnn.simulate.read_barriers` reads
    it); None where there is none."""
    path = own_folder() / f"{name}{EVENTS_ENDING}"
    if name not in OWN or not path.is_file():
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
