"""The view of one event: a Streamlit component that receives the event once and plays it in the browser."""

from __future__ import annotations

import streamlit as st

from dashboard.window import STATIC, links, mount_data
from symgnn.viewer3d.window_data import Dataset

_MOUNT = """
const main = import(new URL("app/static/window/event_window.js", document.baseURI).href);
export default function (component) {
  let stop = null, over = false;
  main.then(({ mount }) => { if (!over) stop = mount(component); }).catch(console.error);
  return () => { over = true; stop?.(); };
}"""
_HTML = '<div class="frame"><div class="window event"></div></div>'


def mount_event(name: str, dataset: Dataset) -> None:
    """Show an event (symgnn.viewer3d.event_data), down to the end of the browser's window."""
    mount_data(dataset, key=f"{name}_data")
    css = (STATIC / "window" / "window.css").read_text(encoding="utf-8")
    component = st.components.v2.component("symgnn_event", html=_HTML, css=css, js=_MOUNT)
    component(key=name, data={"name": name, "dataset": dataset.digest, "links": links()})
