"""The check of a glass against the training data, barriers of all frames of a file, and what can be given away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from dashboard.calls.barriers import read_by, readable
from dashboard.waiting import answer, is_asked
from dashboard.workers.jobs import Job
from symgnn.check import ValidationReport
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint


@dataclass(frozen=True, eq=False)
class File:
    """An uploaded file of several frames: its name, content, elements of its types, and number of frames."""

    name: str
    data: bytes
    types: dict[int, str]
    frames: int

    @property
    def key(self) -> tuple:
        return hashlib.sha256(self.data).hexdigest(), self.name, tuple(self.types.items())


def validation(glass: Glass) -> ValidationReport:
    """What of a glass is unlike the training data. Raises InputError where atoms have no neighbours to compare."""
    return answer(
        Job("validate", ("validate", glass.name, glass.content_hash), "Check of the glass", {"glass": glass})
    )


def frame_barriers(model: Checkpoint, file: File) -> pd.DataFrame:
    """A line for each frame: number of atoms, mean, standard deviation, lowest and highest predicted barrier in eV."""
    arguments = {"model": model, "name": file.name, "data": file.data, "types": file.types or None}
    arguments |= {"frames": file.frames}
    return answer(Job("frame_barriers", ("frames", model.key, *file.key), "Predicting all frames", arguments))


def html_of_glass(model: Checkpoint, glass: Glass, file: str) -> str:
    """The report of a glass as one HTML file; file: the name of the structure file."""
    return answer(_html_of_glass(model, glass, file))


def html_of_glass_is_asked(model: Checkpoint, glass: Glass, file: str) -> bool:
    return is_asked(_html_of_glass(model, glass, file))


def _html_of_glass(model: Checkpoint, glass: Glass, file: str) -> Job:
    glass = readable(model, glass)
    key = ("html", model.key, glass.name, read_by(model, glass), file)
    return Job("html_of_glass", key, "Writing the report", {"model": model, "glass": glass, "file": file})


def html_of_atom(model: Checkpoint, glass: Glass, explained: Explanation, k: int, file: str) -> str:
    """The report of an explanation as one HTML file, with its k most important edges."""
    return answer(_html_of_atom(model, glass, explained, k, file))


def html_of_atom_is_asked(model: Checkpoint, glass: Glass, explained: Explanation, k: int, file: str) -> bool:
    return is_asked(_html_of_atom(model, glass, explained, k, file))


def _html_of_atom(model: Checkpoint, glass: Glass, explained: Explanation, k: int, file: str) -> Job:
    glass = readable(model, glass)
    key = ("html", model.key, glass.name, read_by(model, glass), explained.key, k, file)
    arguments = {"model": model, "glass": glass, "explained": explained, "k": k, "file": file}
    return Job("html_of_atom", key, "Writing the report", arguments)


def everything(model: Checkpoint, glass: Glass, file: str, frames: File | None) -> bytes:
    """A zip with all that is known of a glass, and of all frames of its file where it has several."""
    return answer(_everything(model, glass, file, frames))


def everything_is_asked(model: Checkpoint, glass: Glass, file: str, frames: File | None) -> bool:
    return is_asked(_everything(model, glass, file, frames))


def _everything(model: Checkpoint, glass: Glass, file: str, frames: File | None) -> Job:
    glass = readable(model, glass)
    key = ("zip", model.key, glass.name, read_by(model, glass), file, frames and frames.key)
    upload = None if frames is None else (frames.name, frames.data, frames.types)
    arguments = {"model": model, "glass": glass, "file": file, "upload": upload}
    return Job("everything_of_glass", key, "Collecting everything", arguments)
