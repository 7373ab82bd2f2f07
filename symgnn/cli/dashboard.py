"""The command dashboard: starts its server, streamlit, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from symgnn.extras import require
from symgnn.paths import CACHE_VARIABLE, CHECKPOINTS_VARIABLE, DATA_VARIABLE, dashboard_folder

FOLDERS = (CHECKPOINTS_VARIABLE, DATA_VARIABLE, CACHE_VARIABLE, "SYMGNN_RAW_DATA")


def dashboard(context: typer.Context) -> None:
    """Open the dashboard in the browser. Further options go to `streamlit run`."""
    for package in ("streamlit", "plotly", "py3Dmol"):
        require(package, "the dashboard", "dashboard")
    pages = dashboard_folder()
    command = [sys.executable, str(pages / "serve.py"), *context.args]
    # Streamlit reads its settings from .streamlit in its current folder.
    server = subprocess.Popen(command, cwd=pages.parent, env=_with_absolute_folders(os.environ))
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())  # who ends the command ends the server
    while True:
        try:
            sys.exit(server.wait())
        except KeyboardInterrupt:  # the server has heard it too
            continue


def _with_absolute_folders(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables, those that name folders as they are seen from the current folder."""
    chosen = {name: environment[name] for name in FOLDERS if environment.get(name)}
    return {
        **environment,
        **{name: str(Path(folder).expanduser().absolute()) for name, folder in chosen.items()},
    }
