"""Per-atom energies, stresses and vibrations that a model reads and a file does not hold: computed under the potential.

For a glass of Cu and Zr they follow from its positions: energies and stresses at once (simulate/atomic_stress.py), the
mean-square displacement by short dynamics (simulate/vibrations.py), which is kept on disk. Properties that are there
are taken as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.recently_used import RecentlyUsed

STATIC = ("potential_energy", "pressure", "von_mises")
VIBRATIONS = "log_mean_square_displacement"  # natural logarithm of Å²
COMPUTED = (*STATIC, VIBRATIONS)
TITLES = {
    "potential_energy": "potential energy",
    "pressure": "pressure",
    "von_mises": "von Mises stress",
    VIBRATIONS: "log mean-square displacement",
}
"""What a reader sees instead of the names of properties, within a sentence."""
NOTE = "computed_fields"  # in the notes of a glass: which fields, and how
KEPT = 8  # glasses

_fields: RecentlyUsed[dict[str, np.ndarray]] = RecentlyUsed(KEPT)

Progress = Callable[[float], None]


def title_of_input(name: str) -> str:
    """What a property of atoms is called in a sentence; its own name for one that is not computed here."""
    return TITLES.get(name, name)


def missing_inputs(glass: Glass, inputs: Sequence[str]) -> list[str]:
    """Those of the per-atom properties `inputs` that the glass lacks and that can be computed for Cu-Zr."""
    return [name for name in inputs if name in COMPUTED and name not in glass.properties]


def slow_inputs(glass: Glass, inputs: Sequence[str]) -> float:
    """About how many seconds of one core those take that are still to be computed; 0 for what is there in a moment."""
    seconds = slow_inputs_anew(len(glass), missing_inputs(glass, inputs))
    if not seconds:
        return 0.0
    from symgnn.simulate.vibrations import is_kept

    return 0.0 if is_kept(glass) else seconds


def slow_inputs_anew(n_atoms: int, inputs: Sequence[str]) -> float:
    """About how many seconds of one core the inputs take of a glass of so many atoms that nothing is known of; 0 for
    what is there in a moment."""
    if VIBRATIONS not in inputs:
        return 0.0
    try:
        from symgnn.simulate.vibrations import SECONDS_PER_ATOM
    except ModuleNotFoundError:
        return 0.0  # `with_physical_inputs` says at once what is missing
    return SECONDS_PER_ATOM * n_atoms


def with_physical_inputs(glass: Glass, inputs: Sequence[str], *, progress: Progress | None = None) -> Glass:
    """The glass with the per-atom properties `inputs`, those that it lacks computed, and a note that says so.

    The glass itself where nothing is to be computed. Once per content in this process; any thread may ask.
    progress(fraction) of what takes long (`slow_inputs`). Raises InputError naming the missing properties where numba
    is not installed and where the potential does not take the glass (elements, cell, atoms too near). Properties of
    other kinds stay missing.
    """
    missing = missing_inputs(glass, inputs)
    if not missing:
        return glass
    try:
        from symgnn.simulate.potential import mendelev2009
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise InputError(
            f"{_not_found(glass, missing)}, expected them in the file, or the extra physics, which computes them for "
            "Cu-Zr glasses: pip install symgnn[physics]"
        ) from None
    try:
        computed = {}
        if set(missing) & set(STATIC):
            computed |= _fields.get(glass.content_hash, lambda: _static(glass))
        if VIBRATIONS in missing:
            computed |= _fields.get(f"{glass.content_hash} vibrations", lambda: _vibrations(glass, progress))
    except InputError as error:
        reason = str(error).removeprefix(f"{glass.name}: ")
        raise InputError(
            f"{_not_found(glass, missing)}, expected them in the file; they cannot be computed: {reason}"
        ) from None
    text = f"{', '.join(missing)}: not in the file, computed with the {mendelev2009().name}"
    completed = glass.with_properties(**{name: computed[name] for name in missing})
    return replace(completed, notes={**glass.notes, NOTE: text})


def _static(glass: Glass) -> dict[str, np.ndarray]:
    from symgnn.simulate.atomic_stress import fields_of_glass

    return fields_of_glass(glass)


def _vibrations(glass: Glass, progress: Progress | None) -> dict[str, np.ndarray]:
    from symgnn.simulate.vibrations import kept_displacement

    return {VIBRATIONS: np.log(kept_displacement(glass, progress=progress))}


def _not_found(glass: Glass, missing: Sequence[str]) -> str:
    what = "property" if len(missing) == 1 else "properties"
    return f"{glass.name}: per-atom {what} {', '.join(missing)} not found, which this model reads"
