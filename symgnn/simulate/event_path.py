"""The way of an event, start -> saddle -> end: its energies, and its structures as a file of several frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from ase import Atoms

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.io.structures import extxyz_lines
from symgnn.io.writing import replacing
from symgnn.simulate.barriers import BarrierSearch
from symgnn.simulate.events import Event

STEPS = 10  # from the start to the saddle, and as many from there to the end


@dataclass(frozen=True, eq=False)
class EnergyPath:
    """Energies on the straight lines start -> saddle -> end, nothing relaxed between these three.

    fraction  (P,) 0 at the start, 1 at the saddle, 2 at the end
    length    (P,) Å, of the way so far in the 3N coordinates of all atoms
    energy    (P,) eV above the start
    """

    fraction: np.ndarray
    length: np.ndarray
    energy: np.ndarray


def displaced(event: Event, fraction: float) -> np.ndarray:
    """(N, 3) Å from the start: 0 is the start, 1 the saddle, 2 the end; straight lines between them."""
    if fraction <= 1:
        return fraction * event.displacement
    return event.displacement + (fraction - 1) * (event.end_displacement - event.displacement)


def energy_path(search: BarrierSearch, event: Event, steps: int = STEPS) -> EnergyPath:
    """Energies of an event of the glass of `search`, all of whose displacements are known."""
    if steps < 1:
        raise InputError(f"{steps} steps found, expected at least 1")
    fraction = np.linspace(0, 2, 2 * steps + 1)
    ways = [
        np.linalg.norm(event.displacement),
        np.linalg.norm(event.end_displacement - event.displacement),
    ]
    return EnergyPath(
        fraction,
        np.minimum(fraction, 1) * ways[0] + np.maximum(fraction - 1, 0) * ways[1],
        np.array([search.energy(displaced(event, float(at))) for at in fraction]),
    )


def event_frames(structure: Glass | Atoms, event: Event, *, between: int = 0) -> list[Glass]:
    """The structures start, saddle and end of an event of the glass, with `between` interpolated ones in either half.

    The property `displacement` is the distance of each atom from the start (Å); notes tell what a frame is. Labels and
    other properties but `id` are left out. Raises InputError for an event of another number of atoms.
    """
    glass = as_glass(structure)
    if len(event.displacement) != len(glass):
        raise InputError(
            f"{glass.name}: an event of {len(event.displacement)} atoms found, expected {len(glass)}"
        )
    if between < 0:
        raise InputError(f"{between} frames between found, expected 0 or more")
    return [_frame(glass, event, float(at)) for at in np.linspace(0, 2, 2 * (between + 1) + 1)]


def event_lines(structure: Glass | Atoms, event: Event, *, between: int = 0) -> Iterator[str]:
    """The frames as extended XYZ, which `symgnn.io.frames.read_frames`, ASE and OVITO read."""
    for frame in event_frames(structure, event, between=between):
        yield from extxyz_lines(frame)


def write_event(path: str | os.PathLike, structure: Glass | Atoms, event: Event, *, between: int = 0) -> None:
    """Write the frames as one extended XYZ file, whole or not at all. Raises InputError as `event_frames` does."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(event_lines(structure, event, between=between))


def _frame(glass: Glass, event: Event, at: float) -> Glass:
    moved = displaced(event, at)
    of = f"event of atom {event.atom}, attempt {event.attempt}"
    what = {
        0.0: "start",
        1.0: f"saddle, {event.barrier:.4f} eV above the start",
        2.0: f"end, {event.energy_difference:+.4f} eV from the start",
    }.get(at, f"interpolated, {at:.3f} (0: start, 1: saddle, 2: end)")
    kept = {name: values for name, values in glass.properties.items() if name == "id"}
    return replace(
        glass,
        positions=glass.positions + moved,
        barriers=None,
        properties={**kept, "displacement": np.linalg.norm(moved, axis=1)},
        notes={**glass.notes, "frame": what, "event": of},
    )
