"""A wheel, built from the checkout and installed into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

OFFLINE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}  # a port that refuses
LEFT_OUT = (
    ".git",
    ".venv",
    "__pycache__",
    "raw",
    "cache",
    "runs",
    "dist",
    "docs",
    "tests",
    "3Dmol-min.js",
    "plotly.min.js",
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built without network from a copy of the checkout in which a training has left its files."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel: pip install symgnn[test]")
    source, folder = tmp_path_factory.mktemp("source") / "symgnn", tmp_path_factory.mktemp("wheel")
    shutil.copytree(REPOSITORY, source, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (source / "checkpoints" / "symgnn" / "last.pt").touch()
    (source / "checkpoints" / "symgnn" / "train.log").touch()
    library = (
        source / "dashboard" / "static" / "3Dmol-min.js"
    )  # there, so that the build asks no network for it
    library.write_text("// 3Dmol.js")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-build-isolation",
        "--no-deps",
        "--wheel-dir",
        folder,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=os.environ | OFFLINE)
    (path,) = folder.glob("symgnn-*.whl")
    return path


@dataclass(frozen=True)
class Installed:
    """An environment with the installed wheel, and an empty folder to run it in, with a home of its own."""

    python: Path
    folder: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes: no network, nothing that points at the checkout."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "SYMGNN_", "XDG_", "VIRTUAL_ENV"))
        }
        return inherited | OFFLINE | {"HOME": str(self.home), "COLUMNS": "160"}

    def run(self, *arguments: object) -> subprocess.CompletedProcess:
        """Run its Python in the folder."""
        command = [str(self.python), *map(str, arguments)]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Installed:
    """The wheel alone in a fresh environment, which sees the packages that these tests run with, but not the checkout:
    files of editable installs in a folder of packages that is only added to the path have no effect."""
    root = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True, timeout=300)
    python = root / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(root), "platbase": str(root)}))
    seen = {path for path in map(Path, sys.path) if path.name == "site-packages"}
    (own / "others.pth").write_text("".join(f"{path}\n" for path in sorted(seen)))
    return Installed(python, tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("home"))
