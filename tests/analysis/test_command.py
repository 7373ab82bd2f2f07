"""`symgnn findings` on a sample of the project with the trained model."""

import csv

import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from tests.conftest import REPOSITORY

SAMPLE = min((REPOSITORY / "data" / "samples").glob("*xyz"), key=lambda path: path.stat().st_size)


def test_text_tables_and_figures_appear(tmp_path, monkeypatch):
    monkeypatch.setattr("symgnn.explanations.batch.cache_folder", lambda: tmp_path / "store")
    monkeypatch.setattr("symgnn.plotting.figure_files.find_spec", lambda name: None)  # no Chromium needed
    arguments = ["findings", str(SAMPLE), "--method", "gradient", "--atoms", "6", "--workers", "1", "-o",
                 str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    text = (tmp_path / "out" / "README.md").read_text()
    assert "Do important edges lie on more cycles?" in text
    assert "[cycles.html](cycles.html)" in text
    with (tmp_path / "out" / "cycles.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["filtration"] for row in rows} == {"Rips, 4 Å", "alpha"}
    assert all(int(row["explained_atoms"]) == 6 for row in rows)


def test_nothing_is_written_where_the_text_fails(tmp_path, monkeypatch):
    def fail(*results, **rest):
        raise RuntimeError("no text")

    monkeypatch.setattr("symgnn.explanations.batch.cache_folder", lambda: tmp_path / "store")
    monkeypatch.setattr("symgnn.analysis.report.report", fail)
    arguments = ["findings", str(SAMPLE), "--method", "nearest", "--atoms", "4", "--workers", "1", "-o",
                 str(tmp_path / "out")]  # fmt: skip
    with pytest.raises(RuntimeError, match="no text"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert not (tmp_path / "out").exists()


def test_a_method_twice_is_refused():
    arguments = ["findings", str(SAMPLE), "--method", "gradient", "--method", "gradient"]
    with pytest.raises(InputError, match="--method gradient found twice"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_the_same_glass_twice_is_refused():
    with pytest.raises(InputError, match="two glasses of one name"):
        CliRunner().invoke(app, ["findings", str(SAMPLE), str(SAMPLE)], catch_exceptions=False)
