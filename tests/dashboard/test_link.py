"""The link: written once a run, kept by the browser, and all of its parameters are taken or named."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy

import dashboard.workers.pool
from dashboard import calls, session, waiting
from dashboard.workers.here import Here
from dashboard.workers.jobs import Job
from dashboard.workers.ticket import Ticket
from tests.conftest import REPOSITORY
from tests.dashboard.test_pages import PAGES, opened, told

LINK = REPOSITORY / "dashboard" / "link" / "link.js"


class Busy(Here):
    """A pool that is at work and never done."""

    def ask(self, job: Job, visitor: str) -> Ticket:
        ticket = Ticket(job)
        ticket.start()
        ticket.report(0.25, "step 1 of 4")
        return ticket


@pytest.fixture
def written(monkeypatch) -> list[dict]:
    """Notes what is written into the URL, one entry for each entry of the browser's history."""
    notes, update = [], QueryParamsProxy.update
    monkeypatch.setattr(
        QueryParamsProxy, "update", lambda self, texts: notes.append(dict(texts)) or update(self, texts)
    )
    return notes


@pytest.mark.parametrize("page", PAGES)
def test_a_run_writes_the_link_once(app, written, page):
    if page != "structure":
        app.run()
        app.switch_page(f"app_pages/{page}.py")
        written.clear()
    app.run()
    assert len(written) == 1
    app.run()
    assert len(written) == 1, "nothing has changed"
    app.number_input(key="atom").set_value(5).run()
    assert len(written) == 2
    assert app.query_params["atom"] == "5"


def test_a_click_before_the_browser_has_written_the_link_counts_and_a_step_back_does_too(app):
    opened(app, glass="beta", atom=3)
    app.number_input(key="atom").set_value(5).run()
    app.query_params["atom"] = "3"  # the browser's URL is still the earlier one
    app.number_input(key="atom").set_value(7).run()
    assert app.query_params["atom"] == "7"
    app.query_params["atom"] = "3"  # and nothing else has changed: a step back
    app.run()
    assert app.number_input(key="atom").value == 3
    app.query_params["atom"] = "11"  # a link that was never ours
    app.number_input(key="atom").set_value(8).run()
    assert app.number_input(key="atom").value == 11


def test_a_run_that_a_page_asks_for_before_the_browser_has_written_the_link_is_no_step_back(app):
    """A progress bar that asks for news sends the URL that the browser has, which is the earlier one if it is slow."""
    opened(app, glass="beta", atom=3)
    app.number_input(key="atom").set_value(5).run()
    app.query_params["atom"] = "3"
    app.session_state["_again"] = True
    app.run()
    assert app.number_input(key="atom").value == 5
    assert app.query_params["atom"] == "5"
    app.query_params["atom"] = "3"
    app.run()
    assert app.number_input(key="atom").value == 3, "a step back"


def test_pages_run_again_by_one_function():
    """`session.run_again`, which tells what the browser did not ask for."""
    files = [
        path
        for path in (REPOSITORY / "dashboard").rglob("*.py")
        if "st.rerun(" in path.read_text(encoding="utf-8")
    ]
    assert [path.name for path in files] == ["session.py"]


def test_the_view_of_the_window_is_no_change_of_the_link(app):
    opened(app, glass="beta", atom=3)
    app.number_input(key="atom").set_value(5)
    app.query_params["view"] = "color:label"
    app.run()
    assert app.query_params["atom"] == "5", "the link's atom 3 has been taken over before"
    assert app.query_params["view"] == "color:label"
    assert not app.warning


def test_every_bad_parameter_is_named(app):
    opened(app, "whole_glass", atoms="<b>", map_method="zzz", map_kind="x", atom="x", other="1")
    text = told(app.warning)
    for words in (
        "atoms = **<b>**",
        "map_method = **zzz**",
        "map_kind = **x**",
        "atom **x**",
    ):
        assert words in text
    assert "**other**" in text
    assert len(app.warning) == 5
    app.run()
    assert not app.warning, "it is said once"


def test_parameters_are_those_that_pages_read():
    read = set()
    for path in (REPOSITORY / "dashboard").rglob("*.py"):
        read |= set(re.findall(r'session\.seed\(\s*"(\w+)"', path.read_text(encoding="utf-8")))
    assert read <= session.PARAMETERS


def test_a_page_that_waits_keeps_what_the_link_says(app, monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Busy())
    opened(app, "explanation", atom=3, k=7, other="1")
    assert not app.exception
    assert "These 7 edges matter" not in told(app.markdown)
    assert "**other**" in told(app.warning)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Here())
    app.run()
    assert "These 7 edges matter" in told(app.markdown)
    assert app.session_state["k"] == 7
    assert app.query_params["k"] == "7"
    assert "**other**" in told(app.warning), "who waited has not read it yet"
    app.run()
    assert not app.warning


def test_the_papers_glasses_are_listed_where_they_are(raw_data, monkeypatch):
    monkeypatch.setenv("SYMGNN_RAW_DATA", str(raw_data))
    assert calls.glass_files()["test0"] == raw_data / "test0.pickle"
    monkeypatch.setenv("SYMGNN_RAW_DATA", str(raw_data / "nowhere"))
    assert "test0" not in calls.glass_files()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("here", "target", "url", "replaces"),
    [
        ("/", "/?glass=a&atom=0", "/?glass=a&atom=0", "true"),  # the first visit
        ("/?glass=a&atom=0", "/?glass=a&atom=1", "/?glass=a&atom=1", "false"),  # a step
        ("/?glass=a", "/explanation", "/explanation", "false"),  # another page, and its link
        ("/explanation", "/explanation?glass=a", "/explanation?glass=a", "true"),
        ("/?glass=a&view=x", "/?glass=b", "/?glass=b&view=x", "false"),  # the window's own
        ("/?glass=a&view=new", "/?glass=b&view=old", "/?glass=b&view=new", "false"),
        ("/?glass=a", "/?glass=b&view=old", "/?glass=b", "false"),
    ],
)
def test_one_step_is_one_entry_of_the_history(here, target, url, replaces):
    program = (
        f"import({LINK.as_uri()!r}).then(({{ entry }}) => {{\n"
        f"  const made = entry('http://localhost:1' + {here!r}, {target!r});\n"
        "  console.log(made.url, made.replaces); });"
    )
    result = subprocess.run(["node", "-e", program], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.split() == [url, replaces]
