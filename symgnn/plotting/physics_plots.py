"""Predicted beside measured changes of barriers, and explanation methods ranked by what swaps do."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from symgnn.analysis.importance_ranking import DISTANCE, RANDOM_NUMBERS
from symgnn.analysis.physics_tables import PhysicsTables, measured_rows
from symgnn.explanations.methods import title_of
from symgnn.plotting.style import INK, styled
from symgnn.viewer3d.colors import CONTROL, EXPLAINED, TOP


def physics_figure(tables: PhysicsTables, checkpoint: str) -> go.Figure:
    """Left: measured against predicted relaxed changes (eV) of one checkpoint, with standard errors; right: Spearman's
    correlation of each importance with measured |changes|, over the swaps drawn at random, and 95% intervals."""
    figure = make_subplots(
        rows=1, cols=2, column_widths=[0.45, 0.55], horizontal_spacing=0.22,
        subplot_titles=[f"{checkpoint}: change of the barrier", "importance and |measured change|, random swaps"],
    )  # fmt: skip
    for group, title, color in (
        ("random", "drawn at random", EXPLAINED),
        ("strata", "drawn from strata", TOP),
    ):
        some = measured_rows(tables.rows, group)
        figure.add_scatter(
            x=some[f"{checkpoint} relaxed_eV"], y=some["change_eV"], mode="markers", name=title,
            marker={"color": color, "size": 7},
            error_y={"type": "data", "array": some["standard_error_eV"], "color": color, "thickness": 0.6, "width": 0},
            text=some["glass"] + ": atom " + some["centre"].astype(str) + ", swap " + some["swapped"].astype(str),
            hovertemplate="%{text}<br>predicted %{x:.3f} eV<br>measured %{y:.3f} eV<extra></extra>",
            row=1, col=1,
        )  # fmt: skip
    known = measured_rows(tables.rows, "all")[f"{checkpoint} relaxed_eV"]
    ends = [known.min(), known.max()]
    figure.add_scatter(
        x=ends, y=ends, mode="lines", line={"color": INK, "dash": "dot", "width": 1}, name="as predicted",
        hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
    figure.add_trace(_ranks(tables.ranking[tables.ranking["swaps"] == "random"]), row=1, col=2)
    n = int((tables.ranking["swaps"] == "random").sum())
    figure = styled(figure, height=max(480, 120 + 20 * n))
    figure.update_xaxes(title_text="predicted / eV", row=1, col=1)
    figure.update_yaxes(title_text="measured / eV", row=1, col=1)
    figure.update_xaxes(title_text="Spearman's correlation", zeroline=True, row=1, col=2)
    return figure.update_yaxes(autorange="reversed", row=1, col=2, tickfont={"size": 11}, dtick=1)


def _ranks(ranking: pd.DataFrame) -> go.Scatter:
    controls = [name for _, name in (DISTANCE, RANDOM_NUMBERS)]
    is_control = ranking["method"].isin(controls)
    names = [
        f"{row['checkpoint']}, {title_of(row['method'])}" if row["checkpoint"] else row["method"]
        for _, row in ranking.iterrows()
    ]
    return go.Scatter(
        x=ranking["pooled"], y=names, mode="markers", showlegend=False,
        marker={"size": 8, "color": [CONTROL if one else EXPLAINED for one in is_control]},
        error_x={"type": "data", "symmetric": False, "array": ranking["pooled_high"] - ranking["pooled"],
                 "arrayminus": ranking["pooled"] - ranking["pooled_low"], "color": INK, "thickness": 1, "width": 3},
        hovertemplate="%{y}<br>%{x:.2f}<extra></extra>",
    )  # fmt: skip
