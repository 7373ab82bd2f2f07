"""What a wheel takes along besides the package: checkpoints, samples, own data set and dashboard, as symgnn/shipped.

An editable install takes nothing along: it runs with the folders of the checkout.
"""

from __future__ import annotations

import runpy
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Named one by one, so that logs and states of trainings that lie beside them stay at home.
SHIPPED = {
    "checkpoints": "checkpoints",
    "data/samples": "samples",
    "data/own": "own",
    "dashboard": "dashboard",
    ".streamlit": ".streamlit",
}
KINDS = {
    "checkpoints": ("README.md", "card.json", "curve.csv", "weights.safetensors", "explainer.safetensors"),
    "data/samples": ("*.xyz",),
    "data/own": ("*.xyz", "*.npz", "SHA256SUMS"),
    "dashboard": ("*.py", "*.css", "*.js", "*.json", "*.svg"),
    ".streamlit": ("config.toml",),
}


class ShippedFiles(BuildHookInterface):
    """Adds the files of SHIPPED to the wheel, 3Dmol.js where it can be fetched, and plotly.js."""

    def initialize(self, version: str, build_data: dict) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        script = runpy.run_path(str(root / "dashboard" / "viewer" / "fetch.py"))
        for name, otherwise in (("fetch", "load 3Dmol.js from the web"), ("copy_plotly", "have no plots")):
            try:
                script[name]()
            except (OSError, RuntimeError) as error:
                self.app.display_warning(f"{error}: the dashboard will {otherwise}")
        for folder, name in SHIPPED.items():
            for kind in KINDS[folder]:
                for path in sorted((root / folder).rglob(kind)):
                    inside = path.relative_to(root / folder).as_posix()
                    build_data["force_include"][str(path)] = f"symgnn/shipped/{name}/{inside}"
