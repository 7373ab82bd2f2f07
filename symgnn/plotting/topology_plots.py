"""Plots of persistent homology and of how many cycles edges lie on: arrays in, plotly figures out."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.plotting.style import INK, nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, TOP

H0, H1, H2 = "#e69f00", "#0072b2", "#009e73"  # from the Okabe-Ito palette
MOST_BARS = 40
H1_TRACE, H2_TRACE = 2, 3
"""Numbers of the traces that hold the loops and the voids of a persistence diagram."""
MOST_POINTS = 5000
"""Loops or voids in one diagram: browsers draw more of them slowly."""


def persistence_diagram(
    h0: tuple[np.ndarray, np.ndarray],
    h1: tuple[np.ndarray, np.ndarray],
    *,
    h2: tuple[np.ndarray, np.ndarray] | None = None,
    chosen: int | None = None,
    at_most: int = MOST_POINTS,
    lasting: str = "alive at the cutoff",
    height: int = 480,
) -> go.Figure:
    """Birth and death in Å of loops (h1) and voids (h2) with equal axes and the diagonal; beside it
    connected components (h0), born at 0.

    h0, h1, h2: (birth (K,), death (K,)); a death of inf is drawn on the dashed line, called `lasting`. The points of h1
    are the trace H1_TRACE, in the order of `drawn_rows`; `chosen` marks one row. At most `at_most` loops and as many
    voids are drawn, the most persistent ones.
    """
    births, deaths = np.asarray(h1[0], dtype=float), np.asarray(h1[1], dtype=float)
    h0_deaths = np.asarray(h0[1], dtype=float)
    void_deaths = np.empty(0) if h2 is None else np.asarray(h2[1], dtype=float)
    finite = np.concatenate([values[np.isfinite(values)] for values in (deaths, h0_deaths, void_deaths)])
    if not len(finite):
        return nothing_to_show("No atoms within the cutoff of each other", height=height)
    low = min(finite.min(), births.min(initial=np.inf)) - 0.1
    ceiling = max(finite.max(), births.max(initial=0.0)) + 0.15
    high = ceiling + 0.12
    figure = make_subplots(
        rows=1, cols=2, column_widths=[0.09, 0.91], shared_yaxes=True, horizontal_spacing=0.02
    )
    figure.add_scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"color": CONTROL, "width": 1},
        showlegend=False,
        hoverinfo="skip",
        row=1,
        col=2,
    )
    _classes(
        figure,
        "H0: components",
        np.zeros(len(h0_deaths)),
        h0_deaths,
        len(h0_deaths),
        ceiling,
        1,
        H0,
        "line-ew-open",
        12,
    )
    _classes(figure, "H1: loops", births, deaths, at_most, ceiling, 2, H1, "circle", 6)
    if h2 is not None:
        void_births = np.asarray(h2[0], dtype=float)
        _classes(figure, "H2: voids", void_births, void_deaths, at_most, ceiling, 2, H2, "diamond", 6)
    for column in (1, 2):
        figure.add_hline(y=ceiling, line={"color": CONTROL, "width": 1, "dash": "dash"}, row=1, col=column)
    figure.add_annotation(
        text=lasting, x=high, y=ceiling, showarrow=False, xanchor="right", yanchor="top",
        font={"size": 12}, row=1, col=2,
    )  # fmt: skip
    if chosen is not None and 0 <= chosen < len(births):
        figure.add_scatter(
            x=[births[chosen]],
            y=[deaths[chosen] if np.isfinite(deaths[chosen]) else ceiling],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"size": 15, "symbol": "circle-open", "color": TOP, "line": {"width": 3}},
            row=1,
            col=2,
        )
    figure = styled(figure, height=height)
    figure.update_xaxes(range=[-1, 1], tickvals=[0], row=1, col=1)
    figure.update_xaxes(title_text="Birth (Å)", range=[low, high], constrain="domain", row=1, col=2)
    figure.update_yaxes(range=[low, high])
    figure.update_yaxes(title_text="Death (Å)", row=1, col=1)
    return figure.update_yaxes(scaleanchor="x2", scaleratio=1, constrain="domain", row=1, col=2)


def barcode(
    births: np.ndarray,
    deaths: np.ndarray,
    *,
    chosen: int | None = None,
    at_most: int = MOST_BARS,
    lasting: str = "alive at the cutoff",
    height: int = 230,
) -> go.Figure:
    """One bar from birth to death (Å) for each of the most persistent classes, the longest on top.

    births, deaths (K,); a death of inf ends at the right edge, `lasting`. customdata of a bar is its row; `chosen`
    marks one row.
    """
    births, deaths = np.asarray(births, dtype=float), np.asarray(deaths, dtype=float)
    if not len(births):
        return nothing_to_show("No class lives that long", height=height)
    finite = np.isfinite(deaths)
    end = max(float(births.max()), float(deaths[finite].max(initial=0.0))) + 0.1
    until = np.where(finite, deaths, end)
    rows = np.argsort(-(until - births), kind="stable")[:at_most]
    if chosen is not None and chosen not in rows:
        rows = np.append(rows[: at_most - 1], chosen)
    rows = rows[::-1]  # plotly draws upwards
    figure = go.Figure()
    figure.add_bar(
        x=(until - births)[rows],
        base=births[rows],
        y=np.arange(len(rows)),
        orientation="h",
        customdata=rows,
        marker={"color": [TOP if row == chosen else H1 for row in rows], "line": {"width": 0}},
        text=[lasting if not finite[row] else "" for row in rows],
        textposition="inside",
        hovertemplate="class %{customdata}: born %{base:.3f} Å, lives %{x:.3f} Å<extra></extra>",
    )
    figure = styled(figure, height=height, legend=False)
    figure.update_layout(bargap=0.25)
    figure.update_yaxes(visible=False)
    return figure.update_xaxes(title_text="Length (Å)", range=[float(births[rows].min()) - 0.05, end])


def drawn_rows(birth: np.ndarray, death: np.ndarray, at_most: int = MOST_POINTS) -> np.ndarray:
    """Rows, ascending, of the most persistent classes: those that a diagram draws, in the order of its points."""
    if len(birth) <= at_most:
        return np.arange(len(birth))
    return np.sort(np.argsort(death - birth, kind="stable")[-at_most:])


def _classes(figure, name, birth, death, at_most, ceiling, column, color, symbol, size) -> None:
    """Add the classes of one dimension to a persistence diagram."""
    count, rows = len(birth), drawn_rows(birth, death, at_most)
    birth, death = birth[rows], death[rows]
    lasting = ~np.isfinite(death)
    figure.add_scatter(
        x=birth,
        y=np.where(lasting, ceiling, death),
        customdata=np.column_stack([rows, np.where(lasting, np.nan, death - birth)]),
        mode="markers",
        name=f"{name} ({count:,})",
        marker={"size": size, "color": color, "symbol": symbol, "opacity": 0.5},
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0.5}},
        hovertemplate=name[:2] + " %{customdata[0]}<br>born %{x:.3f} Å, dies %{y:.3f} Å"
        "<br>persistence %{customdata[1]:.3f} Å<extra></extra>",
        row=1,
        col=column,
    )


def participation_histogram(participation: np.ndarray, marked: np.ndarray | None = None) -> go.Figure:
    """Fraction of the edges lying on 0, 1, 2, ... cycles, (E,) counts; beside it that of the marked edges."""
    participation = np.asarray(participation)
    if not len(participation):
        return nothing_to_show("No edges within the cutoff")
    last = int(min(participation.max(), 12))
    labels = [str(n) for n in range(last)] + [f"≥ {last}" if participation.max() > last else str(last)]
    figure = go.Figure()
    groups = [(f"all edges ({len(participation)})", participation, CONTROL)]
    if marked is not None and len(marked):
        groups.append((f"the explanation's edges ({len(marked)})", participation[marked], TOP))
    for name, values, color in groups:
        counts = np.bincount(np.minimum(values.astype(int), last), minlength=last + 1)
        figure.add_bar(
            x=labels,
            y=100 * counts / len(values),
            customdata=counts,
            name=name,
            marker={"color": color},
            hovertemplate="%{x} cycles: %{y:.1f}% (%{customdata} edges)<extra></extra>",
        )
    figure.update_layout(barmode="group")
    figure.update_xaxes(title_text="Representative cycles per edge", type="category")
    figure.update_yaxes(title_text="Fraction of edges (%)")
    figure = styled(figure, height=330)
    return figure.update_layout(bargap=0.2)


def participation_by_length(
    lengths: np.ndarray, participation: np.ndarray, marked: np.ndarray | None = None
) -> go.Figure:
    """Mean number of cycles per edge in bins of 0.1 Å of edge length, all edges; the marked edges as points.

    Length decides most of the count: edges of different lengths cannot be compared.
    """
    lengths, participation = np.asarray(lengths, dtype=float), np.asarray(participation, dtype=float)
    if not len(lengths):
        return nothing_to_show("No edges within the cutoff")
    index = np.floor(lengths / 0.1).astype(int)
    filled, inverse, counts = np.unique(index, return_inverse=True, return_counts=True)
    mean = np.bincount(inverse, weights=participation) / counts
    figure = go.Figure()
    figure.add_bar(
        x=filled * 0.1 + 0.05,
        y=mean,
        width=0.095,
        customdata=counts,
        name="mean of all edges",
        marker={"color": CONTROL},
        hovertemplate="%{x:.2f} Å: %{y:.2f} cycles per edge (%{customdata} edges)<extra></extra>",
    )
    if marked is not None and len(marked):
        figure.add_scatter(
            x=lengths[marked],
            y=participation[marked],
            mode="markers",
            name="the explanation's edges",
            marker={"size": 8, "color": TOP, "opacity": 0.8},
            hovertemplate="%{x:.2f} Å: on %{y} cycles<extra></extra>",
        )
    figure.update_xaxes(title_text="Edge length (Å)")
    figure.update_yaxes(title_text="Cycles per edge")
    return styled(figure, height=330)


def cycle_sizes(sizes: np.ndarray) -> go.Figure:
    """Histogram of the number of edges of (K,) representative cycles."""
    sizes = np.asarray(sizes)
    if not len(sizes):
        return nothing_to_show("No loops: nothing to count")
    size, count = np.unique(sizes, return_counts=True)
    figure = go.Figure()
    figure.add_bar(
        x=size, y=count, marker={"color": CONTROL}, hovertemplate="%{x} edges: %{y} cycles<extra></extra>"
    )
    figure.update_xaxes(title_text="Edges in the cycle", dtick=1 if size.max() <= 20 else None)
    figure.update_yaxes(title_text="Cycles")
    return styled(figure, height=330, legend=False)


def matched_comparison(
    selected: float, matched: float, band: tuple[float, float], everywhere: float, n_selected: int
) -> go.Figure:
    """Mean cycles per edge: the explanation's edges, matched controls (same length and element pair), all.

    The bar on the matched controls spans 95% of their random draws.
    """
    figure = go.Figure()
    rows = ["all that can matter", "matched controls", f"the explanation's {n_selected}"]
    figure.add_scatter(
        x=[everywhere, matched, selected],
        y=rows,
        mode="markers",
        marker={"size": 14, "color": [CONTROL, INK, TOP]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [0, band[1] - matched, 0],
            "arrayminus": [0, matched - band[0], 0],
            "color": INK,
            "thickness": 2,
            "width": 8,
        },
        hovertemplate="%{y}: %{x:.2f} cycles per edge<extra></extra>",
    )
    figure.update_xaxes(title_text="Mean cycles per edge", rangemode="tozero")
    figure = styled(figure, height=230, legend=False)
    return figure.update_layout(margin={"l": 140})
