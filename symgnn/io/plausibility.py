"""Is a structure one of atoms at distances in Å? Looked at for every file, whatever its format.

Half the sum of two covalent radii is half a bond length: no two atoms of condensed matter come that near. Files in
which they do hold lengths in nm, symmetry copies of one atom, or the alternatives of a disordered site.
"""

from __future__ import annotations

import numpy as np
from ase.data import covalent_radii

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.pair_search import expected_pairs, find_pairs

HIGHEST_DENSITY = 0.25  # atoms per Å³; diamond has .176, metallic glasses .05 to .08
USUAL_DENSITY = (0.01, 0.2)  # atoms per Å³ of condensed phases: caesium has .009, Cu-Zr glasses .06
LEAST_PACKING = 0.2  # of the volume, by covalent spheres of metals; metals and their glasses have .6 to 1
NOT_METALS = {1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 33, 34, 35, 36, 52, 53, 54, 85, 86}
MOST_WITHIN = (1.3, 10)  # Å, atoms: no matter has so many within that distance on average
SAME_PLACE = 0.1  # Å
FARTHEST = 1e8  # Å from the origin; beyond it wrapping leaves no digits of a position
IN_NM = "are the lengths in nm, expected Å?"


def check_distances(glass: Glass) -> None:
    """Raise InputError for atoms nearer than half the sum of their covalent radii, or far denser than any matter."""
    farthest = float(np.abs(glass.positions).max())
    if farthest > FARTHEST:
        raise InputError(f"{glass.name}: a coordinate is {farthest:.3g} Å, expected at most {FARTHEST:g}")
    density = glass.number_density
    if density is not None and density > HIGHEST_DENSITY:
        cause = IN_NM if density <= 1000 * USUAL_DENSITY[1] else "is the cell right?"
        raise InputError(
            f"{glass.name}: {density:.3g} atoms per Å³, condensed matter has at most {USUAL_DENSITY[1]}: {cause}"
        )
    distance, most = MOST_WITHIN
    within = expected_pairs(glass, distance) / len(glass)
    if len(glass) > 1000 and within > most:
        raise InputError(f"{glass.name}: about {within:,.0f} atoms within {distance} Å of each: {IN_NM}")
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
    elif density is None and len(np.union1d(first[near], second[near])) > len(glass) / 2:
        cause = IN_NM
    else:
        cause = "symmetry copies, alternatives of a disordered site, or a wrong cell?"
    raise InputError(
        f"{glass.name}: {names[0]} and {names[1]} are {lengths[row]:.3g} Å apart, less than half the sum of their "
        f"covalent radii ({limits[row]:.2f} Å): {cause}"
    )


def density_note(glass: Glass) -> str | None:
    """A sentence where the number density of a periodic glass is that of no condensed phase, else None."""
    density = glass.number_density
    if density is None:
        return None
    if not USUAL_DENSITY[0] <= density <= USUAL_DENSITY[1]:
        usual = f"condensed phases have {USUAL_DENSITY[0]} to {USUAL_DENSITY[1]}"
    else:
        packing = 4 / 3 * np.pi * float((covalent_radii[glass.species] ** 3).mean()) * density
        if packing >= LEAST_PACKING or NOT_METALS & set(glass.species.tolist()):
            return None
        usual = f"spheres of the covalent radii fill {100 * packing:.0f}% of the cell, of metals 60% and more"
    too_few = density <= USUAL_DENSITY[1]
    causes = "lengths in bohr, a cell with vacuum, atoms missing" if too_few else "a wrong cell"
    return f"{density:.2g} atoms per Å³, {usual} ({causes}?)"
