"""The list of mutants: pieces of the code, each broken in one place, and the tests that have to notice.

An entry of list.yaml:

    - name: what is broken, in words
      file: symgnn/explanations/fidelity.py
      old: text that occurs exactly once in the file
      new: what stands there instead
      tests: [tests/explanations/test_controls.py]     a folder, a file, or one test of it: file.py::test_name
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("list.yaml")


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def problem(self, root: Path) -> str | None:
        """Why this entry does not fit the code below `root`; None where it does."""
        path = root / self.file
        if not path.is_file():
            return f"{self.file}: no such file"
        count = path.read_text(encoding="utf-8").count(self.old)
        if count != 1:
            return f"{self.file}: {count} times found, expected once: {self.old!r}"
        if self.old == self.new:
            return f"{self.file}: old and new text are equal"
        for test in self.tests:
            name, _, function = test.partition("::")
            if not (root / name).exists():
                return f"{name}: no such tests"
            if function and f"def {function}(" not in (root / name).read_text(encoding="utf-8"):
                return f"{name}: no test {function}"
        return None if self.tests else "no test is named"

    def broken(self, text: str) -> str:
        """The text of its file with the piece broken."""
        return text.replace(self.old, self.new)


def read_mutants(path: Path = LIST) -> list[Mutant]:
    """The entries of the list. Raises ValueError for one that lacks a field or has an unknown one."""
    mutants = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        if not isinstance(entry, dict) or set(entry) != {"name", "file", "old", "new", "tests"}:
            raise ValueError(f"{path}: expected name, file, old, new and tests, found {entry}")
        mutants.append(Mutant(**{**entry, "tests": tuple(entry["tests"])}))
    return mutants
