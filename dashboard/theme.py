"""The page runs again when the browser's theme changes while it is open: plots take their colours from it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).with_name("theme.js")


def mount() -> None:
    """An invisible part of the page."""
    component = st.components.v2.component(
        "symgnn_theme",
        html='<span style="background-color: var(--st-background-color); transition: background-color 1ms"></span>',
        js=_SCRIPT.read_text(encoding="utf-8"),
    )
    component(key="_theme", height=1, on_background_change=lambda: None)
