"""A plotly figure as a file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import plotly.graph_objects as go

from symgnn.io.writing import replacing


def figure_file(name: str) -> str:
    """The name of a figure's file: PNG where kaleido is installed (it needs a Chromium), else HTML."""
    return f"{name}.{'html' if find_spec('kaleido') is None else 'png'}"


def write_figure(folder: Path, name: str, figure: go.Figure) -> Path:
    """Write a figure into `folder` as `figure_file(name)`; HTML works offline."""
    path = folder / figure_file(name)
    with replacing(path) as temporary:
        if path.suffix == ".png":
            figure.write_image(temporary, width=1100, scale=1.5)
        else:
            figure.write_html(temporary, include_plotlyjs=True)
    return path
