"""A model with physical inputs on a glass whose file states none."""

from dataclasses import replace

import pytest

pytest.importorskip(
    "numba", reason="energies and stresses are computed with numba: pip install symgnn[physics]"
)

from dashboard.workers.here import Here
from symgnn.io.structures import read_glass, write_extxyz
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
    assert "potential_energy, pressure, von_mises: not in the file, computed with" in told(physics.info)


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
    assert "log_mean_square_displacement: not in the file, computed with" in told(physics.info)
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
