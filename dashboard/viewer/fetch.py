"""Put the browser's libraries into dashboard/static. A script that needs nothing else.

3Dmol.js (BSD-3), which draws the atoms, comes through npm; plotly.js (MIT), which draws the plots, from the installed
package plotly. `make` runs it, and so does the build of a wheel. Without the one the dashboard loads 3Dmol.js from the
web, without the other its plots say how to get it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "2.5.5"  # keep equal to py3Dmol in requirements.txt
SHA256 = "f7cc78921ae72e7623e89cdd111434f58c2efddd2ffda1cd212644b406fb8016"
STATIC = Path(__file__).resolve().parents[1] / "static"
TARGET = STATIC / "3Dmol-min.js"
PLOTLY = STATIC / "plotly.min.js"
SECONDS = 60


def fetch(target: Path = TARGET) -> Path:
    """The file `target`, fetched unless it is there. Raises RuntimeError or OSError, in one line, where that fails."""
    if target.is_file():
        return target
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm not found")
    with tempfile.TemporaryDirectory() as folder:
        command = [
            npm,
            "pack",
            f"3dmol@{VERSION}",
            "--silent",
            "--fetch-retries=0",
            "--pack-destination",
            folder,
        ]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(f"npm could not fetch 3dmol {VERSION} ({type(error).__name__})") from None
        with tarfile.open(Path(folder) / f"3dmol-{VERSION}.tgz") as archive:
            content = archive.extractfile("package/build/3Dmol-min.js").read()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise RuntimeError(f"3dmol {VERSION} is not the published file: another sha256")
    _write(target, content)
    return target


def copy_plotly(target: Path = PLOTLY) -> Path:
    """The file `target`, copied from the package plotly unless it is equal to that. Raises RuntimeError or OSError."""
    package = importlib.util.find_spec("plotly")
    if package is None or package.origin is None:
        raise RuntimeError("the package plotly is not installed")
    content = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_bytes()
    if not target.is_file() or target.read_bytes() != content:
        _write(target, content)
    return target


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.partial")
    temporary.write_bytes(content)
    os.replace(temporary, target)


if __name__ == "__main__":
    for bring, otherwise in (
        (fetch, "the dashboard will load 3Dmol.js from the web"),
        (copy_plotly, "the dashboard's window will have no plots"),
    ):
        try:
            bring()
        except (OSError, RuntimeError) as error:
            print(f"{error}: {otherwise}", file=sys.stderr)
