"""Which atoms are looked at in the study of swaps, and which of their neighbours are swapped.

Centres are drawn at random, the elements in turn. Of the swaps around a centre some are drawn at random, before and
whatever is predicted: what they say holds for all swaps. The others are drawn from strata of the predicted change, so
that rare large changes are among them: they say more about a slope, and nothing about how often something happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.whatif.candidates import atoms_of
from symgnn.whatif.changes import SwapElement
from symgnn.whatif.scan_table import Scan

RANDOM, STRATA = "random", "strata"


@dataclass(frozen=True)
class DrawnSwap:
    """A swap, and whether it was drawn at random or from strata."""

    change: SwapElement
    drawn: str


def drawn_centres(glass: Glass, count: int, seed: int) -> list[int]:
    """`count` atoms at random, the elements in turn as far as they go; the first of more are those of fewer.

    Raises InputError where the glass has fewer atoms.
    """
    if not 1 <= count <= len(glass):
        raise InputError(f"{glass.name}: {count} centres found, expected 1 to {len(glass)}")
    rng, symbols = np.random.default_rng([seed, int(glass.content_hash, 16)]), np.array(glass.symbols)
    of_elements = [rng.permutation(np.flatnonzero(symbols == one)).tolist() for one in glass.elements]
    return [atom for atom in chain(*zip_longest(*of_elements)) if atom is not None][:count]


def drawn_swaps(scan: Scan, n_random: int, n_strata: int, seed: int) -> list[DrawnSwap]:
    """Different swaps of those of the scan: first `n_random` at random, then `n_strata` of the others from strata.

    Strata: the range of the predicted relaxed changes of the others in `n_strata` parts of equal width; one swap at
    random from each, then from those that still have some. Swaps without a prediction (no minimum nearby) are in no
    stratum. Raises InputError where there are fewer.
    """
    name, atom = scan.reference.given.name, scan.atom
    order = sorted(
        range(len(scan)), key=lambda row: atoms_of(scan.changes[row])
    )  # knows nothing of the changes
    rng = np.random.default_rng([seed, int(scan.reference.given.content_hash, 16), atom])
    rows = rng.permutation(order)
    chosen, others = rows[:n_random], rows[n_random:]
    others = others[np.isfinite(scan.barrier_change[others])]
    if len(chosen) < n_random or len(others) < n_strata:
        raise InputError(
            f"{name}: {len(scan)} swaps around atom {atom} found, expected at least {n_random + n_strata}"
        )
    picked = others[from_strata(scan.barrier_change[others], n_strata)]
    drawn = [(row, RANDOM) for row in chosen] + [(row, STRATA) for row in picked]
    return [DrawnSwap(scan.changes[row], how) for row, how in drawn]


def from_strata(values: np.ndarray, count: int) -> np.ndarray:
    """(count,) rows of values (R,): in turn the first row of each of `count` strata of equal width that has one left.

    Values in random order make this a random draw.
    """
    if not count:
        return np.empty(0, dtype=np.int64)
    edges = np.linspace(values.min(), values.max(), count + 1)[1:-1]
    stratum = np.searchsorted(edges, values, side="right")
    members = [np.flatnonzero(stratum == one).tolist() for one in range(count)]
    in_turn = [row for row in chain(*zip_longest(*members)) if row is not None]
    return np.array(in_turn[:count], dtype=np.int64)
