"""The method that relaxes swapped neighbours: where it is offered, its cost before it starts, its answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from dashboard import calls
from dashboard.workers.tasks import TASKS
from symgnn.explanations.explain import cached_explanation, explain_atoms
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.whatif import RelaxedSwap
from symgnn.whatif.candidates import WITHIN
from symgnn.whatif.scan import scan
from tests.conftest import REPOSITORY
from tests.dashboard.test_pages import opened, told

NAME, ATOM = "relaxed_swap", 6


@pytest.fixture
def offered(app, monkeypatch, tmp_path):
    """The dashboard where small glasses can be relaxed; nothing is: the answer is that of another method."""

    def at_once(progress, model, glass, atom, seed, folder, scans):
        explained = cached_explanation(
            model, glass, atom, method=GradientTimesWeight(), seed=seed, folder=folder
        )
        explained = replace(explained, method=NAME, settings={"within": WITHIN})
        explained.save(folder)
        return explained

    monkeypatch.setattr("symgnn.whatif.methods.may_be_relaxed", lambda glass: True)
    monkeypatch.setattr(calls, "swaps_to_relax", lambda *question: (33, 12.0))
    monkeypatch.setitem(TASKS, "explain_by_swaps", at_once)
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))
    return app


def test_it_is_offered_where_the_glass_can_be_relaxed(app, data, checkpoints):
    model, small = load_checkpoint("tiny", checkpoints), read_glass(data / "samples" / "beta.xyz")
    sample = read_glass(REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz")
    assert calls.methods_of_atom(model, small) == calls.methods(model)
    assert calls.methods_of_atom(model, sample) == [*calls.methods(model), NAME]
    opened(app, "explanation", atom=ATOM, method=NAME)
    assert not app.exception
    assert app.query_params["method"] != NAME, "not for this glass"


def test_the_page_says_what_it_costs_before_it_starts(offered):
    opened(offered, "explanation", atom=ATOM)
    assert offered.query_params["method"] != NAME, "never the default"
    offered.selectbox(key="method").set_value(NAME).run()
    assert not offered.exception
    assert "the 33 neighbours of atom 6 within 5 Å" in told(offered.markdown)
    assert "about 12 s" in told(offered.markdown)
    assert "matched control" not in told(offered.markdown)
    offered.button(key="explain_by_swaps").click().run()
    assert not offered.exception
    assert "matched control" in told(offered.markdown)
    offered.run()
    assert "explain_by_swaps" not in [button.key for button in offered.button]


def test_beside_another_method(offered):
    opened(offered, "explanation", atom=ATOM, beside=NAME)
    assert not offered.exception
    assert "random edges would share" not in told(offered.caption)
    offered.button(key="swaps_beside").click().run()
    assert not offered.exception
    assert f"**{RelaxedSwap.title}** names 50 of the same 50 edges" in told(offered.caption)


def test_a_panel_to_compare(offered):
    opened(offered, "compare", atom=ATOM, panels=f"beta~{ATOM}~tiny~{NAME}")
    assert not offered.exception
    assert [button.key for button in offered.button if button.key.startswith("explain_")] == ["explain_B"]
    offered.button(key="explain_B").click().run()
    assert not offered.exception
    rows = offered.dataframe[0].value.set_index("")
    assert rows.loc["explained by"].tolist()[1] == RelaxedSwap.title


def test_the_answer_is_that_of_the_method(app, checkpoints, monkeypatch, tmp_path):
    near = partial(RelaxedSwap, within=2.35)  # one swap
    monkeypatch.setattr("dashboard.workers.what_if_tasks.RelaxedSwap", near)
    monkeypatch.setattr("symgnn.explanations.explain.fidelity", lambda *a, **k: {})
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))
    model = load_checkpoint("tiny", checkpoints)
    sample = read_glass(REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz")
    atom = 3
    asked = {"seed": 0, "method": NAME}
    assert not calls.explanation_is_kept(model, sample, atom, **asked)
    explained = calls.explanation(model, sample, atom, **asked)
    assert calls.explanation_is_kept(model, sample, atom, **asked)
    (expected,) = explain_atoms(model, sample, [atom], method=near(model, sample))
    assert explained.effect == pytest.approx(expected.effect, abs=1e-7)
    result = scan(model, sample, atom, within=2.35, workers=1)
    assert explained.effect.sum() == pytest.approx(-result.barrier_change.sum(), abs=1e-6)


def test_after_a_scan_it_starts_at_once(app, checkpoints, monkeypatch):
    model = load_checkpoint("tiny", checkpoints)
    sample = read_glass(REPOSITORY / "data/samples/Cu64Zr36_500_1e12.xyz")
    asked = {"seed": 0, "method": NAME}
    swaps, seconds = calls.swaps_to_relax(model, sample, ATOM)
    assert seconds == pytest.approx(0.35 * swaps)
    assert not calls.explanation_is_kept(model, sample, ATOM, **asked)
    done = calls.scan_job(model, sample, ATOM, "swap", WITHIN, True).key
    monkeypatch.setattr("dashboard.calls.explanations.is_finished", lambda job: job.key == done)
    assert calls.explanation_is_kept(model, sample, ATOM, **asked)
