"""Navigation of the dashboard. Start it by `symgnn dashboard`, or `streamlit run dashboard/app.py`."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # streamlit puts only this file's own folder there
    sys.path.insert(0, str(ROOT))

with st.spinner("The dashboard is starting"):  # where prewarm.py has not imported it
    from dashboard import layout, link, session, sidebar, theme, tour
    from dashboard.pages import PAGES, YOUR_GLASS
    from symgnn.allocator import keep_large_buffers

keep_large_buffers()
page = st.navigation(
    [st.Page(one.path, title=one.title, help=one.help, default=one is PAGES[0]) for one in PAGES]
)
# No Material symbol as icon of a page: the browser would fetch it from Google for the tab.
st.set_page_config(
    page_title=f"{page.title} · symgnn", page_icon=ROOT / "dashboard" / "icon.svg", layout="wide"
)
tour.open_page()
layout.page_style()
link.mount()
theme.mount()
session.arrive()
session.tell_unknown()
own = page.url_path == YOUR_GLASS  # it is of use without any glass
if sidebar.show(about_glass=not own) or own:
    page.run()
session.write_link()
