"""Stored results are found again for equal questions and for no others: every part of every key, one at a time."""

from dataclasses import replace

import numpy as np
import pytest

from symgnn.explanations import cache
from symgnn.explanations.batch import explain_batch, unexplained
from symgnn.explanations.benchmark_record import BenchmarkRecords
from symgnn.explanations.explain import explain, explain_atoms, stored_explanation
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods.baselines import NearestEdges, RandomEdges
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.methods.occlusion import Occlusion
from symgnn.explanations.shards import Work
from symgnn.inference.predict import load_checkpoint

METHOD = GNNExplainer(steps=3)
NONE = frozenset()


@pytest.fixture(scope="module")
def described(glass):
    """The glass with what the checkpoint reads, and a field that it does not read."""
    return glass.with_properties(
        **{name: np.zeros(len(glass)) for name in ("potential_energy", "pressure", "von_mises", "unread")}
    )


@pytest.fixture(scope="module")
def physics():
    """A checkpoint whose model reads three fields of the glass."""
    return load_checkpoint("ridge-physics")


def with_field(glass, name):
    values = glass.properties[name].copy()
    values[5] = 1.0
    return glass.with_properties(**{name: values})


def moved(glass):
    positions = glass.positions.copy()
    positions[5, 0] += 1e-3
    return replace(glass, positions=positions)


QUESTION = {
    "seed": lambda q: {"seed": 1},
    "method": lambda q: {"method": GradientTimesWeight()},
    "another without settings": lambda q: {"method": RandomEdges()},
    "steps": lambda q: {"method": GNNExplainer(steps=4)},
    "learning rate": lambda q: {"method": GNNExplainer(steps=3, learning_rate=0.2)},
    "size": lambda q: {"method": GNNExplainer(steps=3, size=2.0)},
    "checkpoint": lambda q: {"checkpoint": replace(q["checkpoint"], key="f" * 16)},
    "positions": lambda q: {"glass": moved(q["glass"])},
    "species": lambda q: {"glass": replace(q["glass"], species=np.roll(q["glass"].species, 1))},
    "cell": lambda q: {"glass": replace(q["glass"], cell=q["glass"].cell * 1.001)},
    "energy": lambda q: {"glass": with_field(q["glass"], "potential_energy")},
    "pressure": lambda q: {"glass": with_field(q["glass"], "pressure")},
    "stress": lambda q: {"glass": with_field(q["glass"], "von_mises")},
}
"""Changes of what every stored result depends on."""
SAME = {
    "nothing": lambda q: {},
    "name": lambda q: {"glass": replace(q["glass"], name="another")},
    "a field that is not read": lambda q: {"glass": with_field(q["glass"], "unread")},
}


@pytest.fixture
def question(physics, described):
    return {"checkpoint": physics, "glass": described, "method": METHOD, "seed": 0}


def shard(folder, q, top=50, atoms=(3, 4)):
    work = Work(q["checkpoint"], q["glass"], q["method"], q["seed"], top, folder)
    return work.path(list(atoms))


def test_settings_of_every_method_are_in_the_key(question, tmp_path):
    methods = [IntegratedGradients(), IntegratedGradients(points=4), IntegratedGradients(baseline=0.8),
               Occlusion(), Occlusion(reach=0)]  # fmt: skip
    assert len({shard(tmp_path, {**question, "method": method}) for method in methods}) == len(methods)


def test_methods_that_have_no_settings_are_told_apart(question, kept, tmp_path):
    """By their names alone."""
    asked = [
        {**question, "method": method} for method in (RandomEdges(), NearestEdges(), GradientTimesWeight())
    ]
    assert all(one["method"].settings == {} for one in asked)
    assert len({shard(tmp_path, one) for one in asked}) == 3
    assert len({record_path(one, tmp_path) for one in asked}) == 3
    (found,) = [Explanation.load(path) for path in kept.glob("*.npz")]
    replace(found, method="random", settings={}).save(kept)
    answers = [stored_explanation(**one, atom=3, folder=kept) for one in asked]
    assert [answer is not None for answer in answers] == [True, False, False]


@pytest.mark.parametrize("change", QUESTION)
def test_another_question_is_another_shard(question, change, tmp_path):
    changed = {**question, **QUESTION[change](question)}
    assert shard(tmp_path, changed) != shard(tmp_path, question)


@pytest.mark.parametrize("change", SAME)
def test_the_same_question_is_the_same_shard(question, change, tmp_path):
    assert shard(tmp_path, {**question, **SAME[change](question)}) == shard(tmp_path, question)


@pytest.mark.parametrize(
    "other", [{"top": 20}, {"atoms": (3, 5)}, {"atoms": (3,)}, {"atoms": (4, 3)}], ids=str
)
def test_other_edges_or_atoms_are_another_shard(question, other, tmp_path):
    assert shard(tmp_path, question, **other) != shard(tmp_path, question)


