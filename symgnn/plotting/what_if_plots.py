"""Changes of a glass: what each does to the barrier of an atom, and all barriers before and after one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from symgnn.plotting.style import INK, nothing_to_show, styled
from symgnn.viewer3d.colors import CONTROL, EFFECT_SCALE, EXPLAINED

MOST_BARS = 80
LOWERS, RAISES = EFFECT_SCALE[0], EFFECT_SCALE[-1]


def ranked_changes(
    names: Sequence[str],
    change: np.ndarray,
    sigma: np.ndarray | None = None,
    unrelaxed: np.ndarray | None = None,
    *,
    undoing: Sequence[bool] | None = None,
    chosen: str | None = None,
    height: int = 300,
) -> go.Figure:
    """Bars of how much each change moves the barrier (K,) eV, in the order given, with its standard deviation where it
    is known; dots are the same before relaxation. NaN is left out. Of more than 80 the first 80 are drawn. The
    customdata of every bar is its name. undoing (K,): changes that take back others, whose bars are hatched."""
    change = np.asarray(change, dtype=float)
    known = np.flatnonzero(np.isfinite(change))[:MOST_BARS]
    if not len(known):
        return nothing_to_show("No change is known", height=height)
    texts, values = [names[row] for row in known], change[known]
    rank = np.arange(1, len(known) + 1)
    errors = None if sigma is None else np.nan_to_num(np.asarray(sigma, dtype=float)[known])
    figure = go.Figure()
    figure.add_bar(
        x=rank,
        y=values,
        customdata=texts,
        marker={
            "color": [RAISES if value > 0 else LOWERS for value in values],
            "line": {"color": INK, "width": [2.5 if text == chosen else 0 for text in texts]},
            "pattern": {"shape": ["/" if undoing is not None and undoing[row] else "" for row in known]},
        },
        error_y=None if errors is None else {"array": errors, "color": CONTROL, "thickness": 1, "width": 0},
        hovertemplate="%{customdata}: %{y:+.3f} eV<extra></extra>",
    )
    if unrelaxed is not None:
        figure.add_scatter(
            x=rank, y=np.asarray(unrelaxed, dtype=float)[known], customdata=texts, mode="markers", name="unrelaxed",
            marker={"color": INK, "size": 5, "symbol": "circle-open"},
            hovertemplate="%{customdata}: %{y:+.3f} eV unrelaxed<extra></extra>",
        )  # fmt: skip
    if chosen in texts:
        row = texts.index(chosen)
        left = row < len(known) / 2
        figure.add_annotation(
            x=rank[row], y=values[row], text=f"{chosen} {values[row]:+.2f} eV".replace("-", "−"), arrowcolor=INK,
            arrowwidth=1, arrowhead=0, ax=46 if left else -46, xanchor="left" if left else "right",
            ay=-18 if values[row] > 0 else 18,
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": INK, "width": 1})
    figure.update_xaxes(title_text="Rank", range=[0.3, len(known) + 0.7], showgrid=False)
    figure.update_yaxes(title_text="Change of the barrier (eV)")
    styled(figure, height=height, legend=False)
    return figure.update_layout(margin={"t": 8, "b": 44, "l": 60, "r": 8}, bargap=0.15)


def barriers_before_after(
    before: np.ndarray, after: np.ndarray, *, atom: int | None = None, height: int = 260
) -> go.Figure:
    """Barriers (N,) eV of all atoms before a change against those after it; `atom` (of N) stands out. On the line
    nothing has changed."""
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    ends = [float(min(before.min(), after.min())), float(max(before.max(), after.max()))]
    figure = go.Figure()
    figure.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        line={"color": CONTROL, "dash": "dash"},
        hoverinfo="skip",
        name="unchanged",
    )
    figure.add_scattergl(
        x=before, y=after, mode="markers", name="all atoms", customdata=np.arange(len(before)),
        marker={"color": after - before, "colorscale": EFFECT_SCALE, "cmid": 0, "size": 6,
                "line": {"color": CONTROL, "width": 0.5}},
        hovertemplate="atom %{customdata}: %{x:.2f} to %{y:.2f} eV<extra></extra>",
    )  # fmt: skip
    if atom is not None:
        figure.add_scatter(
            x=[before[atom]], y=[after[atom]], mode="markers", name=f"atom {atom}",
            marker={"color": EXPLAINED, "size": 13, "symbol": "circle-open", "line": {"width": 3}},
            hovertemplate=f"atom {atom}: %{{x:.2f}} to %{{y:.2f}} eV<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="Barrier before (eV)")
    figure.update_yaxes(title_text="after (eV)")
    return styled(figure, height=height, legend=False).update_layout(
        margin={"t": 8, "b": 48, "l": 60, "r": 8}
    )


def searched_before_after(
    searched: tuple[np.ndarray, np.ndarray],
    predicted: tuple[float, float],
    sigma_of_change: float | None = None,
    *,
    height: int = 230,
) -> go.Figure:
    """Barriers (E,) eV of events before and after a change as dots, their means with standard errors, and the predicted
    barriers before and after, the latter with the standard deviation of the predicted change where it is known."""
    figure = go.Figure()
    means, errors = [], []
    for side, barriers in enumerate(searched):
        barriers = np.asarray(barriers, dtype=float)
        shift = 0.28 * (np.arange(len(barriers)) / max(len(barriers) - 1, 1) - 0.5)
        figure.add_scatter(
            x=side + shift, y=barriers, mode="markers", name="events", showlegend=side == 0,
            marker={"color": CONTROL, "size": 6, "opacity": 0.7}, hovertemplate="event: %{y:.2f} eV<extra></extra>",
        )  # fmt: skip
        known = len(barriers) > 1
        means.append(barriers.mean() if len(barriers) else None)
        errors.append(barriers.std(ddof=1) / np.sqrt(len(barriers)) if known else 0.0)
    figure.add_scatter(
        x=[-0.2, 0.8], y=means, mode="markers", name="mean ± standard error", marker={"color": INK, "size": 10},
        error_y={"array": errors, "color": INK, "thickness": 2, "width": 6},
        hovertemplate="mean: %{y:.2f} eV<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[0.2, 1.2], y=list(predicted), mode="markers+lines", name="predicted",
        marker={"color": EXPLAINED, "size": 11, "symbol": "diamond"},
        line={"color": EXPLAINED, "dash": "dot", "width": 1},
        error_y={"array": [0.0, sigma_of_change or 0.0], "color": EXPLAINED, "thickness": 2, "width": 6},
        hovertemplate="predicted: %{y:.2f} eV<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(tickvals=[0, 1], ticktext=["before", "after"], range=[-0.5, 1.5], showgrid=False)
    figure.update_yaxes(title_text="Barrier (eV)")
    return styled(figure, height=height).update_layout(margin={"t": 44, "b": 28, "l": 60, "r": 8})
