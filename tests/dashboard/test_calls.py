"""What pages keep is kept by its question: whichever part of it changes, the answer is that of the new question."""

from dataclasses import replace

import numpy as np
import pytest

import dashboard.workers.pool
from dashboard import calls
from dashboard.workers.here import Here
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.methods.baselines import NearestEdges, RandomEdges
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.homology import glass_topology, persistent_homology, rips_filtration
from symgnn.homology.distances import bottleneck, wasserstein
from symgnn.homology.local_diagrams import local_persistence
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.inference.predict import predict_with_uncertainty
from tests.conftest import make_random_glass

METHODS = {method.name: method for method in (NearestEdges(), RandomEdges(), GradientTimesWeight())}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """Nothing is kept from another test, in memory or on disk."""
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path))
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Here())


@pytest.fixture(scope="module")
def models():
    return load_checkpoint("symgnn"), load_checkpoint("symgnn/seed1")


@pytest.fixture(scope="module")
def physics():
    return load_checkpoint("ridge-physics")


@pytest.fixture(scope="module")
def glasses():
    """Two glasses, and the first with one atom moved by a tenth of an ångström."""
    first = replace(make_random_glass(90, seed=1), name="alpha")
    positions = first.positions.copy()
    positions[5, 0] += 0.1
    return first, make_random_glass(90, seed=2), replace(first, positions=positions)


QUESTIONS = [  # model, glass, atom, seed, method
    (0, 0, 3, 0, "random"),
    (0, 0, 3, 1, "random"),
    (0, 0, 4, 0, "random"),
    (0, 0, 3, 0, "nearest"),
    (0, 1, 3, 0, "nearest"),
    (0, 2, 3, 0, "nearest"),
    (0, 0, 3, 0, "gradient"),
    (1, 0, 3, 0, "gradient"),
    (0, 2, 3, 0, "gradient"),
]


def test_every_explanation_is_that_of_its_question(models, glasses, monkeypatch):
    """Asked in a row, and again once all are kept."""
    monkeypatch.setattr("symgnn.explanations.explain.fidelity", lambda *a, **k: {})  # which takes the time
    for _ in range(2):
        for model, glass, atom, seed, method in QUESTIONS:
            explained = calls.explanation(models[model], glasses[glass], atom, seed=seed, method=method)
            (expected,) = explain_atoms(
                models[model], glasses[glass], [atom], method=METHODS[method], seed=seed
            )
            facts = (
                explained.atom,
                explained.seed,
                explained.method,
                explained.glass_key,
                explained.checkpoint_key,
            )
            assert facts == (atom, seed, method, glasses[glass].content_hash, models[model].key)
            assert np.array_equal(explained.pairs, expected.pairs)
            assert explained.importance == pytest.approx(expected.importance, abs=1e-5)
            assert explained.prediction == pytest.approx(expected.prediction, abs=1e-5)


def test_what_is_kept_is_known_by_its_question(models, glasses):
    done = QUESTIONS[0]
    for model, glass, atom, seed, method in QUESTIONS:
        assert not calls.explanation_is_kept(models[model], glasses[glass], atom, seed=seed, method=method)
    calls.explanation(models[done[0]], glasses[done[1]], done[2], seed=done[3], method=done[4])
    for question in QUESTIONS:
        model, glass, atom, seed, method = question
        kept = calls.explanation_is_kept(models[model], glasses[glass], atom, seed=seed, method=method)
        assert kept == (question == done)


