"""The page Whole glass: it waits for a click, explains, keeps its results, and says what it cannot do."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from dashboard import calls, window
from dashboard.workers.pool import shared_pool
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


@pytest.fixture
def mounted(monkeypatch) -> list[dict]:
    """What the page hands to the linked window: name, header of the glass, header of the edges, defaults."""
    calls_of, original = [], window.mount_window

    def mount(name, glass, frame, **how):
        calls_of.append(
            {"name": name, "glass": header(glass), "edges": header(how["edges"]), **how["default"]}
        )
        return original(name, glass, frame, **how)

    monkeypatch.setattr(window, "mount_window", mount)
    return calls_of


def header(dataset) -> dict:
    length = int.from_bytes(dataset.content[:4], "little")
    return json.loads(dataset.content[4 : 4 + length])


def column(shown: dict, name: str) -> dict:
    (own,) = (column for column in shown["glass"]["columns"] if column["name"] == name)
    return own


def test_it_opens_with_the_exact_signed_map(app, own_data, mounted):
    opened(app, "whole_glass")
    assert not app.exception
    assert not app.error
    assert {key: app.query_params[key] for key in ("map_kind", "map_method")} == {
        "map_kind": "effect", "map_method": "gradient",
    }  # fmt: skip
    assert "exact effect of" in app.title[0].value
    assert "explain_all" not in [button.key for button in app.button]
    shown = mounted[-1]
    assert shown["color"] == shown["edgeSet"] == shown["up"] == "effect"
    (effects,) = shown["edges"]["sets"]
    atoms = column(shown, "effect")
    assert (atoms["unit"], effects["unit"]) == ("eV", "eV"), "one bar each"
    assert effects["scale"] == "diverging"
    assert effects["range"][0] == -effects["range"][1]
    assert (atoms["scale"] == "sequential") == (atoms["range"][0] * atoms["range"][1] >= 0), (
        "effects of one sign"
    )
    table = app.dataframe[0].value
    assert len(table) == 50
    assert table["effect_eV"].abs().is_monotonic_decreasing
    assert app.selectbox(key="map_method").options == [
        "Gradient × weight",
        "Stretched edges",
        "Integrated gradients",
    ]


def test_it_explains_all_atoms_when_asked_and_shows_them_at_once_later(app, own_data, mounted):
    opened(app, "whole_glass", map_kind="importance")
    assert not app.exception
    assert "90 atoms are to be explained by Gradient × weight" in told(app.markdown).replace("**", "")
    assert mounted[-1]["color"] == "effect", "the signed map is shown meanwhile"
    app.button(key="explain_all").click().run()
    assert not app.exception
    assert "90 atoms explained" in app.title[0].value
    assert app.query_params["atoms"] == "all"
    shown = mounted[-1]
    assert shown["color"] == shown["edgeSet"] == shown["up"] == "importance"
    assert [one["name"] for one in shown["edges"]["sets"]] == ["importance", "effect"]
    shared_pool().kept.clear()  # a new session finds the files
    app.run()
    assert "explain_all" not in [button.key for button in app.button]
    table = app.dataframe[0].value
    assert len(table) == 50
    assert table["importance"].is_monotonic_decreasing


def test_a_method_without_sign_has_importance_alone(app, own_data, mounted):
    opened(app, "whole_glass", map_kind="importance", map_method="nearest")
    app.button(key="explain_all").click().run()
    assert not app.exception
    assert [one["name"] for one in mounted[-1]["edges"]["sets"]] == ["importance"]
    app.segmented_control(key="map_kind").set_value("effect").run()
    assert not app.exception
    assert app.query_params["map_method"] == "gradient", "nearest edges have no sign"


def test_an_atom_that_is_clicked_stays_in_the_map(app, own_data, mounted):
    opened(app, "whole_glass", atom=7)
    before = mounted[-1]["edges"]["digest"]
    app.number_input(key="atom").set_value(8).run()
    assert mounted[-1]["edges"]["digest"] == before, "the map travels once"
    assert app.query_params["atom"] == "8"


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


def test_the_archive_of_the_signed_map_holds_its_files(checkpoints, data, own_data):
    import io
    import zipfile

    from symgnn.plotting.downloads import signed_map_zip

    glass = read_glass(data / "samples" / "alpha.xyz")
    model = load_checkpoint("tiny", checkpoints)
    content = signed_map_zip(glass, calls.signed_map(model, glass, "gradient"))
    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) == {
        "glass.gradient.map.xyz", "glass.gradient.map.csv",
    }  # fmt: skip
