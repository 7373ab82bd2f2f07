"""What the first visitor would otherwise wait for: a worker, imports, and what the first page shows."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging

from dashboard.default_checkpoint import default_checkpoint
from symgnn.errors import InputError


def run() -> None:
    """Start a worker, import the pages meanwhile, and compute what the first one shows."""
    from dashboard.workers.pool import shared_pool

    with contextlib.suppress(InputError):  # the page says it, to whom it concerns
        shared_pool().start()
    from dashboard import calls
    from dashboard.pages import PAGES

    logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(
        lambda record: "No runtime" not in record.getMessage()  # the server comes after this
    )
    for page in PAGES:
        importlib.import_module(f"dashboard.app_pages.{page.name}")
    with contextlib.suppress(InputError):
        first_page(calls)
    # Streamlit collects garbage after each run of a script: among all that is imported it would search for .7 s.
    gc.collect()
    gc.freeze()


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
