"""Runs the dashboard as its users do, but on the checkpoints of a folder: serve.py FOLDER PORT."""

import sys
from pathlib import Path

from streamlit.web import cli

from symgnn.evaluation import leaderboard
from symgnn.training import checkpoint

folder, port = Path(sys.argv[1]), sys.argv[2]
checkpoint.list_checkpoints.__defaults__ = (folder,)
checkpoint.load_checkpoint.__defaults__ = (folder,)
leaderboard.card_files.__defaults__ = (folder,)
app = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
options = ["--server.headless=true", f"--server.port={port}", "--server.address=localhost"]
sys.exit(cli.main(["run", str(app), *options]))
