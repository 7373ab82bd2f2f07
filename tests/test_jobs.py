"""Many jobs: the same results in this process, in others and on a cluster, and nothing that outlives a run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from symgnn import interrupts, jobs
from symgnn.errors import InputError
from symgnn.extras import MissingExtra
from symgnn.jobs import WorkerLost, run_all
from tests.conftest import REPOSITORY

JOBS = [3, 1, 4, 1, 5, 9, 2, 6]


@dataclass(frozen=True, eq=False)
class Power:
    """Work with much to send: a table of 4 MB."""

    table: np.ndarray

    def compute(self, job: int) -> tuple[float, int]:
        return float(self.table[job] ** 0.3), os.getpid()


@pytest.fixture(params=["one", "two", "cluster"])
def where(request):
    """Options of run_all."""
    if request.param == "cluster":
        return {"scheduler": request.getfixturevalue("cluster").address}
    return {"workers": {"one": 1, "two": 2}[request.param]}


def test_the_same_results_everywhere(where):
    work = Power(np.arange(500_000.0))
    results = list(run_all(work.compute, JOBS, **where))
    assert sorted(job for job, _ in results) == sorted(JOBS)
    assert all(value == job**0.3 for job, (value, _) in results)
    processes = {process for _, (_, process) in results}
    assert (processes == {os.getpid()}) == (where == {"workers": 1})
    assert list(run_all(work.compute, [], **where)) == []


def test_a_run_within_a_job_stays_in_its_process():
    """The other cores have jobs of their own."""
    results = list(run_all(processes_of_a_run, [0, 1, 2], workers=2))
    assert all(inside == {process} for _, (process, inside) in results)


def processes_of_a_run(job: int) -> tuple[int, set[int]]:
    return os.getpid(), {process for _, process in run_all(own_process, [0, 1])}


def own_process(job: int) -> int:
    return os.getpid()


def test_a_cluster_of_one_worker_computes_there_and_takes_others_in(tmp_path):
    """joblib itself would compute here where a cluster has one core; one that joins later has its part."""
    pytest.importorskip("distributed")
    from tests.dask_cluster import cluster_of

    with cluster_of(1, tmp_path) as cluster:
        processes = []
        for _, process in run_all(slow, range(100), scheduler=cluster.address):
            processes.append(process)
            if len(processes) == 2:
                cluster.add_worker()
            if len(set(processes)) == 2:
                break
    assert os.getpid() not in processes
    assert len(set(processes)) == 2


def slow(job: int) -> int:
    time.sleep(0.3)
    return os.getpid()


def test_jobs_are_shared_out(cluster):
    for where in ({"workers": 2}, {"scheduler": cluster.address}):
        processes = set()
        for _, process in run_all(slow, range(200), **where):
            processes.add(process)
            if len(processes) == 2:
                break
        assert len(processes) == 2


def threads(job: int) -> tuple[int, str | None, str | None]:
    import torch

    return torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS"), os.environ.get("OMP_WAIT_POLICY")


def test_workers_have_one_thread_and_do_not_spin(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    jobs_of_workers = dict(run_all(threads, [0, 1, 2], workers=2))
    assert set(jobs_of_workers.values()) == {(1, "1", "PASSIVE")}
    assert "OMP_WAIT_POLICY" not in os.environ


def fails(job: int) -> int:
    if job == 3:
        raise InputError("atom 3: no")
    time.sleep(0.2)
    return job


def test_what_a_job_raises_ends_the_run(where):
    done = []
    with pytest.raises(InputError, match="atom 3: no"):
        done.extend(run_all(fails, [3, *range(10, 40)], **where))
    assert len(done) < 30


def note(job: Path) -> Path:
    time.sleep(0.2)
    job.touch()
    return job


def test_who_leaves_the_loop_leaves_no_work_behind(tmp_path, recwarn):
    for _ in run_all(note, [tmp_path / f"{job}" for job in range(30)], workers=2):
        break
    time.sleep(0.5)
    started = len(list(tmp_path.iterdir()))
    time.sleep(0.7)
    assert len(list(tmp_path.iterdir())) == started < 10
    assert not recwarn.list


def dies(job: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_ends_the_run_in_one_line():
    with pytest.raises(WorkerLost, match=r"^a worker process was killed, .* fewer workers need less$"):
        list(run_all(dies, [1, 2], workers=2))


def dies_once(marker: Path) -> Path:
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker


def test_a_cluster_goes_on_without_a_worker_that_is_lost(cluster, tmp_path):
    cluster.add_worker()
    work = [tmp_path / "marker"] * 4
    assert [job for job, _ in run_all(dies_once, work, scheduler=cluster.address)] == work


def test_an_address_without_a_scheduler_is_refused(monkeypatch, capfd):
    pytest.importorskip("distributed")
    monkeypatch.setattr(jobs, "SCHEDULER_SECONDS", 0.5)
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1:x"):
        with pytest.raises(
            InputError, match=rf"^{address}: no Dask scheduler answers, expected .*host:8786$"
        ):
            list(run_all(fails, [1], scheduler=address))
    assert capfd.readouterr().err == ""


def test_a_scheduler_without_workers_is_refused(monkeypatch, tmp_path):
    pytest.importorskip("distributed")
    from tests.dask_cluster import cluster_of

    monkeypatch.setattr(jobs, "SCHEDULER_SECONDS", 60)  # a busy machine starts it late
    monkeypatch.setattr(jobs, "WORKER_SECONDS", 0.5)
    with (
        cluster_of(0, tmp_path) as empty,
        pytest.raises(
            InputError, match=r"has no workers, expected at least one: dask worker .* --nthreads 1$"
        ),
    ):
        list(run_all(fails, [1], scheduler=empty.address))


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"^a Dask scheduler needs distributed.*symgnn\[cluster\]$"):
        list(run_all(fails, [1], scheduler="tcp://here:1"))


@pytest.mark.parametrize("options", [{"workers": 0}, {"workers": 2, "scheduler": "tcp://here:1"}])
def test_options_that_make_no_sense(options):
    with pytest.raises(InputError, match="workers found"):
        list(run_all(fails, [1], **options))


def test_a_swallowed_ctrl_c_still_ends_a_run():
    before = signal.getsignal(signal.SIGINT)
    with interrupts.remembered():
        results = run_all(abs, [-1, -2, -3], workers=1)
        assert next(results) == (-1, 1)
        with suppress(KeyboardInterrupt):  # as Python does in a callback of a weak reference
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        with pytest.raises(KeyboardInterrupt):
            next(results)
    assert list(run_all(abs, [-1], workers=1)) == [(-1, 1)], "forgotten after the command"
    assert signal.getsignal(signal.SIGINT) is before


RUN = """
import os, sys, time
from pathlib import Path
from symgnn.jobs import run_all

