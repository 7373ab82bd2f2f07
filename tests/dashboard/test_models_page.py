"""Page Models: the leaderboard selects the checkpoint, and the page is of use without any label."""

from __future__ import annotations

import json
import shutil

import pytest
import torch

from dashboard.app_pages.models import PARTS
from symgnn.inference.card import CARD, Card
from symgnn.inference.checkpoint import save_checkpoint
from symgnn.models import build_model
from symgnn.paths import samples_folder
from tests.dashboard.conftest import SETTINGS, use_checkpoints
from tests.dashboard.test_pages import opened, told

CURVE = [{"epoch": epoch, "train_loss": 1 / epoch, "pearson": 0.1 * epoch} for epoch in (1, 2, 3)]


def write(folder, name, *, validation, test, **entries):
    torch.manual_seed(0)
    model = build_model("symgnn", SETTINGS["symgnn"])
    card = {
        "model": "symgnn",
        "settings": SETTINGS["symgnn"],
        "n_parameters": 321,
        "selected": {"epoch": 3, "pearson": validation},
        "scores": {"test0": {"pearson": test, "mae_eV": 0.15}} if test else {},
        "curve": CURVE,
        "training": {"learning_rate": 0.003},
        "command": f"symgnn train --model-name {name}",
    }
    save_checkpoint(folder / name, model, Card(**(card | entries)))


@pytest.fixture
def models(app, monkeypatch, tmp_path):
    """The dashboard with the checkpoints careful (best on validation), lucky (best on test) and symgnn (2 seeds)."""
    write(tmp_path, "careful", validation=0.7, test=0.5)
    write(tmp_path, "lucky", validation=0.5, test=0.9)
    write(tmp_path, "symgnn", validation=0.6, test=0.80)
    write(tmp_path, "symgnn/seed1", validation=0.6, test=0.84)
    use_checkpoints(monkeypatch, tmp_path)
    return app


def table(app):
    return next(frame.value for frame in app.dataframe if "r_test" in frame.value)


def header(app):
    """The checkpoint that the page names."""
    return app.title[0].value.replace("\\", "").partition("checkpoint ")[2].rstrip("]")


def test_checkpoints_stand_best_on_validation_first_and_seeds_do_not_count(models):
    opened(models)
    assert models.selectbox(key="checkpoint").options == ["careful", "symgnn", "lucky"]
    assert models.selectbox(key="checkpoint").value == "symgnn", "its explanations are fast"


def test_first_choice_reads_no_field_that_the_glass_lacks(models, tmp_path):
    card = json.loads((tmp_path / "symgnn" / CARD).read_text())
    (tmp_path / "symgnn" / CARD).write_text(json.dumps(card | {"inputs": ["potential_energy"]}))
    opened(models, glass="alpha")
    assert models.selectbox(key="checkpoint").value == "careful"


def test_checkpoints_that_cannot_predict_the_glass_are_marked_and_stand_last(models, tmp_path):
    path = tmp_path / "careful" / CARD
    path.write_text(json.dumps(json.loads(path.read_text()) | {"composition": {"Al": [0.4, 0.6]}}))
    opened(models, glass="alpha")
    options = models.selectbox(key="checkpoint").options
    assert options == ["symgnn", "lucky", "careful (does not know Cu, Zr)"]
    assert models.selectbox(key="checkpoint").value == "symgnn"


def test_errors_by_environment_are_a_part_of_their_own(models):
    opened(models, "models", about="Errors by environment", glass="beta")
    assert not models.exception
    assert "Errors by element and coordination on beta" in told(models.caption)
    assert len(models.get("plotly_chart")) == 1


@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs_and_is_in_the_link(models, part):
    opened(models, "models", about=part, glass="beta", checkpoint="symgnn")
    assert not models.exception
    assert not models.error
    assert models.query_params["about"] == part


def test_leaderboard_shows_scores_beside_the_paper(models):
    opened(models, "models")
    lines = table(models).set_index("checkpoint")
    assert list(lines.index) == ["lucky", "symgnn", "careful"]
    assert lines.loc["symgnn", "r_test"] == pytest.approx(0.82)
    assert lines.loc["symgnn", "r_test_sd"] == pytest.approx(0.0283, abs=1e-4)
    assert lines.loc["symgnn", "r_paper"] == 0.7859
    assert lines.loc["symgnn", "seeds"] == 2
    assert "auc_top5" not in lines, "what no card states has no column"


def test_line_of_the_sidebars_checkpoint_is_selected(models):
    opened(models, "models", checkpoint="careful")
    assert header(models) == "careful"
    assert models.session_state["leaderboard"]["selection"]["rows"] == [2]


