"""Break a sample of the code piece by piece and see whether the tests notice: `make mutants`.

Works on a copy of the tree. Prints a table; ends with exit code 1 where a mutant survives, 2 where the list does not
fit the code, where the tests fail without any break, or where a run tells nothing (an import that fails, say).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.catalogue import REPOSITORY, Mutant, read_mutants

LEFT_OUT = (
    ".git",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    "*.egg-info",
    "raw",
    "dist",
    "runs",
)
LIMIT = 600  # seconds for the tests of one mutant: a break may lead to a loop without end


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="regular expression: names or files of mutants")
    parser.add_argument("--list", action="store_true", help="name them, run nothing")
    arguments = parser.parse_args()
    mutants = read_mutants()
    chosen = [m for m in mutants if re.search(arguments.only, f"{m.name} {m.file}", re.IGNORECASE)]
    problems = [f"{m.name}: {problem}" for m in chosen if (problem := m.problem(REPOSITORY))]
    if problems or not chosen:
        print(
            "\n".join(["list out of date:", *problems]) if problems else f"no mutant fits {arguments.only!r}"
        )
        return 2
    if arguments.list:
        print("\n".join(f"{m.name} ({m.file})" for m in chosen))
        return 0
    with tempfile.TemporaryDirectory(prefix="symgnn-mutants-") as folder:
        root = Path(folder) / "symgnn"
        shutil.copytree(REPOSITORY, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        tests = sorted({test for mutant in chosen for test in mutant.tests})
        print(f"{len(chosen)} mutants; first their {len(tests)} tests without any break ...", flush=True)
        code, seconds, output = run_tests(root, tests, LIMIT * 3)
        if code != 0:
            print(output, "the tests fail without any break: nothing can be said of mutants", sep="\n")
            return 2
        print(f"pass ({seconds:.0f} s)", flush=True)
        rows = [one_mutant(root, mutant, f"{n}/{len(chosen)}") for n, mutant in enumerate(chosen, 1)]
    print_table(rows)
    verdicts = {row[1] for row in rows}
    return 2 if "ERROR" in verdicts else int("SURVIVED" in verdicts)


def one_mutant(root: Path, mutant: Mutant, number: str) -> tuple[Mutant, str, float]:
    """Break the copy, run the mutant's tests, restore the copy."""
    print(f"[{number}] {mutant.name} ...", end=" ", flush=True)
    path = root / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(mutant.broken(whole), encoding="utf-8")
    try:
        code, seconds, output = run_tests(root, mutant.tests, LIMIT)
    finally:
        path.write_text(whole, encoding="utf-8")
    found = verdict(code)
    print(f"{found} ({seconds:.0f} s)", flush=True)
    if found == "ERROR":
        print(output[-3000:])
    return mutant, found, seconds


def verdict(code: int | None) -> str:
    """What an exit code of pytest (None: stopped after LIMIT) says of a mutant."""
    return {0: "SURVIVED", 1: "killed", None: "killed (time out)"}.get(code, "ERROR")


def run_tests(root: Path, tests: Sequence[str], limit: float) -> tuple[int | None, float, str]:
    """Exit code of pytest, None after `limit` seconds; the seconds that it took; what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),  # before the installed package
        "PYTHONDONTWRITEBYTECODE": "1",  # compiled files go by time and size: a break could go unseen
        "SYMGNN_RAW_DATA": os.environ.get("SYMGNN_RAW_DATA", str(REPOSITORY / "data" / "raw" / "paper")),
    }
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    started = time.monotonic()
    with subprocess.Popen(
        command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            output, code = process.communicate(timeout=limit)[0], process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            output, code = process.communicate()[0], None
    return code, time.monotonic() - started, output


def print_table(rows: list[tuple[Mutant, str, float]]) -> None:
    width = max(len(mutant.name) for mutant, _, _ in rows)
    files = max(len(mutant.file) for mutant, _, _ in rows)
    print(f"\n{'mutant':{width}}  {'file':{files}}  verdict   s")
    for mutant, found, seconds in rows:
        print(f"{mutant.name:{width}}  {mutant.file:{files}}  {found:8}  {seconds:.0f}")
    noticed = sum(found.startswith("killed") for _, found, _ in rows)
    print(f"{noticed} of {len(rows)} killed")


if __name__ == "__main__":
    sys.exit(main())
