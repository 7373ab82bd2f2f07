"""GNNExplainer finds a planted reason, keeps the prediction, and its fidelity exposes useless masks."""

from pathlib import Path

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.explanations.explain import cached_explanation, explain, explain_atoms, stored_explanation
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import fidelity, predictions_under, strata_of
from symgnn.explanations.methods.base import gradient
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import build_model
from symgnn.stats import permutation_draw
from tests.explanations.conftest import CountsShortMixedBonds

QUICK, K = GNNExplainer(steps=120), 10


def busiest_atom(glass):
    graph = build_graph(glass, 5.0)
    counts = torch.bincount(graph.target[CountsShortMixedBonds.matters(graph)], minlength=len(glass))
    return int(counts.argmax())


def test_a_planted_reason_is_found(known_reason, glass):
    atom = busiest_atom(glass)
    explanation = explain(known_reason, glass, atom, method=QUICK, k=K)
    species = glass.species[explanation.pairs]
    reason = (species[:, 0] != species[:, 1]) & (explanation.lengths < 3.0) & (explanation.hops == 0)
    n = int(reason.sum())
    assert 2 <= n <= K
    assert set(explanation.top(n)) == set(np.flatnonzero(reason))
    assert explanation.importance[reason].min() > 0.7
    assert explanation.importance[~reason].max() == 0
    assert explanation.mask[reason].min() > 0.7
    assert explanation.mask[~reason].max() < 0.3
    assert explanation.prediction == pytest.approx(1 + 0.2 * n)
    assert explanation.fidelity["remove_top"] == pytest.approx(0.2 * n, abs=1e-5)
    assert explanation.fidelity["keep_top"] == pytest.approx(0, abs=1e-5)
    assert explanation.fidelity["keep_none"] == pytest.approx(0.2 * n, abs=1e-5)


def test_lengths_and_images_belong_to_the_pairs(symgnn_checkpoint, glass):
    explanation = explain(symgnn_checkpoint, glass, 5, method=GNNExplainer(steps=2))
    i, j = explanation.pairs.T
    vector = glass.positions[j] + explanation.images @ glass.cell - glass.positions[i]
    assert np.allclose(np.linalg.norm(vector, axis=1), explanation.lengths, atol=1e-4)
    assert np.array_equal(explanation.hops == 0, (explanation.pairs == 5).any(1))


def test_the_price_of_an_edge_decides_how_many_are_kept(known_reason, glass):
    """A needed edge is worth up to 2 n (.2 / .3)^2 of squared error; beyond that price it is given up."""
    atom = busiest_atom(glass)
    cheap, dear = (
        explain(known_reason, glass, atom, method=GNNExplainer(size=size)) for size in (1.0, 20_000.0)
    )
    assert cheap.fidelity["mask_keep"] < 0.05
    assert dear.mask.max() < 0.1
    assert dear.fidelity["mask_keep"] == pytest.approx(dear.fidelity["keep_none"], rel=0.1)


def test_importance_is_mask_times_sensitivity(symgnn_checkpoint, glass):
    """The sensitivity of the most important pair, against a finite difference of the model."""
    explanation = explain(symgnn_checkpoint, glass, 9, method=GNNExplainer(steps=20))
    assert explanation.importance.max() == pytest.approx(1)
    model = symgnn_checkpoint.model
    field = receptive_fields(build_graph(glass, 5.0), [9], model.n_layers)
    slopes = gradient(model, field).abs().double().numpy()
    expected = explanation.mask * slopes / (explanation.mask * slopes).max()
    assert np.allclose(explanation.importance, expected, atol=1e-5)
    best = explanation.top(1)[0]
    ones, less = np.ones(len(slopes)), np.ones(len(slopes))
    less[best] = 0.98
    change = -np.diff(predictions_under(model, field, np.stack([ones, less])))[0]
    assert abs(change) / 0.02 == pytest.approx(slopes[best], rel=0.1)


def test_same_seed_same_mask(symgnn_checkpoint, glass):
    one, same, other = (explain(symgnn_checkpoint, glass, 3, method=QUICK, seed=seed) for seed in (0, 0, 1))
    assert np.allclose(one.mask, same.mask, atol=1e-4)
    assert not np.allclose(one.mask, other.mask, atol=1e-4)
    assert one.key == same.key != other.key


def test_fidelity_exposes_a_constant_and_a_wrong_mask(known_reason, glass):
    graph = build_graph(glass, 5.0)
    field = receptive_fields(graph, [busiest_atom(glass)], 1)
    right = CountsShortMixedBonds.matters(graph)[graph.pair_edge][field.pair_number].double().numpy()
    k = int(right.sum())
    good, bad = (fidelity(known_reason.model, field, mask, mask, k=k) for mask in (right, 1 - right))
    assert good["remove_top"] > 0.3 > 1e-5 > good["keep_top"]
    assert bad["remove_top"] < 1e-5
    assert bad["keep_top"] == pytest.approx(good["keep_none"], abs=1e-5)
    assert bad["remove_top_p"] == 1.0
    assert good["remove_signed"] == pytest.approx(-0.2 * k, abs=1e-5)


def test_permutation_draw_edges_are_of_the_same_kind(symgnn_checkpoint, glass):
    field = receptive_fields(build_graph(glass, 5.0), [0], 2)
    groups = strata_of(field)
    chosen = np.random.default_rng(0).choice(len(groups), 30, replace=False)
    drawn = permutation_draw(groups, chosen, np.random.default_rng(1))
    assert len(set(drawn)) == 30
    assert sorted(groups[drawn]) == sorted(groups[chosen])
    assert set(drawn) != set(chosen)
    length = field.whole.length[field.whole.pair_edge][field.pair_number].numpy()
    i, j = field.whole.pair_atoms[field.pair_number].numpy().T
    elements, touches = np.sort(glass.species[[i, j]], axis=0), (i == 0) | (j == 0)
    for group in np.unique(groups):
        rows = groups == group
        assert np.ptp(length[rows]) <= 0.25
        assert len({*elements[0, rows]}) == len({*elements[1, rows]}) == len({*touches[rows]}) == 1


