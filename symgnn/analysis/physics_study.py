"""Physics as referee of predicted changes: barriers searched around atoms before and after single swaps.

    study = PhysicsStudy(glasses, load_checkpoint("symgnn"), n_centres=8)
    centres = study.run()                 # CentreResult per centre; physics_predictions.py and physics_tables.py go on

Around each centre some swaps are drawn at random and some from strata of the change that the checkpoint predicts
(swap_draws.py). Each swapped glass is relaxed, first around the swap and then as a whole, and events are searched
around the centre as they were before the swap (swap_searches.py). Every search is a file of the user's cache folder: a
study that was stopped goes on where it was and gives the same numbers as one that was not. Centres are finished one
after the other, over all glasses: a study of fewer centres is a part of one of more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from symgnn import disk_cache
from symgnn.analysis.swap_draws import DrawnSwap, drawn_centres, drawn_swaps
from symgnn.analysis.swap_searches import Search, SwapSearches
from symgnn.arguments import whole_number
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.jobs import run_all
from symgnn.whatif.reference import Reference
from symgnn.whatif.scan import scan
from symgnn.whatif.scan_table import Scan
from symgnn.whatif.searches import standard_error

KIND = "physics"  # folder of the cache
REPEATS = 3  # searches before the swaps of a centre

Progress = Callable[[int, int, str], None]  # (done, all, what is being done)


@dataclass(frozen=True, eq=False)
class Searched:
    """R searches of one structure: barriers R x (E,) eV, moving (events, N), positions (N, 3) Å; see SwapSearches."""

    barriers: tuple[np.ndarray, ...]
    moving: np.ndarray
    positions: np.ndarray
    tries: int

    @property
    def mean(self) -> float:
        """eV: mean over the searches of the mean over each one's events; NaN where one has none."""
        return float(np.mean([one.mean() if len(one) else math.nan for one in self.barriers]))

    @property
    def standard_error(self) -> float:
        """eV, of `mean`; NaN where a search has fewer than two events."""
        return math.sqrt(sum(standard_error(one) ** 2 for one in self.barriers)) / len(self.barriers)

    @property
    def n_events(self) -> int:
        return sum(map(len, self.barriers))


@dataclass(frozen=True, eq=False)
class CentreResult:
    """glass: number of the glass; scan: all swaps around the centre as the first checkpoint predicts them; before, and
    after each of the swaps that were drawn: what was searched."""

    glass: int
    centre: int
    scan: Scan
    before: Searched
    swaps: tuple[DrawnSwap, ...]
    after: tuple[Searched, ...]


@dataclass(frozen=True, eq=False)
class PhysicsStudy:
    """glasses          minima of the potential of Cu-Zr
    checkpoint          whose predicted changes make the strata
    n_centres           centres of each glass; n_random, n_strata  swaps of each centre
    events              different events that end each search
    seed                of all that is drawn at random
    folder, workers, scheduler   where searches are kept (default: the user's cache); see symgnn/jobs.py

    Raises InputError for glasses that the potential does not take.
    """

    glasses: Sequence[Glass]
    checkpoint: Checkpoint
    n_centres: int = 8
    n_random: int = 4
    n_strata: int = 4
    events: int = 15
    seed: int = 0
    folder: Path | None = None
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self):
        for name, least in (("n_centres", 1), ("n_random", 1), ("n_strata", 0), ("events", 2), ("seed", 0)):
            whole_number(f"findings: {name}", getattr(self, name), least=least)
        for reference in self.references:
            if not reference.is_relaxed:
                raise InputError(
                    f"{reference.given.name}: not relaxed, expected a glass to search barriers in: {reference.note}"
                )

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference(self.checkpoint, glass) for glass in self.glasses)

    @property
    def n_searches(self) -> int:
        return len(self.glasses) * self.n_centres * (REPEATS + self.n_random + self.n_strata)

    def run(self, progress: Progress | None = None) -> list[CentreResult]:
        """The results of all centres, glass after glass."""
        work = SwapSearches(
            [reference.glass for reference in self.references], self.events, self.seed,
            self.folder or disk_cache.folder(KIND),
        )  # fmt: skip
        of_glass = [
            drawn_centres(reference.given, self.n_centres, self.seed) for reference in self.references
        ]
        done, results = 0, []
        for rank in range(self.n_centres):
            centres = [(number, of_glass[number][rank]) for number in range(len(self.glasses))]
            scans, drawn, searches = {}, {}, []
            for one in centres:
                if progress is not None:
                    progress(done, self.n_searches, "Changing neighbours")
                scans[one] = self._scan(*one)
                drawn[one] = drawn_swaps(scans[one], self.n_random, self.n_strata, self.seed)
                searches += _searches_of(one, drawn[one])
            kept = {search: work.read(search) for search in searches}
            missing = [search for search in searches if kept[search] is None]
            done += len(searches) - len(missing)
            if progress is not None:
                progress(done, self.n_searches, "Searching barriers")
            for search, arrays in run_all(
                work.compute, missing, workers=self.workers, scheduler=self.scheduler
            ):
                work.write(search, arrays)
                kept[search] = arrays
                done += 1
                if progress is not None:
                    progress(done, self.n_searches, "Searching barriers")
            for one in centres:
                before = [kept[search] for search in _searches_of(one, [])]
                after = [kept[Search(*one, str(swap.change))] for swap in drawn[one]]
                results.append(
                    CentreResult(
                        glass=one[0],
                        centre=one[1],
                        scan=scans[one],
                        before=_searched(before),
                        swaps=tuple(drawn[one]),
                        after=tuple(_searched([arrays]) for arrays in after),
                    )
                )
        return sorted(results, key=lambda result: result.glass)

    def _scan(self, number: int, centre: int) -> Scan:
        return scan(
            self.checkpoint, self.glasses[number], centre, folder=self.folder, workers=self.workers,
            scheduler=self.scheduler,
        )  # fmt: skip


def _searches_of(centre: tuple[int, int], drawn: Sequence[DrawnSwap]) -> list[Search]:
    before = [Search(*centre, repeat=repeat) for repeat in range(REPEATS)]
    return before + [Search(*centre, str(swap.change)) for swap in drawn]


def _searched(parts: Sequence[dict[str, np.ndarray]]) -> Searched:
    return Searched(
        barriers=tuple(part["barriers"] for part in parts),
        moving=np.concatenate([part["moving"] for part in parts]),
        positions=parts[0]["positions"],
        tries=int(sum(part["tries"] for part in parts)),
    )
