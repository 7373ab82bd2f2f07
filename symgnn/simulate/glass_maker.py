"""Making a glass by computer: melt, quench at a constant rate, and relax to a minimum at zero pressure.

Atoms at random in a cubic box are melted and cooled linearly with ASE's Langevin dynamics at constant
pressure (positions: B. Leimkuhler, C. Matthews, J. Chem. Phys. 138, 174102 (2013); cell: D. Quigley,
M. I. J. Probert, J. Chem. Phys. 120, 11432 (2004)) in the potential of Mendelev et al. 2009. Positions and
box edge are then relaxed together to a minimum of the energy. The box stays a cube throughout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from ase import Atoms, units
from ase.filters import UnitCellFilter
from ase.md.langevinbaoab import LangevinBAOAB
from ase.md.velocitydistribution import thermalize_momenta
from ase.optimize import FIRE, LBFGS

from symgnn import __version__
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.simulate.atomic_stress import atomic_fields
from symgnn.simulate.calculator import MendelevCuZr
from symgnn.simulate.potential import mendelev2009

CU64ZR36 = {"Cu": 0.64, "Zr": 0.36}
ATOMIC_VOLUME = {"Cu": 11.8, "Zr": 23.3}  # Å³ in the glass; their mean is right to 1% for Cu64Zr36
ROUNDED = 0.5  # by which percentages may miss 100
SMALLEST_EDGE = 15.5  # Å: two cutoffs of the potential (15.2 Å) and room for the box to breathe
RELAXATION_TIME = 1000 * units.fs  # of thermostat and barostat
BULK_MODULUS = 0.6  # eV/Å³ (100 GPa): sets the inertia of the box
FORCE_TOLERANCE = 1e-3  # eV/Å, the largest force that is left
PRESSURE_TOLERANCE = 50.0  # bar
STEPS_PER_TEMPERATURE = 10  # the ramp is a staircase of this many time steps
STEPS_PER_REPORT = 500

Progress = Callable[[float, str], None]


def make_glass(
    *,
    n_atoms: int,
    composition: Mapping[str, float] = CU64ZR36,
    quench_rate: float,
    seed: int,
    melt_temperature: float = 2000.0,
    final_temperature: float = 300.0,
    melt_time: float = 20.0,
    time_step: float = 2.0,
    command: str = "",
    progress: Progress | None = None,
) -> Glass:
    """A Cu-Zr glass by melt-quench at zero pressure, relaxed to a minimum, with the fields of atomic_stress.py.

    composition maps Cu and Zr to fractions that sum to 1; quench_rate in K/s from melt_temperature to
    final_temperature (K); melt_time in ps; time_step in fs. The same arguments and seed give the same glass
    on the same machine. command is text for the notes: how to make the glass again. progress(fraction,
    message) is called every 500 steps; an exception from it, or KeyboardInterrupt, ends the run: no file is
    written here.

    Raises InputError for impossible arguments, e.g. too few atoms for a box of 15.5 Å, and RuntimeError where
    the relaxation does not reach 1e-3 eV/Å and 50 bar.
    """
    counts = _counts(n_atoms, composition)
    _check(seed, quench_rate, melt_temperature, final_temperature, melt_time, time_step)
    report = progress or (lambda fraction, message: None)
    rng = np.random.default_rng(seed)

    atoms = random_atoms(counts, rng)
    atoms.calc = MendelevCuZr()
    FIRE(atoms, logfile=None).run(fmax=2.0, steps=500)  # the nearest pairs move apart
    thermalize_momenta(atoms, melt_temperature, rng=rng)
    dynamics = LangevinBAOAB(
        atoms,
        time_step * units.fs,
        temperature_K=melt_temperature,
        externalstress=0.0,
        hydrostatic=True,
        T_tau=RELAXATION_TIME,
        P_tau=RELAXATION_TIME,
        P_mass=9 * atoms.get_volume() * BULK_MODULUS * (RELAXATION_TIME / (2 * np.pi)) ** 2,
        rng=rng,
    )
    melt_steps = round(1e3 * melt_time / time_step)
    quench_steps = max(1, round((melt_temperature - final_temperature) / quench_rate * 1e15 / time_step))
    total = melt_steps + quench_steps
    for done in range(0, total, STEPS_PER_TEMPERATURE):
        quenched = max(done - melt_steps, 0) / quench_steps
        temperature = melt_temperature + (final_temperature - melt_temperature) * quenched
        if done % STEPS_PER_REPORT == 0:
            report(0.98 * done / total, f"{'quench' if quenched else 'melt'}: {temperature:.0f} K")
        dynamics.set_temperature(temperature)
        dynamics.run(min(STEPS_PER_TEMPERATURE, total - done))
    report(0.98, "relaxing")
    largest_force, pressure = relax(atoms)
    report(1.0, "done")

    fields = atomic_fields(atoms)
    potential = mendelev2009()
    rate = f"{quench_rate:g}".replace("e+", "e")
    glass = Glass(
        species=atoms.numbers,
        positions=atoms.get_positions(wrap=True),
        cell=atoms.cell.array,
        pbc=atoms.pbc,
        properties=fields,
        notes={
            "command": command,
            "seed": str(seed),
            "potential": potential.name,
            "potential_citation": potential.citation,
            "potential_notice": potential.notice,
            "quench_rate": f"{rate} K/s, {melt_temperature:g} to {final_temperature:g} K",
            "melt": f"{melt_time:g} ps at {melt_temperature:g} K",
            "time_step": f"{time_step:g} fs",
            "energy_per_atom": f"{fields['potential_energy'].mean():.5f} eV",
            "number_density": f"{len(atoms) / atoms.get_volume():.5f} atoms per Å³",
            "pressure": f"{pressure:.1f} bar",
            "largest_force": f"{largest_force:.1e} eV/Å",
            "symgnn": __version__,
        },
    )
    return replace(glass, name=f"{glass.composition}_{len(glass)}_{rate}")


def parse_composition(text: str) -> dict[str, float]:
    """'Cu64Zr36' -> {'Cu': .64, 'Zr': .36}: symbols with atomic percent. Raises InputError."""
    parts = re.findall(r"([A-Z][a-z]?)(\d+(?:\.\d+)?)", text)
    symbols = [symbol for symbol, _ in parts]
    total = sum(float(part) for _, part in parts)
    if (
        "".join(symbol + part for symbol, part in parts) != text
        or len(set(symbols)) < len(parts)
        or not total
    ):
        raise InputError(f"composition is {text!r}; expected symbols with percent, like Cu64Zr36")
    if abs(total - 100) > ROUNDED:
        raise InputError(
            f"composition is {text!r}, whose percentages sum to {total:g}; expected 100, like Cu64Zr36"
        )
    return {symbol: float(part) / total for symbol, part in parts}


def random_atoms(counts: Mapping[str, int], rng: np.random.Generator) -> Atoms:
    """Atoms put one by one at random into a cubic box of a liquid's density, at least 2 Å apart."""
    edge = (1.1 * sum(ATOMIC_VOLUME[symbol] * count for symbol, count in counts.items())) ** (1 / 3)
    n = sum(counts.values())
    positions = np.empty((n, 3))
    placed = 0
    while placed < n:
        point = rng.uniform(0, edge, 3)
        away = positions[:placed] - point
        away -= edge * np.round(away / edge)
        if placed == 0 or (away**2).sum(axis=1).min() >= 4.0:
            positions[placed] = point
            placed += 1
    symbols = [symbol for symbol, count in counts.items() for _ in range(count)]
    return Atoms(rng.permutation(symbols), positions=positions, cell=[edge] * 3, pbc=True)


