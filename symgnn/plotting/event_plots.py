"""Plots of the events around an atom: their barriers beside what was predicted, their overlap with explanations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from symgnn.plotting.style import INK, nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, EXPLAINED, TOP

EVENTS, MEAN, PREDICTED, LABEL = "events", "mean", "predicted", "label"
BESIDE = "#e69f00"  # events that do not lead exactly back


def event_barriers(
    barriers: np.ndarray,
    connected: np.ndarray,
    *,
    mean: tuple[float, float] | None,
    prediction: tuple[float, float | None] | None,
    label: float | None,
    chosen: int | None = None,
) -> go.Figure:
    """Barriers (E,) in eV as points, one row; below it the mean with its standard error, the prediction with its
    standard deviation, the label, each where there is one.

    connected (E,) bool; chosen: the event that is ringed. customdata of a point is its number.
    """
    rows = (
        [MEAN] * (mean is not None) + [PREDICTED] * (prediction is not None) + [LABEL] * (label is not None)
    )
    if not len(barriers) and not rows:
        return nothing_to_show("No event yet", height=205)
    figure = go.Figure()
    connected, height = np.asarray(connected, dtype=bool), _heights(np.asarray(barriers, dtype=float))
    for shown, name, color in (
        (connected, "connected", EXPLAINED),
        (~connected, "ends beside the start", BESIDE),
    ):
        if shown.any():
            figure.add_scatter(
                x=np.asarray(barriers)[shown], y=len(rows) + 0.35 + height[shown], mode="markers", name=name,
                customdata=np.flatnonzero(shown), marker={"size": 11, "color": color, "opacity": 0.8},
                hovertemplate="%{x:.3f} eV<extra></extra>",
            )  # fmt: skip
    if chosen is not None:
        figure.add_scatter(
            x=[barriers[chosen]], y=[len(rows) + 0.35 + height[chosen]], mode="markers", showlegend=False,
            hoverinfo="skip", marker={"size": 18, "color": "rgba(0,0,0,0)", "line": {"color": INK, "width": 2}},
        )  # fmt: skip
    values = {MEAN: (mean, EXPLAINED), PREDICTED: (prediction, TOP), LABEL: ((label, None), CONTROL)}
    for row, name in enumerate(reversed(rows)):
        (value, error), color = values[name]
        width = error if error is not None and math.isfinite(error) else 0.0
        figure.add_scatter(
            x=[value], y=[row], mode="markers", showlegend=False,
            error_x={"type": "data", "array": [width], "thickness": 2.5, "width": 6, "color": color},
            marker={"size": 12, "symbol": "diamond", "color": color},
            hovertemplate=f"{name} %{{x:.3f}}" + (f" ± {width:.3f}" if width else "") + " eV<extra></extra>",
        )  # fmt: skip
    ticks = [*reversed(rows), EVENTS]
    figure = styled(figure, height=205)
    figure.update_layout(margin={"l": 76, "t": 30, "b": 44, "r": 12}, dragmode=False)
    figure.update_yaxes(
        tickvals=[*range(len(rows)), len(rows) + 0.6],
        ticktext=ticks,
        range=[-0.6, len(rows) + 1.5],
        showgrid=False,
    )
    figure.update_xaxes(title_text="Energy barrier (eV)")
    return figure


def overlap_bars(overlaps: Mapping[str, object]) -> go.Figure:
    """Fractions of the moving atoms that are among the important ones, beside the control at the same distances.

    overlaps: name -> `symgnn.analysis.event_overlap.EventOverlap`.
    """
    names = [f"{name}<br>{_p_text(one.p)}" for name, one in overlaps.items()]
    figure = go.Figure()
    for label, part, color in (
        ("important atoms", "shared", TOP),
        ("same distances (control)", "control", CONTROL),
    ):
        figure.add_bar(
            x=names, y=[getattr(one, part) / one.moving for one in overlaps.values()], name=label,
            marker={"color": color}, hovertemplate="%{y:.2f} of the moving atoms<extra></extra>",
        )  # fmt: skip
    figure.update_layout(barmode="group")
    figure.update_yaxes(title_text="of the moving atoms", range=[0, 1], tickformat=".0%")
    return styled(figure, height=215)


def _p_text(p: float) -> str:
    return "p < 0.01" if p < 0.005 else f"p = {p:.2f}"


def _heights(barriers: np.ndarray) -> np.ndarray:
    """(E,) 0 to .5: events whose barriers are close stand above each other."""
    heights = np.zeros(len(barriers))
    order: Sequence[int] = np.argsort(barriers, kind="stable").tolist()
    for before, this in pairwise(order):
        if barriers[this] - barriers[before] < 0.06:
            heights[this] = (heights[before] + 0.18) % 0.7
    return heights
