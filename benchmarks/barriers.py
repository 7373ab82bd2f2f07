"""How fast barriers are searched: events per core-hour, calls of the potential, where the time goes, growth, workers.

    python -m benchmarks.barriers                       # all of it, on the shipped glass of 500 atoms
    python -m benchmarks.barriers FILE --only speed --against reference.py

--against: a Python file with a function `usable(glass, atom, tries, seed) -> int`, which tries so many searches around
an atom by another method and gives the number of usable events; both take turns at the same atoms in one process. Times
are processor times of one thread but for workers, which need cores that are free: the load before is printed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import importlib.util
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from symgnn.explanations.batch import explain_batch
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.glass import Glass
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.paths import samples_folder
from symgnn.simulate import BarrierSearch, search_barriers

SAMPLE = samples_folder() / "Cu64Zr36_500_1e12.xyz"
REPEATS = {500: (1, 1, 1), 1000: (2, 1, 1), 2000: (2, 2, 1), 4000: (2, 2, 2), 8000: (4, 2, 2)}
BEYOND = "the minimum beyond each saddle"
PARTS = ("speed", "growth", "workers")
console = Console(width=120)


class Timed:
    """A surface that notes the processor time of its calls, and of making its lists of pairs."""

    def __init__(self, surface, seconds: Counter, name: str):
        self._surface, self._seconds, self._name = surface, seconds, name
        renew = surface._renew_lists

        def timed_renewal(positions):
            start = time.process_time()
            renew(positions)
            seconds["lists of pairs"] += time.process_time() - start

        surface._renew_lists = timed_renewal

    def __getattr__(self, name: str):
        return getattr(self._surface, name)

    def __call__(self, positions):
        start, lists = time.process_time(), self._seconds["lists of pairs"]
        try:
            return self._surface(positions)
        finally:
            renewing = self._seconds["lists of pairs"] - lists
            self._seconds[self._name] += time.process_time() - start - renewing


def timed_surfaces(search: BarrierSearch) -> Counter:
    """Make the search note where its time goes: name -> seconds, filled as it runs."""
    seconds: Counter = Counter()
    search._everything = Timed(search._everything, seconds, "forces in the whole glass")
    surfaces = search._surfaces

    def timed(atom: int):
        if search._balls is None or search._balls[0] != atom:
            ball, large = surfaces(atom)
            search._balls = (atom, Timed(ball, seconds, "forces in the ball of 8 Å"),
                             large and Timed(large, seconds, "forces in the ball of 12 Å"))  # fmt: skip
        return search._balls[1:]

    search._surfaces = timed
    beyond = search._minimum_beyond

    def timed_beyond(*arguments):
        start = time.process_time()
        try:
            return beyond(*arguments)
        finally:
            seconds[BEYOND] += time.process_time() - start

    search._minimum_beyond = timed_beyond
    return seconds


def atoms_of(glass: Glass, count: int) -> list[int]:
    return np.random.default_rng(0).permutation(len(glass))[:count].tolist()


def speed(glass: Glass, n_atoms: int, tries: int, against) -> None:
    """Tries around some atoms, in turn with another method where there is one."""
    search = BarrierSearch(glass, seed=0)
    search.attempt(0, 0)  # compiles
    if against:
        against(glass, 0, 1, 0)
    seconds, own, other = timed_surfaces(search), Counter(), Counter()
    for atom in atoms_of(glass, n_atoms):
        start = time.process_time()
        results = [search.attempt(atom, attempt) for attempt in range(tries)]
        middle = time.process_time()
        own.update(seconds=middle - start, calls=sum(calls for *_, calls in results), tries=tries,
                   events=sum(event is not None for event, *_ in results))  # fmt: skip
        if against:
            usable = against(glass, atom, tries, 0)
            other.update(seconds=time.process_time() - middle, tries=tries, events=usable)
    table = Table("", "usable events", "of tries", "events per core-hour", "calls per event", title=f"{glass.name}, "
                  f"{len(glass)} atoms: {tries} tries around each of {n_atoms} random atoms")  # fmt: skip
    for name, counts in (("symgnn", own), ("--against", other)):
        if counts["events"]:
            calls = f"{counts['calls'] / counts['events']:.0f}" if counts["calls"] else ""
            rate = 3600 * counts["events"] / counts["seconds"]
            table.add_row(name, str(counts["events"]), str(counts["tries"]), f"{rate:.0f}", calls)
    console.print(table)
    beyond = seconds.pop(BEYOND)
    if other["events"]:
        rate = other["events"] / other["seconds"]
        whole, saddles = (own["events"] / part / rate for part in (own["seconds"], own["seconds"] - beyond))
        console.print(
            f"symgnn / --against: {whole:.2f} usable events per time; {saddles:.2f} without the minimum beyond each "
            "saddle, where the other method looks for none"
        )
    console.print(f"Of all time, {beyond / own['seconds']:.0%} goes into the minimum beyond each saddle.")
    seconds["optimiser, Lanczos and the rest"] = own["seconds"] - sum(seconds.values())
    console.print("; ".join(f"{name} {part / own['seconds']:.0%}" for name, part in seconds.most_common()))


def growth(glass: Glass, n_atoms: int) -> None:
    table = Table(
        "atoms", "events per core-hour", "calls per event", "ms per call", title=f"{glass.name}, repeated"
    )
    for size, repeats in REPEATS.items():
        large = Glass.from_ase(glass.to_ase().repeat(repeats), name=f"{size} atoms")
        search = BarrierSearch(large, seed=0)
        counts: Counter = Counter()
        start = time.process_time()
        for atom in atoms_of(glass, n_atoms):
            result = search.around(atom, events=3)
            counts.update(events=len(result.events), calls=result.calls)
        seconds = time.process_time() - start
        table.add_row(str(len(large)), f"{3600 * counts['events'] / seconds:.0f}",
                      f"{counts['calls'] / counts['events']:.0f}",
                      f"{1e3 * seconds / counts['calls']:.2f}")  # fmt: skip
    console.print(table)


def workers(glass: Glass, n_atoms: int) -> None:
    """The same work by one process and by two, from nothing, start of the processes included."""
    checkpoint, busy = load_checkpoint("symgnn"), os.getloadavg()[0]
    atoms = atoms_of(glass, n_atoms)

    def barriers(folder: Path, count: int):
        return search_barriers(glass, atoms, events=4, folder=folder, workers=count).barrier

    def explanations(folder: Path, count: int):
        return explain_batch(
            checkpoint, glass, range(len(glass)), method=GradientTimesWeight(), folder=folder, workers=count
        ).importance

    title = (
        f"{os.cpu_count()} cores, load before {busy:.1f}: {max(os.cpu_count() - busy, 0):.1f} of them free"
    )
    table = Table("", "1 worker / s", "2 workers / s", "ratio", "same numbers", title=title)
    for name, work in (
        (f"barriers around {n_atoms} atoms", barriers),
        (f"explanations of {len(glass)} atoms", explanations),
    ):
        seconds, results = [], []
        for count in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                start = time.perf_counter()
                results.append(work(Path(folder), count))
                seconds.append(time.perf_counter() - start)
        same = "yes" if np.array_equal(*results) else "no"
        table.add_row(name, *(f"{value:.1f}" for value in seconds), f"{seconds[0] / seconds[1]:.2f}", same)
    console.print(table)


def function_of(path: Path | None):
    """`usable` of a Python file, None without one."""
    if path is None:
        return None
    spec = importlib.util.spec_from_file_location("against", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.usable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--atoms", type=int, default=10)
    parser.add_argument("--tries", type=int, default=10)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    glass = read_glass(options.file)
    for part in PARTS if options.only is None else (options.only,):
        if part == "speed":
            speed(glass, options.atoms, options.tries, function_of(options.against))
        elif part == "growth":
            growth(glass, options.atoms)
        else:
            workers(glass, options.atoms)


if __name__ == "__main__":
    main()
