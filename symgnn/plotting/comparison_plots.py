"""What is compared, laid over each other, one colour for each: barriers, reach of explanations, loops."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.plotting.style import styled
from symgnn.plotting.topology_plots import drawn_rows
from symgnn.viewer3d.colors import CONTROL

COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Okabe and Ito's, one for each panel."""
MOST_LOOPS = 1500
"""Of one glass in a diagram: more hide each other."""
BINS = 40


def barrier_distributions(
    series: Sequence[tuple[str, np.ndarray, Sequence[str]]], colors: Sequence[str] = COLORS
) -> go.Figure:
    """Fraction of atoms by barrier, one plot for each element. series: name, barriers (N,) in eV, N symbols; colors: of
    each."""
    elements = sorted({symbol for _, _, symbols in series for symbol in symbols})
    every = np.concatenate([values for _, values, _ in series])
    low, high = np.percentile(every, [0.2, 99.8])
    edges = np.linspace(low, max(high, low + 0.1), BINS + 1)
    figure = make_subplots(
        rows=1, cols=max(1, len(elements)), shared_yaxes=True, horizontal_spacing=0.04,
        subplot_titles=elements,
    )  # fmt: skip
    for column, element in enumerate(elements, start=1):
        for place, (name, values, symbols) in enumerate(series):
            own = np.asarray(values)[np.asarray(symbols) == element]
            if not len(own):
                continue
            counts, _ = np.histogram(own, edges)
            figure.add_scatter(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts / len(own),
                mode="lines",
                line={"color": colors[place], "width": 2.5, "shape": "hvh"},
                name=name,
                legendgroup=name,
                showlegend=column == 1,
                hovertemplate="%{x:.2f} eV: %{y:.1%}",
                row=1,
                col=column,
            )
    figure = styled(figure, height=330)
    figure.update_layout(margin={"t": 62}, legend={"y": 1.12})
    figure.update_xaxes(title_text="Predicted barrier (eV)")
    return figure.update_yaxes(title_text="Fraction of its atoms", tickformat=".0%", col=1)


def explanation_reach(
    series: Sequence[tuple[str, np.ndarray, np.ndarray]], colors: Sequence[str] = COLORS
) -> go.Figure:
    """Fraction of the importance within a distance. series: name, distances (P,) in Å, importance (P,) of the edges;
    colors: of each.

    The dashed line beside each is the control: the fraction of all its edges within that distance.
    """
    figure = go.Figure()
    for place, (name, distance, importance) in enumerate(series):
        order = np.argsort(distance, kind="stable")
        total = float(importance.sum()) or 1.0
        thin = np.unique(np.linspace(0, len(order) - 1, 200).astype(int)) if len(order) else []
        color = colors[place]
        for values, dash, text in (
            (np.cumsum(importance[order]) / total, "solid", name),
            (np.arange(1, len(order) + 1) / max(1, len(order)), "dash", f"{name}: all edges (control)"),
        ):
            figure.add_scatter(
                x=distance[order][thin],
                y=values[thin],
                mode="lines",
                name=text,
                showlegend=dash == "solid",
                line={
                    "color": color if dash == "solid" else CONTROL,
                    "width": 2.5 if dash == "solid" else 1,
                    "dash": dash,
                },
                hovertemplate="within %{x:.1f} Å: %{y:.0%}",
            )
    figure = styled(figure, height=330)
    figure.update_xaxes(title_text="Distance from the atom (Å)", rangemode="tozero")
    return figure.update_yaxes(title_text="Fraction of the importance", range=[0, 1.03], tickformat=".0%")


def loops_overlaid(
    series: Sequence[tuple[str, np.ndarray, np.ndarray]], colors: Sequence[str] = COLORS
) -> go.Figure:
    """Persistence diagrams of the loops over each other, beside how many loops outlive a lifetime.

    series: name, births and deaths (K,) in Å; colors: of each. At most MOST_LOOPS of each are drawn as points, the most
    persistent ones; the curves count all that die, as a fraction.
    """
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.12)
    ends = [0.0]
    for place, (name, births, deaths) in enumerate(series):
        color = colors[place]
        finite = np.isfinite(deaths)
        births, deaths = np.asarray(births)[finite], np.asarray(deaths)[finite]
        rows = drawn_rows(births, deaths, MOST_LOOPS)
        ends += [float(deaths.max(initial=0.0))]
        figure.add_scatter(
            x=births[rows],
            y=deaths[rows],
            mode="markers",
            name=f"{name}: {len(births):,} loops",
            legendgroup=name,
            marker={
                "color": color,
                "size": 6,
                "opacity": 0.55,
                "symbol": ("circle", "diamond", "square", "cross", "x", "star")[place % 6],
            },
            hovertemplate="born %{x:.3f} Å, dies %{y:.3f} Å",
            row=1,
            col=1,
        )
        lives = np.sort(deaths - births)
        figure.add_scatter(
            x=lives,
            y=1 - np.arange(len(lives)) / max(1, len(lives)),
            mode="lines",
            name=name,
            legendgroup=name,
            showlegend=False,
            line={"color": color, "width": 2.5},
            hovertemplate="%{y:.0%} live longer than %{x:.3f} Å",
            row=1,
            col=2,
        )
    starts = [float(births.min()) for _, births, _ in series if len(births)]
    low, high = min(starts, default=0.0), max(ends)
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", line={"color": CONTROL, "width": 1},
        showlegend=False, hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
    figure = styled(figure, height=360)
    figure.update_xaxes(title_text="Birth (Å)", col=1).update_yaxes(title_text="Death (Å)", col=1)
    figure.update_xaxes(title_text="Lifetime (Å)", col=2)
    return figure.update_yaxes(title_text="Fraction of the loops", tickformat=".0%", col=2)