def test_edges_of_weight_0_may_be_left_out(symgnn_checkpoint, glass):
    """Weightings that keep few edges, many, none and all, hard and soft: the barriers of single passes. Four are
    evaluated side by side: first those that keep few."""
    field, rng = receptive_fields(build_graph(glass, 5.0), [0], 4), np.random.default_rng(0)
    fractions = np.array([0.0, 0.02, 0.3, 0.1, 0.9, 1.0, 0.7])
    weights = (rng.random((len(fractions), field.n_pairs)) < fractions[:, None]).astype(float)
    weights[[3, 6]] *= rng.random((2, field.n_pairs))
    with torch.no_grad():
        single = [field.predict(symgnn_checkpoint.model, torch.tensor(row).float()).item() for row in weights]
    assert np.allclose(predictions_under(symgnn_checkpoint.model, field, weights), single, atol=1e-5)


def test_masks_are_compared_with_shuffled_ones(known_reason, glass):
    graph = build_graph(glass, 5.0)
    field = receptive_fields(graph, [busiest_atom(glass)], 1)
    right = CountsShortMixedBonds.matters(graph)[graph.pair_edge][field.pair_number].double().numpy()
    constant = np.full(len(right), 0.5)
    good, flat = (fidelity(known_reason.model, field, mask, mask, k=5) for mask in (right, constant))
    assert good["mask_keep"] == pytest.approx(0, abs=1e-5)
    assert good["mask_remove"] == pytest.approx(good["keep_none"], abs=1e-5)
    assert flat["mask_keep_p"] == flat["mask_remove_p"] == 1.0, (
        "a constant mask is no better than its shuffles"
    )


def test_explanations_are_stored_and_found_again(known_reason, glass, tmp_path):
    find = lambda: stored_explanation(known_reason, glass, 4, method=QUICK, folder=tmp_path)  # noqa: E731
    assert find() is None
    first = cached_explanation(known_reason, glass, 4, method=QUICK, folder=tmp_path)
    again = cached_explanation(
        known_reason,
        glass,
        4,
        method=QUICK,
        folder=tmp_path,
        progress=lambda *_: pytest.fail("not computed again"),
    )
    assert np.array_equal(first.importance, again.importance)
    assert first.fidelity == again.fidelity
    assert find().key == first.key
    next(tmp_path.glob("*.npz")).write_bytes(b"damaged")
    assert find() is None, "a damaged file is computed anew"


def test_a_stored_file_that_is_something_else(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.arange(3))
    with pytest.raises(InputError, match=r"other\.npz: not readable as an explanation"):
        Explanation.load(tmp_path / "other.npz")


def test_several_atoms_at_once_are_explained_as_alone(symgnn_checkpoint, glass):
    method, atoms = GNNExplainer(steps=30), [5, 0, 149]
    together = explain_atoms(symgnn_checkpoint, glass, atoms, method=method)
    for atom, found in zip(atoms, together, strict=True):
        (alone,) = explain_atoms(symgnn_checkpoint, glass, [atom], method=method)
        assert found.key == alone.key
        assert np.array_equal(found.pairs, alone.pairs)
        assert np.array_equal(found.hops, alone.hops)
        assert found.prediction == pytest.approx(alone.prediction, abs=1e-6)
        assert np.allclose(found.mask, alone.mask, atol=1e-4)
        assert np.allclose(found.importance, alone.importance, atol=1e-4)


def test_the_table(known_reason, glass, tmp_path):
    explanation = explain(known_reason, glass, 4, method=GNNExplainer(steps=3))
    explanation.write_table(tmp_path / "table.csv", glass)
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert len(lines) == len(explanation.lengths) + 1
    assert lines[0].startswith("atom_i,atom_j,element_i")
    importance = [float(line.split(",")[-1]) for line in lines[1:]]
    assert importance == sorted(importance, reverse=True)


@pytest.mark.parametrize("atom", [-1, 150])
def test_an_atom_that_is_not_there(known_reason, glass, atom):
    with pytest.raises(InputError, match=rf"atom {atom} found, expected 0\.\.149"):
        explain(known_reason, glass, atom)


def test_settings_are_checked():
    with pytest.raises(InputError, match="steps 0 found"):
        GNNExplainer(steps=0)
    for size in (float("inf"), float("nan")):
        with pytest.raises(InputError, match="positive, finite"):
            GNNExplainer(size=size)


def test_masks_are_checked():
    with pytest.raises(ValueError, match=r"importance is not within \[0, 1\]"):
        Explanation(0, 1.0, "m", {}, 0, "g", "c", [[0, 1]], [[0, 0, 0]], [2.5], [1.5], [0.5], [0])
    with pytest.raises(ValueError, match="pairs has shape"):
        Explanation(0, 1.0, "m", {}, 0, "g", "c", [[0, 1, 2]], [[0, 0, 0]], [2.5], [0.5], [0.5], [0])


def test_a_model_without_edges_is_refused(glass):
    checkpoint = Checkpoint(
        Path("elements"), build_model("mlp", {}).eval(), Card(model="mlp", settings={}), "2" * 16
    )
    with pytest.raises(InputError, match="checkpoint elements: its model mlp reads no edges"):
        explain(checkpoint, glass, 0)
