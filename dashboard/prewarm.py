"""What the first visitor would otherwise wait for: imports, what the first page shows, and workers."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import threading

from dashboard.default_checkpoint import default_checkpoint
from symgnn.errors import InputError

WORKERS_AFTER = 5.0  # s after the server answers: until then the processor draws the first page


def run() -> None:
    """Import the pages and compute what the first one shows. Workers start a little later, or with the first question:
    each imports for seconds."""
    from dashboard import calls
    from dashboard.pages import PAGES

    logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(
        lambda record: "No runtime" not in record.getMessage()  # the server comes after this
    )
    for page in PAGES:
        importlib.import_module(f"dashboard.app_pages.{page.name}")
    with contextlib.suppress(InputError):  # the page says it, to whom it concerns
        first_page(calls)
    # What is imported stays: who collects garbage later need not search it.
    gc.collect()
    gc.freeze()
    later = threading.Timer(WORKERS_AFTER, start_workers)
    later.daemon = True
    later.start()


def start_workers() -> None:
    from dashboard.workers.pool import shared_pool

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
