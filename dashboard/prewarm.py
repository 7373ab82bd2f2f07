"""What the first visitor would otherwise wait for: imports, workers, the checkpoint and the glass of the first page."""

from __future__ import annotations

import contextlib
import importlib
import threading

from dashboard.default_checkpoint import default_checkpoint
from symgnn.errors import InputError


def start() -> None:
    """Do it in a thread of its own: the server answers meanwhile."""
    threading.Thread(target=_all, name="prewarm", daemon=True).start()


def _all() -> None:
    from dashboard import calls
    from dashboard.pages import PAGES
    from dashboard.workers.pool import shared_pool

    for page in PAGES:
        importlib.import_module(f"dashboard.app_pages.{page.name}")
    with contextlib.suppress(InputError):  # the page says it, to whom it concerns
        first_page(calls)
    with contextlib.suppress(InputError):
        shared_pool().start()


def first_page(calls) -> None:
    """What the dashboard shows when it opens."""
    names = [row.name for row in calls.models()[0]]
    glass = next((calls.load_glass(path) for path in calls.glass_files().values()), None)
    if glass is None:
        return
    calls.coordination(glass)
    with contextlib.suppress(InputError):
        calls.surroundings(glass)
    if name := default_checkpoint(names):
        calls.predicted(calls.checkpoint(name), glass)
