"""A labelled data set with its split into training, validation and test glasses: the paper's our own, or yours."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from symgnn.datasets.definition import PAPER_NAME, SPLITS, DatasetDefinition, glass_name, read_definition
from symgnn.datasets.glass_dataset import GlassDataset
from symgnn.datasets.own import OWN_NAME, own_files, verify_file
from symgnn.datasets.paper import find_paper, load_paper, split_names
from symgnn.errors import InputError
from symgnn.glass import BARRIER_COLUMN, Glass, atomic_number
from symgnn.io.structures import read_glass
from symgnn.paths import own_folder

LARGEST_BARRIER = 1000.0  # eV, far above all of a solid: a label beyond is a mistake, or in another unit


@dataclass(frozen=True, eq=False)
class SplitDataset:
    """A named data set, split by glass.

    name    "paper", "own", or the name in the YAML
    train, validation, test  GlassDataset of labelled glasses; test may be empty
    origin  what errors name: the YAML, or the folder of the paper's files
    """

    name: str
    train: GlassDataset
    validation: GlassDataset
    test: GlassDataset
    origin: str

    def split(self, name: str) -> GlassDataset:
        """The glasses of "train", "validation" or "test". Raises InputError for another name."""
        if name not in SPLITS:
            raise InputError(f"split {name!r} is not known, expected one of {', '.join(SPLITS)}")
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements of the training glasses, by atomic number."""
        symbols = {symbol for glass in self.train.glasses for symbol in glass.elements}
        return tuple(sorted(symbols, key=atomic_number))

    def check(self) -> None:
        """Read all glasses and raise InputError, naming the YAML and the split, where they cannot serve together.

        No glass (by its content) may be in two splits, no element outside the training glasses, no barrier beyond
        1000 eV, and the training labels must not all be equal.
        """
        split_of: dict[str, tuple[str, str]] = {}
        elements = self.elements
        for split in SPLITS:
            for glass in self.split(split).glasses:
                other_split, other = split_of.setdefault(glass.content_hash, (split, glass.name))
                if other_split != split:
                    raise InputError(
                        f"{self.origin}: {split}: glass {glass.name} is the same as {other} of {other_split}, "
                        "expected no glass in two splits"
                    )
                largest = np.abs(glass.barriers).max()
                if largest > LARGEST_BARRIER:
                    raise InputError(
                        f"{self.origin}: {split}: glass {glass.name} has a barrier of {largest:.3g} eV in size, "
                        f"expected at most {LARGEST_BARRIER:g}: are they in eV?"
                    )
                new = [element for element in glass.elements if element not in elements]
                if new:
                    raise InputError(
                        f"{self.origin}: {split}: glass {glass.name} holds {', '.join(new)}, expected only elements "
                        f"of the training glasses: {', '.join(elements)}"
                    )
        labels = np.concatenate([glass.barriers for glass in self.train.glasses])
        if np.ptp(labels) == 0:
            raise InputError(
                f"{self.origin}: train: all barriers are {labels[0]:g} eV, expected different ones"
            )


def load_dataset(
    source: str | os.PathLike = PAPER_NAME, folder: str | os.PathLike | None = None
) -> SplitDataset:
    """The data set "paper" or "own", or that of a YAML file (`symgnn.datasets.definition`).

    Glasses are read when they are needed.
    folder: of the paper's files, else where `find_paper` looks; test glasses whose files are not there are left out.
    Raises InputError where the data set, its YAML or one of its files is missing or does not fit.
    """
    if str(source) == PAPER_NAME:
        return _paper(folder)
    if folder is not None:
        raise InputError(
            f"{source}: a folder of the paper's files found as well ({folder}), expected one data set"
        )
    if str(source) == OWN_NAME:
        return _own()
    path = Path(source)
    if path.suffix not in (".yaml", ".yml") and not path.is_file():
        names = f"{PAPER_NAME}, {OWN_NAME}"
        raise InputError(f"data set {str(source)!r} not found, expected {names} or a YAML file")
    definition = read_definition(path)
    return SplitDataset(definition.name, *(_files(definition, split) for split in SPLITS), origin=str(path))


def _paper(folder: str | os.PathLike | None) -> SplitDataset:
    folder = find_paper(folder)
    names = {split: split_names(split) for split in SPLITS}
    names["test"] = [name for name in names["test"] if (folder / f"{name}.pickle").is_file()]
    splits = (
        GlassDataset([partial(_paper_glass, name, folder) for name in names[split]]) for split in SPLITS
    )
    return SplitDataset(PAPER_NAME, *splits, origin=str(folder))


def _paper_glass(name: str, folder: Path) -> Glass:
    return load_paper([name], folder)[0]


def _own() -> SplitDataset:
    if not own_files():
        raise InputError(f"{own_folder()}: no glass of the data set {OWN_NAME!r} here")
    splits = (
        GlassDataset([partial(_own_glass, path) for path in own_files(split).values()]) for split in SPLITS
    )
    return SplitDataset(OWN_NAME, *splits, origin=str(own_folder()))


def _own_glass(path: Path) -> Glass:
    verify_file(path)
    return read_glass(path)


def _files(definition: DatasetDefinition, split: str) -> GlassDataset:
    return GlassDataset(
        [
            partial(_glass_of_file, definition.path, split, file, definition.types)
            for file in definition.files(split)
        ]
    )


def _glass_of_file(path: Path, split: str, file: Path, types: dict[int, str]) -> Glass:
    try:
        glass = read_glass(file, types=types or None, name=glass_name(file))
    except InputError as error:
        raise InputError(f"{path}: {split}: {error}") from None
    if glass.barriers is None:
        raise InputError(
            f"{path}: {split}: {file.name}: no energy barriers found, expected a column {BARRIER_COLUMN!r} in eV"
        )
    return glass
