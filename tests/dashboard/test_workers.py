"""Worker processes: answers, progress, sharing, cancelling, and what happens when one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.workers import messages, worker
from dashboard.workers.jobs import Job
from dashboard.workers.kept import Kept
from dashboard.workers.pool import Pool
from dashboard.workers.ticket import CANCELLED, DONE, QUEUED, RUNNING, WorkFailed
from symgnn.errors import InputError
from symgnn.explanations.explain import explain
from symgnn.explanations.methods import build_method
from symgnn.homology import glass_topology
from symgnn.inference.checkpoint import load_checkpoint
from tests.conftest import REPOSITORY, make_random_glass

START = 120  # s that a worker may take to import torch on a busy machine


@pytest.fixture(scope="module")
def glass():
    return make_random_glass(200, seed=1)


@pytest.fixture(scope="module")
def model():
    return load_checkpoint("symgnn")


@pytest.fixture(scope="module")
def shared():
    """One worker that most tests use."""
    pool = Pool(1)
    yield pool
    pool.close()


@pytest.fixture
def pool(shared):
    shared.kept.clear()
    return shared


def until(condition, seconds=START):
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)


def long_job(model, glass, tmp_path, steps=100_000, key="long", resumes=False):
    """An explanation that does not end by itself."""
    method = replace(build_method("gnn_explainer", {}, model), steps=steps)
    arguments = {
        "model": model,
        "glass": glass,
        "atom": 0,
        "method": method,
        "seed": 0,
        "folder": tmp_path,
    }
    return Job("explain_atom", (key,), "Explaining atom 0", arguments, resumes=resumes)


def short_job(glass):
    return Job("surroundings", ("surroundings", glass.content_hash), "Voronoi cells", {"glass": glass})


def running(pool, job, visitor="one"):
    """The ticket of a job, once it reports."""
    ticket = pool.ask(job, visitor)
    until(lambda: ticket.status == RUNNING and ticket.fraction > 0)
    return ticket


def test_answers_are_those_of_the_library(pool, model, glass, tmp_path):
    homology = pool.ask(Job("topology", ("topology",), "Topology", {"glass": glass}), "one")
    assert homology.wait(START)
    expected = glass_topology(glass)
    assert np.array_equal(homology.result().persistence.h1.death, expected.persistence.h1.death)
    assert np.array_equal(homology.result().participation, expected.participation)
    job = long_job(model, glass, tmp_path, steps=3, key="short")
    explanation = pool.ask(job, "one")
    assert explanation.wait(START)
    alone = explain(model, glass, 0, job.arguments["method"])
    assert explanation.result().importance == pytest.approx(alone.importance, abs=1e-6)
    assert dict(explanation.result().settings) == dict(alone.settings)


def test_what_is_kept_comes_at_once(pool, glass):
    first = pool.ask(short_job(glass), "one")
    assert first.wait(START)
    again = pool.ask(short_job(glass), "two")
    assert again.status == DONE
    assert again.result() is first.result()


def test_a_refusal_of_the_input_is_an_input_error(pool, glass):
    cluster = replace(glass, pbc=[False] * 3, cell=[[0] * 3] * 3)
    for _ in range(2):  # the second time it is kept
        ticket = pool.ask(short_job(cluster), "one")
        assert ticket.wait(START)
        with pytest.raises(InputError) as caught:
            ticket.result()
        assert not isinstance(caught.value, WorkFailed)
        assert "\n" not in str(caught.value)


def test_two_who_ask_the_same_share_one_job(pool, model, glass, tmp_path):
    job = long_job(model, glass, tmp_path)
    ticket = running(pool, job, "one")
    assert pool.ask(job, "two") is ticket
    pool.leave(ticket, "one")
    time.sleep(0.3)
    assert ticket.status == RUNNING, "the other still waits for it"
    pool.leave(ticket, "two")
    assert ticket.wait(2)
    assert ticket.status == CANCELLED


def test_progress_says_how_far_it_is_and_how_long_it_takes(pool, model, glass, tmp_path):
    ticket = running(pool, long_job(model, glass, tmp_path, steps=400))
    until(lambda: ticket.remaining() is not None)
    assert 0 < ticket.remaining() < 600
    assert ticket.what.startswith("step ")
    assert ticket.what.endswith(" of 400")
    before = ticket.fraction
    until(lambda: ticket.fraction > before)
    pool.leave(ticket, "one")


def test_cancelling_stops_the_work_and_keeps_the_worker(pool, model, glass, tmp_path):
    ticket = running(pool, long_job(model, glass, tmp_path))
    (pid,) = pool.pids
    started = time.monotonic()
    pool.leave(ticket, "one")
    assert ticket.wait(2)
    assert time.monotonic() - started < 1.5
    assert ticket.status == CANCELLED
    assert pool.pids == [pid]
    assert pool.ask(short_job(glass), "one").wait(10), "the worker goes on with the next job"


def test_cancelling_what_does_not_listen_ends_the_worker(pool, glass):
    """As in C code that does not return to Python; here it is stopped altogether."""
    ticket = pool.ask(short_job(glass), "one")
    assert ticket.wait(START)
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)
    deaf = pool.ask(Job("voids", ("deaf",), "Voids", {"glass": glass}), "one")
    until(lambda: deaf.status == RUNNING)
    started = time.monotonic()
    pool.leave(deaf, "one")
    assert deaf.wait(3)
    assert time.monotonic() - started < 1.5
    assert deaf.status == CANCELLED
    until(lambda: pool.pids not in ([], [pid]))


def test_a_queued_job_is_cancelled_at_once(pool, model, glass, tmp_path):
    first = running(pool, long_job(model, glass, tmp_path))
    second = pool.ask(long_job(model, glass, tmp_path, key="second"), "two")
    third = pool.ask(long_job(model, glass, tmp_path, key="third"), "two")
    assert (second.status, third.status, third.ahead) == (QUEUED, QUEUED, 1)
    pool.leave(second, "two")
    assert second.status == CANCELLED
    assert third.ahead == 0
    pool.leave(third, "two")
    pool.leave(first, "one")
    assert first.wait(2)


def test_a_worker_that_dies_fails_its_job_in_one_line_and_another_starts(pool, model, glass, tmp_path):
    job = long_job(model, glass, tmp_path)
    ticket = running(pool, job)
    (pid,) = pool.pids
    os.kill(pid, signal.SIGKILL)
    assert ticket.wait(5)
    with pytest.raises(
        WorkFailed, match="Explaining atom 0: the process that computed it was ended by SIGKILL"
    ) as caught:
        ticket.result()
    assert "\n" not in str(caught.value)
    assert pool.ask(job, "one") is ticket, "who waited for it is told"
    assert pool.ask(short_job(glass), "one").wait(START)
    again = running(pool, job)
    assert again is not ticket
    assert pool.pids != [pid]
    pool.leave(again, "one")
    assert again.wait(3)


def test_work_that_resumes_gives_way_and_goes_on(pool, model, glass, tmp_path):
    long = running(pool, long_job(model, glass, tmp_path, resumes=True))
    short = pool.ask(short_job(glass), "two")
    assert short.wait(10), "it does not wait for the long one"
    until(lambda: long.status == RUNNING, 10)
    assert "one" in long.visitors
    pool.leave(long, "one")
    assert long.wait(3)


def test_a_job_that_nobody_looks_at_is_cancelled(pool, model, glass, tmp_path):
    ticket = running(pool, long_job(model, glass, tmp_path))
    pool.sweep(abandoned=60)
    assert ticket.status == RUNNING
    time.sleep(0.2)
    pool.look(ticket, "one")
    pool.sweep(abandoned=0.1)
    assert ticket.status == RUNNING
    time.sleep(0.2)
    pool.sweep(abandoned=0.1)
    assert ticket.wait(2)
    assert ticket.status == CANCELLED


def test_an_unexpected_error_is_one_line(pool, glass):
    ticket = pool.ask(Job("local_diagrams", ("wrong",), "Neighbourhood", {"glass": glass, "other": 1}), "one")
    assert ticket.wait(START)
    with pytest.raises(WorkFailed, match=r"Neighbourhood: unexpected [A-Za-z]*Error, see the terminal"):
        ticket.result()


def test_a_cancellation_within_a_kernel_of_numba_is_one():
    """numba raises a SystemError where its kernel is interrupted, here by `worker.Cancelled`."""

    def interrupted(report):
        raise SystemError("returned a result with an exception set") from worker.Cancelled()

    ask = messages.Ask(7, "interrupted", {}, {}, {})
    one, unpacker = worker.Worker(None, None), SimpleNamespace(glasses=lambda *a: {}, others=lambda *a: {})
    answer = one._reply(ask, {"interrupted": interrupted}, unpacker)
    assert answer == messages.Failure(7, "cancelled", cancelled=True)


def test_a_glass_travels_once(pool, glass):
    job = short_job(glass)
    assert pool.ask(job, "one").wait(START)
    from dashboard.workers.parcels import Held, pack

    held = Held(most=2)
    others = [replace(glass, name=name) for name in "abc"]
    assert [len(pack({"glass": one}, held)[1]) for one in (*others, others[2], others[0])] == [1, 1, 1, 0, 1]


def test_a_checkpoint_whose_files_have_changed_is_refused(pool, model, glass, tmp_path):
    job = long_job(replace(model, key="another"), glass, tmp_path)
    ticket = pool.ask(job, "one")
    assert ticket.wait(START)
    with pytest.raises(InputError, match="its files have changed"):
        ticket.result()


def test_workers_end_with_their_server(tmp_path):
    """Even where it is killed."""
    program = (
        "import time\nfrom dashboard.workers.process import WorkerProcess\n"
        "worker = WorkerProcess(print, print)\nprint(worker.pid, flush=True)\ntime.sleep(600)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    try:
        worker = int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    until(lambda: not alive(worker), 10)


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# ---- what is kept ----


def test_the_least_recently_used_answer_goes_first():
    kept = Kept(most=3, most_bytes=1000)
    for name in "abc":
        kept.put(name, name.upper(), 10)
    assert kept.get("a") == "A"
    kept.put("d", "D", 10)
    assert [name in kept for name in "abcd"] == [True, False, True, True]
    assert kept.n_bytes == 30


def test_answers_are_bounded_by_their_size():
    kept = Kept(most=100, most_bytes=100)
    for number in range(10):
        kept.put(number, number, 30)
    assert len(kept) == 3
    assert kept.n_bytes == 90
    kept.put("big", "big", 500)
    assert len(kept) == 1
    assert kept.get("big") == "big"
    kept.put(1, 1, 30)
    assert 1 in kept
    assert "big" not in kept
    kept.put(1, 2, 40)
    assert (kept.get(1), kept.n_bytes) == (2, 40)
