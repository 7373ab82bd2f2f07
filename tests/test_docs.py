"""The documents: links lead somewhere, what they show as Python runs."""

from __future__ import annotations

import re
import subprocess

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

from tests.conftest import REPOSITORY

TRACKED = subprocess.run(
    ["git", "ls-files", "*.md"], cwd=REPOSITORY, capture_output=True, text=True, check=True
).stdout.split()
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
GENERATED = {"leaderboard.md", "data.md", "contributing.md", "changelog.md"}  # by docs/hooks.py


@pytest.mark.parametrize("name", TRACKED)
def test_links_lead_to_files(name):
    page = REPOSITORY / name
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    generated = GENERATED if page.parent == REPOSITORY / "docs" else set()
    missing = [t for t in targets if t not in generated and not (page.parent / t).exists()]
    assert not missing


def test_every_page_of_the_site_is_there():
    def pages(entry) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        children = entry.values() if isinstance(entry, dict) else entry
        return [page for child in children for page in pages(child)]

    text = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    named = pages(yaml.safe_load(text)["nav"])
    assert len(named) > 20
    assert [
        page for page in named if page not in GENERATED and not (REPOSITORY / "docs" / page).is_file()
    ] == []


def test_the_api_pages_name_what_is_there():
    import importlib

    names = re.findall(
        r"^::: (\S+)",
        "\n".join(p.read_text() for p in (REPOSITORY / "docs" / "api").glob("*.md")),
        re.MULTILINE,
    )
    assert len(names) > 15
    for name in names:
        module, _, attribute = name.rpartition(".")
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            assert getattr(importlib.import_module(module), attribute).__doc__, f"{name} has no docstring"


def test_the_quickstart_notebook_runs(tmp_path):
    notebook = nbformat.read(REPOSITORY / "docs" / "quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    texts = [
        output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    assert "True" in texts, "an ase.Atoms is predicted like the glass"
    assert any("removing matched controls" in text for text in texts)
    assert list(tmp_path.iterdir()) == [], "nothing is written into the current folder"


def test_the_lines_of_python_in_the_readme_run(monkeypatch):
    import symgnn

    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(REPOSITORY)
    names = {}
    exec(lines, names)  # our own document
    assert names["barriers"].shape == (500,)
    assert 0.5 < names["barriers"].mean() < 3
    assert names["explanation"].prediction == pytest.approx(names["barriers"][77], abs=1e-5)
    assert isinstance(names["topology"], symgnn.GlassTopology)
