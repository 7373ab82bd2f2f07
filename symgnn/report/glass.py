"""The report of a whole glass."""

from __future__ import annotations

import shlex

import numpy as np
from ase import Atoms

from symgnn.check import Surroundings, paper_surroundings, validation_report
from symgnn.explanations.methods import title_of
from symgnn.explanations.signed_map import SignedMap, signed_map
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import predict_with_uncertainty, readable
from symgnn.plotting.plots import barrier_histogram
from symgnn.report.origin import of_glass, of_versions
from symgnn.report.page import Commands, Heading, Part, Plot, Rows, Text, View, html_page
from symgnn.viewer3d.map_view import mapped_glass
from symgnn.viewer3d.views import drawn_atoms, whole_glass

STRONGEST = 300
"""Edges of the map that are drawn."""
MOST_ROWS = 10


def glass_report(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    *,
    file: str = "FILE",
    reference: Surroundings | None = None,
) -> str:
    """One HTML file about a glass: predicted barriers in 3D and as a histogram, the comparison with the training data
    (`reference`, by default the paper's), the signed map where the model reads edges, the commands that give it again.

    file: the name of the structure file for these commands. Raises InputError as `readable` does and where 3Dmol.js is
    not installed.
    """
    glass = readable(checkpoint, as_glass(glass))
    barriers, symbols = predict_with_uncertainty(checkpoint, glass).barriers, glass.symbols
    check = validation_report(glass, reference or paper_surroundings())
    highest = int(np.argmax(barriers))
    shown = drawn_atoms(glass, selected=highest)
    order = np.argsort(barriers, kind="stable")
    ends = [("lowest", atom) for atom in order[:MOST_ROWS]] + [
        ("highest", atom) for atom in order[::-1][:MOST_ROWS]
    ]
    name = f"{shlex.quote(file)} --checkpoint {shlex.quote(checkpoint.argument)}"
    commands = [f"symgnn predict {name}", f"symgnn check {shlex.quote(file)}"]
    parts: list[Part] = [
        *of_glass(glass, checkpoint),
        Text(
            f"Predicted barrier {barriers.mean():.3f} ± {barriers.std():.3f} eV (mean ± standard deviation over "
            f"atoms), {barriers.min():.3f} to {barriers.max():.3f} eV.",
            "verdict",
        ),
        Heading("Predicted barriers"),
        View(
            whole_glass(glass, "predicted", barriers, selected=highest, shown=shown),
            "The atoms in 3D, coloured by their predicted barrier",
        ),
        Text(
            f"Atom {highest}, which has the highest barrier, is marked. Drag to turn, scroll to come nearer.",
            "note",
        ),
        Plot(
            barrier_histogram(barriers, symbols, "predicted barrier / eV"),
            "Histogram of the predicted barriers",
        ),
        Rows(
            ("", "atom", "element", "predicted barrier / eV"),
            [(end, str(atom), symbols[atom], f"{barriers[atom]:.3f}") for end, atom in ends],
        ),
        Heading("Compared with the training data"),
        *(Text(line) for line in check.lines()[1:]),
    ]
    if checkpoint.model.n_layers:
        result = signed_map(checkpoint, glass)
        parts += _of_map(glass, result, highest, shown)
        commands.append(f"symgnn explain {name} --map")
    commands.append(f"symgnn report {name} -o report.html")
    parts += [Heading("The same again"), Commands(commands), *of_versions(glass, checkpoint)]
    return html_page(f"Barriers of {glass.name}", parts)


def _of_map(glass: Glass, result: SignedMap, selected: int, shown: np.ndarray) -> list[Part]:
    strongest = np.argsort(-np.abs(result.pair_effect), kind="stable")[:STRONGEST]
    per_atom = len(glass)
    picture = mapped_glass(
        glass,
        result.atom_effect / per_atom,
        result.pairs[strongest],
        result.images[strongest],
        result.pair_effect[strongest] / per_atom,
        signed=True,
        selected=selected,
        shown=shown,
    )
    return [
        Heading("What raises and what lowers the barriers"),
        View(picture, "Atoms and edges in 3D, coloured by their signed effect on all barriers"),
        Text(
            f"Effect on the mean barrier by {title_of(result.method)}: red raises, blue lowers; the {len(strongest)} "
            "strongest edges, without those across the boundary of the cell.",
            "note",
        ),
    ]
