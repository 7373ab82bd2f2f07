"""The report of one explained atom."""

from __future__ import annotations

import shlex

import numpy as np
from ase import Atoms

from symgnn.errors import InputError
from symgnn.explanations.explain import with_fidelity
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.verdict import verdict
from symgnn.glass import Glass, as_glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import predict_with_uncertainty, readable
from symgnn.plotting.plots import barrier_histogram, importance_by_distance
from symgnn.report.origin import of_glass, of_versions
from symgnn.report.page import Commands, Heading, Part, Plot, Rows, Text, View, html_page
from symgnn.stats import percentile_rank, percentile_text
from symgnn.structure import local_structure
from symgnn.viewer3d.views import explained_atom
from symgnn.whatif.methods import title_of


def atom_report(
    checkpoint: Checkpoint,
    glass: Glass | Atoms,
    explanation: Explanation,
    *,
    k: int = 20,
    file: str = "FILE",
    draws: int = 200,
) -> str:
    """One HTML file about an explanation of `glass` by `checkpoint`: the k most important edges in 3D and as a table,
    where they are, the verdict by `draws` draws, and the commands that give it again.

    file: the name of the structure file for these commands. Raises InputError as `with_fidelity` does and where
    3Dmol.js is not installed.
    """
    glass, atom = readable(checkpoint, as_glass(glass)), explanation.atom
    glass.check_atom(atom)
    explanation = with_fidelity(checkpoint, glass, explanation, k=k, draws=draws, seed=explanation.seed)
    prediction = predict_with_uncertainty(checkpoint, glass)
    top, symbols = explanation.top(min(k, explanation.n_important)), glass.symbols
    distance = fields_of(checkpoint, glass, [atom]).pair_distance.double().cpu().numpy()
    rank = percentile_text(percentile_rank(prediction.barriers, prediction.barriers[atom]))
    width = "" if prediction.sigma is None else f" ± {prediction.sigma[atom]:.3f}"
    picture = explained_atom(
        glass,
        atom,
        explanation.pairs[top],
        explanation.images[top],
        explanation.importance[top],
        predicted=prediction.barriers,
        effect=None if explanation.effect is None else explanation.effect[top],
    )
    title = f"Atom {atom} ({symbols[atom]}) of {glass.name}"
    parts: list[Part] = [
        *of_glass(glass, checkpoint),
        Text(
            f"Predicted barrier {explanation.prediction:.3f}{width} eV, higher than that of {rank} of the atoms; "
            f"{len(explanation.lengths)} edges can change it. Explained by {title_of(explanation.method)}."
        ),
        Text(verdict(explanation).text, "verdict"),
        *_surroundings(glass, atom),
        Heading(f"The {len(top)} most important edges"),
        View(picture, f"Atom {atom}, its surroundings and the {len(top)} most important edges in 3D"),
        Text("The explained atom is in the middle. Drag to turn, scroll to come nearer.", "note"),
        Plot(
            importance_by_distance(distance, explanation.importance, top),
            "Importance of the edges by their distance from the explained atom",
        ),
        _edge_table(explanation, top, symbols),
        Heading("Among all atoms of the glass"),
        Plot(
            barrier_histogram(
                prediction.barriers, symbols, "predicted barrier / eV", marked=prediction.barriers[atom]
            ),
            "Histogram of the predicted barriers, this atom marked",
        ),
        Heading("The same again"),
        Commands(_commands(checkpoint, explanation, k, draws, file)),
        *of_versions(glass, checkpoint),
    ]
    return html_page(title, parts)


def _surroundings(glass: Glass, atom: int) -> list[Part]:
    try:
        words = local_structure(glass).describe(atom)
    except InputError:  # the explanation holds all the same
        return []
    return [Rows(("surroundings", ""), list(words.items()))]


def _edge_table(explanation: Explanation, top: np.ndarray, symbols: list[str]) -> Rows:
    signed = explanation.effect is not None
    header = ["rank", "edge", "elements", "length / Å", "hops", "importance", *["effect / eV"] * signed]
    rows = []
    for rank, row in enumerate(top.tolist(), 1):
        i, j = explanation.pairs[row].tolist()
        cells = [str(rank), f"{i} – {j}", f"{symbols[i]}–{symbols[j]}", f"{explanation.lengths[row]:.3f}",
                 str(explanation.hops[row]), f"{explanation.importance[row]:.3f}"]  # fmt: skip
        rows.append([*cells, *([f"{explanation.effect[row]:+.4f}"] if signed else [])])
    return Rows(header, rows)


def _commands(checkpoint: Checkpoint, explanation: Explanation, k: int, draws: int, file: str) -> list[str]:
    settings = " ".join(f"--setting {name}={value}" for name, value in explanation.settings.items())
    chosen = f"{shlex.quote(file)} --atom {explanation.atom} --method {explanation.method} {settings}".strip()
    chosen += f" --checkpoint {shlex.quote(checkpoint.argument)} --seed {explanation.seed} --top {k}"
    return [f"symgnn explain {chosen} --draws {draws}", f"symgnn report {chosen} -o report.html"]
