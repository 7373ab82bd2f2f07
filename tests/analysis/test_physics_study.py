"""The study of physics: a search is that of the changed glass, all is resumed, a planted truth comes out."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from symgnn.analysis.centre_statistics import agreement
from symgnn.analysis.physics_study import PhysicsStudy
from symgnn.analysis.swap_searches import Search, SwapSearches
from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.whatif.changes import SwapElement
from symgnn.whatif.reference import Reference
from symgnn.whatif.scan import scan
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz"


@pytest.fixture(scope="module")
def reference():
    return Reference(load_checkpoint("mpnn"), read_glass(SAMPLE))


@pytest.fixture
def few(monkeypatch):
    """Unrelaxed scans of the first neighbours, and searches whose barriers are planted; the list of those computed."""
    computed = []

    def compute(work, search):
        computed.append(search)
        if len(computed) == few.stop:
            raise KeyboardInterrupt
        glass, rng = work.glasses[search.glass], np.random.default_rng(len(search.change))
        swapped = int(search.change.split()[1].split("=")[0]) if search.change else 0
        moving = np.zeros((3, len(glass)), bool)
        moving[:, :50] = True
        return {"barriers": 1.5 + 0.001 * swapped + 0.01 * rng.normal(size=3), "moving": moving,
                "tries": np.array(6), "positions": glass.positions}  # fmt: skip

    few = lambda *args, **rest: scan(*args, within=2.75, relax=False, **rest)  # noqa: E731
    few.stop, few.computed = None, computed
    monkeypatch.setattr("symgnn.analysis.physics_study.scan", few)
    monkeypatch.setattr(SwapSearches, "compute", compute)
    return few


def test_a_search_is_that_of_the_relaxed_swapped_glass(reference, tmp_path):
    from symgnn.simulate import BarrierSearch

    work = SwapSearches([reference.glass], events=2, seed=3, folder=tmp_path)
    search = Search(0, 5, "swap 17=Zr", repeat=1)
    arrays = work.compute(search)
    after = reference.changed(SwapElement(17, "Zr"))[1]
    assert np.array_equal(arrays["positions"], after.positions)
    expected = BarrierSearch(after, seed=4).around(5, events=2)
    assert arrays["barriers"] == pytest.approx(expected.barriers)
    assert arrays["moving"].sum(1).tolist() == [event.n_moving for event in expected.events]
    assert arrays["tries"] == expected.tries
    work.write(search, arrays)
    assert np.array_equal(work.read(search)["barriers"], arrays["barriers"])
    assert work.read(Search(0, 5, "swap 17=Zr")) is None, "another seed is another search"


def test_a_study_is_resumed_and_a_smaller_one_is_part_of_it(few, tmp_path):
    checkpoint, glass = load_checkpoint("mpnn"), read_glass(SAMPLE)
    settings = {"n_random": 2, "n_strata": 1, "events": 3, "workers": 1, "folder": tmp_path}
    few.stop = 4
    with pytest.raises(KeyboardInterrupt):
        PhysicsStudy([glass], checkpoint, n_centres=1, **settings).run()
    few.stop = None
    few.computed.clear()
    (one,) = PhysicsStudy([glass], checkpoint, n_centres=1, **settings).run()
    assert len(few.computed) == 6 - 3
    first = Reference(checkpoint, glass).glass.symbols[one.centre]
    assert one.before.n_events == 9
    assert one.before.mean == pytest.approx(1.5, abs=0.02)
    assert len(one.after) == 3
    few.computed.clear()
    two = PhysicsStudy([glass], checkpoint, n_centres=2, **settings).run()
    assert two[0].centre == one.centre
    assert {search.centre for search in few.computed} == {two[1].centre}
    assert glass.symbols[two[1].centre] != first


def test_the_command(few, tmp_path, monkeypatch):
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("symgnn.plotting.figure_files.find_spec", lambda name: None)  # no Chromium needed
    monkeypatch.setattr("symgnn.analysis.physics_tables.agreement", partial(agreement, n_draws=20))
    monkeypatch.setattr("symgnn.analysis.moving_atoms.DRAWS", 5)
    arguments = ["findings", "--physics", str(SAMPLE), "--checkpoint", "mpnn", "--compare", "gcn", "--method",
                 "gradient", "--atoms", "2", "--swaps", "2", "--events", "3", "--workers", "1", "-o",
                 str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    rows = pd.read_csv(tmp_path / "out" / "swaps.csv")
    assert rows["drawn"].tolist() == ["random", "random", "strata", "strata"] * 2
    expected = 1.5 + 0.001 * rows["swapped"] - rows["before_eV"]
    assert rows["change_eV"].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.03)
    assert {"mpnn relaxed_eV", "gcn unrelaxed_eV", "mpnn gradient"} <= set(rows)
    assert "gcn gradient" not in rows
    table = pd.read_csv(tmp_path / "out" / "agreement.csv")
    assert set(table["checkpoint"]) == {"mpnn", "gcn"}
    assert set(table["swaps"]) == {"all", "random", "strata"}
    ranks = pd.read_csv(tmp_path / "out" / "ranking.csv", keep_default_na=False)
    assert {"gradient", "swap", "swap, relaxed", "distance alone", "random numbers"} == set(ranks["method"])
    text = (tmp_path / "out" / "README.md").read_text()
    assert "control: distance alone" in text
    assert "[figure](changes.html)" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--physics", "--top", "3"], "--top found with --physics"),
        (["--swaps", "3"], "--swaps found without --physics"),
        (["--checkpoint", "mpnn", "--checkpoint", "gcn"], "2 checkpoints found, expected one"),
        (["--physics", "--checkpoint", "gcn", "--method", "attention"], "method 'attention' found"),
    ],
)
def test_what_the_command_refuses(arguments, message):
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(app, ["findings", str(SAMPLE), *arguments], catch_exceptions=False)


def test_searches_are_kept_under_all_that_they_come_from(tmp_path):
    one, other = (SimpleNamespace(content_hash=name) for name in "ab")
    searches = [Search(0, 5), Search(1, 5), Search(0, 6), Search(0, 5, "swap 17=Zr"), Search(0, 5, repeat=1)]
    paths = [
        SwapSearches([one, other], events, seed, tmp_path).path(search)
        for events in (10, 15) for seed in (0, 7) for search in searches
    ]  # fmt: skip
    assert len(set(paths)) == len(paths)


def test_a_swapped_glass_without_a_minimum_has_no_events(tmp_path, monkeypatch):
    """Nor does it fall back on the glass before the swap."""

    def none(*arguments, **options):
        raise InputError("no minimum")

    glass = read_glass(SAMPLE)
    monkeypatch.setattr("symgnn.analysis.swap_searches.relaxed", none)
    arrays = SwapSearches([glass], 15, 0, tmp_path).compute(Search(0, 5, "swap 17=Zr"))
    assert len(arrays["barriers"]) == len(arrays["moving"]) == 0
    assert np.isnan(arrays["positions"]).all()
