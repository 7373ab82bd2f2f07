"""The leaderboard: what its rows say follows from the cards, and nothing but cards is needed for it."""

import json

import numpy as np
import pytest

from symgnn.benchmark.leaderboard import by_test, by_validation, card_files, leaderboard, read_row, role
from symgnn.benchmark.published import PUBLISHED, Published
from symgnn.benchmark.report import (
    accuracy_table,
    cost_table,
    reproduction,
    selected_epochs,
    short_table,
    small,
    write_readme,
)
from symgnn.errors import InputError
from symgnn.inference.card import CARD, Card
from symgnn.inference.checkpoint import WEIGHTS
from tests.conftest import make_random_glass


def write_card(folder, *, validation=0.6, scores=None, **entries):
    """A checkpoint's folder with a card; its weights are empty, since no leaderboard reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).touch()
    card = {
        "model": "symgnn",
        "settings": {},
        "weights_sha256": "0" * 64,
        "n_parameters": 1234,
        "split": {"train": ["train0"], "validation": ["train6"]},
        "training": {"max_epoch": 80, "seed": 0},
        "selected": {"epoch": 50, "pearson": validation},
        "curve": [{"epoch": 50, "train_loss": 0.5, "pearson": validation}],
        "seconds": 100.0,
        "device": "CPU, 1 thread(s)",
        "command": "symgnn train --model-name symgnn --seed 0",
    }
    named = {glass: scored(r) if isinstance(r, float) else r for glass, r in (scores or {}).items()}
    (folder / CARD).write_text(json.dumps(card | {"scores": named} | entries))


def scored(r):
    return {"pearson": r, "spearman": r - 0.02, "mae_eV": 0.2, "auc_top5": 0.9, "auc_bottom5": 0.8}


@pytest.fixture
def root(tmp_path):
    """Rows best (3 seeds), symgnn (1 seed) and young (trained, not scored)."""
    for seed, r in enumerate((0.80, 0.83, 0.86)):
        folder = tmp_path / "best" / (f"seed{seed}" if seed else "")
        write_card(folder, validation=0.60 + 0.01 * seed, scores={"test0": r, "train6": 0.60 + 0.01 * seed})
    invariance = {
        "glass": "test0",
        "transformations": 4,
        "seed": 0,
        "largest_eV": 0.25,
        "rms_eV": 0.05,
        "spread_eV": 0.25,
        "relative": 0.2,
    }
    inference = {
        "glass": "test0",
        "atoms": 3000,
        "seconds": 0.123,
        "graph_seconds": 0.02,
        "repeats": 5,
        "device": "CPU, 1 thread(s)",
    }
    write_card(
        tmp_path / "symgnn",
        validation=0.70,
        scores={"test0": 0.75},
        invariance=invariance,
        inference=inference,
    )
    write_card(tmp_path / "young", validation=0.65)
    return tmp_path


def row_of(root, name):
    return read_row(name, card_files(name, root))


def test_scores_are_means_and_sample_deviations_over_seeds(root):
    row = row_of(root, "best")
    assert list(row.cards) == ["best", "best/seed1", "best/seed2"]
    r = row.test("pearson")
    assert (r.mean, r.standard_deviation, r.n) == (pytest.approx(0.83), pytest.approx(0.03), 3)
    assert str(r) == "0.830 ± 0.030"
    assert str(row.validation()) == "0.610 ± 0.010"
    assert str(row_of(root, "symgnn").test("pearson")) == "0.750"
    assert row_of(root, "young").test("pearson") is None


def test_seeds_come_by_number_and_other_folders_are_no_seeds(root):
    for name in ("seed10", "seed3", "seedling", "old"):
        write_card(root / "best" / name)
    assert list(card_files("best", root))[1:] == [f"best/seed{k}" for k in (1, 2, 3, 10)]


def test_rows_are_sorted_by_test_score_for_reading_and_by_validation_for_choosing(root):
    rows = leaderboard(root)
    assert [row.name for row in rows] == ["best", "symgnn", "young"]
    assert [row.name for row in by_validation(rows)] == ["symgnn", "young", "best"]


def test_choice_does_not_depend_on_test_scores(root):
    before = [row.name for row in by_validation(leaderboard(root))]
    write_card(root / "young", validation=0.65, scores={"test0": 0.99})
    rows = leaderboard(root)
    assert rows[0].name == "young"
    assert [row.name for row in by_validation(rows)] == before


def test_constant_prediction_comes_last(root):
    write_card(root / "constant", validation=float("nan"), scores={"test0": float("nan")})
    rows = leaderboard(root)
    assert [row.name for row in by_test(rows)][-2:] == ["constant", "young"]
    assert [row.name for row in by_validation(rows)][-1] == "constant"
    assert accuracy_table(rows).lines[-2][2] == "nan"


def test_both_test_glasses_are_pooled_over_their_atoms(root):
    write_card(root / "symgnn", scores={"test0": 0.75, "test1": 0.65, "pooled": 0.69})
    row = row_of(root, "symgnn")
    assert row.test_glasses == ("test0", "test1")
    assert row.test("pearson").mean == 0.69
    assert row.test("pearson", "test1").mean == 0.65
    table = accuracy_table([row])
    assert table.header[2:5] == ["r test0 + test1", "r test0", "r test1"]


def test_seeds_are_compared_on_the_glasses_that_all_were_scored_on(root):
    write_card(root / "best" / "seed2", scores={"test0": 0.86, "test1": 0.5, "pooled": 0.7})
    row = row_of(root, "best")
    assert row.test_glasses == ("test0",)
    assert row.test("pearson").mean == pytest.approx(0.83)
    write_card(root / "symgnn", scores={"test0": 0.75, "test1": 0.65, "pooled": 0.69})
    pooled = [line[2] for line in accuracy_table(leaderboard(root)).lines]
    assert pooled == ["0.830 ± 0.030 (test0)", "0.690 (test0 + test1)", "–"]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"scores": [1]}, ("scores", "names and values")),
        ({"scores": {"test0": {"pearson": "high"}}}, ("scores.test0.pearson", "'high'", "a number")),
        ({"curve": {"epoch": 1}}, ("curve", "a list")),
        ({"curve": [{"epoch": 1, "pearson": True}]}, ("curve.0.pearson", "a number")),
        ({"uncertainty": {"coverage": {"test0": 3}}}, ("uncertainty.coverage.test0",)),
        ({"invariance": {"glass": "test0"}}, ("invariance.transformations", "missing")),
        ({"selected": {"epoch": 1.5}}, ("selected.epoch", "a whole number")),
        ({"seconds": "long"}, ("'seconds'", "a number")),
        ({"settings": None}, ("settings",)),
    ],
)
def test_bad_card_is_named_with_its_field(root, entries, words):
    card = json.loads((root / "best" / "seed1" / CARD).read_text())
    (root / "best" / "seed1" / CARD).write_text(json.dumps(card | entries))
    with pytest.raises(InputError) as error:
        leaderboard(root)
    for word in (f"seed1/{CARD}", *words):
        assert word in str(error.value)
    assert "\n" not in str(error.value)


def test_what_a_glass_was_to_a_checkpoint(root):
    glasses = {name: make_random_glass(30, seed) for seed, name in enumerate(("train0", "train6", "test0"))}
    hashes = {name: glass.content_hash for name, glass in glasses.items()}
    evaluation = {"data_hashes": {name: hashes[name] for name in ("train6", "test0")}}
    write_card(
        root / "symgnn",
        data_hashes={name: hashes[name] for name in ("train0", "train6")},
        evaluation=evaluation,
    )
    card = row_of(root, "symgnn").card
    assert [role(card, glasses[name]) for name in glasses] == ["train", "validation", "test"]
    assert role(card, make_random_glass(30, 9)) is None


def test_coverage_is_that_of_the_test_glass(root):
    coverage = {"train6": {"68%": 0.683, "95%": 0.95}, "test0": {"68%": 0.61, "95%": 0.92}}
    assert "coverage 68% / 95%" not in accuracy_table(leaderboard(root)).header
    write_card(root / "symgnn", scores={"test0": 0.75}, uncertainty={"coverage": coverage})
    table = accuracy_table(leaderboard(root))
    column = table.header.index("coverage 68% / 95%")
    assert [line[column] for line in table.lines] == ["– / –", "0.61 / 0.92", "– / –"]


def test_readme_holds_every_row_its_command_and_the_published_value(root, monkeypatch):
    monkeypatch.setitem(PUBLISHED, "symgnn", Published(0.7859, 0.0056, reason="of a reason."))
    monkeypatch.setitem(PUBLISHED, "young", Published(None, remark="not finished"))
    text = write_readme(root).read_text()
    lines = text.splitlines()
    (symgnn,) = [line for line in lines if line.startswith("| `symgnn` | 1 ")]
    assert symgnn.split(" | ")[2:4] == ["0.750", "0.700"]
    assert symgnn.endswith("| 0.786 ± 0.006 |")
    assert any(line.startswith("| `young` | 1 | – | 0.650") and "not finished" in line for line in lines)
    assert "- `symgnn`: 0.750 here, 0.786 ± 0.006 in the paper: of a reason." in lines
    (cost,) = [line for line in lines if line.startswith("| `symgnn` | symgnn ")]
    assert "1,234 | 50 of 80 | 100 | CPU, 1 thread(s) | 0.12 | 0.250 | 0.050 | 20%" in cost
    assert "test1 not scored yet" in text
    commands = [line for line in lines if "symgnn train " in line]
    assert [line.split()[-1] for line in commands] == [
        "checkpoints/best", "checkpoints/best/seed1", "checkpoints/best/seed2", "checkpoints/symgnn",
        "checkpoints/young",
    ]  # fmt: skip
    widths = {line.count(" | ") for line in lines if line.startswith("|")}
    assert len(widths) == 2, "every line of a table has as many cells as its heading"
    assert write_readme(root).read_text() == text


def test_text_of_a_card_stays_inside_its_cell(root):
    write_card(root / "young", device="GPU | <b>fast</b>\n| x |")
    (line,) = [x for x in cost_table(leaderboard(root)).markdown().splitlines() if x.startswith("| `young`")]
    assert r"GPU \| &lt;b>fast&lt;/b> \| x \|" in line


def test_empty_folder_has_no_readme(tmp_path):
    assert leaderboard(tmp_path) == []
    with pytest.raises(InputError, match="no checkpoint found"):
        write_readme(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "device", "expected"),
    [
        (
            "symgnn train --model-name egat --seed 1 --data raw_data --output-dir egat-1",
            "CPU, 1 thread(s)",
            "OMP_NUM_THREADS=1 symgnn train --model-name egat --seed 1 --output-dir checkpoints/egat/seed1",
        ),
        (
            "symgnn train --output-dir=x --data=y --device cuda",
            "NVIDIA",
            "symgnn train --device cuda --output-dir checkpoints/egat/seed1",
        ),
        ("symgnn ensemble symgnn", "CPU, 12 thread(s)", "symgnn ensemble symgnn"),
        ("symgnn train 'unclosed", "CPU", "symgnn train 'unclosed"),
        (None, "CPU", ""),
    ],
)
def test_command_names_the_folder_that_the_leaderboard_reads(command, device, expected):
    assert (
        reproduction("egat/seed1", Card(model="egat", settings={}, command=command, device=device))
        == expected
    )


def test_selected_epochs_and_small_numbers_in_words(root):
    assert selected_epochs(row_of(root, "best")) == "50, 50, 50 of 80"
    write_card(root / "symgnn", selected={"epoch": 3, "penalty": 30.0, "pearson": 0.6})
    assert selected_epochs(row_of(root, "symgnn")) == "penalty 30"
    write_card(root / "symgnn", selected={})
    assert selected_epochs(row_of(root, "symgnn")) == "–"
    write_card(
        root / "symgnn", selected={"by": "r", "epoch": 0}, training={"start_from": "best", "max_epoch": 0}
    )
    assert selected_epochs(row_of(root, "symgnn")) == "weights of best"
    assert [small(x) for x in (0, 0.1234, 1.6e-6)] == ["0", "0.123", "2e-06"]


def test_terminal_table_has_the_same_rows(root):
    lines = short_table(leaderboard(root)).lines
    assert [line[0] for line in lines] == ["best", "symgnn", "young"]
    assert lines[1] == ["symgnn", "1", "0.750", "0.700", "0.200", "0.250", "0.786"]


def test_published_values_are_those_of_the_paper():
    assert str(PUBLISHED["symgnn"]) == "0.786 ± 0.006"
    assert str(PUBLISHED["egat"]) == "0.726"
    assert str(PUBLISHED["dimenet"]) == "not finished: training > 2 days"
    assert np.argmax([entry.r or 0 for entry in PUBLISHED.values()]) == list(PUBLISHED).index("symgnn")
