"""Whoever installs the wheel has all that ships: in an empty folder, without network."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
import zipfile

import numpy as np
import pytest

import symgnn
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.inference.predict import predict
from symgnn.io.structures import read_glass
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"


def test_what_the_wheel_holds(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names} == {"symgnn", f"symgnn-{symgnn.__version__}.dist-info"}
    shipped = {name.removeprefix("symgnn/shipped/") for name in names if name.startswith("symgnn/shipped/")}
    for origin, folder, kinds in (
        (REPOSITORY / "checkpoints", "checkpoints", ("card.json", "*.safetensors", "curve.csv", "README.md")),
        (REPOSITORY / "data" / "samples", "samples", ("*.xyz",)),
        (REPOSITORY / "dashboard", "dashboard", ("*.py", "viewer.*", "icon.svg")),
        (REPOSITORY / ".streamlit", ".streamlit", ("config.toml",)),
    ):
        files = [path for kind in kinds for path in origin.rglob(kind)]
        assert files
        assert {f"{folder}/{path.relative_to(origin).as_posix()}" for path in files} <= shipped
    assert "dashboard/static/3Dmol-min.js" in shipped
    assert "symgnn/training/configs/symgnn.yaml" in names
    assert "symgnn/simulate/mendelev2009.json" in names
    assert not [name for name in names if name.endswith(("last.pt", ".log", ".pyc"))]


def test_it_is_the_wheel_that_runs(installed):
    code = "import json, symgnn, sys; print(json.dumps([symgnn.__file__, sys.prefix]))"
    file, prefix = json.loads(installed.run("-c", code).stdout)
    assert file.startswith(prefix)
    result = installed.run("-c", "import dashboard")
    assert "No module named 'dashboard'" in result.stderr, "no package of so general a name is installed"


def test_it_states_its_version(installed):
    result = installed.run("-m", "symgnn", "--version")
    assert (result.returncode, result.stdout) == (0, f"symgnn {symgnn.__version__}\n"), result.stderr
    assert (installed.python.parent / "symgnn").is_file()


def test_predict_explain_and_topology(installed):
    (installed.folder / "glass.xyz").write_bytes(SAMPLE.read_bytes())
    for arguments in (
        ["predict", "glass.xyz"],
        ["explain", "glass.xyz", "--atom", 0, "--method", "gradient"],
        ["topology", "glass.xyz"],
    ):
        result = installed.run("-m", "symgnn", *arguments)
        assert result.returncode == 0, result.stderr
    assert {path.name for path in installed.folder.iterdir()} == {
        "glass.xyz",
        "glass.symgnn.predicted.xyz",
        "glass.symgnn.predicted.csv",
        "glass.atom0.symgnn.gradient.csv",
        "glass.topology",
    }
    written = read_glass(installed.folder / "glass.symgnn.predicted.xyz").properties["predicted_barrier"]
    here = predict(load_checkpoint("symgnn"), read_glass(SAMPLE))
    np.testing.assert_allclose(written, here, atol=1e-6)
    cache = installed.home / ".cache" / "symgnn"
    assert [path.parent.name for path in cache.rglob("*.npz")] == ["explanations"]


def test_the_dashboard(installed):
    pytest.importorskip("streamlit", reason="the dashboard needs streamlit: pip install symgnn[dashboard]")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}"]
    log = installed.home / "log"
    command = [installed.python, "-m", "symgnn", "dashboard", *options]
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=installed.folder,
            env=installed.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 120
        while answer(port, "_stcore/health") != b"ok":
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        assert answer(port, "app/static/3Dmol-min.js") == b"// 3Dmol.js", "the settings of .streamlit hold"
    finally:
        stop(server)


def test_the_pages_run_on_what_ships(installed):
    pytest.importorskip("streamlit", reason="the dashboard needs streamlit: pip install symgnn[dashboard]")
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "from symgnn.paths import dashboard_folder\n"
        "app = AppTest.from_file(str(dashboard_folder() / 'app.py'), default_timeout=200).run()\n"
        "print([e.value for e in app.exception], [e.value for e in app.error])\n"
        "print([box.options for box in app.sidebar.selectbox])"
    )
    result = installed.run("-c", code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("[] []\n"), result.stdout
    assert SAMPLE.stem in result.stdout


def answer(port: int, path: str) -> bytes:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/{path}", timeout=5) as reply:
            return reply.read()
    except OSError:
        return b""


def stop(server: subprocess.Popen) -> None:
    """End the command and the server that it has started."""
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(20)