def test_every_map_is_that_of_its_question(models, glasses, tmp_path):
    questions = [(0, 0, "nearest", "0-3"), (0, 0, "nearest", "0-4"), (0, 0, "gradient", "0-3"),
                 (0, 2, "nearest", "0-3"), (1, 0, "gradient", "0-3"), (0, 1, "gradient", "0-3")]  # fmt: skip
    for repeat in range(2):
        for model, glass, method, atoms in questions:
            batch, maps, graph = calls.explained_glass(models[model], glasses[glass], method, atoms)
            chosen = list(range(int(atoms[-1]) + 1))
            expected = explain_batch(
                models[model],
                glasses[glass],
                chosen,
                method=METHODS[method],
                folder=tmp_path / "own",
                workers=1,
            )
            assert (batch.method, batch.atoms.tolist()) == (method, chosen)
            assert (batch.glass_key, batch.checkpoint_key) == (glasses[glass].content_hash, models[model].key)
            assert batch.fraction == pytest.approx(expected.fraction, abs=1e-5), repeat
            assert len(maps.pair_importance) == len(graph.pair_edge)
            missing, _ = calls.to_explain(models[model], glasses[glass], method, atoms)
            assert missing == 0


def test_how_many_are_left_is_that_of_the_question(models, glasses):
    calls.explained_glass(models[0], glasses[0], "nearest", "0-3")
    assert calls.to_explain(models[0], glasses[0], "nearest", "0-3")[0] == 0
    for model, glass, method, atoms, missing in (
        (0, 0, "nearest", "0-5", 6), (0, 0, "gradient", "0-3", 4), (0, 2, "nearest", "0-3", 4),
        (1, 0, "nearest", "0-3", 4),
    ):  # fmt: skip
        assert calls.to_explain(models[model], glasses[glass], method, atoms)[0] == missing


def test_predictions_are_those_of_model_and_glass(models, glasses, physics):
    stressed = [
        glasses[0].with_properties(**{name: np.full(90, value) for name in physics.model.inputs})
        for value in (0.0, 1.0)
    ]
    asked = [(models[0], glasses[0]), (models[1], glasses[0]), (models[0], glasses[1]), (models[0], glasses[2]),
             (physics, stressed[0]), (physics, stressed[1])]  # fmt: skip
    seen = [calls.predicted(*question) for question in asked]
    for question, barriers in zip(asked, seen, strict=True):
        assert np.array_equal(calls.predicted(*question), barriers)
        assert barriers == pytest.approx(predict_with_uncertainty(*question).barriers, abs=1e-5)
        assert calls.uncertainty(*question) == pytest.approx(
            predict_with_uncertainty(*question).sigma, rel=1e-4
        )
    assert all(not np.allclose(one, other) for n, one in enumerate(seen) for other in seen[:n])


def test_topology_is_that_of_the_glass_and_atom(glasses):
    big = [make_random_glass(340, seed) for seed in (4, 5)]
    for _ in range(2):
        for glass in glasses:
            expected = glass_topology(glass).persistence.h1
            assert np.array_equal(calls.topology(glass).persistence.h1.birth, expected.birth)
            assert calls.topology(glass).glass.name == glass.name
            assert len(calls.neighbors(glass.content_hash, glass)) == calls.coordination(glass).sum()
        for one, other in ((glasses[0], glasses[1]), (glasses[0], glasses[2]), (glasses[1], glasses[2])):
            pair = [persistent_homology(rips_filtration(glass)) for glass in (one, other)]
            assert calls.loop_distance(one, other) == pytest.approx(bottleneck(*pair))
            assert calls.wasserstein_distance(one, other) == pytest.approx(
                wasserstein(*pair, per_atom=True), rel=0.01
            )
        for glass in big:
            for atom in (3, 9):
                assert (
                    calls.local_diagrams(glass, atom).atoms.tolist()
                    == local_persistence(glass, atom).atoms.tolist()
                )


def test_an_equal_glass_of_another_name_shares_results(models, glasses, monkeypatch):
    calls.explanation(models[0], glasses[0], 3, seed=0, method="nearest")
    monkeypatch.setattr(
        "symgnn.explanations.explain.stored_explanation", lambda *a, **k: pytest.fail("computed again")
    )
    renamed = replace(glasses[0], name="another")
    assert calls.explanation(models[0], renamed, 3, seed=0, method="nearest").atom == 3
