"""The command line starts at once: what takes seconds to import comes when it is needed."""

import re
import subprocess
import sys

import pytest

import symgnn
from symgnn.paths import samples_folder

SAMPLE = samples_folder() / "Cu64Zr36_500_1e12.xyz"

HEAVY = ("torch", "pandas", "streamlit", "scipy", "ase", "numba", "plotly", "networkx")
CODE = f"""
import sys
from symgnn.cli import main
try:
    main()
finally:
    print(sorted({set(HEAVY)!r} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--help"], 0, "Commands"),
        (["explain", "--help"], 0, "--atoms"),
        (["data", "fetch", "--help"], 0, "--from"),
        (["--version"], 0, symgnn.__version__),
        (["explain", "absent.xyz"], 2, "absent.xyz: no such file"),
        (["explain", sys.executable], 2, "explain: expected one of --atom, --atoms and --map"),
        (["predict", "absent.xyz"], 2, "absent.xyz: no such file"),
        (["topology", "absent.xyz"], 2, "absent.xyz: no such file"),
        (["topology", sys.executable, "--radius", "3"], 2, "--radius found without --around"),
        (["graph", "absent.xyz", "-o", "graphs.bin"], 2, "absent.xyz: no such file"),
        (["findings", sys.executable, "absent.xyz"], 2, "absent.xyz: no such file"),
        (["predict", "--seed", "x"], 2, "Error: symgnn predict: No such option: --seed; see --help\n"),
        (["nosuch"], 2, "Error: symgnn: No such command 'nosuch'; see --help\n"),
        (
            ["simulate", "glass"],
            2,
            "Error: symgnn simulate glass: Missing option '--output' / '-o'; see --help\n",
        ),
        (["findings", "--replicas", "a"], 2, "Error: Option '--replicas' requires 2 arguments; see --help\n"),
        (["topology", sys.executable, "--cutoff", "five"], 2, "topology: Invalid value for '--cutoff': "),
        ([], 2, "Commands"),
        (["data"], 2, "fetch"),
        (
            ["whatif", sys.executable, "--checkpoint", "absent"],
            2,
            "checkpoint 'absent' not found, expected a folder",
        ),
        (["whatif", sys.executable, "--atom", "3", "--within", "inf"], 2, "whatif: --within inf found"),
    ],
    ids=lambda value: " ".join(value).replace(sys.executable, "python") if isinstance(value, list) else "",
)
def test_help_and_usage_errors_import_nothing_heavy(arguments, code, says, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == code, result.stderr
    assert says in result.stdout + result.stderr
    *lines, imported = result.stderr.splitlines()
    assert imported == "[]"
    assert len(lines) == (1 if "Error" in result.stderr else 0)


def test_an_atom_that_is_not_there_is_told_before_torch_is_imported(tmp_path):
    arguments = ["whatif", str(SAMPLE), "--atom", "500"]
    result = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2
    assert f"{SAMPLE.name}: atom 500 found, expected 0..499" in result.stderr
    assert not {"torch", "pandas", "numba"} & set(re.findall(r"\w+", result.stderr.splitlines()[-1]))


def test_as_a_module(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "symgnn", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stdout) == (0, f"symgnn {symgnn.__version__}\n")
