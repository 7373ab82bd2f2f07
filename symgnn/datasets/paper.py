"""The named data set "paper": its nine glasses, their checksums and split, fetching and loading them.

The files come from the public repository of the paper's authors, at one fixed commit. It carries no licence,
so they are fetched and never shipped. Folder: `raw/paper` in `data_folder()`.
"""

from __future__ import annotations

import hashlib
import os
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from symgnn.datasets.definition import SPLITS
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.paper_pickle import parse_paper_pickle
from symgnn.io.reading import one_line, read_bytes
from symgnn.io.writing import replacing
from symgnn.paths import data_folder

URL = (
    "https://raw.githubusercontent.com/haoyuli02/SymGNN/"
    "cecec420d187ab6cb51565dd5f2aeb9905063c35/datasets/raw_data/"
)
TIMEOUT_SECONDS = 30.0
MAX_BYTES = 4 * 2**20  # the largest file has 368,735 bytes
Progress = Callable[["DatasetFile", int, int | None], None]  # file, bytes done, bytes in all where known


@dataclass(frozen=True)
class DatasetFile:
    """One file of a data set: a glass's name, sha256 of its file (hex), and the split it belongs to."""

    name: str
    sha256: str
    split: str

    @property
    def file_name(self) -> str:
        return f"{self.name}.pickle"


PAPER = (
    DatasetFile("train0", "17e71d9599ea0efc0a30470a492d85b0cfcb301060cb7762dff0127b8ee214ac", "train"),
    DatasetFile("train1", "c9feb236ca670b16269d493ac1a78ee7940bb1b309f8ab3cb093d3e68fdfaddb", "train"),
    DatasetFile("train2", "8b80667c6fbc7365c834a6d10e252dfcb24601ab975be6e83883cf8abccdce87", "train"),
    DatasetFile("train3", "733dbee48fe37b0c8ddcc1918e342bf34ade80d3d5fffd8c51a5218cf622d019", "train"),
    DatasetFile("train4", "9517cb1de08afc103001f37151a95f33e18032063eba72ae9935c9f8fc41d1f6", "train"),
    DatasetFile("train5", "f2d3f706fa01209ecb3d54a48a564418a340a70eaf5b1a956f4838a1ce0f3986", "train"),
    DatasetFile("train6", "bfd476cbcce8e8bf83990b42e94d1d771249d5f417f9798eeb0152f6b11c3b8f", "validation"),
    DatasetFile("test0", "0828b3128532ff6e4e2bcf2fb4cb1976258d327fd68a5f43910390baf2dc45f0", "test"),
    DatasetFile("test1", "e7a0b757fda235617e9565dac4e3f60575a03dbca548a709ce72b451cb0443d5", "test"),
)

_verified: set[tuple[str, int, int]] = (
    set()
)  # path, size and time of the files whose sha256 this process knows


def paper_folder() -> Path:
    """Where `fetch` puts the paper's files unless told otherwise: `raw/paper` in `data_folder()`."""
    return data_folder() / "raw" / "paper"


def find_paper(folder: str | os.PathLike | None = None) -> Path:
    """The folder with the paper's files: `folder`, else $SYMGNN_RAW_DATA, else `paper_folder()`.

    Raises InputError, saying how to fetch them, where it holds none of them.
    """
    folder = Path(folder or os.environ.get("SYMGNN_RAW_DATA") or paper_folder())
    if not any((folder / file.file_name).is_file() for file in PAPER):
        raise InputError(
            f"{folder}: none of the paper's files (train0.pickle, ...) here; get them with "
            "`symgnn data fetch`, or set SYMGNN_RAW_DATA to their folder"
        )
    return folder


def load_paper(names: Iterable[str], folder: str | os.PathLike | None = None) -> list[Glass]:
    """The glasses of these names ("train0", ..., "test1"), in their order.

    The sha256 of every file is checked, once per process. Raises InputError where a name is unknown, a file
    absent or its content not the published one.
    """
    files = _files(names)
    folder = find_paper(folder)
    return [_load(file, folder / file.file_name) for file in files]


def split_names(split: str) -> list[str]:
    """Names of the glasses of split "train" (train0-5), "validation" (train6) or "test" (test0, test1)."""
    if split not in SPLITS:
        raise InputError(f"split {split!r} is not known, expected one of {', '.join(SPLITS)}")
    return [file.name for file in PAPER if file.split == split]


