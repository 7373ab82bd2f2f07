"""Simulating glasses: the Mendelev 2009 Cu-Zr potential as an ASE calculator, and glasses by melt-quench."""

from symgnn.extras import require

require("numba", "symgnn.simulate")  # before the files that import it

from symgnn.simulate.atomic_stress import atomic_fields, fields_of_glass  # noqa: E402
from symgnn.simulate.calculator import MendelevCuZr  # noqa: E402
from symgnn.simulate.glass_maker import make_glass, parse_composition, relax  # noqa: E402
from symgnn.simulate.potential import Mendelev2009, mendelev2009  # noqa: E402

__all__ = [
    "Mendelev2009",
    "MendelevCuZr",
    "atomic_fields",
    "fields_of_glass",
    "make_glass",
    "mendelev2009",
    "parse_composition",
    "relax",
]