def test_a_shard_of_an_earlier_version_is_not_found(question, tmp_path, monkeypatch):
    before = shard(tmp_path, question)
    monkeypatch.setattr(cache, "VERSION", 99)
    assert shard(tmp_path, question) != before


@pytest.fixture
def kept(question, tmp_path):
    """A folder with the stored answer to the question for atom 3, whatever it says."""
    Explanation(
        atom=3, prediction=1.5, method=METHOD.name, settings=METHOD.settings, seed=0,
        glass_key=question["glass"].content_hash_with(question["checkpoint"].model.inputs),
        checkpoint_key=question["checkpoint"].key, pairs=[[3, 4]], images=[[0, 0, 0]], lengths=[2.5],
        importance=[1.0], mask=[1.0], hops=[0],
    ).save(tmp_path)  # fmt: skip
    return tmp_path


@pytest.mark.parametrize("change", QUESTION)
def test_an_explanation_is_not_the_answer_to_another_question(question, change, kept):
    assert stored_explanation(**{**question, **QUESTION[change](question)}, atom=3, folder=kept) is None
    assert stored_explanation(**question, atom=4, folder=kept) is None


@pytest.mark.parametrize("change", SAME)
def test_an_explanation_is_found_again(question, change, kept):
    assert stored_explanation(**{**question, **SAME[change](question)}, atom=3, folder=kept).prediction == 1.5


def record_path(q, folder, atom=3, **changes):
    base = {"replica": None, "deviation": 0.2, "budgets": (1, 10), "n_draws": 2, "watched": NONE}
    base = {**base, **changes}
    records = BenchmarkRecords(q["checkpoint"], q["glass"], seed=q["seed"], folder=folder, **base)
    return records.path(atom, q["method"])


@pytest.mark.parametrize("change", QUESTION)
def test_another_question_is_another_record(question, change, tmp_path):
    changed = {**question, **QUESTION[change](question)}
    assert record_path(changed, tmp_path) != record_path(question, tmp_path)


@pytest.mark.parametrize("change", SAME)
def test_the_same_question_is_the_same_record(question, change, tmp_path):
    assert record_path({**question, **SAME[change](question)}, tmp_path) == record_path(question, tmp_path)


def test_what_else_a_record_depends_on(question, tmp_path, monkeypatch):
    glass = question["glass"]
    watched = frozenset([3])
    paths = [
        record_path(question, tmp_path, **changes)
        for changes in (
            {}, {"atom": 4}, {"budgets": (1, 11)}, {"n_draws": 3}, {"watched": watched},
            {"watched": watched, "replica": moved(glass)}, {"watched": watched, "replica": glass},
            {"watched": watched, "replica": with_field(glass, "pressure")},
        )
    ]  # fmt: skip
    assert len(set(paths)) == len(paths)
    assert record_path(question, tmp_path, replica=glass) == paths[0], (
        "a replica counts for watched atoms alone"
    )
    monkeypatch.setattr(cache, "VERSION", 99)
    assert record_path(question, tmp_path) != paths[0]


def test_a_batch_of_another_seed_or_top_is_not_the_first_ones(symgnn_checkpoint, glass, tmp_path):
    """In one folder, one after the other: every answer is that of its own question."""
    atoms = [3, 7]
    for seed, top in ((0, 5), (1, 5), (0, 9), (0, 5)):
        batch = explain_batch(
            symgnn_checkpoint,
            glass,
            atoms,
            method=RandomEdges(),
            seed=seed,
            top=top,
            folder=tmp_path,
            workers=1,
        )
        single = explain_atoms(symgnn_checkpoint, glass, atoms, method=RandomEdges(), seed=seed)
        expected = np.concatenate([np.sort(found.importance)[::-1][:top] for found in single])
        assert batch.importance == pytest.approx(expected, abs=1e-6)
        assert batch.seed == seed
    common = {"method": RandomEdges(), "folder": tmp_path}
    assert unexplained(symgnn_checkpoint, glass, atoms, seed=0, top=5, **common) == 0
    assert unexplained(symgnn_checkpoint, glass, atoms, seed=2, top=5, **common) == 2
    assert unexplained(symgnn_checkpoint, glass, atoms, seed=0, top=6, **common) == 2


def test_the_key_of_an_explanation_is_that_it_is_looked_for_under(symgnn_checkpoint, glass, tmp_path):
    found = explain(symgnn_checkpoint, glass, 3, method=METHOD, seed=5)
    path = found.save(tmp_path)
    again = stored_explanation(symgnn_checkpoint, glass, 3, method=METHOD, seed=5, folder=tmp_path)
    assert np.array_equal(again.importance, found.importance)
    assert Explanation.load(path).key == found.key == path.stem
