"""The list of mutants fits the code, so that `make mutants` can run. Where this fails after an edit of the code, bring
the entry named here up to date: `old` is to be the text as it stands now, `new` the same break of it."""

import ast
from dataclasses import replace

import pytest

from tests.mutants.catalogue import REPOSITORY, Mutant, read_mutants
from tests.mutants.run import verdict

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_an_entry_fits_the_code(mutant):
    problem = mutant.problem(REPOSITORY)
    assert problem is None, f"tests/mutants/list.yaml, {mutant.name!r} is out of date: {problem}"
    if mutant.file.endswith(".py"):
        ast.parse(
            mutant.broken((REPOSITORY / mutant.file).read_text(encoding="utf-8"))
        )  # else nothing is tested


def test_names_are_different():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) > 40


def test_an_entry_that_does_not_fit_is_noticed(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\ny = 1\n")
    (tmp_path / "test_a.py").write_text("def test_x():\n    pass\n")
    good = Mutant("x", "a.py", "x = 1", "x = 2", ("test_a.py", "test_a.py::test_x"))
    assert good.problem(tmp_path) is None
    assert good.broken("x = 1\ny = 1\n") == "x = 2\ny = 1\n"
    for change, words in (
        ({"old": "= 1"}, "2 times found"),
        ({"old": "z"}, "0 times found"),
        ({"new": "x = 1"}, "are equal"),
        ({"file": "b.py"}, "b.py: no such file"),
        ({"tests": ("test_b.py",)}, "test_b.py: no such tests"),
        ({"tests": ("test_a.py::test_y",)}, "no test test_y"),
        ({"tests": ()}, "no test is named"),
    ):
        assert words in replace(good, **change).problem(tmp_path)


def test_only_a_failed_test_counts_as_noticed():
    """pytest ends with 1 where a test fails; 2 to 5 mean that no test said anything."""
    assert [verdict(code) for code in (0, 1, None)] == ["SURVIVED", "killed", "killed (time out)"]
    assert {verdict(code) for code in (2, 3, 4, 5, -9)} == {"ERROR"}
