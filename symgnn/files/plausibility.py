"""Is a structure one of atoms at distances in Å? Looked at for every file, whatever its format.

Half the sum of two covalent radii is half a bond length: no two atoms of condensed matter come that near. Files in
which they do hold lengths in nm, symmetry copies of one atom, or the alternatives of a disordered site.
"""

from __future__ import annotations

import numpy as np
from ase.data import covalent_radii

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.pair_search import find_pairs

HIGHEST_DENSITY = 0.25  # atoms per Å³; diamond has .176, metallic glasses .05 to .08
SAME_PLACE = 0.1  # Å
USUAL_DENSITY = (0.01, 0.2)  # atoms per Å³ of condensed phases: caesium has .009, Cu-Zr glasses .06


def check_distances(glass: Glass) -> None:
    """Raise InputError for atoms nearer than half the sum of their covalent radii, or far denser than any matter."""
    density = glass.number_density
    if density is not None and density > HIGHEST_DENSITY:
        raise InputError(
            f"{glass.name}: {density:.3g} atoms per Å³, condensed matter has at most {USUAL_DENSITY[1]}: are the "
            "lengths in nm, expected Å?"
        )
    radii = covalent_radii[glass.species]
    first, second, lengths = find_pairs(
        glass, glass.wrapped(), float(radii.max()), "ijd", both_directions=False
    )
    limits = (radii[first] + radii[second]) / 2
    near = lengths < limits
    if not near.any():
        return
    row = int(np.argmin(np.where(near, lengths / limits, np.inf)))
    names = [f"{glass.symbols[atom]} (atom {atom})" for atom in sorted((int(first[row]), int(second[row])))]
    if lengths[row] < SAME_PLACE:
        cause = "is one atom listed twice, or are two elements on one site?"
    elif len(np.union1d(first[near], second[near])) > len(glass) / 2:
        cause = "are the lengths in nm, expected Å?"
    else:
        cause = "symmetry copies, alternatives of a disordered site, or a wrong cell?"
    raise InputError(
        f"{glass.name}: {names[0]} and {names[1]} are {lengths[row]:.3g} Å apart, less than half the sum of their "
        f"covalent radii ({limits[row]:.2f} Å): {cause}"
    )


def density_note(glass: Glass) -> str | None:
    """A sentence where the number density of a periodic glass is that of no condensed phase, else None."""
    density = glass.number_density
    if density is None or USUAL_DENSITY[0] <= density <= USUAL_DENSITY[1]:
        return None
    causes = (
        "lengths in bohr, a cell with vacuum, atoms missing" if density < USUAL_DENSITY[0] else "a wrong cell"
    )
    return f"{density:.2g} atoms per Å³, condensed phases have {USUAL_DENSITY[0]} to {USUAL_DENSITY[1]} ({causes}?)"
