"""Which edges carry the importance of a whole glass, each plot with the control of edges that count alike."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from symgnn.plotting.plots import binned_mean
from symgnn.plotting.style import nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, TOP

BIN = 0.1  # Å


def fractions_by_pair(
    pair_names: list[str], importance: np.ndarray, quantity: str = "importance"
) -> go.Figure:
    """Fraction of all importance (or another `quantity` >= 0) that each element pair carries, beside its fraction of
    the edges (the control)."""
    names, importance = np.asarray(pair_names), np.asarray(importance, dtype=float)
    if not importance.sum() > 0:
        return nothing_to_show("No edge is important")
    kinds = sorted(set(names.tolist()))
    edges = [100 * float(np.mean(names == kind)) for kind in kinds]
    carried = [100 * float(importance[names == kind].sum() / importance.sum()) for kind in kinds]
    figure = go.Figure()
    for label, percent, color in (
        ("of the edges (control)", edges, CONTROL),
        (f"of {quantity}", carried, TOP),
    ):
        figure.add_bar(
            x=kinds, y=percent, name=label, marker={"color": color}, hovertemplate="%{x}: %{y:.1f}%"
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(title_text="Element pair of the edge")
    figure.update_yaxes(title_text="Fraction (%)")
    return styled(figure, height=320).update_layout(bargap=0.3)


def importance_by_length(
    lengths: np.ndarray, importance: np.ndarray, quantity: str = "importance"
) -> go.Figure:
    """Mean importance (or another `quantity` >= 0) of the edges of a length (Å) over that of all edges; 1 would be
    edges that count alike."""
    lengths, importance = np.asarray(lengths, dtype=float), np.asarray(importance, dtype=float)
    if not importance.sum() > 0:
        return nothing_to_show("No edge is important")
    middle, mean = binned_mean(lengths, importance / importance.mean(), BIN)
    figure = go.Figure()
    figure.add_scatter(
        x=middle, y=mean, mode="lines+markers", name="edges of this length", line={"color": TOP},
        hovertemplate="%{x:.2f} Å: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[float(lengths.min()), float(lengths.max())], y=[1, 1], mode="lines", name="all alike (control)",
        line={"color": CONTROL, "dash": "dash"},
    )  # fmt: skip
    figure.update_xaxes(title_text="Length of the edge (Å)")
    figure.update_yaxes(title=f"{quantity[:1].upper()}{quantity[1:]} / mean", rangemode="tozero")
    return styled(figure, height=320)
