"""The look shared by all plots: fonts, grids, margins, the position of the legend."""

from __future__ import annotations

import plotly.graph_objects as go

FONT = "Source Sans Pro, Source Sans, Helvetica, Arial, sans-serif"
INK, GRID, PAPER = "#1d2733", "#e3e7ec", "#ffffff"
_DARK = {INK: "#e6ebf0", GRID: "#2c3641", PAPER: "#12171d"}


def styled(figure: go.Figure, *, height: int = 360, legend: bool = True) -> go.Figure:
    """The figure in the common look; its legend is above the plot, where it covers nothing."""
    figure.update_layout(
        template=go.layout.Template(),  # ours alone
        height=height,
        margin={"l": 66, "r": 18, "t": 40 if legend else 16, "b": 54},
        font={"family": FONT, "size": 14, "color": INK},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        bargap=0.04,
    )
    axis = {
        "title_font_size": 14,
        "gridcolor": GRID,
        "linecolor": INK,
        "ticks": "outside",
        "tickcolor": INK,
        "zeroline": False,
    }
    figure.update_xaxes(showline=True, title_standoff=8, **axis)
    figure.update_yaxes(showline=True, title_standoff=8, **axis)
    return figure


def on_dark(figure: go.Figure) -> go.Figure:
    """A copy of a styled figure for a dark page: ink, grid and paper exchanged, the colours of the data left."""

    def exchanged(value: object) -> object:
        if isinstance(value, dict):
            return {key: exchanged(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [exchanged(part) for part in value]
        return _DARK.get(value, value) if isinstance(value, str) else value

    copy = go.Figure(figure)
    copy.update_layout(exchanged(figure.layout.to_plotly_json()))
    for trace in copy.data:
        drawn = trace.to_plotly_json()
        trace.update(
            {name: exchanged(drawn[name]) for name in ("marker", "line", "textfont") if name in drawn}
        )
    return copy


def nothing_to_show(reason: str, *, height: int = 360) -> go.Figure:
    """An empty plot that says why it is empty."""
    figure = styled(go.Figure(), height=height, legend=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(text=reason, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    return figure
