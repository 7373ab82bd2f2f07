"""Plots: they show what the arrays say, axes are titled, colours are such as plotly 7 takes."""

import re

import numpy as np
import pytest

from symgnn.plotting import comparison_plots, plots, topology_plots

RNG = np.random.default_rng(5)


def trace(figure, start):
    """The first trace whose name starts so."""
    return next(t for t in figure.data if (t.name or "").startswith(start))


def all_figures():
    distance, importance = RNG.uniform(0, 15, 200), RNG.uniform(size=200)
    top = np.argsort(-importance)[:20]
    symbols = ["Cu", "Zr"] * 50
    birth = RNG.uniform(2.4, 3, 40)
    death = birth + RNG.uniform(0.01, 0.5, 40)
    death[3] = np.inf
    counts = RNG.integers(0, 20, 300)
    lengths = RNG.uniform(2.2, 4, 300)
    yield plots.barrier_histogram(RNG.normal(size=100), symbols, "Predicted barrier (eV)", marked=0.3)
    yield plots.importance_by_distance(distance, importance, top)
    yield plots.importance_by_pair(["Cu-Cu", "Cu-Zr"] * 100, importance, top)
    yield plots.fidelity_bars({"removed": (0.4, 0.1)})
    yield topology_plots.persistence_diagram((np.zeros(30), birth[:30]), (birth, death), chosen=2)
    yield topology_plots.barcode(birth, death, chosen=2)
    yield comparison_plots.loops_overlaid([("A", birth, death), ("B", birth + 0.1, death + 0.1)])
    yield comparison_plots.explanation_reach([("A", distance, importance)])
    yield comparison_plots.barrier_distributions([("A", RNG.normal(size=100), symbols)])
    yield topology_plots.participation_histogram(counts, np.arange(5))
    yield topology_plots.participation_by_length(lengths, counts, np.arange(5))
    yield topology_plots.cycle_sizes(counts + 4)
    yield topology_plots.matched_comparison(2.0, 1.5, (1.2, 1.8), 0.5, 12)


@pytest.mark.parametrize("figure", list(all_figures()))
def test_axes_are_titled_and_colors_are_hexadecimal(figure):
    layout = figure.to_dict()["layout"]
    titles = [
        axis["title"].get("text") for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))
    ]
    assert any(titles)
    written = figure.to_json()
    for color in re.findall(r'"(?:color|fillcolor)":"([^"]*)"', written):
        assert re.fullmatch(r"#[0-9a-f]{6}|rgba\([0-9,.]+\)", color), color


def test_histograms_share_their_bins_and_count_every_atom():
    values, symbols = RNG.normal(1.6, 0.3, 300), ["Cu"] * 200 + ["Zr"] * 100
    figure = plots.barrier_histogram(values, symbols, "Barrier (eV)")
    copper, zirconium = trace(figure, "Cu"), trace(figure, "Zr")
    np.testing.assert_allclose(copper.x, zirconium.x)
    assert (sum(copper.y), sum(zirconium.y)) == (200, 100)


def test_histogram_of_nothing_says_so():
    figure = plots.barrier_histogram(np.full(3, np.nan), ["Cu"] * 3, "Barrier (eV)")
    assert figure.layout.annotations[0].text == "No values to show"


def test_top_edges_stand_beside_all_edges_and_both_integrate_to_one():
    distance = RNG.uniform(0, 12, 500)
    importance = np.exp(-distance)
    top = np.argsort(-importance)[:30]
    figure = plots.importance_by_distance(distance, importance, top)
    marked = trace(figure, "top 30")
    assert sorted(marked.x) == pytest.approx(sorted(distance[top]))
    control = [t for t in figure.data if t.name == "all edges (control)"]
    assert len(control[0].x) == 470
    for densities in [control[1], [t for t in figure.data if t.name == "top 30"][1]]:
        assert np.sum(np.array(densities.y)[:-1] * np.diff(densities.x)) == pytest.approx(1.0)


def test_pair_shares_add_up_and_stand_beside_the_control():
    pairs = ["Cu-Cu"] * 60 + ["Cu-Zr"] * 40
    figure = plots.importance_by_pair(pairs, RNG.uniform(size=100), np.arange(50, 70))
    assert list(trace(figure, "all").y) == [60.0, 40.0]
    assert list(trace(figure, "top 20").y) == [50.0, 50.0]


