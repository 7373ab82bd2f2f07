"""How the server starts: its threads, and what is ready before the first visitor comes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

import dashboard.workers.pool
from dashboard import asgi, calls, prewarm, serve
from dashboard.default_checkpoint import PREFERRED
from dashboard.pages import PAGES
from dashboard.workers import messages, worker
from dashboard.workers.here import Here
from dashboard.workers.pool import Pool, default_workers, shared_pool
from symgnn.errors import InputError
from tests.conftest import REPOSITORY


def test_threads_are_bounded_unless_the_user_says_otherwise():
    environment = {}
    serve.bound_threads(environment)
    assert environment["OMP_WAIT_POLICY"] == "PASSIVE"
    assert 1 <= int(environment["OMP_NUM_THREADS"]) <= 4
    own = {"OMP_NUM_THREADS": "7", "OMP_WAIT_POLICY": "ACTIVE"}
    serve.bound_threads(own)
    assert own == {"OMP_NUM_THREADS": "7", "OMP_WAIT_POLICY": "ACTIVE"}


def test_who_ends_the_command_ends_the_server(tmp_path):
    (tmp_path / "dashboard").mkdir()
    server = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)\n"
    (tmp_path / "dashboard" / "serve.py").write_text(server)
    command = f"""
import symgnn.cli.dashboard as command, pathlib
command.require = lambda *needed: None
command.dashboard_folder = lambda: pathlib.Path({str(tmp_path / "dashboard")!r})
command.dashboard(__import__("types").SimpleNamespace(args=[]))
"""
    with subprocess.Popen([sys.executable, "-c", command]) as run:
        deadline = time.monotonic() + 60
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pid = int((tmp_path / "pid").read_text())
        run.terminate()
        try:
            run.wait(20)
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)  # and with it the command
            raise
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_first_page_is_predicted_before_it_is_asked_for(monkeypatch, data):
    monkeypatch.setenv("SYMGNN_DATA", str(data))
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Here())
    monkeypatch.delenv("SYMGNN_CHECKPOINTS", raising=False)
    prewarm.first_page(calls)
    model, glass = calls.checkpoint(PREFERRED[0]), calls.load_glass(next(iter(calls.glass_files().values())))
    monkeypatch.setattr(
        "dashboard.calls.barriers.predict_with_uncertainty", lambda *a: pytest.fail("predicted again")
    )
    assert len(calls.predicted(model, glass)) == len(glass)


def test_the_first_page_is_ready_before_a_worker_starts(monkeypatch):
    steps = []
    monkeypatch.setattr(prewarm, "WORKERS_AFTER", 0.2)
    monkeypatch.setattr(
        dashboard.workers.pool, "_pool", SimpleNamespace(start=lambda: steps.append("worker"))
    )
    monkeypatch.setattr(prewarm.importlib, "import_module", lambda name: steps.append("import"))
    monkeypatch.setattr(prewarm, "first_page", lambda calls: steps.append("page"))
    monkeypatch.setattr(prewarm.gc, "freeze", lambda: steps.append("freeze"))
    prewarm.run()
    deadline = time.monotonic() + 20
    while "worker" not in steps and time.monotonic() < deadline:
        time.sleep(0.02)
    assert steps == [*["import"] * len(PAGES), "page", "freeze", "worker"]


class Idle:
    """A worker that does nothing."""

    def __init__(self, on_message, on_end):
        self.ready = False

    def kill(self) -> None: ...


def test_a_second_worker_starts_after_a_while(monkeypatch):
    monkeypatch.setattr("dashboard.workers.pool.WorkerProcess", Idle)
    for seconds, expected in ((600, 1), (0.01, 2)):
        monkeypatch.setattr("dashboard.workers.pool.SPARE_AFTER", seconds)
        pool = Pool(2)
        pool.start()
        pool._on_message(pool._workers[0], messages.Ready())
        time.sleep(0.5)
        assert len(pool._workers) == expected
        pool.close()


def test_a_worker_that_rests_imports_what_later_jobs_need_once(monkeypatch):
    imported = []
    monkeypatch.setattr(worker, "REST", 0.01)
    monkeypatch.setattr(worker, "import_the_rest", lambda: imported.append(one._jobs.put("first")))
    one = worker.Worker(None, None)
    one._jobs.put("at once")
    assert one._next() == "at once"
    assert not imported
    assert one._next() == "first"
    threading.Timer(0.2, one._jobs.put, ("second",)).start()
    assert one._next() == "second", "it rests again, and imports nothing"
    assert len(imported) == 1


@pytest.fixture
def asked(monkeypatch):
    """What `serve.run` asks of Streamlit, which does not start."""
    asked = []
    monkeypatch.setattr(serve, "bound_threads", lambda environment: None)
    monkeypatch.setattr("streamlit.web.cli.main", lambda words, **settings: asked.append(words))
    monkeypatch.setattr(prewarm, "run", lambda: None)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return asked


def test_the_server_starts_whatever_happens_before(monkeypatch, capfd, asked):
    def fails():
        raise RuntimeError("no disk")

    monkeypatch.setattr(prewarm, "run", fails)
    assert serve.run(["--server.port=1"]) == 0
    assert asked[0][2:] == ["--server.port=1"]
    assert "no disk" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--help"], 0, "Usage: symgnn dashboard"),
        (["--bogus"], 2, "Error: No such option"),
        (["--server.port", "abc"], 2, "Error: Invalid value for '--server.port'"),
    ],
)
def test_options_are_read_before_anything_is_prepared(monkeypatch, capfd, asked, options, code, says):
    monkeypatch.setattr(prewarm, "run", lambda: pytest.fail("prepared"))
    assert serve.run(options) == code
    out, err = capfd.readouterr()
    assert says in out + err
    assert not asked
    if code:
        assert (out, len(err.splitlines())) == ("", 1)


INTERRUPTED = """
import atexit, os, signal, sys, threading, time
import streamlit.web.cli
from dashboard import prewarm, serve

