"""The page Whole glass: it waits for a click, explains, keeps its results, and says what it cannot do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dashboard import calls
from dashboard.work.pool import shared_pool
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.methods import build_method
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.models import build_model
from tests.dashboard.conftest import use_checkpoints
from tests.dashboard.test_pages import opened, told


@pytest.fixture
def own_data(data, tmp_path, monkeypatch, app):
    """The samples in a data folder without explanations."""
    (tmp_path / "samples").symlink_to(data / "samples")
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_it_explains_when_asked_and_shows_it_at_once_later(app, own_data):
    opened(app, "whole_glass")
    assert not app.exception
    assert "90 atoms are to be explained by Gradient × weight" in told(app.markdown).replace("**", "")
    assert not app.metric
    app.button(key="explain_all").click().run()
    assert not app.exception
    assert app.metric[0].value == "90"
    assert app.query_params["atoms"] == "all"
    assert app.query_params["map_method"] == "gradient"
    assert "cross the boundary of the cell" in told(app.caption)
    shared_pool().kept.clear()  # a new session finds the files
    app.run()
    assert "explain_all" not in [button.key for button in app.button]
    assert app.metric[0].value == "90"
    table = app.dataframe[0].value
    assert len(table) == 50
    assert table["importance"].is_monotonic_decreasing


def test_the_link_chooses_what_colours_mean(app, own_data):
    opened(app, "whole_glass", map_kind="Effect (eV)", edges=7, map_method="integrated_gradients")
    app.button(key="explain_all").click().run()
    assert not app.exception
    assert app.query_params["map_kind"] == "Effect (eV)"
    assert "Of the 7 strongest edges" in told(app.caption)
    app.selectbox(key="map_method").set_value("nearest").run()
    app.button(key="explain_all").click().run()
    assert not app.exception
    assert app.query_params["map_kind"] == "Importance", "nearest edges have no sign"


def test_a_run_that_was_stopped_has_less_to_do(app, own_data, checkpoints, data, monkeypatch):
    glass = read_glass(data / "samples" / "alpha.xyz")
    model = load_checkpoint("tiny", checkpoints)
    monkeypatch.setattr(
        "dashboard.calls.explanations.predicted", lambda model, glass: np.linspace(1, 2, len(glass))
    )
    whole, seconds = calls.to_explain(model, glass, "gradient", "all")
    assert whole == 90
    assert seconds > 0

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explain_batch(
            model,
            glass,
            range(90),
            method=build_method("gradient", {}, model),
            workers=1,
            progress=stop,
        )
    assert calls.to_explain(model, glass, "gradient", "all")[0] == 90 - 16
    assert calls.to_explain(model, glass, "gradient", "top:10,bottom:10")[0] == 20


def test_a_model_without_edges_is_refused(app, own_data, tmp_path, monkeypatch):
    save_checkpoint(tmp_path / "models" / "mlp", build_model("mlp", {}), Card(model="mlp", settings={}))
    use_checkpoints(monkeypatch, tmp_path / "models")
    opened(app, "whole_glass")
    assert not app.exception
    assert "reads no edges" in told(app.error)
    assert not app.button or "explain_all" not in [button.key for button in app.button]


def test_the_archive_holds_the_maps(checkpoints, data, own_data):
    import io
    import zipfile

    from symgnn.graph.cache import cached_graph
    from symgnn.plotting.downloads import map_zip

    glass = dataclasses.replace(read_glass(data / "samples" / "alpha.xyz"), name="<b>x</b>")
    model = load_checkpoint("tiny", checkpoints)
    method = build_method("gradient", {}, model)
    batch = explain_batch(model, glass, [1, 2], method=method, workers=1)
    content = map_zip(glass, cached_graph(glass, model.cutoff, model.model.inputs), batch)
    names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert names == {
        f"glass.gradient.{end}" for end in ("importance.xyz", "pairs.csv", "edges.csv", "atoms.csv")
    }