def relax(atoms: Atoms, *, max_steps: int = 5000) -> tuple[float, float]:
    """Move atoms and scale the box, in place, to an energy minimum at zero pressure.

    Returns the largest force (eV/Å) and the pressure (bar) that are left. Raises RuntimeError where they
    exceed 1e-3 eV/Å or 50 bar.
    """
    both = UnitCellFilter(atoms, hydrostatic_strain=True)
    LBFGS(both, logfile=None).run(fmax=FORCE_TOLERANCE / 5, steps=max_steps)
    largest_force = float(np.linalg.norm(atoms.get_forces(), axis=1).max())
    pressure = float(-atoms.get_stress()[:3].mean() / (1e5 * units.Pascal))
    if largest_force > FORCE_TOLERANCE or abs(pressure) > PRESSURE_TOLERANCE:
        raise RuntimeError(
            f"the relaxation stopped at {largest_force:.1e} eV/Å and {pressure:.0f} bar; wanted are at most"
            f" {FORCE_TOLERANCE:g} eV/Å and {PRESSURE_TOLERANCE:g} bar"
        )
    return largest_force, pressure


def _counts(n_atoms: int, composition: Mapping[str, float]) -> dict[str, int]:
    """Atoms per element."""
    unknown = [symbol for symbol in composition if symbol not in ATOMIC_VOLUME]
    if unknown:
        raise InputError(f"composition names {', '.join(unknown)}; the potential knows Cu and Zr only")
    fractions = [composition.get(symbol, 0.0) for symbol in ATOMIC_VOLUME]
    if not (min(fractions) >= 0 and abs(sum(fractions) - 1) < 1e-6):
        raise InputError(f"composition is {dict(composition)}; expected fractions of Cu and Zr that sum to 1")
    if not isinstance(n_atoms, int | np.integer):
        raise InputError(f"number of atoms is {n_atoms}; expected a whole number")
    copper = round(n_atoms * fractions[0])
    counts = {"Cu": copper, "Zr": n_atoms - copper}
    volume = sum(ATOMIC_VOLUME[symbol] * count for symbol, count in counts.items())
    if not volume >= SMALLEST_EDGE**3:
        needed = math.ceil(SMALLEST_EDGE**3 / np.dot(fractions, list(ATOMIC_VOLUME.values())))
        raise InputError(
            f"{n_atoms} atoms make a box of less than {SMALLEST_EDGE} Å, twice the potential's reach;"
            f" this composition needs at least {needed} atoms"
        )
    return counts


def _check(seed, quench_rate, melt_temperature, final_temperature, melt_time, time_step):
    if not (isinstance(seed, int | np.integer) and seed >= 0):
        raise InputError(f"seed is {seed}; expected a whole number from 0 on")
    if not 0 < quench_rate < math.inf:
        raise InputError(f"quench rate is {quench_rate:g} K/s; expected a positive number, e.g. 1e13")
    if not 0 < final_temperature < melt_temperature < 10_000:
        found = f"melt {melt_temperature:g} K, final {final_temperature:g} K"
        raise InputError(f"temperatures are {found}; expected 10000 K > melt > final > 0 K")
    if not 0 <= melt_time < math.inf:
        raise InputError(f"melt time is {melt_time:g} ps; expected 0 or more")
    if not 0 < time_step <= 5:
        raise InputError(f"time step is {time_step:g} fs; expected more than 0 and at most 5 fs")