def until_it_is_interrupted(*words, **settings):
    threading.Timer(.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    time.sleep(60)

place = sys.argv[1]
prewarm.run = (lambda: None) if place == "server" else until_it_is_interrupted
streamlit.web.cli.main.invoke = until_it_is_interrupted
signal.signal(signal.SIGINT, signal.default_int_handler)
atexit.register(print, "taken apart")
serve.main([])
"""


@pytest.mark.parametrize("place", ["server", "preparation"])
def test_ctrl_c_ends_the_server_quietly(place):
    """Whatever libraries would print at the end of the interpreter: freud has hundreds of lines."""
    command = [sys.executable, "-c", INTERRUPTED, place]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=REPOSITORY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "The dashboard is starting, which takes a few seconds."
    assert not done.stderr.strip()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/explanation", "page"),
        ("/under/a/prefix/topology", "page"),
        ("/", "other"),
        ("/explanation/_stcore/health", "other"),
        ("/app/static/window/main.js", "other"),
    ],
)
def test_the_document_of_a_page_names_the_server(path, expected):
    sent = []

    async def other(scope, receive, send):
        sent.append({"body": b"other"})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    asyncio.run(asgi.PageDocuments(other)(scope, None, send))
    body = sent[-1]["body"].decode()
    if expected == "other":
        assert body == "other"
    else:
        assert body.index("BACKEND_BASE_URL") < body.index('<script type="module"')


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 2), (3, 2), (4, 3), (64, 6)])
def test_the_number_of_workers_follows_the_cores(monkeypatch, cores, expected):
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(cores)))
    assert default_workers() == expected


def test_the_number_of_workers_can_be_chosen(monkeypatch):
    monkeypatch.setattr(dashboard.workers.pool, "_pool", None)
    monkeypatch.setenv("SYMGNN_DASHBOARD_WORKERS", "many")
    with pytest.raises(InputError, match="SYMGNN_DASHBOARD_WORKERS: 'many' found, expected a number"):
        shared_pool()
    monkeypatch.setenv("SYMGNN_DASHBOARD_WORKERS", "0")
    assert isinstance(shared_pool(), Here)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", None)
    monkeypatch.setenv("SYMGNN_DASHBOARD_WORKERS", "3")
    assert shared_pool().n_workers == 3
    assert not shared_pool().pids, "none is started before somebody asks"
    shared_pool().close()
