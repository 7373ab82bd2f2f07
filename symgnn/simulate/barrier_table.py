"""The events around many atoms as arrays, and as files for people and programs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.arrays import read_arrays, write_arrays
from symgnn.io.structures import write_extxyz
from symgnn.io.writing import replacing
from symgnn.simulate.events import AtomBarriers

KEPT_MOVE = 0.05  # Å: displacements of atoms that move farther, at the saddle or beyond, are kept
STEPS_PER_ANGSTROM = 1024  # to which kept displacements are rounded: a third of the size in a compressed file
PER_ATOM = ("atom", "tries", "duplicates", "calls")
PER_EVENT = ("event_atom", "attempt", "barrier", "energy_difference", "curvature", "largest_force", "connected",
             "event_calls", "n_moving", "n_kept")  # fmt: skip
PER_MOVE = ("moved_atom", "displacement", "end_displacement")
REASONS = ("reason", "reason_tries")
COLUMNS = (*PER_ATOM, *PER_EVENT, *PER_MOVE, *REASONS)


@dataclass(frozen=True, eq=False)
class BarrierTable:
    """What was searched around A atoms; E events, T displacements.

    atom, tries, duplicates, calls   (A,) int64, as in AtomBarriers
    event_atom, attempt, barrier, energy_difference, curvature, largest_force, connected, event_calls, n_moving
                        (E,) as in Event, atom after atom; event_atom is its atom, event_calls its calls
    n_kept              (E,) int64, displacements that are kept of the event: of atoms that move more than .05 Å
    moved_atom (T,) int64, displacement, end_displacement (T, 3) float32 Å, event after event, rounded to 1/1024 Å
    reason, reason_tries             why tries gave no event, and how many
    """

    atom: np.ndarray
    tries: np.ndarray
    duplicates: np.ndarray
    calls: np.ndarray
    event_atom: np.ndarray
    attempt: np.ndarray
    barrier: np.ndarray
    energy_difference: np.ndarray
    curvature: np.ndarray
    largest_force: np.ndarray
    connected: np.ndarray
    event_calls: np.ndarray
    n_moving: np.ndarray
    n_kept: np.ndarray
    moved_atom: np.ndarray
    displacement: np.ndarray
    end_displacement: np.ndarray
    reason: np.ndarray
    reason_tries: np.ndarray

    def of_atoms(
        self, *, connected: bool = False, first: int | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(A,) each: mean barrier (eV, NaN without events), its standard error (eV, NaN with less than two), number of
        events. connected: of the strictly connected events alone. first: of so many events of an atom at most, those
        that were there first, which are those of a search for so many."""
        mean, error = np.full((2, len(self.atom)), np.nan)
        number = np.zeros(len(self.atom), dtype=np.int64)
        for row, atom in enumerate(self.atom):
            barriers = self.barrier[(self.event_atom == atom) & (self.connected | (not connected))][:first]
            number[row] = len(barriers)
            if len(barriers):
                mean[row] = barriers.mean()
            if len(barriers) > 1:
                error[row] = barriers.std(ddof=1) / np.sqrt(len(barriers))
        return mean, error, number

    def moves(self, event: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of one event 0..E-1: atoms (M,), displacement and end_displacement (M, 3) Å."""
        end = int(self.n_kept[: event + 1].sum())
        rows = slice(end - int(self.n_kept[event]), end)
        return self.moved_atom[rows], self.displacement[rows], self.end_displacement[rows]

    def compact(self, kept_move: float, steps_per_angstrom: int) -> BarrierTable:
        """The same with displacements of atoms that move farther than kept_move (Å) alone, rounded: a smaller file."""
        farthest = np.maximum(*(np.linalg.norm(getattr(self, name), axis=1) for name in PER_MOVE[1:]))
        kept, event = farthest > kept_move, np.repeat(np.arange(len(self.barrier)), self.n_kept)
        return replace(
            self,
            n_kept=np.bincount(event[kept], minlength=len(self.barrier)),
            moved_atom=self.moved_atom[kept],
            **{name: _rounded(getattr(self, name)[kept], steps_per_angstrom) for name in PER_MOVE[1:]},
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """All columns by name, as the .npz file holds them."""
        return {name: getattr(self, name) for name in COLUMNS}

    def write(self, folder: Path, stem: str, glass: Glass) -> list[Path]:
        """Write STEM.barriers.npz (everything), .csv (one line per atom), .events.csv and .xyz; their paths.

        In the extended XYZ the columns are barrier_mean, barrier_standard_error (eV), barrier_events,
        barrier_connected_events, barrier_tries: all 0 for atoms that were not searched. Where every atom has a mean and
        the glass has no labels, the means are its labels, too.
        """
        paths = [
            Path(folder) / f"{stem}.barriers{ending}" for ending in (".npz", ".csv", ".events.csv", ".xyz")
        ]
        write_arrays(paths[0], self.arrays(), compressed=True)
        _write_csv(paths[1], self._atom_rows(glass))
        _write_csv(paths[2], self._event_rows(glass))
        write_extxyz(paths[3], self.labelled(glass))
        return paths

    def labelled(self, glass: Glass) -> Glass:
        """The glass with the columns that `write` names."""
        mean, error, number = self.of_atoms()
        values = {"mean": mean, "standard_error": error, "events": number,
                  "connected_events": self.of_atoms(connected=True)[2], "tries": self.tries}  # fmt: skip
        columns = {}
        for name, of_atom in values.items():
            columns[f"barrier_{name}"] = np.zeros(len(glass))
            columns[f"barrier_{name}"][self.atom] = np.nan_to_num(of_atom)
        barriers = glass.barriers
        if barriers is None and len(self.atom) == len(glass) and number.all():
            barriers = columns["barrier_mean"]
        return replace(glass, barriers=barriers, properties={**glass.properties, **columns})

    def _atom_rows(self, glass: Glass) -> Iterable[dict[str, object]]:
        mean, error, number = self.of_atoms()
        connected_mean, connected_error, connected = self.of_atoms(connected=True)
        for row, atom in enumerate(self.atom):
            yield {
                "atom": atom, "element": glass.symbols[atom],
                "barrier_mean_eV": _digits(mean[row]), "standard_error_eV": _digits(error[row]), "events": number[row],
                "connected_mean_eV": _digits(connected_mean[row]),
                "connected_standard_error_eV": _digits(connected_error[row]), "connected_events": connected[row],
                "tries": self.tries[row], "duplicates": self.duplicates[row], "calls": self.calls[row],
            }  # fmt: skip

    def _event_rows(self, glass: Glass) -> Iterable[dict[str, object]]:
        for row, atom in enumerate(self.event_atom):
            yield {
                "atom": atom, "element": glass.symbols[atom], "attempt": self.attempt[row],
                "barrier_eV": _digits(self.barrier[row]), "energy_difference_eV": _digits(self.energy_difference[row]),
                "moving_atoms": self.n_moving[row], "curvature_eV_per_A2": _digits(self.curvature[row]),
                "largest_force_eV_per_A": _digits(self.largest_force[row]), "connected": int(self.connected[row]),
                "calls": self.event_calls[row],
            }  # fmt: skip


def read_barriers(path: Path | str) -> BarrierTable:
    """The table in a file STEM.barriers.npz. Raises InputError for another file."""
    arrays = read_arrays(Path(path), COLUMNS)
    if arrays is None:
        raise InputError(
            f"{path}: not readable, expected a table of symgnn simulate barriers (.barriers.npz)"
        )
    return BarrierTable(**arrays)


def arrays_of(result: AtomBarriers) -> dict[str, np.ndarray]:
    """The columns of a table of one atom."""
    events = result.events
    moved = [
        np.flatnonzero(
            np.maximum(
                *(np.linalg.norm(field, axis=1) for field in (event.displacement, event.end_displacement))
            )
            > KEPT_MOVE
        )
        for event in events
    ]
    fields = {
        name: np.concatenate(
            [getattr(event, name)[atoms] for event, atoms in zip(events, moved, strict=True)]
        )
        if events
        else np.empty((0, 3))
        for name in PER_MOVE[1:]
    }
    columns = {name: [getattr(event, name) for event in events] for name in PER_EVENT[1:7]}
    reasons = sorted(result.failures.items())
    return {
        **{name: np.array([getattr(result, name)], dtype=np.int64) for name in PER_ATOM},
        **{name: np.array(values, dtype=float) for name, values in columns.items()},
        "event_atom": np.array([event.atom for event in events], dtype=np.int64),
        "attempt": np.array(columns["attempt"], dtype=np.int64),
        "connected": np.array(columns["connected"], dtype=bool),
        "event_calls": np.array([event.calls for event in events], dtype=np.int64),
        "n_moving": np.array([event.n_moving for event in events], dtype=np.int64),
        "n_kept": np.array([len(atoms) for atoms in moved], dtype=np.int64),
        "moved_atom": np.concatenate([np.empty(0, np.int64), *moved]),
        **{name: _rounded(values, STEPS_PER_ANGSTROM) for name, values in fields.items()},
        "reason": np.array([reason for reason, _ in reasons], dtype=str),
        "reason_tries": np.array([number for _, number in reasons], dtype=np.int64),
    }


def joined(parts: Iterable[Mapping[str, np.ndarray]]) -> BarrierTable:
    """The table of several atoms from the columns of each."""
    parts, failures = list(parts), Counter()
    for part in parts:
        failures.update(dict(zip(part["reason"].tolist(), part["reason_tries"].tolist(), strict=True)))
    columns = {
        name: np.concatenate([part[name] for part in parts]) for name in COLUMNS if name not in REASONS
    }
    reasons = sorted(failures.items())
    return BarrierTable(
        **columns,
        reason=np.array([reason for reason, _ in reasons], dtype=str),
        reason_tries=np.array([number for _, number in reasons], dtype=np.int64),
    )


def _rounded(lengths: np.ndarray, steps_per_angstrom: int) -> np.ndarray:
    """float32 Å to multiples of 1/steps: numbers with few digits are small in a compressed file."""
    return (np.round(lengths * steps_per_angstrom) / steps_per_angstrom).astype(np.float32)


def _digits(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6f}"


def _write_csv(path: Path, rows: Iterable[dict[str, object]]) -> None:
    rows = list(rows)
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        if rows:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
