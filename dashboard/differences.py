"""What is compared, in numbers: one column for each panel, one row for every two of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from dashboard.layout import with_uncertainty
from dashboard.session import Selection
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.overlap import overlap
from symgnn.plotting.comparison_plots import COLORS
from symgnn.plotting.tables import edge_table
from symgnn.whatif.methods import title_of

SOFT = 10  # percent of the atoms of the first panel's glass that are called soft


@dataclass(frozen=True, eq=False)
class Panel:
    """One of what is compared, and all that is computed for it.

    letter: by which texts and plots call it. predicted, sigma (N,) in eV. problem: why there is no explanation, or no
    prediction either; None without a checkpoint too.
    """

    letter: str
    which: Selection
    checkpoint: str | None
    method: str | None
    coordination: int
    predicted: np.ndarray | None = None
    sigma: np.ndarray | None = None
    explained: Explanation | None = None
    problem: InputError | None = None

    @property
    def color(self) -> str:
        """Of its heading and of its curves."""
        return COLORS["ABCDEF".index(self.letter)]

    @property
    def shows_the_same_atom_as(self) -> tuple[str, int]:
        """Equal for panels whose explanations are of the same edges."""
        return self.which.glass.content_hash, self.which.atom


def soft_limit(panels: list[Panel]) -> float | None:
    """eV: below it are SOFT percent of the atoms of the first panel's glass; None where no barriers are known."""
    known = [panel.predicted for panel in panels if panel.predicted is not None]
    return float(np.percentile(known[0], SOFT)) if known else None


def numbers(panel: Panel, k: int, soft: float | None) -> dict[str, str]:
    """One column of the table; soft: `soft_limit`."""
    glass, atom = panel.which.glass, panel.which.atom
    symbols = np.asarray(glass.symbols)
    rows = {
        "glass": f"{glass.name}, {len(glass):,} atoms",
        "atom": f"{atom} ({symbols[atom]}), {panel.coordination} neighbours",
    }
    if panel.predicted is not None:
        sigma = None if panel.sigma is None else panel.sigma[atom]
        rows["checkpoint"] = panel.checkpoint or ""
        rows["predicted barrier"] = with_uncertainty(float(panel.predicted[atom]), sigma)
        rows["mean barrier of the glass"] = f"{panel.predicted.mean():.3f} eV"
        for element in glass.elements:
            own = panel.predicted[symbols == element]
            rows[f"soft {element} (below {soft:.2f} eV)"] = f"{100 * (own < soft).mean():.1f}% of {element}"
    if glass.barriers is not None:
        rows["labelled barrier"] = f"{glass.barriers[atom]:.2f} eV"
    if panel.explained is not None:
        distance = edge_table(glass, panel.explained)["distance_A"]
        rows["explained by"] = title_of(panel.explained.method)
        rows["edges that can matter"] = f"{len(distance):,}"
        if len(distance):
            rows[f"median distance of the top {k}"] = f"{np.median(distance[:k]):.2f} Å"
            rows["median distance of all edges, control"] = f"{np.median(distance):.2f} Å"
    return rows


def table(panels: list[Panel], k: int) -> pd.DataFrame:
    """`numbers` of all panels: a row for each number, a column for each panel."""
    soft = soft_limit(panels)
    columns = {panel.letter: numbers(panel, k, soft) for panel in panels}
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    return pd.DataFrame(
        {"": names}
        | {letter: [column.get(name, "–") for name in names] for letter, column in columns.items()}
    )


def barrier_shifts(panels: list[Panel]) -> pd.DataFrame:
    """For every two panels: by how much barriers differ, in eV, the second minus the first.

    Two checkpoints on one glass are also compared atom by atom.
    """
    rows = []
    for first, second in combinations([panel for panel in panels if panel.predicted is not None], 2):
        one, other = first.predicted, second.predicted
        same_atoms = first.which.glass.content_hash == second.which.glass.content_hash
        rows.append(
            {
                "panels": f"{first.letter} → {second.letter}",
                "atom": float(other[second.which.atom] - one[first.which.atom]),
                "mean of the glass": float(other.mean() - one.mean()),
                "standard deviation": float(other.std() - one.std()),
                "mean change of an atom": float(np.abs(other - one).mean()) if same_atoms else None,
            }
        )
    return pd.DataFrame(rows)


def overlaps(panels: list[Panel], k: int) -> pd.DataFrame:
    """For every two explanations of one atom: what their k most important edges share, and what chance would."""
    rows = []
    for first, second in combinations([panel for panel in panels if panel.explained is not None], 2):
        if first.shows_the_same_atom_as != second.shows_the_same_atom_as:
            continue
        one = overlap(first.explained, second.explained, first.which.glass, k=k)
        rows.append(
            {
                "panels": f"{first.letter} and {second.letter}",
                "edges shared": f"{one.shared} of {one.k}",
                "Jaccard index": one.jaccard,
                "chance": one.jaccard_chance,
                "matched chance": one.jaccard_matched,
                "p": one.p_matched,
                "rank correlation": one.rank_correlation,
                "matched, shuffled": one.rank_correlation_matched,
            }
        )
    return pd.DataFrame(rows)
