"""What options do to results, where that is more than an argument of one function."""

import csv
import re

import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.homology import persistent_homology, rips_filtration
from symgnn.homology.distances import diagram_distances
from symgnn.io.structures import read_glass


@pytest.fixture
def run(place, monkeypatch):
    """Output of a command line in `place`."""

    def call(line):
        monkeypatch.chdir(place)
        monkeypatch.setenv("SYMGNN_DATA", str(place / "data"))
        monkeypatch.setenv("COLUMNS", "160")
        result = CliRunner().invoke(app, line.split(), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return call


@pytest.mark.parametrize("cutoff", [3.0, 3.5])
def test_distances_are_those_up_to_the_cutoff(run, place, cutoff):
    """Both diagrams end at the cutoff that is asked for; up to another one the distances are others."""
    run(f"topology glass.xyz --against other.xyz --cutoff {cutoff} -o out{cutoff}")
    with (place / f"out{cutoff}" / "glass.topology" / "distances_other.csv").open() as file:
        rows = list(csv.DictReader(file))

    def expected(length):
        found = [persistent_homology(rips_filtration(read_glass(place / f"{name}.xyz"), length))
                 for name in ("glass", "other")]  # fmt: skip
        return [(one.dimension, one.bottleneck, one.wasserstein) for one in diagram_distances(*found)]

    columns = list(rows[0])
    found = [
        (int(row[columns[0]]), float(row["bottleneck_A"]), float(row["wasserstein_A_per_atom"]))
        for row in rows
    ]
    for one, other in zip(found, expected(cutoff), strict=True):
        assert one == pytest.approx(other, rel=1e-4, abs=1e-6)
    assert [one[2] for one in found] != pytest.approx([one[2] for one in expected(4.0)], rel=1e-2)


@pytest.mark.parametrize("top", [3, 8])
def test_so_many_edges_are_printed(run, top):
    output = run(f"explain glass.xyz --atom 5 --method nearest --top {top} -o out")
    assert len(re.findall(r"│ \d+ - \d+ +│ (?:Cu|Zr)-(?:Cu|Zr)", output)) == top


def test_how_many_edges_have_a_matched_control_is_said_once(run):
    output = run("explain glass.xyz --atom 5 --method nearest --top 8 -o out")
    assert "matched controls: other edges of the same length, elements and hops" in output
    assert not re.search(r"For \d+ of the top", output)
    assert len(re.findall(r"\d+ of the \d+ ha", output)) <= 1


def test_so_many_edges_of_every_atom_are_written(run, place):
    run("explain glass.xyz --atoms 3,5 --method nearest --top 4 --workers 1 -o many")
    (path,) = (place / "many").glob("*.edges.csv")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["explained_atom"], row["rank"]) for row in rows] == [
        (a, str(r)) for a in "35" for r in (1, 2, 3, 4)
    ]


def test_another_seed_is_another_explanation(run, place):
    texts = []
    for number, seed in enumerate((0, 1, 0)):
        run(f"explain glass.xyz --atom 5 --method random --seed {seed} -o seed{number}")
        (path,) = (place / f"seed{number}").glob("*.csv")
        texts.append(path.read_text())
    assert texts[0] == texts[2] != texts[1]
