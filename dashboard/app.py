"""Navigation of the dashboard. Start it from the repository root: `streamlit run dashboard/app.py`."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # streamlit puts only this file's own folder there
    sys.path.insert(0, str(ROOT))

from dashboard import layout, session, sidebar  # noqa: E402
from dashboard.pages import PAGES  # noqa: E402
from symgnn.allocator import keep_large_buffers  # noqa: E402

keep_large_buffers()
page = st.navigation(
    [st.Page(one.path, title=one.title, help=one.help, default=one is PAGES[0]) for one in PAGES]
)
# No Material symbol as icon of a page: the browser would fetch it from Google for the tab.
st.set_page_config(
    page_title=f"{page.title} · symgnn", page_icon=ROOT / "dashboard" / "icon.svg", layout="wide"
)
layout.page_style()
session.arrive()
st.session_state["_messages"] = st.container()
if sidebar.show():
    page.run()
