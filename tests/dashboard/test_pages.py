"""Every page runs, says what it should, and names its selection in the link."""

from __future__ import annotations

import dataclasses
import importlib
import inspect

import pytest
import torch

from dashboard import calls, pages
from symgnn.explanations.explanation import Explanation
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.io.structures import write_extxyz
from symgnn.models import build_model
from tests.conftest import REPOSITORY, make_random_glass
from tests.dashboard.conftest import STEPS, use_checkpoints

PAGES = tuple(page.name for page in pages.PAGES)


def opened(app, page="structure", **link):
    """The app after its first run on a page with a link."""
    if page != "structure":
        app.run()
        app.switch_page(f"app_pages/{page}.py")
    for key, value in link.items():
        app.query_params[key] = str(value)
    return app.run()


def told(messages) -> str:
    return " ".join(message.value for message in messages).replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_without_exception_or_warning(app, page):
    opened(app, page)
    assert not app.exception
    assert bool(app.error) == (page == "physics")  # these glasses are no minima of the potential
    if page != "your_glass":  # which warns of a glass like this, unlike those that were trained on
        assert not app.warning
    assert app.title


def test_first_visit_names_glass_checkpoint_and_atom_in_the_link(app):
    app.run()
    assert {key: app.query_params[key] for key in ("glass", "checkpoint", "atom")} == {
        "glass": "alpha", "checkpoint": "tiny", "atom": "0",
    }  # fmt: skip


def test_link_selects_and_is_kept(app):
    opened(app, glass="beta", atom=17)
    assert app.title[0].value.startswith("beta ")
    assert app.number_input(key="atom").value == 17
    assert app.query_params["atom"] == "17"


def test_what_the_window_writes_into_the_link_changes_no_choice_of_the_page(app):
    opened(app, glass="beta", atom=17)
    app.number_input(key="atom").set_value(4)
    app.query_params["view"] = "color:label"
    app.run()
    assert app.number_input(key="atom").value == 4
    assert app.query_params["view"] == "color:label"


def test_page_keeps_the_selection_of_another_page(app):
    opened(app, glass="beta", atom=17)
    app.switch_page("app_pages/topology.py").run()
    assert "beta" in app.title[0].value
    assert app.query_params["atom"] == "17"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ({"glass": "gamma"}, "a glass **gamma**"),
        ({"glass": "upload-mine-xyz-12345678"}, "uploaded glass, **upload-mine-xyz-12345678**"),
        ({"atom": "90"}, "atoms 0 to 89; showing atom 0"),
        ({"atom": "zero"}, "atom **zero**"),
        ({"checkpoint": "big"}, "a checkpoint **big**"),
    ],
)
def test_unknown_value_in_the_link_is_told_and_replaced(app, link, text):
    opened(app, **link)
    assert text in told(app.warning)
    assert not app.exception
    (key,) = link
    assert app.query_params[key] in ("alpha", "0", "tiny")


@pytest.mark.parametrize("glass", ["gamma", "upload-mine-xyz-12345678"])
def test_numbers_of_a_glass_that_is_not_here_are_not_those_of_another(app, glass):
    opened(app, "topology", atom=5)
    start = app.query_params["loop"]
    assert start != "3"
    for key, value in {"glass": glass, "atom": "17", "loop": "3", "alpha_loop": "3"}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert {key: app.query_params[key] for key in ("glass", "atom", "loop")} == {
        "glass": "alpha", "atom": "0", "loop": start,
    }  # fmt: skip


def test_unknown_values_of_pages_are_replaced(app):
    opened(app, "explanation", k="many", method="<b>")
    assert not app.exception
    assert app.query_params["k"] == "50"
    assert app.query_params["method"] == "gradient", "the fastest signed method"


def test_choosing_another_glass_keeps_a_valid_atom(app):
    opened(app, atom=50)
    app.selectbox(key="glass").select("beta").run()
    assert app.title[0].value.startswith("beta ")
    assert app.query_params["atom"] == "50"
    assert app.query_params["glass"] == "beta"


def test_markup_in_the_link_stays_text(app):
    opened(app, glass="![x](http://example.org/x.png)<script>")
    assert r"\!\[x\]\(http\://example\.org/x\.png\)\<script\>" in app.warning[0].value


def test_explanation_shows_numbers_with_their_controls(app):
    opened(app, "explanation", glass="beta", atom=0, k=3)
    assert app.query_params["k"] == "3"
    assert "These 3 edges matter more than matched control edges" in told(app.markdown)
    assert "20 draws" in told(app.markdown)
    assert "p: fraction of random draws" in told(app.caption)
    assert "predicted" in app.title[0].value
    assert "label " in app.title[0].value


def test_explanations_in_these_tests_take_few_steps(app, monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))  # other tests also cache maps, in the same folder
    opened(app, "explanation", atom=5, method="gnn_explainer")
    explanations = [Explanation.load(path) for path in (tmp_path / "explanations").glob("*.npz")]
    steps = [one.settings["steps"] for one in explanations if one.method == "gnn_explainer"]
    assert steps
    assert set(steps) == {STEPS}


