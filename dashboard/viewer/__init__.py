"""The 3D viewer: a Streamlit component that keeps one 3Dmol viewer and its camera, and returns clicks."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path

import py3Dmol
import streamlit as st

from symgnn.viewer3d.views import Picture

HERE = Path(__file__).parent
LOCAL_LIBRARY = HERE.parent / "static" / "3Dmol-min.js"

_HTML = """
<div class="frame">
  <div class="canvas"></div>
  <div class="tip" hidden></div>
  <div class="message" hidden></div>
  <div class="buttons"><button class="reset" type="button">Reset camera</button>
    <button class="save" type="button">Save PNG</button></div>
  <div class="legends"></div>
</div>
"""


def library_urls() -> list[str]:
    """Where the browser finds 3Dmol.js: the installed copy, else py3Dmol's default URL."""
    if LOCAL_LIBRARY.is_file():
        return ["app/static/3Dmol-min.js"]
    return [inspect.signature(py3Dmol.view.__init__).parameters["js"].default]


def payload(picture: Picture, *, camera: str, height: int) -> dict:
    """What the browser receives: a picture, and the name of the camera to look with."""
    atoms = [command for command in picture.commands if command[1] in ("addModel", "addAtoms")]
    return {
        "commands": picture.commands,
        "legends": picture.legends,
        "valueTitle": picture.value_title,
        "valueUnit": picture.value_unit,
        "centred": picture.centred,
        "camera": camera,
        "digest": _digest(picture.commands),
        "modelDigest": _digest(atoms),
        "library": library_urls(),
        "height": height,
    }


def _digest(commands: list[list]) -> str:
    text = json.dumps(commands, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mount(
    picture: Picture,
    *,
    key: str,
    camera: str,
    height: int = 560,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Show a picture. The camera stays while its name stays; on_pick receives a clicked atom's index."""

    def picked() -> None:
        atom = st.session_state[key].picked
        if on_pick is not None and isinstance(atom, int):
            on_pick(atom)

    component = st.components.v2.component(
        "symgnn_viewer",
        html=_HTML,
        css=(HERE / "viewer.css").read_text(encoding="utf-8"),
        js=(HERE / "viewer.js").read_text(encoding="utf-8"),
    )
    component(key=key, data=payload(picture, camera=camera, height=height), on_picked_change=picked)
