"""Which atoms to explain, as people write it: all, 0,5,9, 0-99, Cu, top:50, bottom:50, random:50."""

from __future__ import annotations

import re

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass


def parse_atoms(text: str, glass: Glass, predictions: np.ndarray | None, seed: int = 0) -> np.ndarray:
    """(A,) int64 atom numbers, ascending, without repetition.

    text: parts joined by commas, each a number, a range `0-99` (both ends included), an element, `all`, `random:n`:
    `random_atoms`, or, where there are predictions (N,) in eV, `top:n` and `bottom:n`: the n atoms of the highest and
    lowest.
    Raises InputError for anything else and for atoms that are not there.
    """
    chosen = [_part(part.strip(), glass, predictions, seed) for part in text.split(",")]
    return np.unique(np.concatenate(chosen))


def _part(part: str, glass: Glass, predictions: np.ndarray | None, seed: int) -> np.ndarray:
    n = len(glass)
    if part == "all":
        return np.arange(n)
    if part in glass.elements:
        return np.flatnonzero(np.array(glass.symbols) == part)
    if match := re.fullmatch(r"(\d+)(?:-(\d+))?", part):
        first = int(match[1])
        last = int(match[2] or first)
        if not first <= last < n:
            raise InputError(
                f"{glass.name}: atoms {part} found, expected numbers 0..{n - 1}, the lower one first"
            )
        return np.arange(first, last + 1)
    if match := re.fullmatch(r"random:(\d+)", part):
        return random_atoms(glass, int(match[1]), seed)
    if predictions is not None and (match := re.fullmatch(r"(top|bottom):(\d+)", part)):
        count = int(match[2])
        if not 1 <= count <= n:
            raise InputError(f"{glass.name}: atoms {part} found, expected 1 to {n} of them")
        order = np.argsort(predictions, kind="stable")
        return order[-count:] if match[1] == "top" else order[:count]
    raise InputError(
        f"{glass.name}: atoms {part!r} found, expected a number, a range such as 0-99, one of the elements "
        f"{', '.join(glass.elements)}, all{', top:n, bottom:n' if predictions is not None else ''} or random:n"
    )


def random_atoms(glass: Glass, count: int, seed: int) -> np.ndarray:
    """(A,) int64, ascending: `count` atoms drawn at random, the elements in equal numbers as far as they go.

    Raises InputError where the glass has fewer atoms.
    """
    if not 1 <= count <= len(glass):
        raise InputError(f"{glass.name}: {count} atoms found, expected 1 to {len(glass)}")
    rng, symbols, chosen = np.random.default_rng(seed), np.array(glass.symbols), []
    elements = sorted(glass.elements, key=lambda element: int((symbols == element).sum()))  # the rarest first
    for left, element in zip(range(len(elements), 0, -1), elements, strict=True):
        members = np.flatnonzero(symbols == element)
        number = min(len(members), (count - sum(map(len, chosen))) // left)
        chosen.append(rng.choice(members, number, replace=False))
    return np.sort(np.concatenate(chosen))
