"""Starts the server of the dashboard: serve.py [options of `streamlit run`]. `symgnn dashboard` runs it."""

import os
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent


def bound_threads(environment) -> None:
    """Threads of torch in the server, unless the user has said something else: a few, and none that spins while it
    waits, which makes a busy machine thirty times slower."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    environment.setdefault("OMP_NUM_THREADS", str(max(1, min(4, cores // 2))))


def main(options: list[str]) -> None:
    bound_threads(os.environ)  # before torch is imported
    sys.path[0] = str(HERE.parent)  # instead of this file's own folder
    if "--help" not in options:
        print("  The dashboard is starting, which takes a few seconds.", flush=True)
        from dashboard import prewarm

        try:
            prewarm.run()  # before the server answers, so that nobody waits in front of a white page
        except Exception:  # whatever it is, the page that needs it says so
            traceback.print_exc()
    from streamlit.web import cli

    sys.exit(cli.main(["run", str(HERE / "asgi.py"), *options]))


if __name__ == "__main__":
    main(sys.argv[1:])
