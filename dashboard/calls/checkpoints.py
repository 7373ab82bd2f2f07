"""Trained models, their methods of explanation, and the leaderboard."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from symgnn.benchmark.leaderboard import Row, by_validation, card_files, read_row
from symgnn.errors import InputError
from symgnn.explanations.methods import available_methods
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, list_checkpoints, load_checkpoint
from symgnn.physical_inputs import missing_inputs
from symgnn.recently_used import RecentlyUsed
from symgnn.whatif import methods as whatif_methods

_loaded: RecentlyUsed[Checkpoint] = RecentlyUsed(4)
_rows: RecentlyUsed[Row] = RecentlyUsed(128)


def checkpoint(name: str) -> Checkpoint:
    """A trained model by name, loaded once for each version of it."""
    return _loaded.get((name, _version(card_files(name)[name])), lambda: load_checkpoint(name))


def methods(model: Checkpoint) -> list[str]:
    """Names of the explanation methods that work for this checkpoint, the default first."""
    return available_methods(model)


def methods_of_atom(model: Checkpoint, glass: Glass) -> list[str]:
    """Names of those that explain an atom of a glass: where the glass can be relaxed there is one more."""
    return whatif_methods.methods_of_atom(model, glass)


def models() -> tuple[list[Row], list[InputError]]:
    """The models of the leaderboard, best on validation first, and what is wrong with cards that do not fit."""
    rows, problems = [], []
    try:
        names = list_checkpoints()
    except InputError as error:
        return [], [error]
    for name in names:
        files = card_files(name)
        try:
            rows.append(_row(name, files))
        except InputError as error:
            problems.append(error)
    return by_validation(rows), problems


def _row(name: str, files: dict[str, Path]) -> Row:
    return _rows.get((name, *map(_version, files.values())), lambda: read_row(name, files))


def _version(file: Path) -> tuple[str, int]:
    return str(file), file.stat().st_mtime_ns


def unfit(row: Row, glass: Glass) -> str | None:
    """Why the model of a row cannot predict the barriers of a glass, as its card tells; None where it can."""
    trained, inputs = row.card.composition, row.card.inputs
    unknown = [element for element in glass.elements if trained and element not in trained]
    if unknown:
        return f"does not know {', '.join(unknown)}"
    computed = missing_inputs(glass, inputs) if not set(glass.elements) - {"Cu", "Zr"} else []
    computed = computed if importlib.util.find_spec("numba") else []
    absent = [name for name in inputs if name not in glass.properties and name not in computed]
    return f"needs {', '.join(absent)}" if absent else None
