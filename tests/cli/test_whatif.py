"""What the command whatif prints: a table that fits a terminal, without columns that say nothing."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.cli.consoles import _Console
from symgnn.cli.whatif import _ranked


@pytest.fixture
def table():
    number = np.array([-0.123, 0.456])
    return pd.DataFrame(
        {
            "change": ["exchange 4174,4238", "swap 3=Zr"],
            "distance_A": [2.5, 4.75],
            "barrier_after_eV": 1.5 + number,
            "barrier_change_eV": number,
            "sigma_of_change_eV": np.abs(number),
            "unrelaxed_change_eV": number,
            "energy_change_eV": [-12.34, np.nan],
        }
    )


def printed(table, is_relaxed):
    console = Console(width=80, file=StringIO())
    console.print(_ranked(table, is_relaxed))
    return console.file.getvalue().splitlines()


def test_a_scan_fits_80_columns_without_a_wrapped_row(table):
    lines = printed(table, True)
    assert max(map(len, lines)) <= 80
    (first,) = (line for line in lines if "exchange" in line)
    assert [cell.strip() for cell in first.strip("│ ").split("│")] == [
        "exchange 4174,4238", "2.50", "1.377", "-0.123", "0.123", "-0.123", "-12.34",
    ]  # fmt: skip
    assert any("unrelaxed" in line for line in lines)


def test_columns_that_say_nothing_are_left_out(table):
    bare = table.assign(sigma_of_change_eV=np.nan, energy_change_eV=np.nan)
    text = "\n".join(printed(bare, False))
    assert "unrelaxed" not in text
    assert "±" not in text
    assert "energy\n" not in text
    assert text.count("0.123") == 1


class Asked(Exception):
    """The potential is needed from here on."""


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("words", "target", "said"),
    [
        (["--swap", "17=Zr"], "symgnn.whatif.Reference", True),
        ([], "symgnn.whatif.scan", True),
        (["--unrelaxed"], "symgnn.whatif.scan", False),
        (["--unrelaxed", "--swap", "17=Zr"], "symgnn.whatif.Reference", False),
        (["--unrelaxed", "--anneal", "600:10"], "symgnn.whatif.Reference", True),
    ],
)
def test_a_terminal_says_that_the_potential_is_prepared(place, monkeypatch, terminal, words, target, said):
    shown = _Console(force_terminal=terminal, width=200, file=StringIO())

    def needed(*arguments, **settings):
        raise Asked

    monkeypatch.setattr("symgnn.cli.common.errors", shown)
    monkeypatch.setattr(target, needed)
    done = CliRunner().invoke(app, ["whatif", str(place / "glass.xyz"), "--atom", "5", *words])
    assert isinstance(done.exception, Asked), done.output
    assert ("Preparing the potential: half a minute" in shown.file.getvalue()) == (terminal and said)


def test_the_bar_of_a_scan_takes_the_place_of_that(place, monkeypatch):
    shown = _Console(force_terminal=True, width=200, file=StringIO())

    def two_changes(*arguments, progress, **settings):
        progress(1, 2)
        raise Asked

    monkeypatch.setattr("symgnn.cli.common.errors", shown)
    monkeypatch.setattr("symgnn.whatif.scan", two_changes)
    done = CliRunner().invoke(app, ["whatif", str(place / "glass.xyz"), "--atom", "5"])
    assert isinstance(done.exception, Asked), done.exception
    text = shown.file.getvalue()
    assert text.rindex("Preparing") < text.index("Changing neighbours")
