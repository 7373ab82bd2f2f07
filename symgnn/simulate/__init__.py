"""Simulating glasses: the Mendelev 2009 Cu-Zr potential as an ASE calculator, glasses by melt-quench,
and the energy barriers around their atoms."""

from symgnn.extras import require

require("numba", "symgnn.simulate")  # before the files that import it

from symgnn.simulate.atomic_stress import atomic_fields, fields_of_glass  # noqa: E402
from symgnn.simulate.barrier_runs import search_barriers  # noqa: E402
from symgnn.simulate.barrier_table import BarrierTable, read_barriers  # noqa: E402
from symgnn.simulate.barriers import BarrierSearch  # noqa: E402
from symgnn.simulate.calculator import MendelevCuZr  # noqa: E402
from symgnn.simulate.continued_search import (  # noqa: E402
    continued_search,
    is_enough,
    is_whole,
    kept_search,
    tabulated_search,
)
from symgnn.simulate.eam_file import EamPotential, read_potential  # noqa: E402
from symgnn.simulate.event_path import (  # noqa: E402
    EnergyPath,
    energy_path,
    event_frames,
    event_lines,
    write_event,
)
from symgnn.simulate.events import AtomBarriers, Event  # noqa: E402
from symgnn.simulate.glass_maker import make_glass, parse_composition, relax  # noqa: E402
from symgnn.simulate.local_sampling import LocalSample, sample_locally  # noqa: E402
from symgnn.simulate.potential import Mendelev2009, mendelev2009  # noqa: E402
from symgnn.simulate.verify import Verification, relaxed, verify  # noqa: E402
from symgnn.simulate.vibrations import mean_square_displacement  # noqa: E402

__all__ = [
    "AtomBarriers",
    "BarrierSearch",
    "BarrierTable",
    "EamPotential",
    "EnergyPath",
    "Event",
    "LocalSample",
    "Mendelev2009",
    "MendelevCuZr",
    "Verification",
    "atomic_fields",
    "continued_search",
    "energy_path",
    "event_frames",
    "event_lines",
    "fields_of_glass",
    "is_enough",
    "is_whole",
    "kept_search",
    "make_glass",
    "mean_square_displacement",
    "mendelev2009",
    "parse_composition",
    "read_barriers",
    "read_potential",
    "relax",
    "relaxed",
    "sample_locally",
    "search_barriers",
    "tabulated_search",
    "verify",
    "write_event",
]
