"""The page Explanation: a verdict of the edges that are shown, methods beside chance, costs before they arise."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from dashboard import calls
from symgnn.explanations.overlap import overlap
from symgnn.explanations.verdict import verdict
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.models import build_model
from tests.dashboard.conftest import SETTINGS, use_checkpoints
from tests.dashboard.test_pages import opened, told

NETWORK = {"model": "symgnn", "settings": SETTINGS["symgnn"]}


@pytest.fixture
def asked(checkpoints, data):
    return load_checkpoint("tiny", checkpoints), read_glass(data / "samples" / "beta.xyz")


def test_the_verdict_is_that_of_the_k_and_the_draws_that_are_chosen(app, asked):
    opened(app, "explanation", glass="beta", atom=4, k=9, draws=200)
    assert not app.exception
    explained = calls.explanation(*asked, 4, seed=0, method="gradient")
    result = verdict(calls.tested(*asked, explained, k=9, draws=200))
    assert (result.k, result.draws) == (9, 200)
    assert result.text in told(app.markdown)
    assert f"{result.answer}]" in told(app.markdown)


def test_more_draws_are_offered_where_they_decide(app, monkeypatch):
    really = calls.tested

    def no_draw_reaches_it(model, glass, explained, *, k, draws):
        explained = really(model, glass, explained, k=k, draws=20)
        numbers = {"k": k, "draws": draws, "k_others": k, "remove_top_p": 1 / (1 + draws)}
        return replace(explained, fidelity={**explained.fidelity, **numbers})

    def offered():
        return [button for button in app.button if button.key == "more_draws"]

    monkeypatch.setattr(calls, "tested", no_draw_reaches_it)
    opened(app, "explanation", glass="beta", atom=4, k=9)
    assert "badge[yes, at the limit]" in told(app.markdown)
    offered()[0].click().run()
    assert not app.exception
    assert app.query_params["draws"] == "200"
    assert "badge[yes]" in told(app.markdown)
    assert not offered()


def test_an_explanation_is_tested_once(asked):
    """The edges are there before the test; the usual test is kept with them, as the command line does."""
    explained = calls.explanation(*asked, 4, seed=0, method="gradient")
    assert not explained.fidelity
    tested = calls.tested(*asked, explained, k=50, draws=20)
    assert (tested.fidelity["k"], tested.fidelity["draws"]) == (50, 20)
    assert calls.tested(*asked, tested, k=50, draws=20) is tested
    kept = calls.finished_explanation(*asked, 4, seed=0, method="gradient")
    assert kept.fidelity == tested.fidelity
    calls.tested(*asked, explained, k=7, draws=20)
    assert calls.finished_explanation(*asked, 4, seed=0, method="gradient").fidelity["k"] == 50


def test_methods_stand_side_by_side_with_their_overlap(app, asked):
    opened(app, "explanation", glass="beta", atom=4, k=10, beside="nearest,integrated_gradients")
    assert not app.exception
    first, second = (calls.explanation(*asked, 4, seed=0, method=name) for name in ("gradient", "nearest"))
    shared = overlap(first, second, asked[1], k=10).shared
    assert f"names {shared} of the same 10 edges" in told(app.caption)
    assert "random edges would share" in told(app.caption)
    app.segmented_control(key="evidence").set_value("methods").run()
    table = app.dataframe[0].value
    assert len(table) == 3, "every two of the three"
    assert table["shared"].iloc[0] == shared
    assert app.query_params["beside"] == "nearest,integrated_gradients"


def test_a_method_in_the_link_that_is_none_is_told(app):
    opened(app, "explanation", beside="nearest,tea")
    assert not app.exception
    assert "nearest,tea" in told(app.warning)
    assert app.multiselect(key="beside").value == []


@pytest.fixture
def committee(app, monkeypatch, tmp_path):
    """The dashboard with a committee of two models alone."""
    return with_committee(app, monkeypatch, tmp_path, NETWORK, NETWORK)


def with_committee(app, monkeypatch, tmp_path, *members: dict):
    settings = {"members": list(members)}
    torch.manual_seed(0)
    model = build_model("committee", settings)
    model.set_target_scale(torch.tensor([1.3, 1.6, 1.9]))
    save_checkpoint(tmp_path / "models" / "both", model, Card(model="committee", settings=settings))
    use_checkpoints(monkeypatch, tmp_path / "models")
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    return app


def test_a_committee_says_what_it_costs_before_it_starts(committee, monkeypatch):
    monkeypatch.setattr(calls, "seconds_to_explain", lambda *question: 75.0)
    app = opened(committee, "explanation", atom=6)
    assert not app.exception
    assert "committee of 2 models" in told(app.markdown)
    assert "about 75 s" in told(app.markdown)
    assert "matter more than matched control" not in told(app.markdown)
    app.button(key="explain_by_committee").click().run()
    assert not app.exception
    assert "matter more than matched control" in told(app.markdown)
    app.run()
    assert "explain_by_committee" not in [button.key for button in app.button]


def test_the_chosen_method_comes_back_where_it_works(app, monkeypatch):
    every = calls.methods_of_atom

    def of_atom(model, glass):
        return [name for name in every(model, glass) if name != "occlusion" or glass.name == "alpha"]

    monkeypatch.setattr(calls, "methods_of_atom", of_atom)
    opened(app, "explanation", atom=4)
    app.selectbox(key="method").select("occlusion").run()
    for page in ("physics", "topology", "explanation"):
        app.switch_page(f"app_pages/{page}.py").run()
    assert app.selectbox(key="method").value == "occlusion"
    app.selectbox(key="glass").select("beta").run()
    assert app.query_params["method"] == "gradient", "which works for beta"
    app.switch_page("app_pages/topology.py").run()
    app.selectbox(key="glass").select("alpha").run()
    app.switch_page("app_pages/explanation.py").run()
    assert app.selectbox(key="method").value == app.query_params["method"] == "occlusion"
    app.selectbox(key="glass").select("beta").run()
    app.selectbox(key="method").select("nearest").run()
    app.selectbox(key="glass").select("alpha").run()
    assert app.query_params["method"] == "nearest", "chosen since"


def test_a_member_of_a_committee_that_reads_no_edges_is_named(app, monkeypatch, tmp_path):
    blind = {"model": "mlp", "settings": {"width": 8}}
    opened(
        with_committee(app, monkeypatch, tmp_path, NETWORK, blind), "explanation", atom=6, method="gradient"
    )
    assert not app.exception
    assert "mean of symgnn and mlp; mlp reads no edges" in told(app.caption)


def test_the_cost_grows_with_the_methods_passes(asked):
    fast, slow = (calls.seconds_to_explain(*asked, 4, method) for method in ("gradient", "occlusion"))
    assert 0 < fast < slow
