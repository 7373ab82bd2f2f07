"""Fetch 3Dmol.js (BSD-3), which draws the atoms, through npm into dashboard/static. A script that needs nothing else.

`make` runs it, and so does the build of a wheel. Without the file the dashboard loads 3Dmol.js from the web.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "2.5.5"  # keep equal to py3Dmol in requirements.txt
SHA256 = "f7cc78921ae72e7623e89cdd111434f58c2efddd2ffda1cd212644b406fb8016"
TARGET = Path(__file__).resolve().parents[1] / "static" / "3Dmol-min.js"
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
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.partial")
    temporary.write_bytes(content)
    os.replace(temporary, target)
    return target


if __name__ == "__main__":
    try:
        fetch()
    except (OSError, RuntimeError) as error:
        print(f"{error}: the dashboard will load 3Dmol.js from the web", file=sys.stderr)
