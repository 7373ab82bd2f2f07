"""Lines and tables of the commands, where a terminal shows them and where none does."""

import errno
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from rich.table import Table

from symgnn.benchmark.text_table import TextTable
from symgnn.cli import consoles, models
from symgnn.cli.common import progress, task
from symgnn.cli.consoles import console
from symgnn.cli.whatif import _ranked

LINE = "results/" + "a-rather-long-name-" * 10 + ".csv and " + "a sentence of many words " * 10
NAME = "a-checkpoint-with-a-long-name"


def table():
    rows = Table(*(f"column {number}" for number in range(8)))
    rows.add_row(*(f"{NAME} {number}" for number in range(8)))
    return rows


def test_nothing_is_wrapped_or_cut_in_a_pipe(capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    console.print(LINE)
    console.print(table())
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == LINE
    (row,) = (line for line in lines if NAME in line)
    assert row.count(NAME) == 8
    assert max(map(len, lines)) < 500, "no blanks up to the end of a line without one"


def test_lines_and_tables_fit_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    terminal = consoles._Console(force_terminal=True, file=StringIO(), color_system=None)
    terminal.print(LINE)
    terminal.print(table())
    assert max(map(len, terminal.file.getvalue().splitlines())) == 80


def test_names_in_a_table_of_scores_are_folded_where_there_is_no_room(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    terminal = consoles._Console(force_terminal=True, file=StringIO(), color_system=None)
    monkeypatch.setattr(models, "console", terminal)
    models._print_table(TextTable(["checkpoint", "glass"], [[NAME, NAME]]))
    text = terminal.file.getvalue()
    assert "…" not in text
    assert "".join(line[: len(line) // 2].strip() for line in text.splitlines()).endswith(NAME)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["mlp"], "Nothing is written into the card of mlp: it was not trained on own."),
        (["mlp", "egat"] * 9, "Nothing is written into 18 cards: these checkpoints were not trained on own."),
    ],
)
def test_whose_card_is_not_written_is_one_line(names, expected):
    assert models._not_written(names, "own") == expected


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_behind_standard_output_is_named():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "symgnn", "--version"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert (done.returncode, done.stderr) == (2, "Error: standard output: No space left on device\n")


class Full(StringIO):
    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("stderr", "name"), [(False, "standard output"), (True, "standard error")])
def test_which_of_both_is_on_a_full_disk(stderr, name):
    with pytest.raises(OSError, match="No space") as caught:
        consoles._Console(stderr=stderr, file=Full()).print("a line")
    assert caught.value.filename == name


def test_progress_without_a_bar_prints_nothing(capfd):
    with progress() as bars:
        task(bars, "Never begun")
    assert capfd.readouterr() == ("", "")
    with progress() as bars:
        task(bars, "Begun")(1, 2)
    out, err = capfd.readouterr()
    assert (out, err.count("Begun"), err[-1]) == ("", 1, "\n")


def test_a_change_of_nothing_has_no_sign_of_a_decrease():
    table = pd.DataFrame({
        "change": ["swap 3=Zr"], "distance_A": [2.5], "barrier_after_eV": [1.5], "barrier_change_eV": [-1e-5],
        "sigma_of_change_eV": [0.1], "unrelaxed_change_eV": [-1e-6], "energy_change_eV": [-1e-3],
    })  # fmt: skip
    terminal = consoles._Console(width=80, file=StringIO())
    terminal.print(_ranked(table, True))
    assert "-0.0" not in terminal.file.getvalue()
