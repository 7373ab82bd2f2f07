"""Plots of events: what is there is drawn, what is not is left out."""

from __future__ import annotations

import numpy as np

from symgnn.analysis.event_overlap import EventOverlap
from symgnn.plotting.event_plots import event_barriers, overlap_bars

BARRIERS = np.array([1.5, 1.1, 1.52])


def test_events_mean_prediction_and_label_each_have_a_row():
    figure = event_barriers(
        BARRIERS, np.array([True, False, True]), mean=(1.37, 0.13), prediction=(1.4, 0.2), label=1.3, chosen=1
    )
    assert list(figure.layout.yaxis.ticktext) == ["label", "predicted", "mean", "events"]
    connected, beside, ring, *rows = figure.data
    assert list(connected.customdata) == [0, 2]
    assert list(beside.customdata) == [1]
    assert list(ring.x) == [1.1]
    assert [row.x[0] for row in rows] == [1.3, 1.4, 1.37]
    assert [row.error_x.array[0] for row in rows] == [0, 0.2, 0.13]
    assert connected.y[0] != connected.y[1], "close barriers stand above each other"


def test_what_is_not_known_is_left_out():
    figure = event_barriers(
        BARRIERS[:1], np.array([True]), mean=(1.5, float("nan")), prediction=None, label=None
    )
    assert list(figure.layout.yaxis.ticktext) == ["mean", "events"]
    assert figure.data[-1].error_x.array[0] == 0
    nothing = event_barriers(BARRIERS[:0], np.zeros(0, bool), mean=None, prediction=None, label=None)
    assert nothing.layout.annotations[0].text == "No event yet"


def test_the_overlap_stands_beside_its_control():
    one = EventOverlap(events=2, moving=20, shared=10, control=4.0, p=0.002, draws=1000)
    figure = overlap_bars({"all": one})
    assert [bar.y[0] for bar in figure.data] == [0.5, 0.2]
    assert figure.data[0].x[0] == "all<br>p < 0.01"
