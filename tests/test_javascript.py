"""The unit tests of the dashboard's JavaScript modules, by node's own test runner. Skipped, saying so, without node."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "tests" / "javascript"
MODULES = REPOSITORY / "dashboard" / "static" / "window"


def test_modules_of_the_window():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: apt install nodejs")
    files = sorted(str(file) for file in FOLDER.glob("*.test.mjs"))
    assert files
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


IN_THE_BROWSER = {"main", "library", "event_window"}
"""Modules that need a page and WebGL: tests/browser/test_window.py."""


def test_every_module_has_tests():
    tested = IN_THE_BROWSER | {file.name.removesuffix(".test.mjs") for file in FOLDER.glob("*.test.mjs")}
    assert {file.stem for file in MODULES.glob("*.js")} <= tested