def work(folder):
    Path(folder, str(os.getpid())).touch()
    time.sleep(300)

for _ in run_all(work, [sys.argv[1]] * 4, workers=2):
    pass
"""


def test_no_worker_survives_its_parent(tmp_path):
    """Killed, a run cannot end its workers: they notice by themselves."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], env=environment) as run:
        workers = wait_for(lambda: [int(path.name) for path in tmp_path.iterdir()], 2)
        assert all(map(is_running, workers))
        run.kill()
    wait_for(lambda: [pid for pid in workers if not is_running(pid)], 2)


COMMAND = "from symgnn.cli import main; main()"
SAMPLE = REPOSITORY / "data" / "samples" / "Cu64Zr36_1000_1e13.xyz"


def test_ctrl_c_ends_quietly_and_says_what_is_kept(tmp_path):
    """Ctrl-C of a terminal reaches the workers, too."""
    arguments = [
        "explain",
        str(SAMPLE),
        "--atoms",
        "all",
        "--method",
        "integrated_gradients",  # not over before the signal
        "--setting",
        "points=5",
        "--workers",
        "2",
        "-o",
        str(tmp_path),
    ]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "SYMGNN_CACHE": str(tmp_path / "cache")}
    run = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments], env=environment, stderr=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: list((tmp_path / "cache" / "explanations").glob("shard-*.npz")), 1)
    session = members_of(run.pid)
    assert len(session) >= 3, "the command and two workers"
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=180)
    assert run.returncode == 130, err
    assert out == ""
    said = [line for line in err.splitlines() if "Explaining atoms" not in line and line.strip()]
    assert said == ["What is finished is kept: the same command goes on where it stopped.", "Cancelled."]
    wait_for(lambda: [pid for pid in session if not is_running(pid)], len(session))


def wait_for(values, count: int):
    """values() once it has `count` of them."""
    deadline = time.monotonic() + 180
    while len(values()) < count:
        assert time.monotonic() < deadline, values()
        time.sleep(0.05)
    return values()


def members_of(session: int) -> list[int]:
    """Processes of a session that runs."""
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = path.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_session) == session and state != "Z":
            members.append(int(path.parent.name))
    return members


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
