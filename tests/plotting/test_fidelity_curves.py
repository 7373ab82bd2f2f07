"""Curves and their controls arrive in the figure as given."""

import numpy as np

from symgnn.plotting.fidelity_curves import fidelity_curves

BUDGETS = (1, 10, 100)


def curve(height):
    mean = height * np.array([1.0, 2.0, 3.0])
    return np.stack([mean, mean - 0.1, mean + 0.1], axis=1)


def test_every_method_has_two_curves_and_their_controls():
    names = ("plus", "plus_control", "minus", "minus_control")
    curves = {
        title: {name: curve(10 * row + column) for column, name in enumerate(names)}
        for row, title in enumerate(("Occlusion", "Random edges"), start=1)
    }
    figure = fidelity_curves(BUDGETS, curves)
    drawn = {
        (trace.legendgroup, trace.xaxis, trace.line.dash): trace for trace in figure.data if trace.legendgroup
    }
    for row, title in enumerate(curves, start=1):
        for column, name in enumerate(names):
            trace = drawn[title, "x" if column < 2 else "x2", "dot" if name.endswith("control") else None]
            assert tuple(trace.x) == BUDGETS
            assert np.allclose(trace.y, (10 * row + column) * np.array([1, 2, 3]))
    legend = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert legend == ["Occlusion", "Random edges", "control"]
    assert figure.layout.xaxis.type == figure.layout.xaxis2.type == "log"


def test_without_methods_it_says_so():
    assert "No explanation" in fidelity_curves(BUDGETS, {}).layout.annotations[0].text
