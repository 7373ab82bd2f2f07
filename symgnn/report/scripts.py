"""What a report carries along: 3Dmol.js, plotly.js and the script that draws, each made fit to stand in the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from plotly.offline import get_plotlyjs

from symgnn.errors import InputError
from symgnn.paths import dashboard_folder

DRAW = Path(__file__).with_name("draw.js")


def viewer_script() -> str:
    """3Dmol.js. Raises InputError, saying how to get it, where it is not installed."""
    path = dashboard_folder() / "static" / "3Dmol-min.js"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise InputError(
            f"{path.name}: no such file in {path.parent}, expected 3Dmol.js, which draws the atoms; get it by "
            "python dashboard/viewer/fetch.py (needs npm)"
        ) from None


def plotly_script() -> str:
    """plotly.js, which is part of the plotly package."""
    return get_plotlyjs()


def draw_script() -> str:
    """The script that draws the pictures and figures of the page's data."""
    return DRAW.read_text(encoding="utf-8")


def inlined(script: str) -> str:
    """A script element. What would end it early (`</script` in a string) is written with a backslash, which is the
    same to JavaScript."""
    safe = re.sub(r"</(script)", r"<\\/\1", script, flags=re.IGNORECASE).replace("<!--", r"<\!--")
    return f"<script>{safe}</script>"


def as_json(data: Any) -> str:
    """JSON that can stand in a script element: no character of it means anything to HTML."""
    text = json.dumps(data, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
