"""Plots of barriers and of explanations: arrays in, plotly figures out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.plotting.style import nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, TOP, element_color


def barrier_histogram(
    values: np.ndarray, symbols: list[str], title: str, *, marked: float | None = None
) -> go.Figure:
    """Histograms of (N,) values, one per element, with the same bins.

    marked is the selected atom's value; title is the axis title, with its unit.
    """
    values, symbols = np.asarray(values, dtype=float), np.asarray(symbols)
    finite = np.isfinite(values)
    if not finite.any():
        return nothing_to_show("No values to show")
    bins = np.histogram_bin_edges(values[finite], bins=40)
    figure = go.Figure()
    for symbol in dict.fromkeys(sorted(set(symbols.tolist()))):
        chosen = finite & (symbols == symbol)
        counts, _ = np.histogram(values[chosen], bins)
        figure.add_bar(
            x=(bins[:-1] + bins[1:]) / 2,
            y=counts,
            width=np.diff(bins),
            name=f"{symbol} ({chosen.sum()})",
            marker={"color": element_color(symbol), "opacity": 0.65, "line": {"width": 0}},
            hovertemplate="%{x:.2f}: %{y} atoms",
        )
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(title=title)
    figure.update_yaxes(title_text="Atoms")
    if marked is not None and np.isfinite(marked):
        figure.add_vline(x=marked, line={"color": "#1d2733", "width": 2, "dash": "dot"})
        figure.add_annotation(
            x=marked,
            y=1,
            yref="paper",
            text="selected",
            showarrow=False,
            xanchor="left",
            yanchor="top",
            xshift=4,
        )
    return styled(figure, height=320)


def importance_by_distance(distance: np.ndarray, importance: np.ndarray, top: np.ndarray) -> go.Figure:
    """Importance (P,) against the distance (P,) in Å of an edge's middle from the explained atom.

    Above: every edge of the receptive field, the top-k (rows `top`) marked, and the mean of all edges per Å.
    Below, as control: where the top-k lie against where all edges lie, as densities that integrate to 1.
    """
    distance, importance = np.asarray(distance, dtype=float), np.asarray(importance, dtype=float)
    if not len(distance):
        return nothing_to_show("This atom has no edges: nothing to explain", height=520)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.06)
    rest = np.setdiff1d(np.arange(len(distance)), top)
    dots = [("all edges (control)", rest, CONTROL, 5, 0.5), (f"top {len(top)}", top, TOP, 7, 0.9)]
    for name, rows, color, size, opacity in dots:
        figure.add_scattergl(
            x=distance[rows],
            y=importance[rows],
            mode="markers",
            name=name,
            legendgroup=name,
            marker={"size": size, "color": color, "opacity": opacity},
            hovertemplate="%{x:.1f} Å from the atom<br>importance %{y:.3f}<extra></extra>",
            row=1,
            col=1,
        )
    middle, mean = binned_mean(distance, importance, width=1.0)
    figure.add_scatter(
        x=middle,
        y=mean,
        mode="lines",
        name="mean of all, per Å",
        line={"color": "#1d2733", "width": 2},
        hovertemplate="mean importance %{y:.3f} at %{x:.1f} Å<extra></extra>",
        row=1,
        col=1,
    )
    bins = np.arange(0, np.ceil(distance.max()) + 1.0, 1.0)
    for name, rows, color in (("all edges (control)", slice(None), CONTROL), (f"top {len(top)}", top, TOP)):
        density, _ = np.histogram(distance[rows], bins, density=True)
        figure.add_scatter(
            x=bins,
            y=np.append(density, 0),
            mode="lines",
            line={"shape": "hv", "color": color, "width": 2},
            fill="tozeroy",
            fillcolor=_veil(color),
            name=name,
            legendgroup=name,
            showlegend=False,
            hovertemplate="%{y:.3f} per Å<extra></extra>",
            row=2,
            col=1,
        )
    figure.update_xaxes(title_text="Distance from the atom (Å)", row=2, col=1)
    figure.update_yaxes(title_text="Importance", row=1, col=1, rangemode="tozero")
    figure.update_yaxes(title_text="Fraction per Å", row=2, col=1, rangemode="tozero")
    return styled(figure, height=520)


def importance_by_pair(pair_names: list[str], importance: np.ndarray, top: np.ndarray) -> go.Figure:
    """Fraction of each element pair among the top-k edges, beside that among all edges (the control)."""
    names, importance = np.asarray(pair_names), np.asarray(importance, dtype=float)
    if not len(names):
        return nothing_to_show("This atom has no edges: nothing to explain")
    kinds = sorted(set(names.tolist()))
    figure = go.Figure()
    for label, rows, color in (("all edges (control)", slice(None), CONTROL), (f"top {len(top)}", top, TOP)):
        chosen = names[rows]
        percent = [100 * float(np.mean(chosen == kind)) if len(chosen) else 0.0 for kind in kinds]
        mean = [
            float(importance[rows][chosen == kind].mean()) if (chosen == kind).any() else 0.0
            for kind in kinds
        ]
        figure.add_bar(
            x=kinds,
            y=percent,
            customdata=mean,
            name=label,
            marker={"color": color},
            hovertemplate="%{x}: %{y:.1f}%<br>mean importance %{customdata:.3f}<extra></extra>",
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(title_text="Element pair of the edge")
    figure.update_yaxes(title_text="Fraction of edges (%)")
    figure = styled(figure)
    return figure.update_layout(bargap=0.3)


def fidelity_bars(measures: Mapping[str, tuple[float, float]]) -> go.Figure:
    """Changes of the prediction in eV: test -> (with the explanation's edges, with matched controls)."""
    figure = go.Figure()
    for column, (label, color) in (
        (0, ("this explanation", TOP)),
        (1, ("matched controls", CONTROL)),
    ):
        numbers = [pair[column] for pair in measures.values()]
        figure.add_bar(
            x=numbers,
            y=list(measures),
            orientation="h",
            name=label,
            marker={"color": color},
            text=[f"{number:.3f}" for number in numbers],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    highest = max((max(pair) for pair in measures.values()), default=0.0)
    figure.update_xaxes(title_text="Change of the prediction (eV)", range=[0, 1.2 * highest or 1])
    figure.update_yaxes(autorange="reversed")
    figure = styled(figure)
    return figure.update_layout(barmode="group", bargap=0.3, margin={"l": 140})


def binned_mean(x: np.ndarray, y: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the bins of x that hold anything, and the mean of y in each."""
    index = np.floor(np.asarray(x) / width).astype(int)
    filled, inverse, counts = np.unique(index, return_inverse=True, return_counts=True)
    return (filled + 0.5) * width, np.bincount(inverse, weights=y) / counts


def _veil(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
