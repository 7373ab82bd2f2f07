"""Which edges carry the importance of a whole glass, each plot with the control of edges that count alike."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from symgnn.plotting.plots import binned_mean
from symgnn.plotting.style import nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, TOP, element_color

BIN = 0.1  # Å


def fractions_by_pair(pair_names: list[str], importance: np.ndarray) -> go.Figure:
    """Fraction of all importance that each element pair carries, beside its fraction of the edges (the control)."""
    names, importance = np.asarray(pair_names), np.asarray(importance, dtype=float)
    if not importance.sum() > 0:
        return nothing_to_show("No edge is important")
    kinds = sorted(set(names.tolist()))
    edges = [100 * float(np.mean(names == kind)) for kind in kinds]
    carried = [100 * float(importance[names == kind].sum() / importance.sum()) for kind in kinds]
    figure = go.Figure()
    for label, percent, color in (
        ("of the edges (control)", edges, CONTROL),
        ("of importance", carried, TOP),
    ):
        figure.add_bar(
            x=kinds, y=percent, name=label, marker={"color": color}, hovertemplate="%{x}: %{y:.1f}%"
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(title="Element pair of the edge")
    figure.update_yaxes(title="Fraction (%)")
    return styled(figure, height=320).update_layout(bargap=0.3)


def importance_by_length(lengths: np.ndarray, importance: np.ndarray) -> go.Figure:
    """Mean importance of the edges of a length (Å) over that of all edges; 1 would be edges that count alike."""
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
    figure.update_xaxes(title="Length of the edge (Å)")
    figure.update_yaxes(title="Importance / mean", rangemode="tozero")
    return styled(figure, height=320)


def importance_by_barrier(
    barriers: np.ndarray, values: np.ndarray, symbols: list[str], title: str
) -> go.Figure:
    """Per atom: importance or effect (N,) against the predicted barrier (N,) in eV; title names the value."""
    symbols = np.asarray(symbols)
    figure = go.Figure()
    for symbol in sorted(set(symbols.tolist())):
        own = symbols == symbol
        figure.add_scattergl(
            x=barriers[own], y=values[own], mode="markers", name=symbol, text=np.flatnonzero(own),
            marker={"color": element_color(symbol), "size": 5, "opacity": 0.6},
            hovertemplate="atom %{text}<br>%{x:.2f} eV, %{y:.3g}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="Predicted barrier (eV)")
    figure.update_yaxes(title=title)
    return styled(figure, height=320)
