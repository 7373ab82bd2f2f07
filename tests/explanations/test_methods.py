"""One contract over all explanation methods, and each against an independent reference."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.explanations.attention import Attention
from symgnn.explanations.attribution import gradient
from symgnn.explanations.explaining import explain_atom, explain_atoms
from symgnn.explanations.fidelity import predictions_under
from symgnn.explanations.gnn_explainer import GNNExplainer
from symgnn.explanations.integrated_gradients import IntegratedGradients
from symgnn.explanations.methods import METHODS, TITLES, available_methods, build_method, read_settings
from symgnn.explanations.occlusion import Occlusion
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import build_model
from tests.explanations.conftest import CountsShortMixedBonds
from tests.models.test_contract import CASES, make, make_glass

SMALL = {
    "gnn_explainer": GNNExplainer(steps=15),
    "integrated_gradients": IntegratedGradients(points=2),
    "occlusion": Occlusion(reach=0),
}
SIGNED = ("gradient", "integrated_gradients", "occlusion", "amortised")
KNOW_NO_REASON = ("random", "nearest", "attention", "amortised")  # by themselves, or before they are trained


@pytest.fixture
def method(symgnn_checkpoint):
    return lambda name: SMALL.get(name) or build_method(name, {}, symgnn_checkpoint)


@pytest.mark.parametrize("name", METHODS)
def test_side_by_side_is_as_alone(name, method, symgnn_checkpoint, glass):
    atoms = [7, 0, 149]
    together = explain_atoms(symgnn_checkpoint, glass, atoms, method=method(name), seed=3)
    for atom, found in zip(atoms, together, strict=True):
        (alone,) = explain_atoms(symgnn_checkpoint, glass, [atom], method=method(name), seed=3)
        assert found.key == alone.key
        assert np.array_equal(found.pairs, alone.pairs)
        assert np.allclose(found.importance, alone.importance, atol=1e-4)
        if name in SIGNED:
            assert np.allclose(found.effect, alone.effect, atol=1e-6)
        else:
            assert found.effect is None
        assert (found.mask is not None) == (name == "gnn_explainer")
        assert found.importance.max() == pytest.approx(1)


@pytest.mark.parametrize("name", METHODS)
def test_an_atom_without_edges(name, method, symgnn_checkpoint):
    lonely = Glass([29, 40, 29], [[0, 0, 0], [2.5, 0, 0], [20, 20, 20]], 40 * np.eye(3), [True] * 3)
    found = explain_atom(symgnn_checkpoint, lonely, 2, method=method(name))
    assert len(found.importance) == 0
    assert found.fidelity == {"k": 0.0}


@pytest.mark.parametrize("name", [name for name in METHODS if name not in KNOW_NO_REASON])
def test_a_planted_reason_is_found(name, known_reason, glass):
    """Every Cu-Zr bond below 3 Å at the atom raises its barrier by .2 eV, and nothing else matters."""
    graph = build_graph(glass, 5.0)
    counts = torch.bincount(graph.target[CountsShortMixedBonds.matters(graph)], minlength=len(glass))
    atom = int(counts.argmax())
    (found,) = explain_atoms(known_reason, glass, [atom], method=build_method(name, {}, known_reason))
    species = glass.species[found.pairs]
    reason = (species[:, 0] != species[:, 1]) & (found.lengths < 3.0) & (found.pairs == atom).any(1)
    assert reason.sum() == counts[atom] >= 2
    assert set(found.top(int(reason.sum()))) == set(np.flatnonzero(reason))
    if name in SIGNED:
        per_bond = 0.02 if name == "integrated_gradients" else 0.2  # on the path from .9 to 1
        assert found.effect[reason] == pytest.approx(per_bond, abs=1e-5)
        assert np.abs(found.effect[~reason]).max() < 1e-6


def test_gradient_times_weight_is_captums(symgnn_checkpoint, glass):
    from captum.attr import InputXGradient

    model = symgnn_checkpoint.model
    fields = receptive_fields(build_graph(glass, 5.0), [4, 9], model.n_layers)
    reference = InputXGradient(lambda weight: fields.predict(model, weight[0]).sum()[None])
    expected = reference.attribute(torch.ones((1, fields.n_pairs), requires_grad=True))[0]
    assert torch.allclose(gradient(model, fields), expected, atol=1e-7)
    assert expected.abs().max() > 1e-4


def test_integrated_gradients_against_numpys_quadrature(symgnn_checkpoint, glass):
    model = symgnn_checkpoint.model
    fields = receptive_fields(build_graph(glass, 5.0), [4, 9], model.n_layers)
    places, shares = np.polynomial.legendre.leggauss(4)
    steps = []
    found = IntegratedGradients(points=4, baseline=0.6).attribute(
        model, fields, progress=lambda *step: steps.append(step)
    )
    expected = sum(
        0.2 * share * gradient(model, fields, torch.full((fields.n_pairs,), 0.8 + 0.2 * place))
        for place, share in zip(places, shares, strict=True)
    )
    assert torch.allclose(found.effect, expected.float(), atol=1e-7)
    assert steps == [(step, 4) for step in range(1, 5)]


def test_gradient_against_finite_differences(symgnn_checkpoint, glass):
    model = symgnn_checkpoint.model.double()
    try:
        graph = build_graph(glass, 5.0)
        graph = replace(graph, length=graph.length.double(), vector=graph.vector.double())
        fields = receptive_fields(graph, [4], model.n_layers)
        slopes = gradient(model, fields, torch.full((fields.n_pairs,), 0.9, dtype=torch.float64))
        best = slopes.abs().argsort(descending=True)[:3].tolist()
        for row in best:
            weights = np.full((2, fields.n_pairs), 0.9)
            weights[:, row] += (-1e-4, 1e-4)
            low, high = predictions_under(model, fields, weights)
            assert (high - low) / 2e-4 == pytest.approx(slopes[row].item(), rel=1e-3)
    finally:
        symgnn_checkpoint.model.float()


@pytest.mark.parametrize("baseline", [0.0, 0.5])
def test_integrated_gradients_add_up_to_the_change_of_the_barrier(baseline, symgnn_checkpoint, glass):
    (found,) = explain_atoms(
        symgnn_checkpoint, glass, [4], method=IntegratedGradients(points=40, baseline=baseline)
    )
    model = symgnn_checkpoint.model
    fields = receptive_fields(build_graph(glass, 5.0), [4], model.n_layers)
    weights = np.stack([np.ones(fields.n_pairs), np.full(fields.n_pairs, baseline)])
    full, base = predictions_under(model, fields, weights)
    assert abs(full - base) > 5e-4
    assert found.effect.sum() == pytest.approx(full - base, abs=1e-5)


def test_occlusion_is_the_change_in_a_graph_without_the_edge(symgnn_checkpoint, glass):
    (found,) = explain_atoms(symgnn_checkpoint, glass, [4], method=Occlusion(reach=0))
    graph, model = build_graph(glass, 5.0), symgnn_checkpoint.model
    tried = found.hops == 0
    assert (found.effect[~tried] == 0).all()
    with torch.no_grad():
        full = model(graph)[4].item()
        for row in found.top(3):
            pair = {tuple(found.pairs[row])}
            ends = zip(graph.source.tolist(), graph.target.tolist(), strict=True)
            keep = torch.tensor([(min(e), max(e)) not in pair for e in ends])
            assert (~keep).sum() == 2
            removed = model(graph.edge_subgraph(keep))[4].item()
            assert found.effect[row] == pytest.approx(full - removed, abs=1e-6)


def test_attention_flow_against_dense_matrices(symgnn_checkpoint, glass):
    """Rollout with dense attention matrices of the whole glass (Abnar and Zuidema 2020)."""
    from symgnn.nn.aggregate import recorded_attention

    model, graph, atom = symgnn_checkpoint.model, build_graph(glass, 5.0), 9
    with torch.no_grad(), recorded_attention() as layers:
        model(graph)
    relevance, flow = np.eye(len(glass))[atom], np.zeros((len(glass), len(glass)))
    for part, over_edges, over_self in reversed(layers):
        dense = np.zeros((len(glass), len(glass)))
        np.add.at(dense, (part.target.numpy(), part.source.numpy()), over_edges.mean(1).numpy())
        assert np.allclose(dense.sum(1) + over_self.mean(1).numpy(), 1, atol=1e-5)
        passed = relevance[:, None] * dense / 2
        flow += passed
        relevance = relevance * (1 + over_self.mean(1).numpy()) / 2 + passed.sum(0)
    assert relevance.sum() == pytest.approx(1, abs=1e-5)
    (found,) = explain_atoms(symgnn_checkpoint, glass, [atom], method=Attention())
    i, j = found.pairs.T
    expected = (flow + flow.T)[i, j]
    assert np.allclose(found.importance, expected / expected.max(), atol=1e-4)


def test_methods_that_do_not_fit_are_refused(glass):
    schnet = Checkpoint(
        Path("schnet"), make("schnet", {}).requires_grad_(False), Card(model="schnet", settings={}), "3" * 16
    )
    with pytest.raises(InputError, match="attention: model SchNet found"):
        explain_atoms(schnet, glass, [0], method=Attention())
    assert not {"attention", "amortised"} & set(available_methods(schnet))
    with pytest.raises(InputError, match=r"no amortised explainer found.*symgnn train-explainer schnet"):
        build_method("amortised", {}, schnet)
    mlp = Checkpoint(Path("mlp"), build_model("mlp", {}).eval(), Card(model="mlp", settings={}), "2" * 16)
    assert available_methods(mlp) == []


@pytest.mark.parametrize("case", [case for case in CASES if case != "mlp"])
def test_removing_important_edges_is_removing_them_from_the_graph(case):
    """Explained by gradient, the top edges are taken out by weight 0 and out of the graph itself."""
    name, settings = CASES[case]
    glass, model = make_glass(150, 12), make(name, settings).requires_grad_(False)
    checkpoint = Checkpoint(Path(name), model, {"model": name}, "4" * 16)
    (found,) = explain_atoms(checkpoint, glass, [4], method=build_method("gradient", {}, checkpoint))
    graph = build_graph(glass, model.cutoff, model.inputs)
    fields = receptive_fields(graph, [4], model.n_layers)
    weight = torch.ones(fields.n_pairs)
    weight[found.top(15).copy()] = 0
    gone = torch.isin(graph.pair, fields.pair_number[weight == 0])
    with torch.no_grad():
        whole, rebuilt = model(graph)[4].item(), model(graph.edge_subgraph(~gone))[4].item()
        assert found.prediction == pytest.approx(whole, abs=2e-5)
        assert fields.predict(model, weight).item() == pytest.approx(rebuilt, abs=2e-5)
    assert abs(rebuilt - whole) > 1e-5, "the edges that matter most do not matter"


def test_settings_are_read_and_checked(symgnn_checkpoint):
    checkpoint = symgnn_checkpoint
    assert read_settings("gnn_explainer", ["steps=20", "size=2"], checkpoint) == {"steps": 20, "size": 2.0}
    for text, message in (
        ("steps", "expected name=value"),
        ("steps=a", "steps 'a' found, expected int"),
        ("pace=3", "setting 'pace' found, expected one of steps"),
    ):
        with pytest.raises(InputError, match=message):
            read_settings("gnn_explainer", [text], checkpoint)
    with pytest.raises(InputError, match="method amortised: setting 'network' found, expected one of none"):
        read_settings("amortised", ["network=x"], checkpoint)
    with pytest.raises(InputError, match="method 'oracle' found"):
        read_settings("oracle", [], checkpoint)
    with pytest.raises(InputError, match="steps 0 found"):
        build_method("gnn_explainer", {"steps": 0}, checkpoint)
    with pytest.raises(InputError, match="baseline 1 found"):
        build_method("integrated_gradients", {"baseline": 1}, checkpoint)
    assert set(METHODS) <= set(TITLES)
