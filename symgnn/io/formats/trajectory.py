"""ASE's binary trajectories (.traj), of which the last frame is read."""

from __future__ import annotations

import io

import numpy as np
from ase.io.trajectory import TrajectoryReader
from ase.io.ulm import InvalidULMFileError

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.source import Format, Source, frame_note
from symgnn.io.formats.xyz import BARRIER_COLUMN
from symgnn.io.reading import MAX_ATOMS, one_line

_RESULTS = ("energies", "charges", "magmoms")  # per atom; other results belong to the whole structure


def read_trajectory(source: Source) -> Glass:
    """The last frame, with its arrays of one number per atom as fields."""
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
    results = atoms.calc.results if atoms.calc is not None else {}
    columns = dict(atoms.arrays) | {name: results[name] for name in _RESULTS if name in results}
    columns = {
        name: np.array(values)
        for name, values in columns.items()
        if name not in ("numbers", "positions")
        and np.shape(values) == (len(atoms),)
        and np.asarray(values).dtype.kind in "iufb"
    }
    return source.glass(
        species=atoms.numbers,
        positions=atoms.positions,
        cell=atoms.cell.array,
        pbc=atoms.pbc,
        barriers=columns.pop(BARRIER_COLUMN, None),
        fields=columns,
        notes=frame_note(frames),
    )


FORMAT = Format("ASE trajectory", (".traj",), read_trajectory)
