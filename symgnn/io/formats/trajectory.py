"""ASE's binary trajectories (.traj), of which the last frame is read."""

from __future__ import annotations

import io

from ase.io.trajectory import TrajectoryReader
from ase.io.ulm import InvalidULMFileError

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.source import Format, Source, frame_note
from symgnn.io.reading import MAX_ATOMS, one_line


def read_trajectory(source: Source) -> Glass:
    """The last frame, with its arrays of one number per atom as properties."""
    try:
        reader = TrajectoryReader(io.BytesIO(source.data))
        frames = len(reader)
        if not frames:
            raise InputError("no frames, expected an ASE trajectory")
        atoms = reader[frames - 1]
    except InputError:
        raise
    except InvalidULMFileError:
        raise InputError("not readable as ASE trajectory: this is no file of that kind") from None
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
        notes=frame_note(frames),
    )


FORMAT = Format("ASE trajectory", (".traj",), read_trajectory)
