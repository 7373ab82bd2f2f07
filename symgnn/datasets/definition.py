"""The file that describes a data set: a name, and which files are for training, validation and test.

    name: toy                              # default: the file's own name
    train: [glasses/a.xyz, glasses/b.xyz]  # any format that symgnn reads, with barriers in eV (column `barrier`)
    validation: glasses/c.xyz
    test: [glasses/d.xyz]                  # may be left out
    types: {1: Ni, 2: P}                   # only for files with numbers in place of elements

Files are relative to the folder of the YAML. A glass is called by the name of its file without ending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from symgnn.errors import InputError
from symgnn.glass import atomic_number
from symgnn.io.compression import plain_name
from symgnn.io.reading import one_line

PAPER_NAME = "paper"
SPLITS = ("train", "validation", "test")
KEYS = ("name", *SPLITS, "types")
POOLED = "pooled"  # what scores call all test glasses together


@dataclass(frozen=True)
class DatasetDefinition:
    """A data set as its file describes it. path: of the YAML; types: atom type -> element."""

    path: Path
    name: str
    train: tuple[Path, ...]
    validation: tuple[Path, ...]
    test: tuple[Path, ...] = ()
    types: Mapping[int, str] = field(default_factory=dict)

    def files(self, split: str) -> tuple[Path, ...]:
        """The files of "train", "validation" or "test"."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[split]


def read_definition(path: str | Path) -> DatasetDefinition:
    """Read the YAML of a data set; the glasses themselves are not read.

    Raises InputError naming the YAML and the key where a key is unknown, missing or there twice, a value is of another
    kind, a file is not there, or a file or glass name occurs twice.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        content, outline = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file, expected the YAML of a data set") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ) as error:  # ValueError: no UTF-8, or no such date or number
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: {type(content).__name__} found, expected keys and values")
    for key in content:
        if key not in KEYS:
            raise InputError(f"{path}: key {key!r} is unknown, expected one of: {', '.join(KEYS)}")
    written = [key.value for key, _ in outline.value]
    for key in written:
        if written.count(key) > 1:
            raise InputError(f"{path}: key {key!r} found {written.count(key)} times, expected it once")
    splits = {split: _files(path, split, content.get(split)) for split in SPLITS}
    _check_names(path, splits)
    return DatasetDefinition(
        path, _name(path, content.get("name", path.stem)), **splits, types=_types(path, content.get("types"))
    )


def glass_name(file: Path) -> str:
    """What the glass of a file is called: the file's name without endings, a for a.xyz.gz."""
    return Path(plain_name(file.name)).stem


def _name(path: Path, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(f"{path}: name is {value!r}, expected text")
    if value == PAPER_NAME:
        raise InputError(f"{path}: name is {value!r}, which is the paper's data set, expected another name")
    return value


def _files(path: Path, split: str, value: Any) -> tuple[Path, ...]:
    if value is None and split == "test":
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        what = "key is missing" if value is None else f"{value!r} found"
        raise InputError(f"{path}: {split}: {what}, expected a file or a list of files")
    files = tuple(path.parent / name for name in names)
    for name, file in zip(names, files, strict=True):
        try:
            is_there = file.is_file()
        except OSError:  # a name that is too long, or a folder that may not be entered
            is_there = False
        if not is_there:
            raise InputError(
                f"{path}: {split}: {one_line(name)}: no such file, expected one relative to the YAML"
            )
    return files


def _check_names(path: Path, splits: Mapping[str, tuple[Path, ...]]) -> None:
    """Scores and cards know glasses by their names: each another one."""
    known: dict[str, tuple[str, Path]] = {}
    for split, files in splits.items():
        for file in files:
            name = glass_name(file)
            if name == POOLED:
                raise InputError(
                    f"{path}: {split}: {file.name} found, but scores call all glasses together {name!r}, "
                    "expected another file name"
                )
            if name in known:
                other_split, other = known[name]
                what = (
                    f"{file.name} is also in {other_split}"
                    if other == file
                    else f"glass {name!r} found twice"
                )
                raise InputError(f"{path}: {split}: {what}, expected a name of its own for every glass")
            known[name] = (split, file)


def _types(path: Path, value: Any) -> dict[int, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(type(number) is int for number in value):
        raise InputError(f"{path}: types: {value!r} found, expected numbers and elements, {{1: Ni, 2: P}}")
    for number, symbol in value.items():
        try:
            atomic_number(symbol if isinstance(symbol, str) else repr(symbol))
        except InputError as error:
            raise InputError(f"{path}: types: {error}, expected an element for type {number}") from None
    return dict(value)
