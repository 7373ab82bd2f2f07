"""Runs the dashboard as its users do, but on the checkpoints of a folder: serve.py FOLDER PORT."""

import os
import sys
from pathlib import Path

from streamlit.web import cli

folder, port = sys.argv[1:]
os.environ["SYMGNN_CHECKPOINTS"] = folder
app = Path(__file__).resolve().parents[2] / "dashboard" / "asgi.py"
options = ["--server.headless=true", f"--server.port={port}", "--server.address=localhost"]
sys.exit(cli.main(["run", str(app), *options]))