def test_binned_mean_by_hand():
    middle, mean = plots.binned_mean(np.array([0.2, 0.8, 2.5]), np.array([1.0, 3.0, 7.0]), width=1.0)
    assert middle.tolist() == [0.5, 2.5]
    assert mean.tolist() == [2.0, 7.0]


def test_diagram_has_equal_axes_and_its_loops_carry_their_row():
    birth, death = np.array([2.5, 2.6, 2.7]), np.array([3.0, np.inf, 2.9])
    figure = topology_plots.persistence_diagram(
        (np.zeros(2), np.array([2.5, np.inf])), (birth, death), chosen=1
    )
    loops = figure.data[topology_plots.H1_TRACE]
    assert loops.name == "H1: loops (3)"
    assert [row[0] for row in loops.customdata] == [0, 1, 2]
    assert (figure.layout.yaxis2.scaleanchor, figure.layout.yaxis2.scaleratio) == ("x2", 1)
    line = figure.layout.shapes[0].y0
    assert line > 3.0
    assert loops.y[1] == line  # alive at the cutoff
    assert (figure.data[-1].x[0], figure.data[-1].y[0]) == (2.6, line)  # the chosen one is marked
    low, high = figure.layout.xaxis2.range
    assert low < 2.5 < line < high
    assert figure.layout.yaxis.range == figure.layout.xaxis2.range


def test_only_the_most_persistent_loops_are_drawn_and_name_their_rows():
    birth = RNG.uniform(2.4, 3, 200)
    death = birth + RNG.permutation(np.linspace(0.01, 0.6, 200))
    death[7] = np.inf
    components = np.zeros(60), np.linspace(2.1, 2.6, 60)
    figure = topology_plots.persistence_diagram(
        components, (birth, death), at_most=50, lasting="never filled"
    )
    loops = figure.data[topology_plots.H1_TRACE]
    rows = np.array(loops.customdata)[:, 0].astype(int)
    assert sorted(rows) == sorted(np.argsort(birth - death)[:50])
    assert 7 in rows
    np.testing.assert_array_equal(rows, topology_plots.drawn_rows(birth, death, 50))
    np.testing.assert_allclose(loops.x, birth[rows])
    assert loops.name == "H1: loops (200)"
    assert len(trace(figure, "H0").x) == 60, "connected components are all drawn"
    assert {note.text for note in figure.layout.annotations} == {"never filled"}


def test_diagram_without_loops_or_without_anything():
    nothing = (np.zeros(0), np.zeros(0))
    only_components = topology_plots.persistence_diagram((np.zeros(2), np.array([2.5, np.inf])), nothing)
    assert len(only_components.data[topology_plots.H1_TRACE].x) == 0
    assert (
        topology_plots.persistence_diagram(nothing, nothing).layout.annotations[0].text.startswith("No atoms")
    )


def test_participation_shares_add_up_to_a_hundred():
    figure = topology_plots.participation_histogram(np.array([0, 0, 1, 2, 40]), np.array([2, 3]))
    assert list(trace(figure, "all").y)[:3] == [40.0, 20.0, 20.0]
    assert sum(trace(figure, "all").y) == pytest.approx(100)
    assert list(trace(figure, "the explanation").y)[:3] == [0, 50.0, 50.0]


def test_matched_comparison_shows_the_band_of_the_random_edges():
    figure = topology_plots.matched_comparison(2.0, 1.5, (1.2, 1.9), 0.5, 12)
    bars = figure.data[0]
    assert list(bars.x) == [0.5, 1.5, 2.0]
    assert bars.error_x.array[1] == pytest.approx(0.4)
    assert bars.error_x.arrayminus[1] == pytest.approx(0.3)


def test_barcode_has_the_longest_bars_and_the_chosen_one():
    births, deaths = np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.1, 1.5, 3.0, np.inf])
    (bars,) = topology_plots.barcode(births, deaths, chosen=0, at_most=2).data
    assert list(bars.customdata) == [0, 2]
    np.testing.assert_allclose(bars.x, [0.1, 2.0])
    assert [float(start) for start in bars.base] == [1.0, 1.0]


def test_reach_of_an_explanation_ends_at_all_of_it_and_has_its_control():
    distance, importance = np.array([3.0, 1.0, 2.0]), np.array([0.0, 3.0, 1.0])
    own, control = comparison_plots.explanation_reach([("A", distance, importance)]).data
    np.testing.assert_allclose(own.x, [1, 2, 3])
    np.testing.assert_allclose(own.y, [0.75, 1, 1])
    np.testing.assert_allclose(control.y, [1 / 3, 2 / 3, 1])
