"""The web application that serve.py runs: the script app.py, and pages that know where their server is.

A browser that opens a page by its own URL, /explanation say, gets a document in which Streamlit's client would look for
the server under /explanation first, and log two errors. This document names the server.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.pages import PAGES

_NAMES = frozenset(page.name for page in PAGES)
_HERE = (
    "<script>window.__streamlit = {...window.__streamlit, "
    'BACKEND_BASE_URL: new URL(".", document.location.href).href};</script>'
)


class PageDocuments:
    """ASGI middleware that answers requests for pages with Streamlit's document, the server named in its head."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_page(scope):
            await HTMLResponse(document(), headers={"Cache-Control": "no-cache"})(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_page(scope: Scope) -> bool:
    """Whether somebody opens a page by its URL."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and scope["path"].rpartition("/")[2] in _NAMES
        and "/_stcore/" not in scope["path"]
    )


@cache
def document() -> str:
    """Streamlit's index.html with the URL of the server, which is that of the page without the page's name."""
    index = Path(st.__file__).with_name("static") / "index.html"
    return index.read_text(encoding="utf-8").replace("<head>", f"<head>{_HERE}", 1)


app = st.App(Path(__file__).with_name("app.py"), middleware=[Middleware(PageDocuments)])
