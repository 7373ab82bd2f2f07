"""The two figures of findings: the control is drawn beside every claim, and what is drawn is the result."""

import numpy as np
import pytest

from symgnn.analysis.cycle_enrichment import cycle_enrichment
from symgnn.analysis.evaluate import FINE, Result
from symgnn.analysis.reach import preference, reach
from symgnn.plotting.figure_files import write_figure
from symgnn.plotting.finding_plots import cycles_of_important_edges, finding_figures, reach_of_importance


@pytest.fixture(scope="module")
def enrichment():
    rng = np.random.default_rng(0)
    field, group = np.repeat(np.arange(12), 50), np.tile(np.repeat(np.arange(5), 10), 12)
    cycles = rng.poisson(1 + group)
    return cycle_enrichment(field, group + 5 * field, cycles, rng.random(600) < 0.2, everywhere=3.0)


@pytest.fixture(scope="module")
def result(enrichment):
    rng = np.random.default_rng(1)
    field, distance = np.repeat(np.arange(12), 300), rng.uniform(2, 14, 3600)
    chosen = (distance < 5) & (rng.random(3600) < 0.2)
    weights = {"important": chosen, "random": rng.random(3600) < 0.2, "nearest": distance < 3,
               "importance": np.exp(-distance), "shuffled": rng.random(3600)}  # fmt: skip
    fine = {
        name: preference(field, distance, weight, FINE, n_bootstrap=50) for name, weight in weights.items()
    }
    reached = {
        name: reach(field, distance, weights[name], n_bootstrap=50)
        for name in ("important", "random", "nearest")
    }
    pairs = {"Cu-Cu": fine["importance"], "Cu-Zr": fine["shuffled"]}
    facts = ("glass", ("Cu", "Zr"), "model", "gradient", "Gradient × weight", False, 0, 10, 12)
    return Result(*facts, {"Rips": enrichment}, {}, reached, fine, fine, [], pairs)


def named(figure, start):
    return [trace for trace in figure.data if (trace.name or "").startswith(start)]


def test_every_bar_has_both_controls(enrichment):
    both = {"Gradient": enrichment, "Nearest edges": enrichment}
    figure = cycles_of_important_edges(
        {"Rips": {"one": both, "two": both}, "alpha": {"one": {"Gradient": enrichment}}}
    )
    for title, mean, (low, high) in (
        ("random edges of the receptive field", enrichment.field, enrichment.field_band),
        ("important", enrichment.important, enrichment.important_band),
        ("matched controls", enrichment.matched, enrichment.matched_band),
    ):
        one, two, alpha, nothing = named(figure, title)
        assert list(one.x) == list(two.x) == ["Gradient", "Nearest<br>edges"]
        assert (list(alpha.x), list(nothing.x)) == (["Gradient"], [])
        np.testing.assert_allclose(one.y, mean)
        np.testing.assert_allclose(one.y + one.error_y.array, high)
        np.testing.assert_allclose(one.y - one.error_y.arrayminus, low)
    assert sum(trace.showlegend for trace in figure.data) == 3
    titles = [note.text for note in figure.layout.annotations]
    assert titles == ["one, Rips", "two, Rips", "one, alpha", "two, alpha"]


def test_nothing_to_compare_says_so():
    assert "can be compared" in cycles_of_important_edges({}).layout.annotations[0].text


def test_histogram_and_ratio_stand_with_their_controls(result):
    figure = reach_of_importance(result, peaks=(2.65, 4.85))
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == ["ends of the top 10 edges", "control: ends of random edges"]
    np.testing.assert_allclose(bars[0].y, 100 * result.fine["important"].observed)
    curve = next(trace for trace in named(figure, "all atoms, weighted") if trace.type == "scatter")
    expected = result.fine["importance"]
    np.testing.assert_allclose(curve.y, expected.ratio)
    np.testing.assert_allclose(curve.y + curve.error_y.array, expected.high)
    assert named(figure, "control: importance shuffled")
    assert named(figure, "control: ends of the 10 nearest")
    assert named(figure, "Cu-Zr")
    lines = [shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1]
    assert {2.65, 4.85, 5.0} <= set(lines)


def test_a_ratio_of_zero_is_a_gap_on_the_logarithmic_axis(result):
    figure = reach_of_importance(result)
    curve = next(trace for trace in named(figure, "ends of the top") if trace.type == "scatter")
    assert np.isnan(curve.y[FINE[:-1] >= 5]).all()
    assert figure.layout.yaxis2.type == "log"


def test_axes_are_titled(result, enrichment):
    figure = reach_of_importance(result)
    assert figure.layout.xaxis3.title.text == "Distance from the explained atom (Å)"
    assert all(getattr(figure.layout, name).title.text for name in ("yaxis", "yaxis2", "yaxis3"))
    assert (
        cycles_of_important_edges({"Rips": {"glass": {"a": enrichment}}}).layout.yaxis.title.text
        == "Cycles per edge"
    )


def test_without_kaleido_the_figures_are_pages(result, tmp_path, monkeypatch):
    monkeypatch.setattr("symgnn.plotting.figure_files.find_spec", lambda name: None)
    paths = [write_figure(tmp_path, name, figure) for name, figure in finding_figures([result]).items()]
    assert [path.name for path in paths] == ["cycles.html", "reach.glass.html"]
    assert all("cdn.plot.ly" not in path.read_text()[:200_000] for path in paths)
