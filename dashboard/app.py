"""Navigation of the dashboard. Start it from the repository root: `streamlit run dashboard/app.py`."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # streamlit puts only this file's own folder there
    sys.path.insert(0, str(ROOT))

from dashboard import layout, session, sidebar  # noqa: E402
from symgnn.allocator import keep_large_buffers  # noqa: E402

PAGES = [
    st.Page(
        "app_pages/structure.py",
        title="Structure",
        default=True,
        help="The glass in 3D, coloured by predicted barrier. Click an atom to select it.",
    ),
    st.Page(
        "app_pages/explanation.py",
        title="Explanation",
        help="The edges on which the selected atom's predicted barrier rests.",
    ),
    st.Page(
        "app_pages/whole_glass.py",
        title="Whole glass",
        help="The edges and atoms that carry the barriers of all atoms.",
    ),
    st.Page(
        "app_pages/topology.py",
        title="Topology",
        help="Loops of atoms, and how many of them important edges lie on.",
    ),
    st.Page(
        "app_pages/compare.py",
        title="Compare",
        help="Two glasses or atoms side by side.",
    ),
    st.Page(
        "app_pages/models.py",
        title="Models",
        help="Which checkpoint to trust: the leaderboard, errors by environment, learning curves, cards.",
    ),
]

keep_large_buffers()
page = st.navigation(PAGES)
# No Material symbol as icon of a page: the browser would fetch it from Google for the tab.
st.set_page_config(
    page_title=f"{page.title} · symgnn", page_icon=ROOT / "dashboard" / "icon.svg", layout="wide"
)
layout.page_style()
session.arrive()
st.session_state["_messages"] = st.container()
if sidebar.show():
    page.run()
