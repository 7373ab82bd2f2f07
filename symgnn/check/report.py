"""A validation report of a glass: what about it is unlike the training data, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from ase import Atoms

from symgnn.check.surroundings import Surroundings, paper_surroundings, shortest_distances
from symgnn.glass import Glass, as_glass

OUTSIDE = 95.0  # percentile of held-out training atoms beyond which an atom is outside
EXPECTED_OUTSIDE = 0.05
MOST_OUTSIDE = 0.10  # fraction; relaxed glasses of the training's kind have .04 to .07
DENSITY_TOLERANCE = 0.02  # of the density
COMPOSITION_TOLERANCE = 0.02
DISTANCE_TOLERANCE = 0.05  # Å
ANOTHER_SIZE = 0.2  # Å between the shortest distances of two elements: that of Cu and Zr is .5

RELAX = "unless it was relaxed under the potential of the training data, relax it: "
RELAX += "symgnn simulate verify FILE --relax OUT"


@dataclass(frozen=True)
class Finding:
    """kind: types, elements, composition, density, distances or surroundings; text: what was found and what is
    expected; advice: what to do."""

    kind: str
    text: str
    advice: str


@dataclass(frozen=True, eq=False)
class ValidationReport:
    """name, n_atoms, composition
    density     atoms per Å³; None where the glass is not periodic in all directions
    shortest    pair of elements, as 'Cu-Zr' -> (Å in the glass, Å in the training glasses)
    distance    (N,) `Surroundings.distance`; None where an element is not in the training data
    percentile  (N,) of it; None likewise
    outside     fraction of the atoms above the 95th percentile, about .05 in a glass like those; None likewise
    findings    what is unlike the training data; empty for a glass that resembles it
    """

    name: str
    n_atoms: int
    composition: str
    density: float | None
    shortest: dict[str, tuple[float, float]]
    distance: np.ndarray | None
    percentile: np.ndarray | None
    outside: float | None
    findings: tuple[Finding, ...]

    @property
    def resembles_training(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def lines(self) -> list[str]:
        """The report as text, a fact a line."""
        density = (
            "no density (open boundaries)" if self.density is None else f"{self.density:.4f} atoms per Å³"
        )
        lines = [f"{self.name}: {self.composition}, {self.n_atoms} atoms, {density}"]
        if self.shortest:
            pairs = (f"{pair} {here:.2f} ({there:.2f})" for pair, (here, there) in self.shortest.items())
            lines.append(
                f"Shortest distances in Å, in brackets those of the training glasses: {', '.join(pairs)}"
            )
        if self.outside is not None:
            lines.append(_of_surroundings(self.outside, self.percentile))
        for finding in self.findings:
            lines += [f"Unlike the training data: {finding.text}", f"  Advice: {finding.advice}"]
        if self.resembles_training:
            lines.append("Nothing found that is unlike the training data.")
        return lines


def validation_report(structure: Glass | Atoms, reference: Surroundings | None = None) -> ValidationReport:
    """Compare a glass with training glasses: by default the paper's, with which the shipped checkpoints were trained.

    Raises InputError as `as_glass` and `neighbor_list` do.
    """
    glass, reference = as_glass(structure), reference or paper_surroundings()
    unknown = [element for element in glass.elements if element not in reference.elements]
    findings, distance, percentile, outside = [], None, None, None
    if unknown:
        findings.append(
            Finding(
                "elements",
                f"element {', '.join(unknown)}, the training glasses have {', '.join(reference.elements)} only",
                "train on labels of your own: symgnn train --dataset FILE.yaml",
            )
        )
    else:
        distance = reference.distance(glass)
        percentile = reference.percentile(distance)
        outside = float((percentile > OUTSIDE).mean())
    findings += _of_composition(glass, reference)
    findings += _of_density(glass, reference)
    shortest = _shortest(glass, reference)
    findings = _of_types(shortest) + findings + _of_distances(shortest)
    if outside is not None and outside > MOST_OUTSIDE:
        text = f"{100 * outside:.0f}% of the atoms have surroundings beyond the 95th percentile, expected about 5%"
        findings.append(Finding("surroundings", text, f"read their barriers with care; {RELAX}"))
    return ValidationReport(
        name=glass.name,
        n_atoms=len(glass),
        composition=glass.composition,
        density=glass.number_density,
        shortest=shortest,
        distance=distance,
        percentile=percentile,
        outside=outside,
        findings=tuple(findings),
    )


def _of_surroundings(outside: float, percentile: np.ndarray) -> str:
    return (
        f"Surroundings: {100 * outside:.1f}% of the atoms beyond the 95th percentile of training atoms (expected about "
        f"{100 * EXPECTED_OUTSIDE:.0f}%), median percentile {np.median(percentile):.0f}"
    )


def _of_composition(glass: Glass, reference: Surroundings) -> list[Finding]:
    outside = []
    for element, (low, high) in zip(reference.elements, reference.fraction, strict=True):
        fraction = glass.symbols.count(element) / len(glass)
        if not low - COMPOSITION_TOLERANCE <= fraction <= high + COMPOSITION_TOLERANCE:
            known = f"{100 * low:.0f}" if high - low < 0.005 else f"{100 * low:.0f} to {100 * high:.0f}"
            outside.append(f"{100 * fraction:.0f}% {element} (trained on {known}%)")
    if not outside:
        return []
    return [
        Finding("composition", ", ".join(outside), "compare within this composition only, not with others")
    ]


def _of_density(glass: Glass, reference: Surroundings) -> list[Finding]:
    density, (low, high) = glass.number_density, reference.density
    if density is None:
        advice = "take a bulk glass; atoms near a surface have surroundings that no training glass has"
        return [Finding("density", "open boundaries, the training glasses are periodic", advice)]
    if low * (1 - DENSITY_TOLERANCE) <= density <= high * (1 + DENSITY_TOLERANCE):
        return []
    side, end = ("denser", high) if density > high else ("less dense", low)
    text = (
        f"{density:.4f} atoms per Å³, {100 * abs(density / end - 1):.0f}% {side} than the training glasses "
        f"({low:.4f} to {high:.4f})"
    )
    return [Finding("density", text, f"check cell and pressure; {RELAX}")]


def _shortest(glass: Glass, reference: Surroundings) -> dict[str, tuple[float, float]]:
    here = shortest_distances(glass, [e for e in reference.elements if e in glass.elements] or glass.elements)
    known = [element for element in reference.elements if element in glass.elements]
    rows = [reference.elements.index(element) for element in known]
    return {
        f"{first}-{second}": (float(here[a, b]), float(reference.shortest[rows[a], rows[b]]))
        for a, first in enumerate(known)
        for b, second in enumerate(known)
        if a <= b and np.isfinite(here[a, b])
    }


def _of_types(shortest: dict[str, tuple[float, float]]) -> list[Finding]:
    """Two elements of which the one that is larger in the training glasses is smaller here."""
    own = {
        pair.split("-")[0]: lengths for pair, lengths in shortest.items() if len(set(pair.split("-"))) == 1
    }
    for one, other in combinations(own, 2):
        here, there = (own[one][side] - own[other][side] for side in (0, 1))
        if min(abs(here), abs(there)) > ANOTHER_SIZE and here * there < 0:
            text = (
                f"{one}-{one} {own[one][0]:.2f} Å and {other}-{other} {own[other][0]:.2f} Å at the shortest, in the "
                f"training glasses {own[one][1]:.2f} and {own[other][1]:.2f} Å: are {one} and {other} exchanged?"
            )
            return [Finding("types", text, "check the elements of the atom types: --types 1=Cu,2=Zr")]
    return []


def _of_distances(shortest: dict[str, tuple[float, float]]) -> list[Finding]:
    near = [
        f"{pair} {here:.2f} Å (training glasses: from {there:.2f} Å)"
        for pair, (here, there) in shortest.items()
        if here < there - DISTANCE_TOLERANCE
    ]
    return [Finding("distances", f"atoms too near: {', '.join(near)}", RELAX)] if near else []
