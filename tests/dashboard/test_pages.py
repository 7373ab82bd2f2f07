"""Every page runs, says what it should, and names its selection in the link."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json

import numpy as np
import pytest
import torch

from dashboard import calls, pages
from symgnn.explanations.explanation import Explanation
from symgnn.homology import (
    alpha_complex,
    alpha_cycles,
    alpha_diagrams,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from symgnn.homology.distances import bottleneck, wasserstein
from symgnn.homology.exact_cycles import exact_cycles
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.io.structures import read_glass, write_extxyz
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
    assert not app.error
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


def test_the_second_atom_of_a_glass_that_is_not_here_starts_anew(app):
    opened(app, "compare", atom=5, glass2="gamma", atom2=17)
    assert not app.exception
    assert {key: app.query_params[key] for key in ("atom", "glass2", "atom2")} == {
        "atom": "5", "glass2": "beta", "atom2": "0",
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
    opened(app, "explanation", glass="beta", atom=0, k=12)
    assert app.query_params["k"] == "12"
    assert "These 12 edges matter more than matched control edges" in told(app.markdown)
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


def test_topology_compares_the_explanation_with_matched_controls_on_request(app):
    opened(app, "topology", atom=33)
    assert not any("matched controls" in caption.value for caption in app.caption)
    app.button(key="explain_here").click().run()
    assert not app.exception
    assert "times as many cycles as matched controls" in told(app.caption)


def explained_methods(monkeypatch) -> list[str]:
    """Notes by which methods atoms are explained from now on."""
    used, explanation = [], calls.explanation
    monkeypatch.setattr(
        calls, "explanation", lambda *a, **how: used.append(how["method"]) or explanation(*a, **how)
    )
    return used


def test_topology_explains_by_the_chosen_method(app, monkeypatch):
    used = explained_methods(monkeypatch)
    opened(app, "topology", atom=34, method="gradient")
    assert "To explain the atom by Gradient × weight takes" in told(app.caption)
    app.button(key="explain_here").click().run()
    assert not app.exception
    assert used == ["gradient"]
    assert "Explained by Gradient × weight" in told(app.caption)
    assert app.query_params["method"] == "gradient"
    app.query_params["method"] = "nearest"  # what is kept of one method is not shown as another's
    app.run()
    assert "To explain the atom by Nearest edges (baseline)" in told(app.caption)
    assert "permutation test" not in told(app.caption)


def test_compare_explains_by_the_chosen_method(app, monkeypatch):
    used = explained_methods(monkeypatch)
    opened(app, "compare", method="gradient")
    assert not app.exception
    assert used == ["gradient", "gradient"]
    assert "Explained by Gradient × weight" in told(app.caption)
    table = app.dataframe[-1].value.set_index("")
    assert table.loc["explained by", ["left", "right"]].tolist() == ["Gradient × weight"] * 2
    assert app.query_params["method"] == "gradient"


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


def test_compare_shows_what_does_not_need_an_explanation(edgeless):
    app = opened(edgeless, "compare")
    assert not app.exception
    assert not app.error
    (note,) = (info.value.replace("\\", "") for info in app.info)
    assert "checkpoint mlp: its model reads no edges" in note
    assert "can still be compared" in note
    assert drawn(app).count("H1: loops") == 2
    table = app.dataframe[-1].value.set_index("")
    assert table.loc["predicted barrier"].str.endswith("eV").all()
    assert "explained by" not in table.index
    assert [metric.label for metric in app.metric] == ["Bottleneck distance"]


def effect_ticks(app) -> list[list[str]]:
    """The ticks of the colour bars beside the 3D views."""
    components = [json.loads(element.proto.json or "null") for element in app.get("bidi_component")]
    pictures = [component for component in components if component]  # that of the link has no data
    return [picture["legends"][0]["ticks"] for picture in pictures]


def test_compare_colours_effects_of_both_sides_by_one_range(app):
    alone = []
    for glass, atom in (("alpha", 3), ("beta", 8)):
        opened(app, "explanation", glass=glass, method="gradient", atom=atom, k=5)
        alone += effect_ticks(app)
    assert alone[0] != alone[1]
    opened(app, "compare", glass="alpha", glass2="beta", method="gradient", atom=3, atom2=8, k=5)
    largest = max(alone, key=lambda ticks: float(ticks[2]))
    assert effect_ticks(app) == [largest, largest]


def test_topology_takes_the_number_of_top_edges_from_the_link(app):
    opened(app, "topology", k=7)
    assert app.query_params["k"] == "7"
    app.switch_page("app_pages/explanation.py").run()
    assert app.query_params["k"] == "7"


def test_topology_takes_a_loop_from_the_link(app):
    opened(app, "topology", loop=3)
    assert app.query_params["loop"] == "3"
    assert "Loop 3:" in told(app.caption)


def test_compare_starts_with_another_glass_and_lists_both(app):
    opened(app, "compare")
    assert app.query_params["glass2"] == "beta"
    table = app.dataframe[-1].value
    assert table["left"][0] == "alpha"
    assert table["right"][0] == "beta"


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
            assert drawn(app).count("H1: loops") == 2


def test_broken_sample_is_an_error_box(app, monkeypatch, tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "broken.xyz").write_text("3\nno\nCu 0 0\n")
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    app.run()
    assert not app.exception
    assert len(app.error) == 1


ALPHA = "Alpha (as in the paper)"


def drawn(app) -> str:
    """The figures of the page as JSON."""
    return " ".join(chart.proto.spec for chart in app.get("plotly_chart"))


def test_one_control_chooses_the_complex_of_diagram_cycle_and_counts(app, data):
    """Rips and alpha have different edges and loops; the first glass's are counted anew."""
    glass = read_glass(data / "samples" / "alpha.xyz")
    rips, alpha = rips_filtration(glass), alpha_complex(glass)
    loops = len(persistent_homology(rips).h1), len(alpha_diagrams(alpha)[1])
    assert loops[0] != loops[1]
    opened(app, "topology")
    assert app.query_params["complex"] == "Rips"
    assert f"all edges ({len(rips)})" in drawn(app)
    assert f"H1: loops ({loops[0]:,})" in drawn(app)
    app.query_params["complex"] = ALPHA
    app.query_params["alpha_loop"] = "5"
    app.run()
    assert not app.exception
    assert f"all edges ({len(alpha.edges)})" in drawn(app)
    assert f"H1: loops ({loops[1]:,})" in drawn(app)
    assert "H2: voids" in drawn(app)
    assert "never filled" in drawn(app)
    cycles = alpha_cycles(alpha)
    assert f"Loop 5: {cycles.sizes[5]} atoms, {cycles.lengths[5]:.1f} Å around" in told(app.caption)
    app.segmented_control(key="complex").set_value("Rips").run()
    assert app.query_params["complex"] == "Rips"
    assert f"H1: loops ({loops[0]:,})" in drawn(app)