def fetch(
    folder: str | os.PathLike | None = None,
    *,
    source: str | os.PathLike | None = None,
    names: Iterable[str] | None = None,
    progress: Progress | None = None,
    url: str = URL,
) -> list[str]:
    """Bring the paper's files (all, or those of `names`) into `folder`, by default `paper_folder()`.

    They are downloaded from `url`, or copied from the folder `source`. Each is verified by its sha256 before
    it gets its name; one that is already there and right is left alone. progress(file, bytes done, bytes in
    all) is called after every piece, and once for a file that was there.
    Returns the names of files that `source` does not hold. Raises InputError where it holds none of them,
    where a download fails, or where a content is not the published one.
    """
    folder = paper_folder() if folder is None else Path(folder)
    files = _files(names) if names is not None else list(PAPER)
    if source is not None:
        source = Path(source)
        if not any((source / file.file_name).is_file() for file in files):
            raise InputError(f"{source}: holds none of {', '.join(file.file_name for file in files)}")
    missing = []
    for file in files:
        target = folder / file.file_name
        size = target.stat().st_size if target.is_file() else 0
        if 0 < size <= MAX_BYTES and _sha256(target) == file.sha256:
            if progress:
                progress(file, size, size)
        elif source is None:
            _download(file, url.rstrip("/") + "/" + file.file_name, target, progress)
        elif (source / file.file_name).is_file():
            _copy(file, source / file.file_name, target, progress)
        else:
            missing.append(file.name)
    return missing


def _files(names: Iterable[str]) -> list[DatasetFile]:
    known = {file.name: file for file in PAPER}
    names = [names] if isinstance(names, str) else list(names)
    for name in names:
        if name not in known:
            raise InputError(f"glass {name!r} is not in the paper's data set, expected {', '.join(known)}")
    return [known[name] for name in names]


def _load(file: DatasetFile, path: Path) -> Glass:
    if not path.is_file():
        raise InputError(f"{path}: no such file; get it with `symgnn data fetch`")
    status = path.stat()
    key = (str(path.resolve()), status.st_size, status.st_mtime_ns)
    data = read_bytes(path, MAX_BYTES)
    if key not in _verified:
        _check(file, hashlib.sha256(data).hexdigest(), str(path))
        _verified.add(key)
    return parse_paper_pickle(data, path.name)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check(file: DatasetFile, sha256: str, origin: str) -> None:
    if sha256 != file.sha256:
        raise InputError(
            f"{origin}: sha256 is {sha256[:12]}…, expected {file.sha256[:12]}…; this is not the published file"
        )


def _copy(file: DatasetFile, origin: Path, target: Path, progress: Progress | None) -> None:
    try:
        with origin.open("rb") as stream:
            _receive(file, stream, str(origin), target, os.fstat(stream.fileno()).st_size, progress)
    except OSError as error:
        raise InputError(f"{origin}: copying to {target} failed: {one_line(error)}") from None


def _download(file: DatasetFile, url: str, target: Path, progress: Progress | None) -> None:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as stream:
            length = stream.headers.get("Content-Length", "")
            _receive(file, stream, url, target, int(length) if length.isdecimal() else None, progress)
    except (OSError, HTTPException) as error:  # URLError, time-outs and lost connections are OSErrors
        raise InputError(
            f"{url}: download failed: {one_line(error)}; with a copy of the files at hand: "
            "`symgnn data fetch --from FOLDER`"
        ) from None


def _receive(
    file: DatasetFile,
    stream: BinaryIO,
    origin: str,
    target: Path,
    total: int | None,
    progress: Progress | None,
) -> None:
    """Write the stream to a temporary name, verify it, and only then give it its name."""
    digest, done = hashlib.sha256(), 0
    with replacing(target) as temporary:
        with temporary.open("wb") as out:
            while piece := stream.read(65536):
                done += len(piece)
                if done > MAX_BYTES:
                    raise InputError(f"{origin}: more than {MAX_BYTES} bytes, expected {file.file_name}")
                digest.update(piece)
                out.write(piece)
                if progress:
                    progress(file, done, total)
        if total is not None and done < total:
            raise InputError(f"{origin}: ended after {done} of {total} bytes; try again")
        _check(file, digest.hexdigest(), origin)
