"""ASE's binary trajectories (.traj), of which the last frame is read."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.source import Format, Source, frame_note
from symgnn.io.reading import MAX_ATOMS, one_line

if TYPE_CHECKING:
    from ase import Atoms


def read_trajectory(source: Source) -> Glass:
    """The last frame, with its arrays of one number per atom as properties."""
    count, frame = frames_of(source)
    return frame(count - 1)


def frames_of(source: Source) -> tuple[int, Callable[[int], Glass]]:
    """How many frames there are, and the function that reads frame 0..count-1."""
    from ase.io.trajectory import TrajectoryReader  # these take half a second, which other formats do without
    from ase.io.ulm import InvalidULMFileError

    try:
        reader = TrajectoryReader(io.BytesIO(source.data))
        count = len(reader)
    except InvalidULMFileError:
        raise InputError("not readable as ASE trajectory: this is no file of that kind") from None
    except Exception as error:  # whatever ASE meets in a damaged file
        raise InputError(f"not readable as ASE trajectory: {one_line(error)}") from None
    if not count:
        raise InputError("no frames, expected an ASE trajectory")
    return count, lambda index: _frame(source, reader, index, count)


def _frame(source: Source, reader: Sequence[Atoms], index: int, count: int) -> Glass:
    try:
        atoms = reader[index]
    except Exception as error:  # whatever ASE meets in a damaged file
        raise InputError(f"not readable as ASE trajectory: {one_line(error)}") from None
    if len(atoms) > MAX_ATOMS:
        raise InputError(f"{len(atoms)} atoms, the limit is {MAX_ATOMS}")
    glass = Glass.from_ase(atoms, source.shown)
    return source.glass(
        species=glass.species,
        positions=glass.positions,
        cell=glass.cell,
        pbc=glass.pbc,
        barriers=glass.barriers,
        properties=glass.properties,
        notes=frame_note(count) if index == count - 1 else {},
    )


FORMAT = Format("ASE trajectory", (".traj",), read_trajectory)
