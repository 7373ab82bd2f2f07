"""What is not installed is named together with the extra that brings it."""

import subprocess
import sys

import pytest

from symgnn.errors import InputError
from symgnn.extras import EXTRAS, MissingExtra, require
from tests.conftest import REPOSITORY


def test_an_installed_package_is_no_obstacle():
    assert require("numpy", "symgnn") is None


def test_the_line_names_what_needs_it_and_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "streamlit", None)
    with pytest.raises(
        InputError, match=r"^the dashboard needs streamlit, which .*: pip install symgnn\[dashboard\]$"
    ):
        require("streamlit", "the dashboard")
    with pytest.raises(MissingExtra, match=r"symgnn\[figures\]") as refusal:
        require("streamlit", "the dashboard", "figures")
    assert refusal.value.name == "streamlit"
    assert isinstance(refusal.value, ModuleNotFoundError), "so that pytest.importorskip and others know it"


def test_every_extra_exists():
    tomllib = pytest.importorskip("tomllib")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for package, extra in EXTRAS.items():
        assert any(
            line.lower().startswith(package.lower()) for line in project["optional-dependencies"][extra]
        )


@pytest.mark.parametrize(
    ("package", "command", "extra"),
    [
        ("numba", ["simulate", "glass", "-o", "glass.xyz"], "physics"),
        ("streamlit", ["dashboard"], "dashboard"),
        ("plotly", ["dashboard"], "dashboard"),
        ("plotly", ["findings", "glass.xyz"], "figures"),
        ("plotly", ["explain", "glass.xyz", "--evaluate"], "figures"),
    ],
)
def test_the_command_line_says_so_in_one_line(package, command, extra, tmp_path):
    sample = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"
    (tmp_path / "glass.xyz").write_bytes(sample.read_bytes())
    code = f"import sys; sys.modules[{package!r}] = None; from symgnn.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 2, result.stderr
    assert result.stderr.strip().endswith(
        f"needs {package}, which is not installed: pip install symgnn[{extra}]"
    )
    assert len(result.stderr.strip().splitlines()) == 1