def test_the_windows_k_is_that_of_the_link_and_the_table(app):
    opened(app, "explanation")
    app.session_state["k"] = 7  # as its component does
    app.run()
    assert app.query_params["k"] == "7"
    assert "These 7 edges matter" in told(app.markdown)
    app.segmented_control(key="evidence").set_value("edges").run()
    assert len(app.dataframe[0].value) == 7
    assert app.query_params["evidence"] == "edges"


def explained_methods(monkeypatch) -> list[str]:
    """Notes by which methods atoms are explained from now on."""
    used, explanation = [], calls.explanation
    monkeypatch.setattr(
        calls, "explanation", lambda *a, **how: used.append(how["method"]) or explanation(*a, **how)
    )
    return used


def test_the_method_goes_along_to_other_pages(app, monkeypatch):
    opened(app, "explanation", atom=3)
    app.selectbox(key="method").set_value("nearest").run()
    used = explained_methods(monkeypatch)
    for page in ("compare", "topology", "structure", "explanation"):
        app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception
        assert app.query_params["method"] == "nearest"
    assert set(used) == {"nearest"}
    assert app.selectbox(key="method").value == "nearest"


def test_a_method_that_the_model_does_not_have_is_replaced_everywhere(app, monkeypatch):
    used = explained_methods(monkeypatch)
    opened(app, "compare", method="amortised")  # needs a file that tiny lacks
    assert not app.exception
    assert set(used) == {"gradient"}
    assert app.query_params["method"] == "gradient"


@pytest.fixture
def edgeless(app, monkeypatch, tmp_path):
    """The dashboard with the checkpoint mlp alone."""
    model = build_model("mlp", {})
    model.set_target_scale(torch.tensor([1.3, 1.6, 1.9]))
    save_checkpoint(tmp_path / "mlp", model, Card(model="mlp", settings={}))
    use_checkpoints(monkeypatch, tmp_path)
    return app


@pytest.mark.parametrize("page", ["explanation", "topology"])
def test_a_model_without_edges_is_one_clear_line(edgeless, page):
    app = opened(edgeless, page)
    assert not app.exception
    (error,) = app.error
    assert "checkpoint mlp: its model reads no edges" in error.value.replace("\\", "")


def test_topology_takes_the_number_of_top_edges_from_the_link(app):
    opened(app, "topology", k=7)
    assert app.query_params["k"] == "7"
    app.switch_page("app_pages/explanation.py").run()
    assert app.query_params["k"] == "7"


def test_every_file_of_a_page_is_in_the_list_and_shows_a_selection():
    """The file's name is the page's, in the URL too: `show` is what runs it."""
    assert sorted(PAGES) == sorted(
        path.stem for path in (REPOSITORY / "dashboard" / "app_pages").glob("*.py")
    )
    for page in PAGES:
        module = importlib.import_module(f"dashboard.app_pages.{page}")
        assert list(inspect.signature(module.show).parameters) == ["chosen"]


def test_without_a_checkpoint_pages_say_what_to_run(app, monkeypatch, tmp_path):
    use_checkpoints(monkeypatch, tmp_path)
    for page in PAGES:
        opened(app, page)
        assert not app.exception
        if page in ("structure", "explanation", "whole_glass", "compare", "models"):
            assert "No trained model yet" in told(app.markdown)
            assert any("symgnn train" in code.value for code in app.code)


def test_a_folder_of_checkpoints_that_does_not_exist_is_told(app, monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(tmp_path / "nowhere"))
    for page in PAGES:
        opened(app, page)
        assert not app.exception
        assert "SYMGNN_CHECKPOINTS: " in told(app.error)


def test_without_any_glass_the_page_says_where_to_get_one(app, monkeypatch, tmp_path):
    (tmp_path / "samples").mkdir()
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    app.run()
    assert not app.exception
    assert "No glass to show" in told(app.markdown)


def test_glass_that_the_checkpoint_does_not_know_is_one_clear_line(app, monkeypatch, tmp_path):
    glass = make_random_glass(90, seed=4)
    species = [13 if z == 29 else z for z in glass.species]
    write_extxyz(tmp_path / "samples" / "alzr.xyz", dataclasses.replace(glass, species=species, name="alzr"))
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    opened(app)
    assert not app.exception
    (error,) = app.error
    assert "element Al found" in error.value.replace("\\", "")
    assert "\n" not in error.value
    app.switch_page("app_pages/explanation.py").run()
    assert "element Al found" in told(app.error)


def test_glass_without_a_cell_is_shown_and_refused_in_one_line(app, monkeypatch, tmp_path):
    glass = dataclasses.replace(
        make_random_glass(60, seed=4), pbc=[False] * 3, cell=[[0] * 3] * 3, name="cluster"
    )
    write_extxyz(tmp_path / "samples" / "cluster.xyz", glass)
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    for page in PAGES:
        opened(app, page)
        assert not app.exception
        if page in ("structure", "explanation", "whole_glass"):
            assert "expected a cell that is periodic" in told(app.error)
        if page == "compare":  # the topology of both can be compared all the same
            assert "expected a cell that is periodic" in told(app.info)


def test_broken_sample_is_an_error_box(app, monkeypatch, tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "broken.xyz").write_text("3\nno\nCu 0 0\n")
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    app.run()
    assert not app.exception
    assert len(app.error) == 1
