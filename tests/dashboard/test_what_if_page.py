"""The page What if: changes ranked, one chosen, a chain applied, undone and opened, links and refusals."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import calls
from dashboard.what_if import Choice, chain_text, change_command, read_chain, scan_command
from dashboard.what_if_jobs import agreement_of_change, check_table
from dashboard.workers import what_if_tasks
from dashboard.workers.tasks import TASKS
from dashboard.workers.what_if_tasks import changes_around
from symgnn.errors import InputError
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.plotting.what_if_plots import barriers_before_after, ranked_changes, searched_before_after
from symgnn.whatif import Measured, scan
from tests.dashboard.test_pages import opened, told

ATOM = 7


def second_change(app) -> str:
    return app.dataframe[0].value["change"].iloc[1]


def change_box(app):
    """The box of changes, which each glass has for itself."""
    return next(box for box in app.selectbox if (box.key or "").startswith("change_box"))


def test_it_opens_with_unrelaxed_changes_ranked_and_the_strongest_chosen(app, data, checkpoints):
    opened(app, "what_if", atom=ATOM)
    assert not app.exception
    assert not app.error
    table = app.dataframe[0].value
    expected = scan(
        load_checkpoint("tiny", checkpoints), read_glass(data / "samples" / "alpha.xyz"), ATOM, relax=False
    )
    assert table["change"].tolist() == [str(change) for change in expected.changes]
    np.testing.assert_allclose(table["barrier_change_eV"], expected.barrier_change, atol=1e-9)
    assert app.query_params["change"] == table["change"].iloc[0]
    assert {key: app.query_params[key] for key in ("change_kind", "within", "relaxed", "chain")} == {
        "change_kind": "swap", "within": "5", "relaxed": "no", "chain": "",
    }  # fmt: skip


def test_a_change_is_applied_undone_and_opened_on_every_page(app):
    opened(app, "what_if", atom=ATOM)
    change = second_change(app)
    change_box(app).set_value(change).run()
    assert app.query_params["change"] == change
    app.button(key="apply_change").click().run()
    assert not app.exception
    assert app.query_params["chain"] == change
    assert f" eV · {change} → " in told(app.markdown), "the chain"
    assert change_box(app).value == app.query_params["change"] != change, "the strongest of the new glass"
    app.button(key="undo_change").click().run()
    assert app.query_params["chain"] == ""
    change_box(app).set_value(change).run()
    app.button(key="apply_change").click().run()
    app.segmented_control(key="what_if").set_value("files").run()
    assert "ask_chain" in app.code[0].value
    app.button(key="open_changed").click().run()
    assert not app.exception
    assert app.query_params["glass"].startswith("upload-alpha-changed")
    assert app.query_params["chain"] == "", "it is in the glass now"
    assert app.query_params["atom"] == str(ATOM)
    atom, element = change.removeprefix("swap ").split("=")
    app.switch_page("app_pages/structure.py").run()
    assert not app.exception
    (changed,) = app.session_state["_uploads"].values()
    assert changed.symbols[int(atom)] == element


def test_a_link_brings_chain_change_and_panel(app):
    opened(app, "what_if", atom=ATOM)
    first, second = app.dataframe[0].value["change"].iloc[:2]
    link = {"chain": first, "change": second, "within": "4.5", "what_if": "before"}
    opened(app, "what_if", atom=ATOM, **link)
    assert not app.exception
    assert {key: app.query_params[key] for key in link} == link
    assert "eV" in told(app.markdown)


@pytest.mark.parametrize(("key", "text"), [("chain", "swop 3=Zr"), ("change", "swap Zr"), ("within", "99")])
def test_what_a_link_names_wrongly_is_told(app, key, text):
    opened(app, "what_if", **{key: text})
    assert not app.exception
    assert f"{key} =" in told(app.warning)


def test_another_glass_starts_without_changes(app):
    opened(app, "what_if", atom=ATOM)
    app.button(key="apply_change").click().run()
    app.selectbox(key="glass").select("beta").run()
    assert not app.exception
    assert app.query_params["chain"] == ""


def test_a_change_that_cannot_be_is_one_box(app):
    opened(app, "what_if", atom=ATOM, change="swap 5000=Zr")
    assert not app.exception
    assert len(app.error) == 1


def test_without_the_extra_it_is_unrelaxed_and_says_how_to_get_more(app, monkeypatch):
    monkeypatch.setattr(calls, "can_relax", lambda: False)
    opened(app, "what_if", relaxed="yes")
    assert not app.exception
    assert app.query_params["relaxed"] == "no"
    assert "pip install symgnn[physics]" in told(app.caption)


def test_design_brings_the_barrier_nearer(app):
    opened(app, "what_if", atom=ATOM, what_if="design")
    app.number_input(key="target").set_value(0.0)
    app.number_input(key="most_changes").set_value(2).run()
    app.button(key="design").click().run()
    assert not app.exception
    app.button(key="apply_design").click().run()
    assert not app.exception
    assert len(read_chain(app.query_params["chain"])) == 2


def test_target_and_number_of_changes_are_in_the_link(app):
    opened(app, "what_if", atom=ATOM, what_if="design", target="2.25", most_changes="4")
    assert not app.exception
    assert (app.number_input(key="target").value, app.number_input(key="most_changes").value) == (2.25, 4)
    app.number_input(key="target").set_value(1.2).run()
    app.segmented_control(key="what_if").set_value("ranked").run()
    app.segmented_control(key="what_if").set_value("design").run()
    assert (app.query_params["target"], app.query_params["most_changes"]) == ("1.2", "4")
    app.button(key="apply_change").click().run()
    assert app.query_params["target"] == "1.2", "another glass, the same goal"
    app.number_input(key="atom").set_value(ATOM + 1).run()
    assert app.query_params["target"] != "1.2", "another atom has another target"
    opened(app, "what_if", what_if="design", target="-3")
    assert "target =" in told(app.warning)


def test_before_and_after_stand_side_by_side(app):
    opened(app, "what_if", atom=ATOM, what_if="before")
    assert not app.exception
    change = app.query_params["change"]
    assert "**Before**" in told(app.markdown)
    assert f"**After {change}**" in told(app.markdown)


def test_an_applied_change_is_compared_until_the_next_is_chosen(app):
    opened(app, "what_if", atom=ATOM, what_if="before")
    change = app.query_params["change"]
    app.button(key="apply_change").click().run()
    assert not app.exception
    assert f"**After {change}**" in told(app.markdown)
    assert f"Applied: {change}" in told(app.caption)
    assert app.query_params["change"] == ""
    assert change_box(app).value is None
    following = change_box(app).options[1]
    change_box(app).set_value(following).run()
    assert f"**After {following}**" in told(app.markdown)
    assert "Applied:" not in told(app.caption)


def test_a_change_that_undoes_an_applied_one_is_marked_and_not_proposed(app):
    opened(app, "what_if", atom=ATOM)
    change = app.query_params["change"]
    atom = change.removeprefix("swap ").split("=")[0]
    assert "remark" not in app.dataframe[0].value
    app.button(key="apply_change").click().run()
    assert not app.exception
    table = app.dataframe[0].value.set_index("change")
    assert [name for name, words in table["remark"].items() if words] == [
        name for name in table.index if name.startswith(f"swap {atom}=")
    ]
    assert "Hatched: undoes an applied change" in told(app.caption)
    assert not app.query_params["change"].startswith(f"swap {atom}=")


def result_of(change: float, sigma: float | None = 0.05) -> SimpleNamespace:
    both = np.array([1.5, 1.2])
    return SimpleNamespace(
        atom=1, number_after=1, barriers_before=both, barriers_after=both + change, barrier_change=both * 0 + change,
        sigma=None if sigma is None else np.full(2, sigma),
    )  # fmt: skip


def test_predicted_and_measured_changes_stand_beside_their_errors():
    measured = Measured(np.array([1.0, 1.2]), np.array([1.6, 1.9, 1.6]), tries=9)
    table = check_table(result_of(0.4), measured)
    assert table["change"].tolist() == ["+0.400", "+0.600"]
    assert check_table(result_of(-0.4), measured)["change"].tolist() == ["−0.400", "+0.600"], (
        "with a minus sign"
    )
    assert table["±"].tolist() == ["0.050", f"{np.hypot(0.1, 0.1):.3f}"]
    assert table["events"].tolist() == ["", "2, 3"]
    assert "the same sign, 1.4 standard errors" in agreement_of_change(result_of(0.4), measured)
    assert "opposite signs" in agreement_of_change(result_of(-0.4), measured)
    one_sided = Measured(np.array([1.0, 1.2]), np.empty(0), tries=9)
    table = check_table(result_of(0.4), one_sided)
    assert table.iloc[1].tolist() == ["measured", "1.10 ± 0.10", "none", "", "", "2, 0"]
    assert "more tries" in agreement_of_change(result_of(0.4), one_sided)


def test_the_report_of_a_change_is_made_when_asked_for(app, monkeypatch):
    told_of = {}

    def write(progress, model, parts):
        told_of.update(parts)
        return "<html></html>"

    monkeypatch.setitem(TASKS, "html_of_change", write)
    opened(app, "what_if", atom=ATOM, what_if="files")
    app.button(key="make_what_if_report").click().run()
    assert not app.exception
    assert str(told_of["result"].change) == app.query_params["change"]
    assert told_of["ranked"]["change"].iloc[0] == app.query_params["change"]
    assert told_of["measured"] is None
    assert told_of["commands"][0].startswith("symgnn whatif alpha.xyz --atom 7")
    assert not [button for button in app.button if button.key == "make_what_if_report"]


def test_searches_want_relaxed_glasses(app):
    opened(app, "what_if", what_if="physics")
    assert not app.exception
    assert "Searches start from minima" in told(app.caption)


def test_atoms_that_no_change_was_tried_on_have_no_number(data, checkpoints, tmp_path):
    glass, model = read_glass(data / "samples" / "alpha.xyz"), load_checkpoint("tiny", checkpoints)
    told_of = []
    result = changes_around(
        lambda fraction, what: told_of.append(fraction), model, glass, ATOM, "swap", 5.0, False, tmp_path
    )
    tried = np.flatnonzero(np.isfinite(result.atom_change))
    assert sorted(map(int, result.table["atoms"])) == tried.tolist()
    assert ATOM not in tried
    assert told_of[-1] == 1.0


def test_a_chain_step_is_named_by_what_it_changes(data, checkpoints):
    glass, model = read_glass(data / "samples" / "alpha.xyz"), load_checkpoint("tiny", checkpoints)
    other = "Zr" if glass.symbols[3] == "Cu" else "Cu"
    keys = {
        calls.change_job(model, glass, change, atom, relax).key
        for change in (f"swap 3={other}", "exchange 3,4")
        for atom in (1, 2)
        for relax in (False, True)
    }
    assert len(keys) == 8
    with pytest.raises(InputError, match="expected a kind and a value"):
        calls.change_job(model, glass, "nothing", 1, False)


def test_texts():
    chain = ("swap 3=Zr", "exchange 4,9")
    assert read_chain(chain_text(chain)) == chain
    assert read_chain("") == ()
    choice = Choice("exchange", 4.5, False, ())
    assert scan_command("a.xyz", "symgnn", 7, choice) == (
        "symgnn whatif a.xyz --atom 7 --change exchange --within 4.5 --unrelaxed --checkpoint symgnn"
    )
    assert change_command("a.xyz", "symgnn", 7, "swap 3=Zr", True, 20) == (
        "symgnn whatif a.xyz --atom 7 --swap 3=Zr --check 20 --checkpoint symgnn"
    )


def test_plots():
    names = ["swap 1=Cu", "swap 2=Cu", "swap 3=Cu"]
    bars = ranked_changes(
        names, np.array([0.4, np.nan, -0.2]), np.array([0.1, 0.1, 0.1]), chosen="swap 3=Cu"
    ).data[0]
    assert list(bars.customdata) == ["swap 1=Cu", "swap 3=Cu"]
    assert list(bars.y) == [0.4, -0.2]
    assert bars.marker.color[0] != bars.marker.color[1]
    assert list(bars.marker.line.width) == [0, 2.5]
    hatched = ranked_changes(names, np.array([0.4, np.nan, -0.2]), undoing=[False, False, True]).data[0]
    assert list(hatched.marker.pattern.shape) == ["", "/"]
    figure = barriers_before_after(np.array([1.0, 2.0]), np.array([1.5, 2.0]), atom=1)
    assert list(figure.data[2].x) == [2.0]
    searched = searched_before_after((np.array([1.0, 2.0]), np.empty(0)), (1.4, 1.1), 0.1)
    events, none, means, predicted = searched.data
    assert list(events.y) == [1.0, 2.0]
    assert not len(none.y)
    assert means.y[0] == 1.5
    assert means.y[1] is None
    assert means.error_y.array[0] == pytest.approx(0.5)
    assert list(predicted.y) == [1.4, 1.1]


@pytest.mark.parametrize("relax", [True, False])
def test_who_relaxes_says_that_the_first_time_takes_longer(monkeypatch, relax):
    told = []
    monkeypatch.setattr(what_if_tasks, "ask", lambda *arguments, **options: told.append("asked"))
    what_if_tasks.change_once(lambda done, what: told.append(what), None, None, "remove 1", 0, relax)
    assert told == [what_if_tasks.PREPARING, "asked"] if relax else ["asked"]
