"""Glasses on disk and from uploads, and what is read off their positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dashboard.waiting import answer, is_finished
from dashboard.workers.jobs import Job
from symgnn.datasets.own import own_files
from symgnn.datasets.paper import PAPER, find_paper
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.neighbors import Neighbors, neighbor_list
from symgnn.io.frames import read_frames_bytes
from symgnn.io.reading import MAX_ATOMS
from symgnn.io.structures import read_glass, read_glass_bytes
from symgnn.paths import samples_folder
from symgnn.recently_used import RecentlyUsed
from symgnn.structure import COORDINATION_CUTOFF, LocalStructure, local_structure

FEW_ATOMS = 4000  # whose Voronoi cells take a moment: less than to wait for a worker that is at work

_read: RecentlyUsed[Glass] = RecentlyUsed(16)
_uploaded: RecentlyUsed[tuple[Glass, ...]] = RecentlyUsed(8)
_neighbors: RecentlyUsed[Neighbors] = RecentlyUsed(8)
_surroundings: RecentlyUsed[LocalStructure] = RecentlyUsed(8)


def glass_files() -> dict[str, Path]:
    """Glasses on disk by name: those of the data set "own", which have barriers, then the other samples, then the
    paper's where they were fetched."""
    samples = sorted(
        samples_folder().glob("*.xyz"),
        key=lambda path: (not path.stem.startswith("Cu64Zr36"), path.stem),  # the paper's composition first
    )
    own = own_files()
    others = [path for path in (*samples, *_paper_files()) if path.stem not in own]
    return own | {path.stem: path for path in others}


def _paper_files() -> list[Path]:
    """The paper's files: those in $SYMGNN_RAW_DATA, else those that `symgnn data fetch` has fetched."""
    try:
        folder = find_paper()
    except InputError:
        return []
    return [folder / file.file_name for file in PAPER if (folder / file.file_name).is_file()]


def load_glass(path: Path) -> Glass:
    """A glass from disk, read once for each version of its file."""
    return _read.get((str(path), path.stat().st_mtime_ns), lambda: read_glass(path))


def read_upload(name: str, data: bytes, types: tuple[tuple[int, str], ...]) -> tuple[Glass, ...]:
    """The glasses of all frames of an uploaded file; types maps LAMMPS types to elements."""
    return _uploaded.get((name, data, types), lambda: _frames(name, data, dict(types) or None))


def _frames(name: str, data: bytes, types: dict[int, str] | None) -> tuple[Glass, ...]:
    last = read_glass_bytes(name, data, types=types)
    if "frame" not in last.notes:
        return (last,)
    frames, atoms = [], 0
    for glass in read_frames_bytes(name, data, types=types):
        frames.append(glass)
        atoms += len(glass)
        if atoms > MAX_ATOMS:
            raise InputError(
                f"{last.name}: the frames have more than {MAX_ATOMS:,} atoms together, expected fewer: take a part of "
                "them, or the command symgnn predict --frame all"
            )
    return tuple(frames)


def neighbors(content_hash: str, glass: Glass) -> Neighbors:
    """Pairs of atoms within COORDINATION_CUTOFF."""
    return _neighbors.get(content_hash, lambda: neighbor_list(glass, COORDINATION_CUTOFF))


def coordination(glass: Glass) -> np.ndarray:
    """(N,) int: neighbours of each atom within COORDINATION_CUTOFF."""
    return np.bincount(neighbors(glass.content_hash, glass).target, minlength=len(glass))


def surroundings(glass: Glass) -> LocalStructure:
    """Voronoi index, coordination, volume and Q6 of every atom. Raises InputError for a cell that is not periodic."""
    if len(glass) <= FEW_ATOMS:
        return _surroundings.get(glass.content_hash, lambda: local_structure(glass))
    return answer(_surroundings_job(glass))


def surroundings_are_at_hand(glass: Glass) -> bool:
    """Whether they are there at once: nobody has to wait for a worker."""
    return len(glass) <= FEW_ATOMS or is_finished(_surroundings_job(glass))


def _surroundings_job(glass: Glass) -> Job:
    return Job("surroundings", ("surroundings", glass.content_hash), "Voronoi cells", {"glass": glass})
