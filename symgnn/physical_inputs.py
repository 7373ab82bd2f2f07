"""Per-atom energies and stresses that a model reads and a file does not hold: computed under the potential.

A model with physical inputs was trained on glasses that state them (files/paper_pickle.py). For a glass of Cu and Zr
they follow from its positions (simulate/atomic_stress.py); properties that are there are taken as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.recently_used import RecentlyUsed

COMPUTED = ("potential_energy", "pressure", "von_mises")
NOTE = "computed_fields"  # in the notes of a glass: which fields, and how
KEPT = 8  # glasses

_fields: RecentlyUsed[dict[str, np.ndarray]] = RecentlyUsed(KEPT)


def missing_inputs(glass: Glass, inputs: Sequence[str]) -> list[str]:
    """Those of the per-atom properties `inputs` that the glass lacks and that can be computed for Cu-Zr."""
    return [name for name in inputs if name in COMPUTED and name not in glass.properties]


def with_physical_inputs(glass: Glass, inputs: Sequence[str]) -> Glass:
    """The glass with the per-atom properties `inputs`, those that it lacks computed, and a note that says so.

    The glass itself where nothing is to be computed. Once per content in this process; any thread may ask. Raises
    InputError naming the missing properties where numba is not installed and where the potential does not take the
    glass
    (elements, cell, atoms too near). Properties that are no energy or stress stay missing.
    """
    missing = missing_inputs(glass, inputs)
    if not missing:
        return glass
    try:
        from symgnn.simulate.atomic_stress import fields_of_glass
        from symgnn.simulate.potential import mendelev2009
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise InputError(
            f"{_not_found(glass, missing)}, expected them in the file, or the extra physics, which computes them for "
            "Cu-Zr glasses: pip install symgnn[physics]"
        ) from None
    try:
        computed = _fields.get(glass.content_hash, lambda: fields_of_glass(glass))
    except InputError as error:
        reason = str(error).removeprefix(f"{glass.name}: ")
        raise InputError(
            f"{_not_found(glass, missing)}, expected them in the file; they cannot be computed: {reason}"
        ) from None
    text = f"{', '.join(missing)}: not in the file, computed with the potential {mendelev2009().name}"
    completed = glass.with_properties(**{name: computed[name] for name in missing})
    return replace(completed, notes={**glass.notes, NOTE: text})


def _not_found(glass: Glass, missing: Sequence[str]) -> str:
    what = "property" if len(missing) == 1 else "properties"
    return f"{glass.name}: per-atom {what} {', '.join(missing)} not found, which this model reads"
