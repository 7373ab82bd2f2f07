"""Makes the data set "own": glasses, the barriers around all of their atoms, and their files in data/own.

    python -m benchmarks.own_data                  # all that is missing; --workers N; hours; goes on after a kill
    python -m benchmarks.own_data Cu64Zr36_500_1e12 --folder FOLDER

Written are the glasses whose atoms are all searched, SHA256SUMS, and PROCESSOR: on
another kind of processor sums are rounded otherwise, and searches part.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from symgnn.datasets.own import CHECKSUMS, EVENTS_ENDING, OWN
from symgnn.glass import Glass
from symgnn.io.arrays import write_arrays
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.io.writing import replacing
from symgnn.metrics import reliability
from symgnn.paths import cache_folder, own_folder, samples_folder
from symgnn.simulate import make_glass, parse_composition, read_barriers, search_barriers

KEPT_MOVE, STEPS_PER_ANGSTROM = 0.1, 64  # Å and 1/Å, of displacements that are kept: < 4 MB a glass
PROCESSOR = "PROCESSOR"
EVENTS, MAX_TRIES, SEED = 6, 100, 0
MADE = {  # name -> composition, atoms, quench rate (K/s), seed; the other glasses are samples
    "Cu80Zr20_500_1e13": ("Cu80Zr20", 500, 1e13, 4),
    "Cu64Zr36_500_1e13": ("Cu64Zr36", 500, 1e13, 5),
    "Cu57Zr43_500_1e13": ("Cu57Zr43", 500, 1e13, 6),
}
console = Console(width=120)


def glass_of(name: str) -> Glass:
    """The unlabelled glass: of the samples; of the published data, since another processor makes another one; or made,
    which takes minutes, and kept in the cache."""
    sample, kept = samples_folder() / f"{name}.xyz", cache_folder() / "own" / f"{name}.xyz"
    published = own_folder() / f"{name}.xyz"
    if sample.is_file():
        return read_glass(sample)
    if published.is_file():
        return unlabelled(read_glass(published))
    if not kept.is_file():
        composition, atoms, rate, seed = MADE[name]
        command = (
            f"symgnn simulate glass --composition {composition} --atoms {atoms} --quench-rate {rate:g} --seed {seed} "
            f"--output {name}.xyz"
        ).replace("e+", "e")
        made = make_glass(
            n_atoms=atoms, composition=parse_composition(composition), quench_rate=rate, seed=seed, command=command
        )  # fmt: skip
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_extxyz(kept, made)
    return read_glass(kept)


def unlabelled(glass: Glass) -> Glass:
    """Without barriers and what is told of them."""
    kept = {name: values for name, values in glass.properties.items() if not name.startswith("barrier")}
    return replace(glass, barriers=None, properties=kept)


def label(name: str, folder: Path, workers: int, progress: Callable[[int, int], None]) -> None:
    """Search around all atoms and write NAME.xyz with the labels and the table of events."""
    glass = glass_of(name)
    table = search_barriers(
        glass, range(len(glass)), events=EVENTS, max_tries=MAX_TRIES, seed=SEED, workers=workers, progress=progress
    )  # fmt: skip
    small = table.compact(KEPT_MOVE, STEPS_PER_ANGSTROM)
    write_arrays(folder / f"{name}{EVENTS_ENDING}", small.arrays(), compressed=True)
    write_extxyz(folder / f"{name}.xyz", table.labelled(glass))


def write_checksums(folder: Path) -> None:
    """SHA256SUMS of all files."""
    files = sorted([*folder.glob("*.xyz"), *folder.glob(f"*{EVENTS_ENDING}")])
    with replacing(folder / CHECKSUMS) as temporary:
        lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
        temporary.write_text("".join(lines), encoding="utf-8")


def processor() -> str:
    """The kind of processor that this runs on: name, family and model where the system tells them."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")[0]
    except OSError:
        return platform.processor() or platform.machine()
    facts = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())
    }
    return ", ".join(f"{key} {facts[key]}" for key in ("model name", "cpu family", "model") if key in facts)


def print_table(folder: Path) -> None:
    """One line per glass that is there."""
    rows = Table("glass", "atoms", "barrier / eV", "sd over atoms", "standard error of an atom", "reliability",
                 "events", "strictly connected", "atoms with fewer events", "MB")  # fmt: skip
    for name in OWN:
        path = folder / f"{name}{EVENTS_ENDING}"
        if not path.is_file():
            rows.add_row(name, *["-"] * 9)
            continue
        table = read_barriers(path)
        mean, error, number = table.of_atoms()
        rows.add_row(
            name, str(len(mean)), f"{mean.mean():.3f}", f"{mean.std():.3f}", f"{np.sqrt((error**2).mean()):.3f}",
            f"{reliability(mean, error):.2f}", str(len(table.barrier)), f"{table.connected.mean():.0%}",
            str((number < EVENTS).sum()), f"{path.stat().st_size / 1e6:.1f}",
        )  # fmt: skip
    console.print(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=", ".join(OWN))
    parser.add_argument("--folder", type=Path, default=own_folder())
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or OWN:
        if not (options.folder / f"{name}.xyz").is_file():
            label(
                name, options.folder, options.workers, lambda done, of, n=name: print(n, done, of, flush=True)
            )
            with replacing(options.folder / PROCESSOR) as temporary:
                temporary.write_text(processor() + "\n", encoding="utf-8")
    write_checksums(options.folder)
    print_table(options.folder)


if __name__ == "__main__":
    main()
