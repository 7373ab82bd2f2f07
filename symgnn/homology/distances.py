"""Bottleneck and Wasserstein distances between the diagrams of two glasses, by gudhi and hera.

A distance is that of the best matching of the classes of one diagram with those of the other or with points
of the diagonal; the ground metric is the larger of the differences of birth and death, in Å. The bottleneck
distance is the longest step of the matching, the p-Wasserstein distance the p-th root of the sum of the steps
to the power p (Cohen-Steiner, Edelsbrunner and Harer, Discrete Comput. Geom. 37, 103 (2007); Kerber, Morozov
and Nigmetov, ACM J. Exp. Algorithmics 22, 1.4 (2017)).

Only classes that die within the cutoff are matched. Those alive at it have no death to compare: they are
counted beside the distance, and two glasses are comparable at the same cutoff only.

The sum grows with the number of atoms. Per atom, the distance is that between the diagrams as measures of
mass 1/N for each class (optimal partial transport: Divol and Lacombe, J. Appl. Comput. Topology 5, 1 (2021)),
so a glass and its repetition are at distance 0. The bottleneck distance has no such form: glasses of
different size differ in it at least by half the persistence of a class that finds no partner.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import gudhi
import numpy as np
from gudhi.hera import wasserstein_distance

from symgnn.errors import InputError
from symgnn.homology.persistence import Persistence

MAX_CLASSES = 30_000  # of one diagram; a minute at most
MAX_PARTS = (
    10_000  # of dimension 0 for Wasserstein distances: all born at 0, they are matched many times more slowly
)
RELATIVE_ERROR = 0.01  # hera's bound; at 0.001 the distances of real glasses change by less than 0.03%


@dataclass(frozen=True)
class DiagramDistance:
    """How far two diagrams of one dimension are apart.

    bottleneck   Å
    wasserstein  Å, or Å per atom^(1/order); at most 1% too long; None where there are too many classes to match
    order        p of the Wasserstein distance
    per_atom     whether `wasserstein` is per atom
    finite       classes matched: those of the first and of the second glass that die within the cutoff
    infinite     classes left out: those alive at the cutoff
    """

    dimension: int
    bottleneck: float
    wasserstein: float | None
    order: float
    per_atom: bool
    finite: tuple[int, int]
    infinite: tuple[int, int]


def diagram_distances(
    first: Persistence,
    second: Persistence,
    *,
    dimensions: tuple[int, ...] = (0, 1, 2),
    order: float = 1.0,
    per_atom: bool = True,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[DiagramDistance]:
    """The distances in those dimensions that both glasses have, dimension 0 first.

    Bottleneck distances take 2 s at most for two glasses of 8000 atoms; Wasserstein distances of order 1 take
    3 to 7 s for loops and 10 to 16 s for connected components, of order 2 four times as long for loops. Per atom,
    diagrams are repeated up to the least common multiple of the numbers of atoms: loops of 3000 against 8000 atoms
    take 20 s for order 1, 40 s for order 2. progress(done, distances to compute, the next one). Raises InputError as
    `bottleneck` does, and for an order below 1 or infinite.
    """
    _comparable(first, second)
    _valid_order(order)
    report = progress or (lambda done, total, what: None)
    both = [
        pair
        for pair in zip(first.diagrams, second.diagrams, strict=False)  # dimension 2 may be in one only
        if pair[0].dimension in dimensions
    ]
    distances = []
    for one, other in both:
        dimension = one.dimension
        report(2 * len(distances), 2 * len(both), f"Bottleneck distance of H{dimension}")
        longest = bottleneck(first, second, dimension)
        report(2 * len(distances) + 1, 2 * len(both), f"Wasserstein distance of H{dimension}")
        try:
            total = wasserstein(first, second, dimension, order=order, per_atom=per_atom)
        except InputError:  # glasses whose numbers of atoms have no small common multiple
            total = None
        distances.append(
            DiagramDistance(
                dimension=dimension,
                bottleneck=longest,
                wasserstein=total,
                order=float(order),
                per_atom=per_atom,
                finite=(int(one.finite.sum()), int(other.finite.sum())),
                infinite=(int((~one.finite).sum()), int((~other.finite).sum())),
            )
        )
    report(2 * len(both), 2 * len(both), "Distances")
    return distances


def bottleneck(first: Persistence, second: Persistence, dimension: int = 1) -> float:
    """Bottleneck distance in Å of the finite classes of one dimension, to 1e-12 Å.

    Raises InputError where the filtrations differ in kind or cutoff, where the dimension was not computed for
    both, and for more than 30,000 classes.
    """
    _comparable(first, second)
    points = [_finite(persistence, dimension) for persistence in (first, second)]
    _small_enough(MAX_CLASSES, *map(len, points))
    # e=0 agrees to 1e-15 and takes 20 times as long; equal diagrams give 1e-308 instead of 0
    return round(float(gudhi.bottleneck_distance(*points)), 12)


def wasserstein(
    first: Persistence,
    second: Persistence,
    dimension: int = 1,
    *,
    order: float = 1.0,
    per_atom: bool = False,
) -> float:
    """Wasserstein distance of the finite classes of one dimension, at most 1% too long.

    In Å; per atom in Å / N^(1/order) for two glasses of N atoms. Raises InputError as `bottleneck` does, and
    for an order below 1 or infinite; the limit is 10,000 in dimension 0. Where sizes differ per atom, it
    holds for the repeated diagrams.
    """
    _comparable(first, second)
    _valid_order(order)
    one, other = (_finite(persistence, dimension) for persistence in (first, second))
    limit = MAX_PARTS if dimension == 0 else MAX_CLASSES
    atoms = 1
    if per_atom:
        atoms = math.lcm(first.filtration.n_atoms, second.filtration.n_atoms)
        times = [atoms // persistence.filtration.n_atoms for persistence in (first, second)]
        _small_enough(limit, len(one) * times[0], len(other) * times[1])
        one, other = np.repeat(one, times[0], axis=0), np.repeat(other, times[1], axis=0)
    _small_enough(limit, len(one), len(other))
    if not len(one) and not len(other):
        return 0.0
    total = wasserstein_distance(one, other, order=order, internal_p=np.inf, delta=RELATIVE_ERROR)
    return float(total) / atoms ** (1 / order)


def _comparable(first: Persistence, second: Persistence) -> None:
    one, other = first.filtration, second.filtration
    if one.kind != other.kind:
        raise InputError(f"filtrations of kind {one.kind} and {other.kind} found, expected the same")
    if one.cutoff != other.cutoff:
        raise InputError(
            f"diagrams up to {one.cutoff:g} Å and up to {other.cutoff:g} Å found, expected the same cutoff"
        )


def _valid_order(order: float) -> None:
    if not 1 <= order < math.inf:
        raise InputError(f"order {order} found, expected 1 or more, and finite")


def _finite(persistence: Persistence, dimension: int) -> np.ndarray:
    """(K, 2) birth and death in Å of the classes that die within the cutoff."""
    if dimension not in range(len(persistence.diagrams)):
        raise InputError(
            f"dimension {dimension} found, expected one of 0..{len(persistence.diagrams) - 1}, as computed"
        )
    diagram = persistence.diagrams[dimension]
    return np.column_stack([diagram.birth, diagram.death])[diagram.finite]


def _small_enough(limit: int, *sizes: int) -> None:
    if max(sizes) > limit:
        raise InputError(
            f"{max(sizes)} classes found to match (diagrams of different size are repeated per atom), "
            f"expected at most {limit}: compare persistence images instead"
        )