def test_the_exact_cycle_of_a_loop_is_sought_at_the_press_of_a_button(app, data):
    persistence = persistent_homology(rips_filtration(read_glass(data / "samples" / "beta.xyz")))
    shortest = representative_cycles(persistence)
    exact = exact_cycles(persistence, shortest)
    row = int(np.flatnonzero(~shortest.strict & exact.strict)[0])
    strict = int(np.flatnonzero(shortest.strict)[0])
    opened(app, "topology", glass="beta", loop=row)
    assert f"Loop {row}: {shortest.sizes[row]} atoms, {shortest.lengths[row]:.1f} Å" in told(app.caption)
    assert "Not strict" in told(app.caption)
    app.button(key="exact").click().run()
    assert not app.exception
    for _ in range(2):  # computed, and kept
        assert f"Loop {row}: {exact.sizes[row]} atoms, {exact.lengths[row]:.1f} Å" in told(app.caption)
        assert "The exact cycle" in told(app.caption)
        assert "exact" not in [button.key for button in app.button]
        app.run()
    app.number_input(key="loop").set_value(strict).run()
    assert "strict" not in told(app.caption)
    assert "exact" not in [button.key for button in app.button]


def test_a_cell_without_alpha_complex_says_so(app, monkeypatch, tmp_path):
    slab = dataclasses.replace(make_random_glass(90, seed=4, pbc=(True, True, False)), name="slab")
    write_extxyz(tmp_path / "samples" / "slab.xyz", slab)
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    opened(app, "topology", complex=ALPHA)
    assert not app.exception
    assert "periodic in some directions only" in told(app.info)
    app.segmented_control(key="complex").set_value("Rips").run()
    assert "H1: loops" in drawn(app)


def test_compare_computes_the_wasserstein_distance_on_request(app, data):
    opened(app, "compare")
    assert [metric.label for metric in app.metric] == ["Bottleneck distance"]
    app.button(key="wasserstein").click().run()
    assert not app.exception
    homology = [
        persistent_homology(rips_filtration(read_glass(data / "samples" / f"{name}.xyz")))
        for name in ("alpha", "beta")
    ]
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Wasserstein distance per atom"] == f"{wasserstein(*homology, per_atom=True):.4f} Å"
    assert shown["Bottleneck distance"] == f"{bottleneck(*homology):.3f} Å"
    app.run()
    assert len(app.metric) == 2
