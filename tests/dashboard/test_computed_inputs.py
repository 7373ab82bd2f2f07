"""A model with physical inputs on a glass whose file states none."""

from dataclasses import replace

import pytest

pytest.importorskip(
    "numba", reason="energies and stresses are computed with numba: pip install symgnn[physics]"
)

from dashboard import calls
from dashboard.calls import barriers
from dashboard.workers.here import Here
from dashboard.workers.tasks import TASKS
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.physical_inputs import VIBRATIONS
from symgnn.recently_used import RecentlyUsed
from symgnn.simulate import vibrations
from tests.conftest import REPOSITORY
from tests.dashboard.conftest import use_checkpoints
from tests.dashboard.test_pages import opened, told


@pytest.fixture(params=["ridge-physics"])
def physics(app, monkeypatch, tmp_path, request):
    """The dashboard with the checkpoint ridge-physics and the glass bare."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / request.param).symlink_to(REPOSITORY / "checkpoints" / request.param)
    use_checkpoints(monkeypatch, tmp_path / "models")
    glass = read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz")
    write_extxyz(tmp_path / "samples" / "bare.xyz", replace(glass, properties={}, name="bare"))
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    return app


@pytest.mark.parametrize("page", ["structure", "explanation", "compare"])
def test_pages_compute_them_and_say_so(physics, page):
    opened(physics, page, glass="bare", method="gradient")
    assert not physics.exception
    assert not physics.error
    assert "potential energy, pressure, von Mises stress: not in the file, computed with" in told(
        physics.info
    )


@pytest.mark.parametrize("physics", ["ridge-flexibility"], indirect=True)
def test_what_takes_long_is_computed_by_a_worker(physics, monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    for name in ("SETTLING", "SAMPLES"):
        monkeypatch.setattr(vibrations, name, 3)
    asked, ask = [], Here.ask
    monkeypatch.setattr(
        Here, "ask", lambda pool, job, visitor: asked.append(job.kind) or ask(pool, job, visitor)
    )
    opened(physics, "structure", glass="bare")
    assert not physics.exception
    assert not physics.error
    assert asked.count("vibrate") == 1
    assert list((tmp_path / "cache" / "vibrations").glob("*.npz"))
    physics.run()
    assert "log mean-square displacement: not in the file, computed with" in told(physics.info)
    assert asked.count("vibrate") == 1


def test_the_whole_glass_is_explained_with_them(physics):
    opened(physics, "whole_glass", map_kind="importance", atoms="top:100,bottom:100", map_method="nearest")
    assert not physics.error
    physics.button(key="explain_all").click().run()
    assert not physics.exception
    assert not physics.error
    assert "200 atoms explained" in physics.title[0].value


def test_a_glass_for_which_they_cannot_be_computed_is_one_clear_line(app, monkeypatch, data, tmp_path):
    (tmp_path / "ridge-physics").symlink_to(REPOSITORY / "checkpoints" / "ridge-physics")
    use_checkpoints(monkeypatch, tmp_path)
    for page in ("structure", "explanation", "topology", "compare"):
        opened(app, page, glass="alpha")  # its cell is thinner than two cutoffs of the potential
        assert not app.exception
        assert "per-atom properties potential_energy, pressure, von_mises not found" in told(
            [*app.error, *app.info]
        )


def test_vibrations_are_computed_by_a_worker_for_each_glass(app, monkeypatch, tmp_path):
    for name, value in {"SETTLING": 1, "SAMPLES": 2, "BETWEEN": 1}.items():
        monkeypatch.setattr(vibrations, name, value)
    monkeypatch.setattr("symgnn.physical_inputs._fields", RecentlyUsed(4))  # nothing of other tests
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))
    jobs, told = [], []

    def answer(job):
        jobs.append(job)
        TASKS[job.kind](lambda *step: told.append(step), **job.arguments)

    monkeypatch.setattr(barriers, "answer", answer)
    model = load_checkpoint("ridge-flexibility", REPOSITORY / "checkpoints")
    sample = read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz")
    bare = replace(sample, properties={})
    assert calls.takes_long(model, bare)
    assert VIBRATIONS in calls.readable(model, bare).properties
    assert told == [(0.5, "5 of 10 ps"), (1.0, "10 of 10 ps")]
    assert not calls.takes_long(model, bare)
    calls.readable(model, bare)
    assert len(jobs) == 1
    calls.readable(model, replace(bare, positions=bare.positions + 0.01))
    assert len({job.key for job in jobs}) == 2
