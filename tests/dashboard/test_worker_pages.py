"""Pages and workers together: a bar while it takes, cancel, several sessions at once."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

import dashboard.workers.pool
from dashboard import calls, waiting
from dashboard import window as linked
from dashboard.workers.here import Here
from dashboard.workers.jobs import Job
from dashboard.workers.pool import Pool
from dashboard.workers.ticket import Ticket
from tests.conftest import REPOSITORY
from tests.dashboard.test_link import Busy
from tests.dashboard.test_pages import opened, told

SESSIONS = 10


@pytest.fixture(scope="module")
def workers():
    pool = Pool(1)
    pool.start()
    yield pool
    pool.close()


def another(atom: int) -> AppTest:
    """A session on the page Explanation."""
    app = AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=120)
    return opened(app, "explanation", atom=atom, k=atom + 1)


def title(app) -> str:
    return app.title[0].value.replace("\\", "")


def is_answered(app) -> bool:
    """Whether the last answer that the page waits for is there: what the window does not show stands below it."""
    return any(control.key == "evidence" for control in app.segmented_control)


def test_ten_sessions_at_once_get_their_own_answers(app, workers, monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))
    monkeypatch.setattr(waiting, "PATIENCE", 0.02)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", workers)
    atoms = [3, 3, *range(4, 4 + SESSIONS - 2)]
    sessions = [another(atom) for atom in atoms]
    assert len(workers._tickets) <= SESSIONS - 1, "two want the same"
    deadline = time.monotonic() + 240
    waiting_for = set(range(SESSIONS))
    while waiting_for:
        assert time.monotonic() < deadline
        for number in list(waiting_for):
            sessions[number].run()
            assert not sessions[number].exception
            assert not sessions[number].error
            if is_answered(sessions[number]):
                waiting_for.discard(number)
        time.sleep(0.3)  # the worker needs the processor more than pages that wait
    for atom, one in zip(atoms, sessions, strict=True):
        assert f"Atom {atom} " in title(one)
        assert one.session_state["k"] == atom + 1
        assert one.query_params["atom"] == str(atom)
    assert not workers._tickets
    assert not workers._running


def test_a_newer_click_ends_the_wait_for_an_answer(monkeypatch):
    class Newer(BaseException):
        pass

    def newer():
        raise Newer

    monkeypatch.setattr(waiting, "PATIENCE", 60)
    monkeypatch.setattr(waiting, "GLANCE", 0.01)
    monkeypatch.setattr(waiting, "_cancelled", newer)  # reads the session's state
    ticket = Ticket(Job("explain", ("key",), "Explaining", {}))
    with pytest.raises(Newer):
        waiting._soon(ticket)
    ticket.finish(1)
    assert waiting._soon(ticket)


def test_a_page_shows_how_far_it_is_and_can_be_cancelled(app, monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Busy())
    opened(app, "explanation", atom=3)
    assert not app.exception
    assert "Atom 3" in title(app), "what needs no answer is there"
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("Explaining atom 3: step 1 of 4, about ")
    assert bar.proto.value == 25
    assert (app.query_params["atom"], app.query_params["method"]) == ("3", "gradient")
    app.button(key="cancel_job").click().run()
    assert not app.exception
    assert "Explaining atom 3: cancelled." in told(app.caption)
    assert not app.get("progress")
    app.run()
    assert not app.get("progress"), "it is not asked again by itself"
    app.number_input(key="atom").set_value(4).run()
    assert len(app.get("progress")) == 1, "another question"
    app.number_input(key="atom").set_value(3).run()
    app.button(key="go_on_explain_atom").click().run()
    assert len(app.get("progress")) == 1


def test_a_job_that_fails_is_one_line_on_the_page(app, workers, monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 60)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", workers)
    monkeypatch.setattr("dashboard.workers.pool.pack", lambda arguments, held: ({"other": 1}, {}))
    opened(app, "topology")
    assert not app.exception
    (error,) = app.error
    assert "Topology: unexpected TypeError, see the terminal" in error.value.replace("\\", "")


def test_a_large_glass_is_drawn_before_it_is_predicted(app, monkeypatch):
    mounted, mount = [], linked.mount_window

    def noted(name, dataset, *given, **more):
        mounted.append((dataset, more))
        return mount(name, dataset, *given, **more)

    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    monkeypatch.setattr(calls.barriers, "MOMENT", 0.0)
    monkeypatch.setattr(calls.glasses, "FEW_ATOMS", 0)
    monkeypatch.setattr(linked, "mount_window", noted)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Busy())
    opened(app)
    assert not app.exception
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("Predicting barriers")
    dataset, more = mounted[-1]
    assert more["default"] == {"color": "element"}
    assert b'"barrier"' not in dataset.content
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Here())
    app.run()
    assert not app.exception
    assert not app.get("progress")
    dataset, more = mounted[-1]
    assert more["default"] == {"color": "barrier"}
    assert b'"barrier"' in dataset.content
    assert b'"voronoi"' in dataset.content
    runs = len(mounted)
    app.run()
    assert len(mounted) == runs + 1, "nothing more is waited for"
