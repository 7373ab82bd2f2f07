"""Page Compare: panels, pins, ready-made comparisons, differences in numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from dashboard import calls, comparison, differences
from dashboard.comparison import Pin
from dashboard.differences import Panel
from dashboard.session import Selection
from symgnn.explanations.overlap import overlap
from symgnn.homology import persistent_homology, rips_filtration
from symgnn.homology.distances import bottleneck, wasserstein
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.io.structures import read_glass
from symgnn.models import build_model
from symgnn.plotting.comparison_plots import COLORS
from tests.conftest import make_random_glass
from tests.dashboard.conftest import use_checkpoints
from tests.dashboard.test_pages import explained_methods, opened, told


def windows(app) -> list[dict]:
    """What the linked windows of the page receive."""
    components = [json.loads(element.proto.json or "null") for element in app.get("bidi_component")]
    return [one for one in components if one and "dataset" in one]


def table(app):
    return app.dataframe[0].value.set_index("")


def test_a_pin_is_read_as_it_was_written():
    for pin in (Pin("alpha", 3), Pin("a~b;c/ü", 0, "symgnn/seed1", "gradient")):
        assert Pin.read(pin.text()) == pin
        assert ";" not in pin.text()
    for text in ("alpha", "alpha~x~~", "alpha~1~~~"):
        with pytest.raises(ValueError, match=r"."):
            Pin.read(text)


def test_it_starts_with_the_selection_and_another_glass(app):
    opened(app, "compare", method="gradient", atom=4)
    assert not app.exception
    names = table(app).loc["glass"].tolist()
    assert [name.split(",")[0] for name in names] == ["alpha", "beta"]
    assert len(windows(app)) == 2
    assert {one["group"] for one in windows(app)} == {"compare"}
    assert [one["selected"] for one in windows(app)] == [4, 4]
    assert [one["default"]["clip"] for one in windows(app)] == [9.0, 9.0]


def test_panels_of_the_link_are_shown_and_what_does_not_exist_is_told(app):
    opened(app, "compare", method="gradient", panels="beta~5~tiny2~nearest;gamma~1~~;beta~x~~;beta~999~~")
    assert not app.exception
    assert "**gamma\\~1\\~\\~**".replace("\\", "") in told(app.warning)
    assert len(windows(app)) == 3
    assert [one["selected"] for one in windows(app)] == [0, 5, 89]
    assert table(app).loc["explained by"].tolist() == [
        "Gradient × weight", "Nearest edges (baseline)", "Gradient × weight",
    ]  # fmt: skip
    assert table(app).loc["checkpoint"].tolist() == ["tiny", "tiny2", "tiny"]


def test_what_is_pinned_on_any_page_is_compared(app):
    opened(app, glass="beta", atom=7, method="gradient")
    app.button(key="pin").click().run()
    app.number_input(key="atom").set_value(9).run()
    app.switch_page("app_pages/compare.py").run()
    assert not app.exception
    assert [one["selected"] for one in windows(app)] == [9, 7]
    assert app.query_params["panels"].startswith("beta~7~tiny~")
    app.selectbox(key="panel_glass_id0").select("alpha").run()
    app.number_input(key="panel_atom0").set_value(11).run()
    assert app.query_params["panels"].startswith("alpha~11~tiny~")
    assert [one["selected"] for one in windows(app)] == [9, 11]
    app.button(key="panel_remove0").click().run()
    assert app.query_params["panels"] == ""


def test_there_is_room_for_six(app):
    opened(app, "compare", method="nearest")
    for _ in range(4):
        app.button(key="add_panel").click().run()
    assert not app.exception
    assert len(windows(app)) == 6
    assert app.button(key="add_panel").disabled
    assert app.button(key="pin").disabled


def test_methods_on_one_atom_are_one_click_away_with_their_overlap(app, data):
    opened(app, "compare", glass="beta", atom=6, method="gradient")
    (button,) = [one for one in app.button if one.label == "Methods on this atom"]
    button.click().run()
    assert not app.exception
    titles = table(app).loc["explained by"].tolist()
    assert len(set(titles)) == len(titles) == 4
    shared = app.dataframe[2].value
    assert len(shared) == 6
    glass, model = read_glass(data / "samples" / "beta.xyz"), calls.checkpoint("tiny")
    first, second = (
        calls.explanation(model, glass, 6, seed=0, method=name) for name in comparison.METHODS[:2]
    )
    expected = overlap(first, second, glass, k=40)
    assert shared["Jaccard index"][0] == expected.jaccard
    assert shared["matched chance"][0] == expected.jaccard_matched


def test_quench_rates_and_compositions_are_told_by_the_names_of_samples():
    names = ["Cu50Zr50_500_1e13", "Cu64Zr36_1000_1e13", "Cu64Zr36_500_1e12", "mine", "train0"]
    assert comparison.quench_rates(names) == ["Cu64Zr36_500_1e12", "Cu64Zr36_1000_1e13"]
    assert comparison.compositions(names) == ["Cu50Zr50_500_1e13", "Cu64Zr36_1000_1e13"]
    assert comparison.quench_rates(names[:2]) == comparison.compositions(names[1:3]) == []


def test_panels_follow_the_chosen_method_and_one_that_the_model_lacks_is_replaced(app, monkeypatch):
    used = explained_methods(monkeypatch)
    opened(app, "compare", method="gradient")
    assert used == ["gradient", "gradient"]
    app.query_params["method"] = "amortised"  # needs a file that tiny lacks
    app.run()
    assert not app.exception
    assert used[2] == used[3] == app.query_params["method"] != "amortised"


def test_a_model_without_edges_leaves_what_needs_none(app, monkeypatch, tmp_path):
    model = build_model("mlp", {})
    model.set_target_scale(torch.tensor([1.3, 1.6, 1.9]))
    save_checkpoint(tmp_path / "mlp", model, Card(model="mlp", settings={}))
    use_checkpoints(monkeypatch, tmp_path)
    opened(app, "compare")
    assert not app.exception
    assert not app.error
    (note,) = (info.value.replace("\\", "") for info in app.info)
    assert "checkpoint mlp: its model reads no edges" in note
    assert "can still be compared" in note
    assert table(app).loc["predicted barrier"].str.endswith("eV").all()
    assert "explained by" not in table(app).index


def test_loops_are_compared_and_the_slow_distance_on_request(app, data):
    opened(app, "compare", method="nearest", compared="Loops")
    assert not app.exception
    app.button(key="wasserstein").click().run()
    homology = [
        persistent_homology(rips_filtration(read_glass(data / "samples" / f"{name}.xyz")))
        for name in ("alpha", "beta")
    ]
    for _ in range(2):  # computed, and kept
        (row,) = app.dataframe[0].value.to_dict("records")
        assert row["bottleneck (Å)"] == pytest.approx(bottleneck(*homology))
        assert row["Wasserstein (Å per atom)"] == pytest.approx(wasserstein(*homology, per_atom=True))
        app.run()
    assert "wasserstein" not in [button.key for button in app.button]


@pytest.mark.parametrize("tab", ["Explanations", "Barriers"])
def test_curves_of_all_panels_are_in_one_plot(app, tab):
    opened(app, "compare", method="nearest", compared=tab)
    assert not app.exception
    assert {"A alpha 0", "B beta 0"} <= curves(app)


def curves(app) -> set[str]:
    """Names of the curves of the only plot."""
    (figure,) = app.get("plotly_chart")
    return {trace.get("name") for trace in json.loads(figure.proto.spec)["data"]}


def test_a_legend_names_the_methods_and_checkpoints_in_which_panels_differ(app):
    opened(app, "compare", method="gradient", panels="alpha~0~tiny2~nearest", compared="Explanations")
    assert {"A alpha 0, tiny, Gradient × weight", "B alpha 0, tiny2, Nearest edges (baseline)"} <= curves(app)
    app.segmented_control(key="compared").set_value("Barriers").run()
    assert {"A alpha 0, tiny", "B alpha 0, tiny2"} <= curves(app)


def test_the_list_of_ready_made_comparisons_closes_after_a_choice(app):
    opened(app, "compare", method="nearest")
    app.session_state["ready_made"] = True  # as a click on it does
    app.run()
    assert app.session_state["ready_made"] is True
    app.button(key="ready0").click().run()
    assert not app.exception
    assert app.session_state["ready_made"] is False


def test_shifts_of_barriers_are_those_of_the_arrays():
    glass = make_random_glass(8, seed=0)
    barriers = np.linspace(1, 2, 8), np.linspace(1, 2, 8) + 0.25
    first, second = (
        Panel(letter, Selection("one", glass, atom, None), "tiny", None, 12, predicted=values)
        for letter, atom, values in zip("AB", (0, 7), barriers, strict=True)
    )
    (row,) = differences.barrier_shifts([first, second]).to_dict("records")
    assert row["atom"] == pytest.approx(1.25)
    assert row["mean of the glass"] == row["mean change of an atom"] == pytest.approx(0.25)
    assert differences.soft_limit([first, second]) == pytest.approx(1.1)


@pytest.mark.parametrize("tab", ["Explanations", "Barriers", "Loops"])
def test_a_curve_has_the_colour_of_its_panels_heading(app, tab):
    opened(app, "compare", method="nearest", panels="alpha~1~~;beta~0~~", compared=tab)
    assert not app.exception
    (figure,) = app.get("plotly_chart")
    traces = json.loads(figure.proto.spec)["data"]
    found = {
        trace["name"]: trace["line"]["color"] for trace in traces if trace.get("line", {}).get("width") == 2.5
    }
    third = next(color for name, color in found.items() if name.startswith("C beta"))
    assert third == COLORS[2], "B shares the curve of A where they show one glass"
