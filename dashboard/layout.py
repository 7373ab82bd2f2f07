"""Pieces of layout that several pages share."""

from __future__ import annotations

import functools
import html as markup

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import notices, session
from symgnn.plotting.style import on_dark

_STYLE = """<style>
[data-testid="stHeader"] { background: none; pointer-events: none; }
[data-testid="stHeader"] button { pointer-events: auto; }
[data-testid="stMainBlockContainer"] { padding: 3rem 2.2rem 0.6rem; max-width: 1900px; }
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-data_of_"]), .st-key-_link, .st-key-_theme { position: absolute; }
@media (min-width: 769px) {
  .stApp:has([data-testid="stSidebar"]:is([data-collapsed="false"], [aria-expanded="true"]))
    [data-testid="stMainBlockContainer"] { padding-top: 0.9rem; }
}
[data-testid="stHeading"] h1 { font-size: 1.35rem; padding: 0.2rem 0; }
[data-testid="stSidebarNavLink"]:focus-visible, [data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid currentColor; outline-offset: -2px;
}
[data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
.st-key-head [data-testid="stHeading"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
@media (max-width: 1100px) {
  [data-testid="stButtonGroup"] button { padding-left: 0.5rem; padding-right: 0.5rem; }
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
  [data-testid="stHeading"] h1 { font-size: 1.1rem; }
  .st-key-head { flex-wrap: wrap; }
  .st-key-head > :has(> .st-key-words) { flex: 1 1 100%; }
}
@media (min-width: 769px) and (max-width: 1100px) {
  [data-testid="stSidebar"]:is([data-collapsed="false"], [aria-expanded="true"]) {
    width: 214px !important; min-width: 214px !important;
  }
}
@media (max-height: 650px) {
  [data-testid="stMain"] [data-testid="stMarkdownContainer"] p { font-size: 0.85rem; line-height: 1.3; }
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.4rem; }
  [data-testid="stHeading"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
  [data-testid="stHeading"] h1 { padding: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .st-key-head { gap: 0.4rem; }
  :is(.st-key-head, .st-key-upload) [data-testid="stWidgetLabel"] { display: none; }
  .st-key-head .st-key-within [data-testid="stWidgetLabel"] { display: flex; min-height: 0; margin: 0; }
  [data-testid="stSidebarHeader"] { height: 2.2rem; margin: 0; padding-top: 0; padding-bottom: 0; }
  [data-testid="stSidebarNavItems"] { padding-top: 0; }
  [data-testid="stSidebarNavLink"] { padding-top: 0; padding-bottom: 0; margin-top: 0; margin-bottom: 0; }
  [data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 0.45rem; }
}
.st-key-what_if [data-testid="stButtonGroup"] button { padding-left: 0.5rem; padding-right: 0.5rem; }
[data-testid="stMain"] { scrollbar-gutter: stable; }
.st-key-sentence { min-height: 4.6rem; justify-content: center; }
@media (max-width: 1200px) { .st-key-sentence { min-height: 6.4rem; } }
@media (max-height: 650px) { .st-key-sentence { min-height: 2.6rem; } }
.st-key-sentence_of_events { min-height: 3.6rem; }
.st-key-verdict { flex-wrap: nowrap; }
.st-key-verdict [data-testid="stButton"] button { white-space: nowrap; }
[data-testid="stElementContainer"] { transition: none !important; }
[data-testid="stElementContainer"][data-stale="true"] { transition: opacity 0s linear 0.6s !important; }
[data-testid="stProgress"] * { transition: none !important; }
[data-testid="stMetricValue"] > div { white-space: normal; overflow: visible; }
</style>"""


def page_style() -> None:
    """Less empty space round the page, metrics that wrap instead of being cut, and nothing that moves while one waits:
    a view of another size is drawn anew, and where the processor draws the page, what fades takes all of a core."""
    st.html(_STYLE)


def chart(figure: go.Figure, key: str, **options: object):
    """A plotly figure in its own look, light or dark as the page is, without the bar of buttons."""
    if st.context.theme.type == "dark":
        figure = on_dark(figure)
    return st.plotly_chart(
        figure, theme=None, key=key, config={"displaylogo": False, "displayModeBar": False}, **options
    )


def title(text: str, facts: list[str]) -> None:
    """The page's title and, behind it, what is worth a line."""
    more = notices.plain(" · ".join(facts))
    st.title(f"{notices.plain(text)} :small[:gray[{more}]]", anchor=False)


def head():
    """The container of a page's title and controls, in one line where there is room; and in it that of the title."""
    line = st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="head",
    )
    return line, line.container(width="stretch", key="words")


def metrics(values: dict[str, str]) -> None:
    """A row of short numbers with their names, on several lines where it is narrow."""
    with st.container(horizontal=True, gap="medium"):
        for name, value in values.items():
            st.metric(name, value, width="content")


def tabs(key: str, names: list[str]) -> str:
    """The tab that is open, of these; only its content is to be computed. It is part of the link, as `key`."""
    session.seed(key, names[0], session.one_of(names))
    if st.session_state[key] not in names:
        st.session_state[key] = names[0]
    name = st.segmented_control(
        "View", names, key=key, required=True, persist_state="session", label_visibility="collapsed"
    )
    session.publish(**{key: name})
    return name


def html(text: object) -> str:
    """Text for `st.html`: no markup of its own."""
    return markup.escape(str(text))


def asked(label: str, key: str, icon: str) -> bool:
    """A button for what takes seconds; True in the run after its press, in which it is gone."""
    slot = st.empty()
    pressed = slot.button(label, key=key, icon=icon)
    if pressed:
        slot.empty()
    return pressed


def cost_accepted(words: str, label: str, key: str, icon: str) -> bool:
    """A box that says what something costs, with the button `label`; True in the run after its press, in which it is
    gone."""
    slot = st.empty()
    with slot.container(border=True):
        st.markdown(words)
        pressed = asked(label, key, icon)
    if pressed:
        slot.empty()
    return pressed


def with_uncertainty(barrier: float, sigma: float | None) -> str:
    """'1.72 ± 0.21 eV', or without the part that is not known."""
    return f"{barrier:.2f} eV" if sigma is None else f"{barrier:.2f} ± {sigma:.2f} eV"


def signed(value: float, digits: int) -> str:
    """'+0.12', '−0.05'; '0.00' for what rounds to nothing."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else text[1:]


def with_signs(table: pd.DataFrame, digits: dict[str, int]):
    """A table for `st.dataframe` in which these columns have a sign, the minus included; they are sorted as numbers."""
    known = {name: number for name, number in digits.items() if name in table.columns}
    formats = {name: functools.partial(_or_empty, digits=number) for name, number in known.items()}
    return table.style.format(formats)


def _or_empty(value: float | None, digits: int) -> str:
    return "" if value is None or np.isnan(value) else signed(value, digits)


def percent(fraction: float) -> str:
    """'73%'; with as many digits as it takes not to call almost all of something 100%, or a little of it 0%."""
    for digits in range(4):
        text = f"{100 * fraction:.{digits}f}"
        if fraction in (0.0, 1.0) or 0.0 < float(text) < 100.0:
            break
    return f"{text}%"
