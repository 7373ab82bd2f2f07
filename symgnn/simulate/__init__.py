"""Simulating glasses: the Mendelev 2009 Cu-Zr potential as an ASE calculator, and glasses by melt-quench."""

try:
    import numba  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "numba":
        raise
    raise ModuleNotFoundError(
        "symgnn.simulate needs numba, which is not installed: pip install symgnn[physics]",
        name="numba",
    ) from None

from symgnn.simulate.atomic_stress import atomic_fields, fields_of_glass
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.glass_maker import make_glass, parse_composition, relax
from symgnn.simulate.potential import Mendelev2009, mendelev2009

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
