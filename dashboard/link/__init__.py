"""How the browser keeps the link (link.js): one entry of its history for one step."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("link.js")


def mount() -> None:
    """An invisible part of the page."""
    component = st.components.v2.component(
        "symgnn_link", html="<span hidden></span>", js=_SCRIPT.read_text(encoding="utf-8")
    )
    component(key="_link", height=0)
