"""Explanations by relaxed swaps: the numbers of a scan with the opposite sign, from the same files."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import symgnn
from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.explain import explain_atoms
from symgnn.extras import MissingExtra
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.whatif import RelaxedSwap, SwapElement, scan
from symgnn.whatif.methods import build_method, method_class, methods_of_atom, title_of
from symgnn.whatif.relaxation import THINNEST, may_be_relaxed
from symgnn.whatif.scan import ScanWork
from tests.conftest import REPOSITORY, make_random_glass
from tests.models.test_contract import make, make_glass

SAMPLE = REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz"
ATOM, WITHIN = 48, 2.4  # three neighbours; two within 2.35 Å


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("scans")


@pytest.fixture(scope="module")
def method(checkpoint, sample, folder):
    return RelaxedSwap(checkpoint, sample, within=WITHIN, folder=folder, workers=1)


@pytest.fixture(scope="module")
def table(checkpoint, sample, method, folder):
    return scan(checkpoint, sample, ATOM, within=WITHIN, folder=folder, workers=1)


def test_every_neighbour_has_the_effect_of_its_swap(checkpoint, sample, table, method):
    assert len(table) > 2
    result = symgnn.explain(checkpoint, sample, ATOM, method, k=3, draws=2)
    assert (result.method, dict(result.settings)) == ("relaxed_swap", {"within": WITHIN})
    by_atom = 2 * result.atom_effect(len(sample))  # half of an edge's effect is either end's
    for change, value in zip(table.changes, table.barrier_change, strict=True):
        assert by_atom[change.atom] == pytest.approx(-value, abs=1e-6)
    assert np.abs(table.barrier_change).max() > 1e-4
    assert np.count_nonzero(result.effect) <= len(table)
    assert (result.effect[~(result.pairs == ATOM).any(1)] == 0).all()
    strongest = table.changes[0].atom
    others = np.arange(len(sample)) != ATOM
    assert np.flatnonzero(others)[result.atom_importance(len(sample))[others].argmax()] == strongest
    assert result.fidelity["k"] == 3


def test_a_scan_and_an_explanation_share_their_files(checkpoint, sample, table, method, folder, monkeypatch):
    before = sorted(folder.iterdir())
    monkeypatch.setattr(ScanWork, "compute", lambda *_: pytest.fail("computed again"))
    seen = []
    (one,) = explain_atoms(
        checkpoint, sample, [ATOM], method=method, progress=lambda *done: seen.append(done)
    )
    assert seen[-1] == (len(table), len(table))
    assert np.count_nonzero(one.effect)
    assert sorted(folder.iterdir()) == before


def test_several_atoms_at_once_are_single_ones(checkpoint, sample, table, method, tmp_path):
    near = replace(method, within=2.35)
    other = next(atom for atom in range(len(sample)) if atom != ATOM and near.n_swaps(atom) == 1)
    method_of_both = replace(near, folder=tmp_path / "scans")
    seen = []
    method_of_both.prepare([ATOM, other], progress=lambda *done: seen.append(done))
    total = near.n_swaps(ATOM) + 1
    assert seen[-1] == (total, total)
    files = len(list((tmp_path / "scans").iterdir()))
    both = explain_atoms(checkpoint, sample, [ATOM, other], method=method_of_both)
    (alone,) = explain_atoms(checkpoint, sample, [other], method=method_of_both)
    assert np.count_nonzero(alone.effect) == 1
    assert np.array_equal(both[1].effect, alone.effect)
    batch = explain_batch(
        checkpoint, sample, [ATOM, other], method=method_of_both, folder=tmp_path / "shards", workers=1
    )
    assert batch.effect_sum.sum() == pytest.approx(sum(one.effect.sum() for one in both), abs=1e-6)
    assert len(list((tmp_path / "scans").iterdir())) == files


def test_images_share_the_effect_and_a_swap_without_a_minimum_has_none(monkeypatch):
    """Atom 4 of a cell thinner than two cutoffs, all of whose neighbours change the barrier by -.3 eV, one by NaN."""
    glass, model = make_glass(24, 3), make("symgnn", {"heads": [2, 1]}).requires_grad_(False)
    checkpoint = Checkpoint(Path("thin"), model, Card(model="symgnn", settings={}), "6" * 16)
    changes = [SwapElement(atom, "Cu") for atom in range(24) if atom != 4]
    change = np.full(len(changes), -0.3)
    change[0] = np.nan
    method = RelaxedSwap(checkpoint, glass)
    method.__dict__["reference"] = None
    made = SimpleNamespace(changes=changes, barrier_change=change)
    monkeypatch.setattr("symgnn.whatif.relaxed_swap.scan_of", lambda *_, **__: made)
    (one,) = explain_atoms(checkpoint, glass, [4], method=method)
    touching = (one.pairs == 4).any(1) & (one.pairs[:, 0] != one.pairs[:, 1]) & (one.lengths < 5)
    images = [(touching & (one.pairs == atom).any(1)).sum() for atom in range(24)]
    assert images[0] > 0
    assert max(images) > 1
    by_atom = 2 * one.atom_effect(24)
    for atom in set(range(1, 24)) - {4}:
        assert by_atom[atom] == pytest.approx(0.3 * (images[atom] > 0), abs=1e-6)
    assert by_atom[0] == 0


def test_what_cannot_be_relaxed_is_refused_in_one_line(checkpoint, sample, monkeypatch):
    small = make_random_glass(120, seed=3)
    with pytest.raises(InputError, match=r"^method relaxed_swap: random120: .*at least 15\.2 Å[^\n]*$"):
        symgnn.explain(checkpoint, small, 4, RelaxedSwap(checkpoint, small))
    with pytest.raises(InputError, match=r"within 0 found"):
        RelaxedSwap(checkpoint, sample, within=0)
    with pytest.raises(InputError, match=r"no glass found, expected RelaxedSwap\(checkpoint, glass\)"):
        RelaxedSwap.build(checkpoint, {})
    monkeypatch.setattr("symgnn.extras.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"^method relaxed_swap needs numba.*symgnn\[physics\]$"):
        symgnn.explain(checkpoint, sample, ATOM, RelaxedSwap(checkpoint, sample))


def test_it_is_made_for_one_glass_and_one_checkpoint(checkpoint, sample, method):
    moved = replace(sample, positions=sample.positions + 0.01 * (np.arange(500) == ATOM)[:, None])
    with pytest.raises(InputError, match="another glass found, expected Cu64Zr36_500_1e12"):
        explain_atoms(checkpoint, moved, [ATOM], method=method)
    model = make("symgnn", {"heads": [2, 1]}).requires_grad_(False)
    for weights in model.parameters():
        weights.mul_(1.01)
    swapped = replace(sample, species=np.where(np.arange(500) == ATOM, 69 - sample.species, sample.species))
    with pytest.raises(InputError, match="another glass found, expected Cu64Zr36_500_1e12"):
        explain_atoms(checkpoint, swapped, [ATOM], method=method)
    other = replace(checkpoint, model=model)
    with pytest.raises(InputError, match="another model found, expected untrained"):
        explain_atoms(other, sample, [ATOM], method=method)


def test_where_it_is_offered(checkpoint, sample, monkeypatch):
    from symgnn.simulate import mendelev2009

    assert pytest.approx(2 * mendelev2009().cutoff.max()) == THINNEST
    assert methods_of_atom(checkpoint, sample)[-1] == "relaxed_swap"
    assert not may_be_relaxed(make_random_glass(120, seed=3))
    assert not may_be_relaxed(replace(sample, species=np.where(sample.species == 29, 13, 40)))
    assert not may_be_relaxed(replace(sample, pbc=[True, True, False]))
    assert methods_of_atom(replace(checkpoint, model=SimpleNamespace(n_layers=0)), sample) == []
    monkeypatch.setattr("symgnn.whatif.relaxation.find_spec", lambda name: None)
    assert "relaxed_swap" not in methods_of_atom(checkpoint, sample)


def test_without_a_neighbour_nothing_is_swapped(checkpoint, sample, method):
    alone, seen = replace(method, within=1.0), []
    alone.prepare([ATOM], progress=lambda *done: seen.append(done))
    (one,) = explain_atoms(checkpoint, sample, [ATOM], method=alone)
    assert not one.effect.any()
    assert alone.seconds(ATOM) == 0
    assert all(done == of for done, of in seen)


def test_an_estimate_counts_the_vibrations_of_changed_glasses(checkpoint, sample):
    """.02 s for each atom, of the swapped glass and of the relaxed one."""
    plain = RelaxedSwap(checkpoint, sample, within=WITHIN)
    model = SimpleNamespace(inputs=("pressure", "log_mean_square_displacement"), elements=checkpoint.elements)
    slow = replace(plain, checkpoint=replace(checkpoint, model=model))
    assert slow.seconds(ATOM) - plain.seconds(ATOM) == pytest.approx(2 * 0.02 * 500 * plain.n_swaps(ATOM))


def test_the_list_of_all_methods(checkpoint, sample):
    assert title_of("relaxed_swap") == RelaxedSwap.title
    assert title_of("gradient") != "gradient"
    assert build_method("relaxed_swap", {"within": 4.0}, checkpoint, sample).within == 4.0
    assert build_method("gradient", {}, checkpoint, sample).name == "gradient"
    assert method_class("swap").name == "swap"
    with pytest.raises(
        InputError, match=r"method 'oracle' found, expected one of gnn_explainer, .*relaxed_swap"
    ):
        method_class("oracle")
    with pytest.raises(InputError, match="setting 'reach' found, expected one of within"):
        build_method("relaxed_swap", {"reach": 1}, checkpoint, sample)


def run(*arguments):
    return CliRunner().invoke(app, ["explain", str(SAMPLE), *map(str, arguments)], env={"COLUMNS": "160"})


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr("symgnn.explanations.explain.fidelity", lambda *a, **k: {})  # which takes the time
    options = ["--method", "relaxed_swap", "--setting", "within=2.35", "--checkpoint", "mpnn", "-o", tmp_path]
    outcome = run("--atoms", ATOM, "--workers", 1, *options)
    assert outcome.exit_code == 0, outcome.output
    assert "1 atom explained by relaxed_swap" in outcome.output
    assert "Relaxing swapped neighbours" in outcome.stderr
    outcome = run("--atom", ATOM, *options)
    assert outcome.exit_code == 0, outcome.output
    rows = pd.read_csv(tmp_path / "Cu64Zr36_500_1e12.atom48.mpnn.relaxed_swap.csv")
    assert rows["effect_eV"].abs().max() > 0
    listed = CliRunner().invoke(app, ["explain", "--methods"], env={"COLUMNS": "160"})
    (line,) = [line for line in listed.output.splitlines() if "relaxed_swap" in line]
    assert "within=5.0" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--evaluate"], "relaxed_swap found with --evaluate, expected it with --atom or --atoms"),
        (["--map"], "map: method relaxed_swap found"),
        (["--atom", "3", "--setting", "reach=2"], "setting 'reach' found, expected one of within"),
        (["--atom", "500"], r"atom 500 found, expected 0\.\.499"),
        (["--atom", "3", "--setting", "within=x"], "within 'x' found, expected float"),
        (["--atom", "500", "--checkpoint", "absent"], "checkpoint 'absent' not found"),
    ],
)
def test_what_the_command_refuses(arguments, message, tmp_path):
    outcome = run("--method", "relaxed_swap", "-o", tmp_path, *arguments)
    assert isinstance(outcome.exception, InputError)
    with pytest.raises(InputError, match=message):
        raise outcome.exception
