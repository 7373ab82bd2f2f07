"""What happens to a prediction as more and more of an explanation's edges are removed, or kept, beside the control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.colors import qualitative
from plotly.subplots import make_subplots

from symgnn.plotting.style import nothing_to_show, styled

PANELS = {
    "plus": "The top k removed: more is better",
    "minus": "Only the top k kept: less is better",
}


def fidelity_curves(
    budgets: Sequence[int], curves: Mapping[str, Mapping[str, np.ndarray]], *, height: int = 460
) -> go.Figure:
    """Mean |change| over the standard deviation of the predictions against the number of edges k.

    curves: title of a method -> "plus", "plus_control", "minus", "minus_control" -> (K, 3) mean and 95% interval. The
    controls, random edges of the same length, elements and hops, are dotted.
    """
    if not curves:
        return nothing_to_show("No explanation to show", height=height)
    figure = make_subplots(rows=1, cols=2, horizontal_spacing=0.08, subplot_titles=list(PANELS.values()))
    for title, color in zip(curves, qualitative.D3 * len(curves), strict=False):
        for column, name in enumerate(PANELS, start=1):
            figure.add_scatter(
                x=budgets, y=curves[title][name][:, 0], name=title, legendgroup=title, showlegend=column == 1,
                mode="lines+markers", marker={"size": 5, "color": color}, line={"color": color, "width": 2},
                hovertemplate=f"{title}<br>top %{{x}} edges: %{{y:.2f}}<extra></extra>", row=1, col=column,
            )  # fmt: skip
            figure.add_scatter(
                x=budgets, y=curves[title][f"{name}_control"][:, 0], legendgroup=title, showlegend=False, mode="lines",
                line={"color": color, "width": 1.5, "dash": "dot"},
                hovertemplate=f"{title}, control<br>%{{x}} edges: %{{y:.2f}}<extra></extra>", row=1, col=column,
            )  # fmt: skip
    figure.add_scatter(
        x=[None], y=[None], mode="lines", name="control", line={"color": "gray", "width": 1.5, "dash": "dot"}
    )
    styled(figure, height=height)
    figure.update_xaxes(type="log", dtick=1, title="number of edges k")
    figure.update_yaxes(title_text="|change| / standard deviation", rangemode="tozero")
    figure.update_layout(margin_t=96, legend_y=1.1)
    return figure
