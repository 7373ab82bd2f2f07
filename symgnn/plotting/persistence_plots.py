"""Plot of a persistence image: arrays in, a plotly figure out."""

from __future__ import annotations

import plotly.graph_objects as go

from symgnn.homology.images import PersistenceImage
from symgnn.plotting.style import nothing_to_show, styled
from symgnn.viewer3d.colors import IMPORTANCE_SCALE

KINDS = {0: "connected component", 1: "loop", 2: "void"}


def persistence_image_plot(image: PersistenceImage, *, height: int = 380) -> go.Figure:
    """Heat map of a persistence image, birth to the right and persistence up, both in Å."""
    if not image.n_classes:
        return nothing_to_show(
            f"No {KINDS[image.dimension]}s (H{image.dimension}) that die within the cutoff", height=height
        )
    figure = go.Figure(
        go.Heatmap(
            x=image.births,
            y=image.persistences,
            z=image.values,
            zmin=0,
            zmax=float(image.values.max()),
            colorscale=["#ffffff", *IMPORTANCE_SCALE],
            colorbar={"title": {"text": f"Weight per pixel<br>({image.unit})", "font": {"size": 13}}},
            hovertemplate="birth %{x:.3f} Å<br>persistence %{y:.3f} Å<br>weight %{z:.3g} "
            + image.unit
            + "<extra></extra>",
        )
    )
    figure.update_xaxes(title=f"Birth of the {KINDS[image.dimension]} (Å)")
    figure.update_yaxes(title_text="Persistence (Å)")
    return styled(figure, height=height, legend=False)