def test_link_selects_checkpoint_and_curves_and_is_kept(models):
    opened(models, "models", about="Learning curves", checkpoint="symgnn", curves="lucky,careful")
    assert header(models) == "symgnn"
    assert models.multiselect(key="curves").value == ["lucky", "careful"]
    assert models.query_params["curves"] == "lucky,careful"
    assert models.query_params["checkpoint"] == "symgnn"


@pytest.mark.parametrize("curves", ["nobody", "lucky,nobody", "symgnn"])
def test_unknown_curves_in_the_link_are_left_out(models, curves):
    opened(models, "models", about="Learning curves", checkpoint="symgnn", curves=curves)
    assert not models.exception
    assert models.multiselect(key="curves").value == []


def test_choosing_a_curve_goes_into_the_link(models):
    opened(models, "models", about="Learning curves", checkpoint="symgnn")
    models.multiselect(key="curves").select("lucky").run()
    assert models.query_params["curves"] == "lucky"


def test_without_labels_the_page_says_how_to_get_them(models):
    opened(models, "models", about="Errors in 3D", glass="alpha")
    assert "No labelled barriers in alpha" in told(models.markdown)
    assert any("symgnn data fetch" in code.value for code in models.code)
    assert "Errors by element" not in told(models.markdown)


def test_a_labelled_glass_at_hand_is_one_click_away(models, monkeypatch, raw_data, tmp_path):
    for folder, name in (("samples", "alpha.xyz"), ("raw/paper", "test0.pickle")):
        (tmp_path / "data" / folder).mkdir(parents=True)
        origin = raw_data if name == "test0.pickle" else samples_folder()
        shutil.copy(origin / name, tmp_path / "data" / folder)
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path / "data"))
    opened(models, "models", about="Errors in 3D", glass="alpha")
    models.button(key="show_labelled").click().run()
    assert not models.exception
    assert models.query_params["glass"] == "test0"
    assert "over 3,000 atoms" in told(models.caption)


def test_with_labels_it_shows_errors_and_whether_the_glass_was_used(models):
    opened(models, "models", about="Errors in 3D", glass="beta")
    assert "No labelled barriers" not in told(models.markdown)
    (window,) = (
        data
        for element in models.get("bidi_component")
        if (data := json.loads(element.proto.json or "null")) and "default" in data
    )
    assert window["default"] == {"color": "residual", "tab": "scatter"}
    assert "over 90 atoms. This glass was not used for this checkpoint." in told(models.caption)


def test_card_is_shown_with_its_seeds_and_its_command(models):
    opened(models, "models", about="Card", checkpoint="symgnn")
    assert any(
        code.value == "symgnn train --model-name symgnn --output-dir checkpoints/symgnn"
        for code in models.code
    )
    seeds = next(frame.value for frame in models.dataframe if "seed" in frame.value)
    assert list(seeds["checkpoint"]) == ["symgnn", "symgnn/seed1"]
    assert {expander.label for expander in models.expander} >= {"Model", "Training", "Run"}


def test_checkpoint_never_scored_is_listed(models, tmp_path):
    write(tmp_path, "young", validation=0.1, test=None)
    opened(models, "models", checkpoint="young", about="Card")
    assert not models.exception
    assert header(models) == "young"
    assert "not scored" in [metric.value for metric in models.metric]


def test_bad_card_is_one_clear_line_beside_the_others(models, tmp_path):
    card = json.loads((tmp_path / "lucky" / CARD).read_text())
    (tmp_path / "lucky" / CARD).write_text(json.dumps(card | {"scores": 3}))
    opened(models, "models", checkpoint="careful")
    assert not models.exception
    (error,) = models.error
    assert "field 'scores' is '3', expected names and values" in error.value.replace("\\", "")
    assert list(table(models)["checkpoint"]) == ["symgnn", "careful"]


def test_damaged_weights_leave_the_leaderboard(models, tmp_path):
    (tmp_path / "careful" / "weights.safetensors").write_bytes(b"x")
    opened(models, "models", checkpoint="careful", glass="beta")
    assert not models.exception
    assert "weights.safetensors" in told(models.error)
    assert header(models) == "careful"
    assert len(table(models)) == 3


def test_text_of_a_card_is_never_markup(models, tmp_path):
    write(tmp_path, "![x](http:..x)", validation=0.1, test=0.1, device="<script>")
    opened(models, "models", checkpoint="![x](http:..x)", about="Card")
    assert not models.exception
    assert models.header[0].value == r"\!\[x\]\(http\:\.\.x\)"
