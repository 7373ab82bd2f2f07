"""The linked window: Streamlit components that hand it its data and hear what is selected in it.

A glass and an explanation travel once each, as bytes; after that, colours, filters, sliders and the camera are the
browser's alone. The modules are in dashboard/static/window, and main.js there keeps the window alive over reruns.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import py3Dmol
import streamlit as st

from symgnn.viewer3d.window_data import Dataset

STATIC = Path(__file__).resolve().parents[1] / "static"
_MAIN = 'const main = import(new URL("app/static/window/main.js", document.baseURI).href);\n'
_RECEIVE = (
    _MAIN
    + "export default function ({ data }) { main.then(({ receive }) => receive(data)).catch(console.error); }"
)
_MOUNT = (
    _MAIN
    + """
export default function (component) {
  let stop = null, over = false;
  main.then(({ mount }) => { if (!over) stop = mount(component); }).catch(console.error);
  return () => { over = true; stop?.(); };
}"""
)
_GROUP = (
    _MAIN
    + """
export default function (component) {
  let stop = null, over = false;
  main.then(({ mountGroup }) => { if (!over) stop = mountGroup(component); }).catch(console.error);
  return () => { over = true; stop?.(); };
}"""
)
_GROUP_HTML = '<div class="frame"><div class="window groupbar"></div></div>'
_HTML = '<div class="frame"><div class="window"></div></div>'


def links() -> dict[str, list[str]]:
    """Where the browser finds 3Dmol.js (the installed copy, else py3Dmol's default URL) and plotly.js (or nothing)."""
    viewer = inspect.signature(py3Dmol.view.__init__).parameters["js"].default
    return {
        "viewer": ["app/static/3Dmol-min.js"] if (STATIC / "3Dmol-min.js").is_file() else [viewer],
        "plotly": ["app/static/plotly.min.js"] if (STATIC / "plotly.min.js").is_file() else [],
    }


def mount_data(dataset: Dataset, *, key: str) -> None:
    """Hand a dataset to the windows of the page. Streamlit sends equal bytes once."""
    st.components.v2.component("symgnn_data", js=_RECEIVE)(key=key, data=dataset.content, height=1)


def mount_window(
    name: str,
    glass: Dataset,
    frame: list[list],
    *,
    camera: str,
    selected: int,
    edges: Dataset | None = None,
    default: dict[str, Any] | None = None,
    height: int | None = None,
    below: int = 0,
    tabs: bool = True,
    group: str | None = None,
    row: int = 0,
    rows: int = 1,
    fly: list[int] | None = None,
    on_pick: Callable[[int], None] | None = None,
    on_settle: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Show a glass in a linked window, with the edges of an explanation or a map.

    name: of the window; what is chosen in it is remembered under that while the page is open. frame: `frame_commands`
    of the glass. camera: the view stays while its name stays. default: of the window's state (store.js). The window
    ends where the browser's does, less `below` px for what stands under it, and is at most `height` px high. tabs:
    whether it has its tabs (table, plots) beside the view. group: windows that are compared, without controls of their
    own (`mount_group`). row, rows: of a grid of windows, whose rows share the height. fly: atoms to which the camera
    goes when they change. on_pick receives the atom that was selected in it, on_settle {"selected": all selected atoms,
    "top": the k of the top edges} after a change of either.
    """
    with st.container(gap=None, key=f"data_of_{name}"):
        mount_data(glass, key=f"{name}_glass")
        if edges is not None:
            mount_data(edges, key=f"{name}_edges")

    def picked() -> None:
        atom = st.session_state[name].picked
        if on_pick is not None and isinstance(atom, int):
            on_pick(atom)

    def settled() -> None:
        value = st.session_state[name].settled
        if on_settle is not None and isinstance(value, dict):
            on_settle(value)

    component = st.components.v2.component("symgnn_window", html=_HTML, css=_style(), js=_MOUNT)
    component(
        key=name,
        data={
            "name": name,
            "dataset": glass.digest,
            "edges": None if edges is None else edges.digest,
            "frame": frame,
            "camera": camera,
            "selected": selected,
            "default": default or {},
            "listens": ["settled"] if on_settle is not None else [],
            "links": links(),
            "height": height,
            "below": below,
            "tabs": tabs,
            "group": group,
            "row": row,
            "rows": rows,
            "fly": fly,
        },
        on_picked_change=picked,
        on_settled_change=settled,
    )


def mount_group(group: str) -> None:
    """The controls that the windows of a group share: what they are coloured by, the top edges, linked cameras."""
    component = st.components.v2.component("symgnn_group", html=_GROUP_HTML, css=_style(), js=_GROUP)
    component(key=f"{group}_bar", data={"group": group})


def _style() -> str:
    return (STATIC / "window" / "window.css").read_text(encoding="utf-8")
