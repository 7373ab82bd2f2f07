"""Plots of maps of a whole glass: what is plotted are the given numbers, controls beside them."""

import numpy as np
import pytest

from symgnn.plotting.map_plots import fractions_by_pair, importance_by_length


def test_shares_stand_beside_the_share_of_edges():
    names = ["Cu-Cu", "Cu-Cu", "Cu-Zr", "Zr-Zr"]
    figure = fractions_by_pair(names, np.array([1.0, 1.0, 6.0, 0.0]))
    control, carried = figure.data
    assert list(control.x) == ["Cu-Cu", "Cu-Zr", "Zr-Zr"]
    assert control.y == pytest.approx([50, 25, 25])
    assert carried.y == pytest.approx([25, 75, 0])
    assert "No edge" in fractions_by_pair(names, np.zeros(4)).layout.annotations[0].text


def test_importance_by_length_is_one_where_edges_count_alike():
    lengths = np.random.default_rng(1).uniform(2, 5, 500)
    alike = importance_by_length(lengths, np.full(500, 0.2))
    assert np.allclose(alike.data[0].y, 1)
    short = importance_by_length(lengths, (lengths < 3).astype(float))
    x, y = np.array(short.data[0].x), np.array(short.data[0].y)
    assert (y[x < 2.95] > 2).all()
    assert (y[x > 3.05] == 0).all()
