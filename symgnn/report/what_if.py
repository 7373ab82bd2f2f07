"""The report of what would be different for an atom if its glass were changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from symgnn.errors import InputError
from symgnn.inference.checkpoint import Checkpoint
from symgnn.plotting.what_if_plots import barriers_before_after, ranked_changes, searched_before_after
from symgnn.report.origin import of_glass, of_versions
from symgnn.report.page import Commands, Heading, Part, Plot, Rows, Text, View, html_page
from symgnn.viewer3d.what_if_views import before_and_after, neighbours_by_change
from symgnn.whatif import Chain, Measured, WhatIf
from symgnn.whatif.searches import standard_error

MOST_ROWS, MOST_MOVED = 20, 10


def what_if_report(
    checkpoint: Checkpoint,
    result: WhatIf,
    *,
    chain: Chain | None = None,
    ranked: pd.DataFrame | None = None,
    atom_change: np.ndarray | None = None,
    measured: Measured | None = None,
    commands: Sequence[str] = (),
) -> str:
    """One HTML file about a change around an atom: the barrier before and after it, the surroundings in 3D, all
    barriers, what moved, and the lines that give it again.

    chain: changes made before, of which `result.given` came. ranked: the table of a scan, and atom_change (N,) eV its
    `atom_change`, NaN where no change was tried. measured: barriers searched before and after. Raises InputError where
    `result` asks about no atom and where 3Dmol.js is not installed.
    """
    if result.atom is None:
        raise InputError(f"{result.given.name}: no atom asked about, expected one to report on")
    glass, atom = result.reference, result.atom
    parts: list[Part] = [*of_glass(result.given, checkpoint)]
    if chain is not None and chain.steps:
        parts += _of_chain(chain)
    parts += _of_change(result)
    if measured is not None:
        parts += _of_searches(result, measured)
    if ranked is not None and len(ranked):
        parts += _of_scan(result, ranked, atom_change)
    if commands:
        parts += [Heading("The same again"), Commands(commands)]
    parts += of_versions(result.given, checkpoint)
    return html_page(f"What if, around atom {atom} ({glass.symbols[atom]}) of {glass.name}", parts)


def _of_chain(chain: Chain) -> list[Part]:
    rows = [("", f"{chain.barriers[0]:.3f}")]
    rows += [
        (str(step.change), f"{barrier:.3f}")
        for step, barrier in zip(chain.steps, chain.barriers[1:], strict=True)
    ]
    return [Heading("Changes made before"), Rows(("change", "barrier of the atom after it / eV"), rows)]


def _of_change(result: WhatIf) -> list[Part]:
    now = result.number_after
    sigma = "" if result.sigma is None else f" ± {result.sigma[now]:.3f}"
    how = "relaxed" if result.is_relaxed else f"not relaxed {result.note}".strip()
    energy = (
        "" if result.energy_change is None else f" The energy changes by {result.energy_change:+z.2f} eV."
    )
    pictures = before_and_after(result)
    relaxation = (
        f"Before relaxation {result.unrelaxed_change[now]:+z.3f} eV. {result.n_moved} atoms moved farther than 0.1 Å. "
        if result.is_relaxed
        else ""
    )
    order = np.argsort(-result.moved, kind="stable")[:MOST_MOVED]
    moved = [
        (
            str(result.kept[one]),
            result.after.symbols[one],
            f"{result.moved[one]:.3f}",
            f"{result.barrier_change[one]:+z.3f}",
        )
        for one in order
        if result.moved[one] > 0
    ]
    parts: list[Part] = [
        Text(
            f"{result.change}: {result.barriers_before[result.atom]:.3f} to {result.barriers_after[now]:.3f} eV, a "
            f"change of {result.barrier_change[now]:+z.3f}{sigma} eV ({how}).{energy}",
            "verdict",
        ),
        Text(
            f"{relaxation}The mean barrier of all atoms changes by {result.barrier_change.mean():+z.3f} eV."
        ),
        Heading("Before"),
        View(pictures[0], "The surroundings of the atom before the change, coloured by predicted barriers"),
        Heading("After"),
        View(pictures[1], "The surroundings of the atom after the change, coloured by predicted barriers"),
        Plot(
            barriers_before_after(result.barriers_before[result.kept], result.barriers_after, atom=now),
            "Predicted barriers of all atoms before the change against those after it",
        ),
    ]
    if moved:
        parts += [
            Heading("What moved most"),
            Rows(("atom", "element", "moved / Å", "shift of its barrier / eV"), moved),
        ]
    return parts


def _of_searches(result: WhatIf, measured: Measured) -> list[Part]:
    now = result.number_after
    figure = searched_before_after(
        (measured.before, measured.after),
        (float(result.barriers_before[result.atom]), float(result.barriers_after[now])),
        None if result.sigma is None else float(result.sigma[now]),
    )
    sides = [
        f"{barriers.mean():.2f} ± {standard_error(barriers):.2f} eV ({len(barriers)} events)"
        for barriers in (measured.before, measured.after) if len(barriers) > 1
    ]  # fmt: skip
    words = f"{measured.tries} searches for saddles before and as many after the change. "
    words += (
        f"Mean ± standard error: {sides[0]} before, {sides[1]} after; measured change {measured.change:+z.3f} ± "
        f"{measured.standard_error:.3f} eV, predicted {result.barrier_change[now]:+z.3f} eV."
        if len(sides) == 2
        else "Fewer than two events on a side: the change is not known."
    )
    return [
        Heading("Checked by barrier searches"),
        Text(words),
        Plot(figure, "Searched and predicted barriers"),
    ]


def _of_scan(result: WhatIf, ranked: pd.DataFrame, atom_change: np.ndarray | None) -> list[Part]:
    sigma = ranked["sigma_of_change_eV"].to_numpy()
    figure = ranked_changes(
        ranked["change"].tolist(),
        ranked["barrier_change_eV"].to_numpy(),
        sigma if np.isfinite(sigma).any() else None,
        chosen=str(result.change),
    )
    rows = [
        (
            str(row.change),
            row.elements,
            f"{row.distance_A:.2f}",
            f"{row.barrier_change_eV:+z.3f}",
            f"{row.sigma_of_change_eV:.3f}",
        )
        for row in ranked.head(MOST_ROWS).itertuples()
    ]
    parts: list[Part] = [
        Heading(f"All {len(ranked)} changes"),
        Plot(figure, "What each change does to the barrier"),
    ]
    if atom_change is not None:
        picture = neighbours_by_change(result.reference, result.atom, atom_change)
        parts += [
            View(picture, "The surroundings of the atom, each neighbour coloured by what its change does"),
            Text(
                "Red raises the barrier of the marked atom, blue lowers it; pale atoms were not changed.",
                "note",
            ),
        ]
    header = ("change", "elements before", "distance / Å", "change of the barrier / eV", "± / eV")
    return [*parts, Rows(header, rows)]
