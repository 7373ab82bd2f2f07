"""The paper's two figures about important edges, each with the control that it needs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.analysis.cycle_enrichment import CycleEnrichment
from symgnn.analysis.evaluate import Result
from symgnn.analysis.reach import MEDIUM_RANGE, PEAKS, Preference
from symgnn.plotting.style import INK, nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, EXPLAINED, TOP, element_color, faded

SMALLEST = 0.01  # ratio that is still drawn


def cycles_of_important_edges(
    comparisons: Mapping[str, Mapping[str, Mapping[str, CycleEnrichment]]], *, panel_height: int = 290
) -> go.Figure:
    """Mean cycles per edge: important edges, random ones of the receptive field (the paper's control), and random ones
    of the same receptive field, length and element pair (matched controls).

    comparisons: filtration -> glass -> method -> comparison; a row of panels per filtration, a column per glass. Error
    bars are 95% bootstrap intervals over explained atoms.
    """
    glasses = list(dict.fromkeys(glass for groups in comparisons.values() for glass in groups))
    if not glasses:
        return nothing_to_show("No important edge that can be compared", height=panel_height)
    figure = make_subplots(
        rows=len(comparisons), cols=len(glasses), horizontal_spacing=0.05, vertical_spacing=0.3 / len(comparisons),
        shared_yaxes=True, subplot_titles=[f"{glass}, {name}" for name in comparisons for glass in glasses],
    )  # fmt: skip
    bars = (
        ("random edges of the receptive field (as in the paper)", "field", faded(CONTROL, 0.5)),
        ("important edges", "important", TOP),
        ("matched controls: random edges of the same length and element pair", "matched", CONTROL),
    )
    for row, (name, groups) in enumerate(comparisons.items(), start=1):
        for column, glass in enumerate(glasses, start=1):
            methods = groups.get(glass, {})
            for title, quantity, color in bars:
                mean = np.array([getattr(one, quantity) for one in methods.values()])
                band = np.array([getattr(one, f"{quantity}_band") for one in methods.values()]).reshape(-1, 2)
                figure.add_bar(
                    x=[method.replace(" ", "<br>", 1) for method in methods],
                    y=mean,
                    error_y={"type": "data", "symmetric": False, "array": band[:, 1] - mean,
                             "arrayminus": mean - band[:, 0], "color": INK, "thickness": 1.2, "width": 3},
                    name=title,
                    legendgroup=title,
                    showlegend=(row, column) == (1, 1),
                    marker={"color": color},
                    hovertemplate=f"%{{x}}, {name}<br>%{{y:.2f}} cycles per edge<extra></extra>",
                    row=row,
                    col=column,
                )  # fmt: skip
    figure = styled(figure, height=120 + panel_height * len(comparisons))
    figure.update_layout(barmode="group", bargap=0.25, margin={"t": 110, "b": 60})
    figure.update_layout(legend={"yref": "container", "y": 0.99, "yanchor": "top"})
    figure.update_xaxes(tickangle=0, tickfont={"size": 11})
    figure.update_yaxes(rangemode="tozero")
    return figure.update_yaxes(title_text="Cycles per edge", col=1)


def reach_of_importance(result: Result, *, peaks: tuple[float, ...] = (), height: int = 1000) -> go.Figure:
    """Where important atoms are, as the paper shows it and divided by what is there.

    Above: fraction of the important atoms per 0.25 Å of distance from the explained one, beside the ends of random
    edges. Middle: the same over what equally important edges would give, so that 1 is no preference; with it all atoms
    weighted by importance, and as controls the ends of the nearest edges and the importance shuffled within the
    receptive field.
    Below: the weighted curve for each pair of elements (explained atom - other atom). Bands are 95% bootstrap intervals
    over explained atoms. Dotted lines: `peaks` of g(r) in Å; dashed: the model's cutoff.
    """
    if "important" not in result.reach:
        return nothing_to_show("No important atoms: nothing to explain", height=height)
    figure = make_subplots(
        rows=3,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.05,
        row_heights=[0.28, 0.4, 0.32],
        subplot_titles=[
            "Histogram, as in the paper",
            "Divided by what equally important edges would give",
            "The same per pair of elements, weighted by importance",
        ],
    )
    bins = result.fine["important"].bins
    middle = (bins[1:] + bins[:-1]) / 2
    rows = (
        ("important", f"ends of the top {result.k} edges", TOP),
        ("random", "control: ends of random edges", CONTROL),
    )
    for name, title, color in rows:
        figure.add_bar(
            x=middle, y=100 * result.fine[name].observed, width=np.diff(bins), name=title, legendgroup=name,
            marker={"color": color, "opacity": 0.7}, hovertemplate="%{x:.2f} Å: %{y:.2f}%<extra></extra>",
            row=1, col=1,
        )  # fmt: skip
    curves = (
        ("important", f"ends of the top {result.k} edges", TOP, "solid", False),
        ("importance", "all atoms, weighted by importance", INK, "solid", True),
        ("nearest", f"control: ends of the {result.k} nearest edges", EXPLAINED, "dash", True),
        ("shuffled", "control: importance shuffled", CONTROL, "solid", True),
    )
    for name, title, color, dash, in_legend in curves:
        _curve(figure, result.fine[name], title, color, 2, name, dash, in_legend)
    for name, preference in result.by_pair.items():
        center, atom = name.split("-")
        dash = "solid" if center == atom else "dash"
        _curve(figure, preference, f"{name} (explained - other)", element_color(center), 3, name, dash, True)
    figure = styled(figure, height=height)
    figure.update_layout(barmode="overlay", bargap=0, margin={"t": 140})
    figure.update_layout(legend={"yref": "container", "y": 0.99, "yanchor": "top"})
    for row in (2, 3):
        figure.add_hline(y=1, line={"color": CONTROL, "width": 1}, row=row, col=1)
        figure.update_yaxes(title_text="Ratio (1: no preference)", type="log", row=row, col=1)
        figure.update_yaxes(
            dtick=1, exponentformat="power", range=np.log10([SMALLEST, 300]).tolist(), row=row, col=1
        )
    for peak in peaks:
        figure.add_vline(x=peak, line={"color": CONTROL, "width": 1, "dash": "dot"})
    figure.add_vline(x=MEDIUM_RANGE, line={"color": INK, "width": 1, "dash": "dash"})
    figure.update_yaxes(title_text="Fraction of the atoms (%)", row=1, col=1)
    figure.update_xaxes(range=[bins[0], bins[-1]])
    return figure.update_xaxes(title_text="Distance from the explained atom (Å)", row=3, col=1)


def _curve(
    figure: go.Figure,
    preference: Preference,
    title: str,
    color: str,
    row: int,
    group: str,
    dash: str,
    in_legend: bool,
) -> None:
    """Add a ratio by distance with its band; zeros, which a logarithmic axis cannot show, are gaps."""
    middle = (preference.bins[1:] + preference.bins[:-1]) / 2
    there = np.isfinite(preference.ratio) & (preference.ratio > 0)
    low = np.where(there, np.maximum(preference.low, SMALLEST), np.nan)
    figure.add_scatter(
        x=middle,
        y=np.where(there, preference.ratio, np.nan),
        error_y={"type": "data", "symmetric": False, "array": preference.high - preference.ratio,
                 "arrayminus": np.maximum(preference.ratio - low, 0), "color": color, "thickness": 1, "width": 0},
        mode="lines",
        line={"color": color, "width": 2, "dash": dash},
        name=title,
        legendgroup=group,
        showlegend=in_legend,
        hovertemplate="%{x:.2f} Å: %{y:.2f}<extra></extra>",
        row=row,
        col=1,
    )  # fmt: skip


def finding_figures(results: Sequence[Result]) -> dict[str, go.Figure]:
    """cycles and, per glass with the first method, reach.<glass>."""
    comparisons: dict = {}
    for result in results:
        for name, one in result.enrichment.items():
            if one is not None:
                methods = comparisons.setdefault(name, {}).setdefault(result.glass, {})
                methods[result.title.split(" (")[0]] = one
    figures = {"cycles": cycles_of_important_edges(comparisons)}
    for result in results:
        peaks = PEAKS if set(result.elements) == {"Cu", "Zr"} else ()
        figures.setdefault(f"reach.{result.glass}", reach_of_importance(result, peaks=peaks))
    return figures
