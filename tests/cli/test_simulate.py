"""The commands on minima and barriers as a user runs them; what they refuse, in one line."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba", reason="the simulations need numba: pip install symgnn[physics]")

from symgnn.cli import main
from symgnn.glass import Glass
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.simulate import read_barriers, verify
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """run(arguments) in an empty folder -> exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["symgnn", "simulate", *map(str, arguments)])
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capfd.readouterr()
        return ending.value.code or 0, out, err.strip()

    return call


def test_barriers_and_their_files(run, tmp_path):
    arguments = ("barriers", SAMPLE, "--atoms", "147,5", "--events", 1, "--max-tries", 4, "--workers", 1)
    code, out, err = run(*arguments, "-o", "out")
    assert code == 0, err
    table = read_barriers(tmp_path / "out" / "Cu64Zr36_500_1e12.barriers.npz")
    assert table.atom.tolist() == [5, 147]
    assert table.barrier[-1] == pytest.approx(2.2201, abs=1e-3)
    assert "2 atoms searched" in out
    assert f"{len(table.barrier)} events" in out
    assert f"in {table.tries.sum()} tries" in out
    for ending in ("npz", "csv", "events.csv", "xyz"):
        assert f"out/Cu64Zr36_500_1e12.barriers.{ending}" in out
    first = (tmp_path / "out" / "Cu64Zr36_500_1e12.barriers.csv").read_bytes()
    assert len(list((tmp_path / "cache" / "barriers").iterdir())) == 2
    assert run(*arguments, "-o", "again")[0] == 0
    assert (tmp_path / "again" / "Cu64Zr36_500_1e12.barriers.csv").read_bytes() == first


def test_verify_and_relax(run, tmp_path):
    glass = read_glass(SAMPLE)
    moved = glass.positions + np.random.default_rng(0).normal(scale=0.05, size=glass.positions.shape)
    write_extxyz(tmp_path / "moved.xyz", replace(glass, positions=moved, properties={}))
    assert "a minimum; largest force 0.00" in run("verify", SAMPLE)[1]
    assert "no minimum: --relax OUT.xyz makes one of it" in run("verify", "moved.xyz")[1]
    code, _, err = run("barriers", "moved.xyz", "--atoms", "1")
    assert code == 2
    assert err.startswith("Error: Cu64Zr36_500_1e12: largest force")
    assert err.endswith("relax it first: symgnn simulate verify FILE --relax OUT.xyz")
    code, out, _ = run("verify", "moved.xyz", "--relax", "relaxed.xyz")
    assert code == 0
    assert "relaxed.xyz: a minimum" in out
    relaxed = read_glass(tmp_path / "relaxed.xyz")
    assert verify(relaxed).is_minimum
    assert "potential_energy" in relaxed.properties


def spoilt(kind: str, glass: Glass) -> Glass:
    """The glass made into something that barriers cannot be computed of."""
    positions, cell, species, pbc = glass.wrapped(), glass.cell, glass.species.copy(), [True] * 3
    if kind == "overlap":
        positions[1] = positions[0] + [1.0, 0.0, 0.0]
    elif kind == "nickel":
        species[3] = 28
    elif kind == "thin":
        inside = positions[:, 2] < 12
        positions, species, cell = (
            positions[inside],
            species[inside],
            cell * np.array([[1], [1], [13.6 / 19.94224093]]),
        )
    elif kind == "open":
        pbc = [True, True, False]
    elif kind == "slab":
        cell = cell * np.array([[1], [1], [1.8]])
    return Glass(species, positions, cell, pbc, name=kind)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("overlap", "Å apart"),
        ("nickel", "nickel: Ni found, expected Cu and Zr only, which the built-in potential knows"),
        ("thin", "opposite faces of the cell are 13.60 Å apart; the potential needs at least 15.2 Å"),
        ("open", "the potential needs all three directions"),
        ("slab", "slab: an empty region of radius"),
    ],
)
@pytest.mark.parametrize("command", [("verify",), ("barriers", "--atoms", "all")], ids=["verify", "barriers"])
def test_what_is_refused_in_one_line(run, tmp_path, kind, message, command):
    write_extxyz(tmp_path / f"{kind}.xyz", spoilt(kind, read_glass(SAMPLE)))
    code, out, err = run(command[0], f"{kind}.xyz", *command[1:])
    errors = [line for line in err.splitlines() if not line.startswith(f"{kind}.xyz: density")]
    assert (code, out, len(errors)) == (2, "", 1), err
    assert errors[0].startswith(f"Error: {kind}")
    assert message in errors[0]
    assert not (tmp_path / "cache" / "barriers").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--atoms", "top:5"), "atoms 'top:5' found, expected a number, .* all or random:n"),
        (("--atoms", "500"), r"atoms 500 found, expected numbers 0\.\.499"),
        (("--atoms", "1", "--potential", "absent.fs"), "absent.fs: No such file"),
        (("--atoms", "1", "--potential", SAMPLE), r"ending \.xyz found, expected \.eam\.alloy or \.eam\.fs"),
        (("--atoms", "1", "--workers", 2, "--scheduler", "tcp://here:1"), "2 workers found with a scheduler"),
    ],
)
def test_options_that_are_refused_in_one_line(run, options, message):
    code, _, err = run("barriers", SAMPLE, *options)
    assert (code, len(err.splitlines())) == (2, 1)
    assert err.startswith("Error: ")
    assert re.search(message, err), err


def test_sampling_and_its_file(run, tmp_path):
    code, out, err = run("sampling", SAMPLE, "--runs", 2, "--time", 0.2, "--workers", 1, "-o", "out")
    assert code == 0, err
    lines = (tmp_path / "out" / "Cu64Zr36_500_1e12.sampling.csv").read_text().splitlines()
    assert lines[0] == "atom,element,moves,barrier_eV"
    assert len(lines) == 501
    moved = sum(line.split(",")[2] != "0" for line in lines[1:])
    assert f"500 atoms: {moved} left their place in 2 runs" in out
    code, _, err = run("sampling", SAMPLE, "--temperature", 0)
    assert code == 2
    assert err.startswith("Error: temperature 0 K")
