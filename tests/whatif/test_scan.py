"""Scans: every row is what one change gives, ranked, resumable; chains, design and the check by searches."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.whatif import (
    ExchangeAtoms,
    Measured,
    Reference,
    RemoveAtom,
    SwapElement,
    ask_chain,
    check_by_searches,
    design,
    scan,
)
from symgnn.whatif.candidates import candidates, distances
from symgnn.whatif.scan import ScanWork
from symgnn.whatif.searches import SearchWork, different
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz"
ATOM = 5


@pytest.fixture(scope="module")
def table(checkpoint, sample, tmp_path_factory):
    return scan(checkpoint, sample, ATOM, within=2.8, workers=1, folder=tmp_path_factory.mktemp("scan"))


def test_candidates(sample):
    vector = sample.positions - sample.positions[ATOM]
    vector -= sample.cell.diagonal() * np.round(vector / sample.cell.diagonal())
    away = np.linalg.norm(vector, axis=1)
    near = [atom for atom in np.flatnonzero(away < 4) if atom != ATOM]
    assert distances(sample, ATOM, 4.0) == pytest.approx({atom: away[atom] for atom in near})
    swaps = candidates(sample, ATOM, within=4.0, elements=("Cu", "Zr"))
    other = {"Cu": "Zr", "Zr": "Cu"}
    assert swaps == [SwapElement(int(atom), other[sample.symbols[atom]]) for atom in near]
    exchanges = candidates(sample, ATOM, kind="exchange", within=4.0, elements=("Cu", "Zr"))
    between = sample.positions[near][:, None] - sample.positions[near]
    between -= sample.cell.diagonal() * np.round(between / sample.cell.diagonal())
    unlike = sample.species[near][:, None] != sample.species[near]
    pairs = np.argwhere(np.triu(unlike & (np.linalg.norm(between, axis=2) < 3.8)))
    assert exchanges == [ExchangeAtoms(int(near[a]), int(near[b])) for a, b in pairs]
    with pytest.raises(InputError, match="change 'melt' found, expected one of swap, exchange"):
        candidates(sample, ATOM, kind="melt", elements=("Cu", "Zr"))
    with pytest.raises(InputError, match=r"nothing to swap found within 0.5 Å of atom 5"):
        candidates(sample, ATOM, within=0.5, elements=("Cu", "Zr"))


def test_rows_are_what_single_changes_give(checkpoint, sample, table):
    reference = Reference(checkpoint, sample)
    assert len(table) >= 4
    for row in (0, len(table) - 1):
        result = reference.ask(table.changes[row], atom=ATOM)
        assert table.barrier_before[row] == pytest.approx(result.barriers_before[ATOM], abs=1e-5)
        assert table.barrier_change[row] == pytest.approx(result.barrier_change[ATOM], abs=1e-5)
        assert table.unrelaxed_barrier_change[row] == pytest.approx(result.unrelaxed_change[ATOM], abs=1e-5)
        assert table.energy_change[row] == pytest.approx(result.energy_change, abs=1e-6)
        assert table.moved[row] == pytest.approx(result.moved[ATOM], abs=1e-6)
        assert table.farthest[row] == pytest.approx(result.moved.max(), abs=1e-6)
        assert table.n_moved[row] == result.n_moved
    assert (np.diff(np.abs(table.barrier_change)) <= 0).all()
    assert np.isnan(table.sigma).all()
    assert table.pooled_sigma is None


def test_files(table, tmp_path):
    csv, xyz = table.write(tmp_path, "scan")
    rows = pd.read_csv(csv)
    assert rows["change"].tolist() == [str(change) for change in table.changes]
    assert rows["barrier_change_eV"].to_numpy() == pytest.approx(table.barrier_change, abs=1e-6)
    glass = read_glass(xyz)
    assert np.flatnonzero(glass.properties["asked"]).tolist() == [ATOM]
    assert glass.properties["changed"].sum() == len(table)
    for change, value in zip(table.changes, table.barrier_change, strict=True):
        assert glass.properties["barrier_change"][change.atom] == pytest.approx(value)
    double = replace(table, changes=(ExchangeAtoms(1, 2), ExchangeAtoms(2, 3), *table.changes[2:]))
    assert double.atom_change()[[1, 2, 3]] == pytest.approx(table.barrier_change[[0, 0, 1]])


def test_a_scan_that_was_stopped_gives_the_same_table(checkpoint, sample, table, tmp_path, monkeypatch):
    def stop(done, total):
        raise KeyboardInterrupt

    asked = {"within": 2.8, "workers": 1, "folder": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        scan(checkpoint, sample, ATOM, **asked, progress=stop)
    assert len(list(tmp_path.iterdir())) == 1
    computed, compute = [], ScanWork.compute
    monkeypatch.setattr(ScanWork, "compute", lambda work, some: computed.extend(some) or compute(work, some))
    seen = []
    again = scan(checkpoint, sample, ATOM, **asked, progress=lambda *done: seen.append(done))
    assert len(computed) == len(table) - 4
    assert seen[-1] == (len(table), len(table))
    pd.testing.assert_frame_equal(again.table(), table.table())
    computed.clear()
    scan(checkpoint, sample, ATOM, **asked)
    assert not computed


def test_a_command_that_was_killed_gives_the_same_table(tmp_path):
    arguments = [
        str(SAMPLE),
        "--atom",
        str(ATOM),
        "--within",
        "2.8",
        "--checkpoint",
        "mpnn",
        "--workers",
        "1",
        "-o",
    ]
    killed, fresh = ({**os.environ, "SYMGNN_CACHE": str(tmp_path / name)} for name in ("killed", "fresh"))
    process = subprocess.Popen(
        [sys.executable, "-m", "symgnn", "whatif", *arguments, str(tmp_path)],
        env=killed, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and not list(tmp_path.glob("killed/whatif/*.npz")):
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not list(tmp_path.glob("*.csv"))
    tables = []
    for name, environment in (("again", killed), ("other", fresh)):
        outcome = CliRunner().invoke(app, ["whatif", *arguments, str(tmp_path / name)], env=environment)
        assert outcome.exit_code == 0, outcome.output
        (table,) = (tmp_path / name).glob("*.csv")
        tables.append(table.read_bytes())
    assert tables[0] == tables[1]


def test_unrelaxed(checkpoint, sample, table, tmp_path):
    plain = scan(checkpoint, sample, ATOM, within=2.8, relax=False, folder=tmp_path)
    by_change = dict(zip(plain.changes, plain.barrier_change, strict=True))
    expected = dict(zip(table.changes, table.unrelaxed_barrier_change, strict=True))
    for change, value in by_change.items():
        assert value == pytest.approx(expected[change], abs=2e-5)
    assert (plain.farthest == 0).all()


def test_what_a_model_reads_follows_from_the_changed_elements(sample, tmp_path):
    """ridge-physics: energies and stresses of every changed glass."""
    physics = load_checkpoint("ridge-physics")
    result = scan(physics, sample, ATOM, within=2.7, relax=False, folder=tmp_path)
    reference = Reference(physics, sample, relax=False)
    asked = reference.ask(result.changes[0], atom=ATOM)
    assert result.barrier_change[0] == pytest.approx(asked.barrier_change[ATOM], abs=2e-5)
    assert abs(result.barrier_change[0]) > 1e-3


def test_changes_that_take_long_are_cut_small_and_on_all_cores(checkpoint, sample, tmp_path, monkeypatch):
    """A model that reads vibrations takes seconds for each change, relaxed or not."""
    asked = []

    def none(compute, shards, *, workers, scheduler):
        asked.append((max(map(len, shards)), workers))
        raise KeyboardInterrupt

    module = sys.modules[ScanWork.__module__]  # the package has a function of its name
    monkeypatch.setattr(module, "run_all", none)
    for seconds in (0.0, 9.0):
        monkeypatch.setattr(module, "slow_inputs_anew", lambda *_, seconds=seconds: seconds)
        with pytest.raises(KeyboardInterrupt):
            scan(checkpoint, sample, ATOM, relax=False, folder=tmp_path)
    (many, one), (few, every) = asked
    assert many > few == 4
    assert (one, every) == (1, None)


def test_a_chain_keeps_track_of_atoms(checkpoint, sample):
    changes = [RemoveAtom(3), SwapElement(10, "Zr" if sample.species[11] == 29 else "Cu")]
    chain = ask_chain(checkpoint, sample, changes, atom=ATOM, relax=False)
    assert chain.kept.tolist() == [atom for atom in range(500) if atom != 3]
    assert [step.atom for step in chain.steps] == [5, 4]
    assert chain.glass.species[10] == 69 - sample.species[11]
    assert chain.barriers[-1] == pytest.approx(checkpoint.predict(chain.glass)[4], abs=1e-6)
    assert len(chain.barriers) == 3
    assert chain.undone().glass is chain.steps[0].after
    assert chain.undone().undone().glass is chain.given
    with pytest.raises(InputError, match="atom 3 is asked about, but removed"):
        ask_chain(checkpoint, sample, changes, atom=3, relax=False)


@pytest.mark.parametrize("sign", [1, -1])
def test_design_goes_towards_the_target(checkpoint, sample, tmp_path, sign):
    settings = {"within": 3.0, "relax": False, "folder": tmp_path}
    first = scan(checkpoint, sample, ATOM, **settings)
    before = first.barrier_before[0]
    far = design(checkpoint, sample, ATOM, before + sign * 10, most=2, **settings)
    steps = sign * np.diff(far.barriers)
    assert len(far.steps) <= 2
    assert (steps > 0).all()
    best = (sign * first.barrier_change).max()
    assert steps[:1] == pytest.approx(max(best, 0), abs=1e-5) or best <= 0
    reachable = np.sort(sign * first.barrier_change)
    reachable = reachable[reachable > 0]
    if len(reachable):
        near = design(checkpoint, sample, ATOM, before + sign * (reachable[0] - 1e-5), **settings)
        assert len(near.steps) == 1
        assert sign * np.diff(near.barriers)[0] == pytest.approx(reachable[0], abs=1e-5)
    with pytest.raises(InputError, match="target nan eV found"):
        design(checkpoint, sample, ATOM, float("nan"))


def test_check_counts_every_saddle_once_and_resumes(checkpoint, sample, tmp_path, monkeypatch):
    from symgnn.simulate import BarrierSearch

    result = Reference(checkpoint, sample).ask(SwapElement(136, "Cu"), atom=ATOM)
    measured = check_by_searches(result, tries=3, seed=1, folder=tmp_path, workers=1)
    for side, glass in ((measured.before, result.reference), (measured.after, result.after)):
        around = BarrierSearch(glass, seed=1).around(ATOM, events=3, max_tries=3)
        assert side == pytest.approx(around.barriers)
    monkeypatch.setattr("symgnn.whatif.searches.SearchWork.compute", None)
    again = check_by_searches(result, tries=3, seed=1, folder=tmp_path, workers=1)
    assert np.array_equal(again.before, measured.before)
    with pytest.raises(InputError, match="not relaxed"):
        check_by_searches(replace(result, is_relaxed=False), tries=1)


def test_events_over_one_saddle_are_one():
    still, moved = np.zeros((1, 4, 3)), np.full((1, 4, 3), 0.2)
    event = lambda barrier, displacement: {"barrier": np.array([barrier]), "displacement": displacement}  # noqa: E731
    events = [
        event(1.0, still),
        event(1.005, still),
        event(1.02, still),
        event(1.0, moved),
        event(1.005, moved),
    ]
    assert different(events).tolist() == [1.0, 1.02, 1.0]


def run(*arguments):
    return CliRunner().invoke(app, ["whatif", str(SAMPLE), *map(str, arguments)], env={"COLUMNS": "160"})


def test_the_command_for_one_change(tmp_path):
    outcome = run("--atom", ATOM, "--remove", 30, "--unrelaxed", "-o", tmp_path)
    assert outcome.exit_code == 0, outcome.output
    assert "atom 5 (Cu): barrier 2.061 to 2.0" in outcome.output
    assert "over 3 training seeds" in outcome.output
    rows = pd.read_csv(tmp_path / "Cu64Zr36_500_1e12.symgnn.remove-30.whatif.csv")
    assert len(rows) == 499
    assert rows["atom_before"][30] == 31
    assert (tmp_path / "Cu64Zr36_500_1e12.symgnn.remove-30.whatif.xyz").exists()


def test_the_command_for_a_scan(tmp_path):
    outcome = run("--atom", ATOM, "--within", 2.6, "--workers", 1, "-o", tmp_path)
    assert outcome.exit_code == 0, outcome.output
    rows = pd.read_csv(tmp_path / "Cu64Zr36_500_1e12.symgnn.atom5.swap.whatif.csv")
    assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
    assert f"{len(rows)} changes" in outcome.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--swap", "1=Zr", "--remove", "3"], "--swap and --remove found, expected one change"),
        (["--atom", "1", "--swap", "1=Zr", "--within", "3"], "--within found with --swap"),
        (["--atom", "1", "--swap", "1=Zr", "--change", "swap"], "--change found with --swap"),
        ([], "no --atom found, expected one to scan around"),
        (["--swap", "1=Zr", "--check", "3"], "no --atom found, expected one to check"),
        (["--atom", "1", "--swap", "1=Zr", "--check", "3", "--unrelaxed"], "--check found with --unrelaxed"),
    ],
)
def test_what_the_command_refuses(arguments, message):
    outcome = run(*arguments)
    assert isinstance(outcome.exception, InputError)
    assert message in str(outcome.exception)


def test_results_are_kept_under_all_that_they_come_from(tmp_path):
    """Of scans: glass, weights, atom, relaxed or not, changes; of tries: glass, atom, seed and number."""

    def reference(glass="a", weights="k", relaxed=True):
        return SimpleNamespace(
            given=SimpleNamespace(content_hash=glass),
            ensemble=SimpleNamespace(key=weights),
            is_relaxed=relaxed,
        )

    swap = (SwapElement(3, "Zr"),)
    scans = [
        ScanWork(reference(), 5, tmp_path).path(swap),
        ScanWork(reference(glass="b"), 5, tmp_path).path(swap),
        ScanWork(reference(weights="l"), 5, tmp_path).path(swap),
        ScanWork(reference(relaxed=False), 5, tmp_path).path(swap),
        ScanWork(reference(), 6, tmp_path).path(swap),
        ScanWork(reference(), 5, tmp_path).path((SwapElement(3, "Cu"),)),
    ]
    assert len(set(scans)) == len(scans)
    one, other = (SimpleNamespace(content_hash=name) for name in "ab")
    tries = [
        SearchWork(glasses, atoms, seed, tmp_path).path((0, attempt))
        for glasses in ((one, other), (other, one)) for atoms in ((5, 4), (4, 5))
        for seed in (0, 1) for attempt in (0, 1)
    ]  # fmt: skip
    assert len(set(tries)) == 16


def test_a_measured_change_has_the_error_of_both_sides():
    measured = Measured(np.array([1.0, 1.4]), np.array([1.1, 2.0, 2.3]), tries=5)
    assert measured.change == pytest.approx(1.8 - 1.2)
    assert measured.standard_error == pytest.approx(
        np.hypot(np.std([1.0, 1.4], ddof=1) / 2**0.5, np.std([1.1, 2.0, 2.3], ddof=1) / 3**0.5)
    )
    assert np.isnan(replace(measured, after=np.array([2.0])).standard_error)
    assert np.isnan(replace(measured, after=np.empty(0)).change)


def test_the_distance_of_an_exchange_is_that_of_the_nearer_atom(checkpoint, sample, tmp_path):
    plain = scan(checkpoint, sample, ATOM, kind="exchange", within=3.0, relax=False, folder=tmp_path)
    away = distances(sample, ATOM, 3.0)
    assert plain.distance == pytest.approx([min(away[one.first], away[one.second]) for one in plain.changes])
