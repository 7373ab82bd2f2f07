"""Plots that compare models and show where one errs: arrays in, plotly figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.plotting.style import INK, nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, EXPLAINED, TOP, element_color

FEWEST = 5
"""Atoms that a group needs for a box."""

CURVE_COLORS = (EXPLAINED, "#e69f00", "#009e73", TOP, "#56b4e9", "#d55e00", "#6b5b95", "#1d2733")


def scores_of_models(
    names: Sequence[str],
    test: Sequence[float | None],
    sd: Sequence[float | None],
    validation: Sequence[float | None],
    paper: Sequence[float | None],
    *,
    chosen: str | None = None,
    lines: Mapping[str, float] | None = None,
) -> go.Figure:
    """Pearson's r of every model: on test glasses with its standard deviation over seeds, on validation, and the
    paper's.

    A value of None is not drawn. chosen is set in bold; lines are drawn across the plot and named.
    """
    if not names:
        return nothing_to_show("No model to compare")
    labels = [f"<b>{name}</b>" if name == chosen else name for name in names]
    figure = go.Figure()
    kinds = [
        ("paper", paper, "diamond-open", CONTROL, None),
        ("validation", validation, "circle-open", EXPLAINED, None),
        ("test", test, "circle", EXPLAINED, sd),
    ]
    for name, values, symbol, color, deviation in kinds:
        known = [row for row, value in enumerate(values) if value is not None and np.isfinite(value)]
        figure.add_scatter(
            x=[values[row] for row in known],
            y=[labels[row] for row in known],
            error_x={
                "type": "data",
                "array": [deviation[row] or 0 for row in known],
                "color": INK,
                "width": 5,
            }
            if deviation
            else None,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 10, "color": color, "line": {"width": 2, "color": color}},
            hovertemplate=f"%{{y}}: {name} r = %{{x:.3f}}<extra></extra>",
        )
    for name, value in (lines or {}).items():
        figure.add_vline(x=value, line={"color": CONTROL, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=value, y=1, yref="paper", text=name, textangle=-90, showarrow=False, xanchor="right",
            yanchor="top", font={"size": 12, "color": CONTROL},
        )  # fmt: skip
    figure.update_xaxes(title_text="Pearson r")
    figure.update_yaxes(categoryorder="array", categoryarray=labels[::-1], range=[-0.6, len(labels) - 0.4])
    figure = styled(figure, height=150 + 30 * max(len(names), 4))
    return figure.update_yaxes(automargin=True)


def learning_curves(
    curves: Mapping[str, Sequence[Sequence[Mapping[str, float]]]],
    *,
    selected: Mapping[str, Sequence[float | None]] | None = None,
    by: str = "epoch",
) -> go.Figure:
    """Validation r and training loss against the epoch (or the penalty): name of a row -> one curve per seed.

    selected: name -> the value of `by` that was selected, per seed; a ring marks it. A row's first seed is drawn
    thick. Points without `by` or without a score are left out.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.06)
    drawn = False
    for color_index, (name, seeds) in enumerate(curves.items()):
        color = CURVE_COLORS[color_index % len(CURVE_COLORS)]
        chosen = list((selected or {}).get(name, ()))
        for seed, points in enumerate(seeds):
            points = [point for point in points if by in point]
            for row, (measure, unit) in enumerate(
                (("pearson", "validation r"), ("train_loss", "loss")), start=1
            ):
                known = [point for point in points if point.get(measure) is not None]
                drawn = drawn or bool(known)
                figure.add_scatter(
                    x=[point[by] for point in known],
                    y=[point[measure] for point in known],
                    mode="lines+markers" if len(known) == 1 else "lines",
                    name=name,
                    legendgroup=name,
                    showlegend=seed == 0 and row == 1,
                    line={"color": color, "width": 2.5 if seed == 0 else 1},
                    opacity=1.0 if seed == 0 else 0.6,
                    hovertemplate=f"%{{y:.3f}} {unit} at {by} %{{x}}<extra>{name}</extra>",
                    row=row,
                    col=1,
                )
            best = [p for p in points if seed < len(chosen) and p[by] == chosen[seed] and "pearson" in p]
            figure.add_scatter(
                x=[point[by] for point in best],
                y=[point["pearson"] for point in best],
                mode="markers",
                legendgroup=name,
                showlegend=False,
                marker={
                    "symbol": "circle-open",
                    "size": 11,
                    "color": color,
                    "line": {"width": 2, "color": color},
                },
                hoverinfo="skip",
                row=1,
                col=1,
            )
    if not drawn:
        return nothing_to_show("This checkpoint has no learning curve", height=460)
    figure.update_yaxes(title_text="Validation r", row=1, col=1)
    figure.update_yaxes(title_text="Training loss", row=2, col=1, rangemode="tozero")
    figure.update_xaxes(title=by.capitalize(), row=2, col=1)
    if by != "epoch":
        figure.update_xaxes(type="log")
    return styled(figure, height=460)


def residual_boxes(residual: np.ndarray, symbols: Sequence[str], coordination: np.ndarray) -> go.Figure:
    """Predicted − labelled barrier (N,) in eV: by element, and by coordination number within an element.

    Boxes run from the lower to the upper quartile, with the median; whiskers hold 90% of the atoms. Groups of
    fewer than FEWEST atoms are left out.
    """
    residual, symbols, coordination = np.asarray(residual), np.asarray(symbols), np.asarray(coordination)
    if not len(residual):
        return nothing_to_show("No atoms to compare", height=420)
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.2, 0.8], horizontal_spacing=0.03
    )
    for symbol in sorted(set(symbols.tolist())):
        own = symbols == symbol
        numbers = [n for n in np.unique(coordination[own]) if (own & (coordination == n)).sum() >= FEWEST]
        _boxes(figure, symbol, [symbol], [residual[own]], column=1)
        groups = [residual[own & (coordination == number)] for number in numbers]
        _boxes(figure, symbol, [int(number) for number in numbers], groups, column=2)
    figure.add_hline(y=0, line={"color": INK, "width": 1, "dash": "dash"})
    figure.update_yaxes(title_text="Predicted − labelled (eV)", col=1)
    figure.update_xaxes(title_text="Element", col=1)
    figure.update_xaxes(title_text="Coordination number", dtick=1, col=2)
    figure.update_layout(boxmode="group", boxgap=0.15, boxgroupgap=0.1)
    return styled(figure, height=420)


def _boxes(figure: go.Figure, symbol: str, positions: list, groups: list[np.ndarray], *, column: int) -> None:
    if not groups:
        return
    low, q1, median, q3, high = (
        [float(np.quantile(group, q)) for group in groups] for q in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    figure.add_box(
        x=positions,
        lowerfence=low,
        q1=q1,
        median=median,
        q3=q3,
        upperfence=high,
        customdata=[len(group) for group in groups],
        name=symbol,
        legendgroup=symbol,
        showlegend=column == 2,
        offsetgroup=symbol if column == 2 else "all",
        marker={"color": element_color(symbol)},
        line={"width": 1.5},
        row=1,
        col=column,
    )
