"""Plots of the check of a glass and of the frames of a file: arrays in, plotly figures out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from symgnn.plotting.style import INK, styled
from symgnn.viewer3d.colors import CONTROL, EXPLAINED, TOP

BARS = 20


def percentile_plot(percentile: np.ndarray) -> go.Figure:
    """Fractions of the atoms in each twentieth of the training percentiles (N,), beside the 5% that are expected."""
    counts, edges = np.histogram(np.asarray(percentile, dtype=float), np.linspace(0, 100, BARS + 1))
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    figure.add_bar(
        x=middles,
        y=100 * counts / max(len(percentile), 1),
        width=np.diff(edges) * 0.92,
        marker={"color": [*[EXPLAINED] * (BARS - 1), TOP], "line": {"width": 0}},
        customdata=np.stack([edges[:-1], edges[1:], counts], axis=1),
        hovertemplate="percentile %{customdata[0]:.0f} to %{customdata[1]:.0f}: %{y:.1f}% of the atoms "
        "(%{customdata[2]:,})<extra></extra>",
    )
    figure.add_hline(y=100 / BARS, line={"color": INK, "width": 1, "dash": "dash"})
    figure.add_annotation(
        x=0, y=100 / BARS, text="expected", showarrow=False, xanchor="left", yanchor="bottom"
    )
    figure.update_xaxes(title_text="Percentile among training atoms", range=[0, 100])
    figure.update_yaxes(title_text="Atoms (%)", rangemode="tozero")
    return styled(figure, height=330, legend=False)


def frames_plot(table: pd.DataFrame, shown: int) -> go.Figure:
    """Mean barrier and standard deviation over atoms of each frame (`symgnn.inference.frames`); `shown` is marked."""
    figure = go.Figure()
    figure.add_scatter(
        x=table["frame"],
        y=table["mean_barrier_eV"],
        error_y={"type": "data", "array": table["standard_deviation_eV"], "color": CONTROL, "width": 0},
        mode="lines+markers",
        line={"color": EXPLAINED, "width": 2},
        marker={"size": 8, "color": EXPLAINED},
        hovertemplate="frame %{x}: %{y:.3f} eV<extra></extra>",
    )
    figure.add_vline(x=shown, line={"color": TOP, "width": 2, "dash": "dot"})
    figure.update_xaxes(title_text="Frame", rangemode="nonnegative")
    figure.update_yaxes(title_text="Predicted barrier (eV)")
    return styled(figure, height=380, legend=False)
