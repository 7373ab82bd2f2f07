"""A plotly figure as a file."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import plotly.graph_objects as go

from symgnn.files.writing import replacing


def write_figure(folder: Path, name: str, figure: go.Figure) -> Path:
    """Write folder/name as PNG where kaleido is installed (it needs a Chromium), else as HTML that works offline."""
    png = find_spec("kaleido") is not None
    path = folder / f"{name}.{'png' if png else 'html'}"
    with replacing(path) as temporary:
        if png:
            figure.write_image(temporary, width=1100, scale=1.5)
        else:
            figure.write_html(temporary, include_plotlyjs=True)
    return path
