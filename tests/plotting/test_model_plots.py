"""Plots and tables of models: they show what cards and arrays say."""

import re

import numpy as np
import pytest

from symgnn.benchmark.leaderboard import card_files, read_row
from symgnn.inference.card import Calibration
from symgnn.plotting import model_plots
from symgnn.plotting.model_tables import card_sections, leaderboard_table, seed_table
from tests.benchmark.test_leaderboard import root, row_of  # noqa: F401 (fixture)
from tests.plotting.test_plots import trace

RNG = np.random.default_rng(3)


def boxes():
    residual = np.concatenate([RNG.normal(0.1, 0.1, 40), RNG.normal(-0.2, 0.3, 60), [5.0]])
    symbols = ["Cu"] * 40 + ["Zr"] * 61
    coordination = np.concatenate([np.full(40, 11), np.full(60, 14), [19]])
    return residual, symbols, coordination, model_plots.residual_boxes(residual, symbols, coordination)


def test_boxes_hold_the_quantiles_of_their_group():
    residual, _, _, figure = boxes()
    by_coordination = [t for t in figure.data if t.xaxis == "x2"]
    assert [(t.name, list(t.x), list(t.customdata)) for t in by_coordination] == [
        ("Cu", [11], [40]), ("Zr", [14], [60]),
    ]  # fmt: skip
    zirconium = by_coordination[1]
    low, q1, median, q3, high = np.quantile(residual[40:100], [0.05, 0.25, 0.5, 0.75, 0.95])
    box = (zirconium.lowerfence, zirconium.q1, zirconium.median, zirconium.q3, zirconium.upperfence)
    assert np.ravel(box) == pytest.approx([low, q1, median, q3, high])


def test_boxes_of_elements_hold_all_of_their_atoms():
    residual, _, _, figure = boxes()
    elements = [t for t in figure.data if t.xaxis != "x2"]
    assert [(t.name, list(t.customdata)) for t in elements] == [("Cu", [40]), ("Zr", [61])]
    assert elements[1].median[0] == pytest.approx(np.median(residual[40:]))


def test_learning_curves_draw_every_seed_and_mark_what_was_selected():
    seeds = [[{"epoch": e, "train_loss": 1 / e, "pearson": e / 10 + s} for e in (5, 10)] for s in (0, 0.05)]
    figure = model_plots.learning_curves({"a": seeds}, selected={"a": [10, 5]})
    lines = [t for t in figure.data if t.mode == "lines" and t.yaxis == "y"]
    assert [list(t.y) for t in lines] == [[0.5, 1.0], [0.55, 1.05]]
    assert [t.showlegend for t in lines] == [True, False]
    rings = [t for t in figure.data if t.mode == "markers"]
    assert [(t.x[0], t.y[0]) for t in rings] == [(10, 1.0), (5, 0.55)]
    losses = [t for t in figure.data if t.mode == "lines" and t.yaxis == "y2"]
    assert list(losses[0].y) == [1 / 5, 1 / 10]


def test_curves_over_penalties_leave_out_those_over_epochs():
    curves = {
        "ridge": [[{"epoch": 1, "penalty": 0.1, "pearson": 0.5}]],
        "net": [[{"epoch": 1, "pearson": 0.6}]],
    }
    figure = model_plots.learning_curves(curves, by="penalty")
    assert next(list(t.x) for t in figure.data if t.name == "ridge") == [0.1]
    assert all(len(t.x) == 0 for t in figure.data if t.name == "net")
    assert figure.layout.xaxis2.type == "log"


def test_checkpoint_without_a_curve_says_so():
    figure = model_plots.learning_curves({"a": [[]]})
    assert figure.layout.annotations[0].text == "This checkpoint has no learning curve"


def test_scores_stand_beside_the_papers_and_unknown_ones_are_left_out():
    figure = model_plots.scores_of_models(
        ["a", "b"],
        [0.8, None],
        [0.01, None],
        [0.7, float("nan")],
        [None, 0.6],
        chosen="b",
        lines={"MD": 0.36},
    )
    test, validation, paper = (trace(figure, name) for name in ("test", "validation", "paper"))
    assert (list(test.x), list(test.y), list(test.error_x.array)) == ([0.8], ["a"], [0.01])
    assert (list(validation.x), list(validation.y)) == ([0.7], ["a"])
    assert (list(paper.x), list(paper.y)) == ([0.6], ["<b>b</b>"])
    assert figure.layout.annotations[0].text == "MD"


@pytest.mark.parametrize(
    "figure",
    [
        boxes()[-1],
        model_plots.learning_curves({"a": [[{"epoch": 1, "pearson": 0.1, "train_loss": 1.0}]]}),
        model_plots.scores_of_models(["a"], [0.8], [0.01], [0.7], [0.5]),
    ],
)
def test_axes_are_titled_and_colors_are_hexadecimal(figure):
    layout = figure.to_dict()["layout"]
    assert any(
        axis["title"].get("text") for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))
    )
    for color in re.findall(r'"(?:color|fillcolor)":"([^"]*)"', figure.to_json()):
        assert re.fullmatch(r"#[0-9a-f]{6}|rgba\([0-9,.]+\)", color), color


def test_leaderboard_table_has_numbers_and_no_empty_columns(root):  # noqa: F811 (fixture)
    table = leaderboard_table([row_of(root, name) for name in ("best", "symgnn")]).set_index("checkpoint")
    assert table.loc["best", "r_test"] == pytest.approx(0.83)
    assert table.loc["symgnn", "largest_change_eV"] == 0.25
    assert table.loc["symgnn", "r_paper"] == 0.7859
    assert np.isnan(table.loc["best", "r_paper"])
    assert "coverage_68" not in table


def test_seed_table_has_a_line_per_seed(root):  # noqa: F811 (fixture)
    table = seed_table(row_of(root, "best"))
    assert list(table["checkpoint"]) == ["best", "best/seed1", "best/seed2"]
    assert list(table["r_test0"]) == [0.80, 0.83, 0.86]


def test_card_in_words_holds_what_the_card_says(root):  # noqa: F811 (fixture)
    card = read_row("symgnn", card_files("symgnn", root)).card
    settings = {"members": [{"model": "a"}, {"model": "b"}]}
    uncertainty = Calibration(method="m", coverage={"test0": {"68%": 0.7}})
    card = card.model_copy(update={"settings": settings, "uncertainty": uncertainty})
    sections = {
        name: dict(zip(t["name"], t["value"], strict=True)) for name, t in card_sections(card).items()
    }
    assert sections["Run"]["command"] == "symgnn train --model-name symgnn --seed 0"
    assert sections["Split"] == {"train": "train0", "validation": "train6"}
    assert sections["Uncertainty"] == {"method": "m", "coverage · test0 · 68%": "0.7"}
    assert sections["Model"]["parameters"] == "1234"
    assert sections["Model"]["members · 2 · model"] == "b"
    assert "Target" not in sections
