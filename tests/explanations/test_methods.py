"""One contract over all explanation methods, and each against an independent reference."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.explanations.explain import explain, explain_atoms
from symgnn.explanations.fidelity import predictions_under
from symgnn.explanations.methods import (
    METHODS,
    available_methods,
    build_method,
    fastest_method,
    read_settings,
    title_of,
)
from symgnn.explanations.methods.attention import Attention
from symgnn.explanations.methods.base import Attribution, Method, gradient
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.methods.occlusion import Occlusion
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
KNOW_NO_REASON = {name for name, method in METHODS.items() if method.is_baseline} | {
    "attention",
    "amortised",
    "stretch",
    "swap",
}
"""What cannot name a planted reason: baselines, attention, what is not trained for the model, and what asks about
lengths or atoms: test_changed_atoms.py."""


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
        if METHODS[name].signed:
            assert np.allclose(found.effect, alone.effect, atol=1e-6)
        else:
            assert found.effect is None
        assert (found.mask is not None) == (name == "gnn_explainer")
        assert found.importance.max() == pytest.approx(1)


@pytest.mark.parametrize("name", METHODS)
def test_an_atom_without_edges(name, method, symgnn_checkpoint):
    lonely = Glass([29, 40, 29], [[0, 0, 0], [2.5, 0, 0], [20, 20, 20]], 40 * np.eye(3), [True] * 3)
    found = explain(symgnn_checkpoint, lonely, 2, method=method(name))
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
    if METHODS[name].signed:
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
    points, weights = np.polynomial.legendre.leggauss(4)
    steps = []
    found = IntegratedGradients(points=4, baseline=0.6).attribute(
        model, fields, progress=lambda *step: steps.append(step)
    )
    expected = sum(
        0.2 * weight * gradient(model, fields, torch.full((fields.n_pairs,), 0.8 + 0.2 * point))
        for point, weight in zip(points, weights, strict=True)
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


@pytest.mark.parametrize("case", CASES)
def test_removing_important_edges_is_removing_them_from_the_graph(case):
    """Explained by gradient, the top edges are taken out by weight 0 and out of the graph itself."""
    name, settings = CASES[case]
    glass, model = make_glass(150, 12), make(name, settings).requires_grad_(False)
    if model.n_layers == 0:
        pytest.skip("reads no edges")
    checkpoint = Checkpoint(Path(name), model, Card(model=name, settings={}), "4" * 16)
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
    assert read_settings(METHODS["gnn_explainer"], ["steps=20", "size=2"]) == {"steps": 20, "size": 2.0}
    for text, message in (
        ("steps", "expected name=value"),
        ("steps=a", "steps 'a' found, expected int"),
        ("pace=3", "setting 'pace' found, expected one of steps"),
    ):
        with pytest.raises(InputError, match=message):
            read_settings(METHODS["gnn_explainer"], [text])
    with pytest.raises(InputError, match="method amortised: setting 'network' found, expected one of none"):
        read_settings(METHODS["amortised"], ["network=x"])
    with pytest.raises(InputError, match="method 'oracle' found"):
        build_method("oracle", {}, checkpoint)
    with pytest.raises(InputError, match="steps 0 found"):
        build_method("gnn_explainer", {"steps": 0}, checkpoint)
    with pytest.raises(InputError, match="baseline 1 found"):
        build_method("integrated_gradients", {"baseline": 1}, checkpoint)


def test_every_method_describes_itself(symgnn_checkpoint):
    for name, method in METHODS.items():
        assert method.name == name
        assert title_of(name) == method.title
        assert method.passes >= 0
        assert method.supports(symgnn_checkpoint)
    assert len({method.title for method in METHODS.values()}) == len(METHODS)
    assert {"nearest", "random"} <= {name for name, method in METHODS.items() if method.is_baseline}
    assert not {"gradient", "occlusion", "gnn_explainer"} & KNOW_NO_REASON
    assert title_of("a method of somebody else") == "a method of somebody else"


def test_the_fastest_method_for_a_whole_glass(symgnn_checkpoint, known_reason, tmp_path):
    assert fastest_method(symgnn_checkpoint) == "amortised"
    assert fastest_method(replace(symgnn_checkpoint, folder=tmp_path)) == "gradient", "no trained explainer"
    assert fastest_method(known_reason) == "gradient"


@dataclass(frozen=True)
class LongestEdges(Method):
    """Of somebody who imports the library: not in the list."""

    name: ClassVar[str] = "longest"
    title: ClassVar[str] = "Longest edges"
    signed: ClassVar[bool] = False
    passes: ClassVar[int] = 0
    power: float = 1.0

    def attribute(self, model, fields, *, seed=0, progress=None):
        return Attribution(fields.pair_length**self.power)


def test_explain_takes_a_name_or_a_method_and_a_glass_or_atoms(symgnn_checkpoint, glass):
    by_name = explain(symgnn_checkpoint, glass, 3, "gradient", k=7)
    by_object = explain(symgnn_checkpoint, glass.to_ase(), 3, GradientTimesWeight(), k=7)
    assert np.allclose(by_name.importance, by_object.importance, atol=1e-6)
    assert by_name.fidelity["k"] == 7
    assert by_name.fidelity == pytest.approx(by_object.fidelity, abs=1e-6)
    own = explain(symgnn_checkpoint, glass, 3, LongestEdges(power=2.0))
    assert own.lengths[own.top(1)] == own.lengths.max()
    assert (own.method, own.settings["power"], own.fidelity["k"]) == ("longest", 2.0, 50)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "oracle"}, "method 'oracle' found, expected one of gnn_explainer"),
        ({"atom": 150}, r"atom 150 found, expected 0\.\.149"),
        ({"k": 0}, "explain: k 0 found, expected a whole number from 1"),
        ({"k": 1.5}, "explain: k 1.5 found, expected a whole number from 1"),
        ({"seed": -1}, "explain: seed -1 found, expected a whole number from 0"),
        ({"seed": None}, "explain: seed None found, expected a whole number from 0"),
        ({"atom": "3"}, "atom '3' found, expected a whole number from 0 to 149"),
        ({"atom": 3.5}, "atom 3.5 found, expected a whole number"),
        ({"method": None}, "explain: method None found, expected the name of one or an object"),
        (
            {"checkpoint": "symgnn"},
            "explain: checkpoint 'symgnn' found, expected what symgnn.load_checkpoint",
        ),
        ({"glass": "glass.xyz"}, "str found, expected a symgnn.Glass or an ase.Atoms"),
    ],
)
def test_what_explain_refuses(arguments, message, symgnn_checkpoint, glass):
    with pytest.raises(InputError, match=message):
        explain(**({"checkpoint": symgnn_checkpoint, "glass": glass, "atom": 3} | arguments))


def test_a_new_entry_of_the_list_is_known_everywhere(symgnn_checkpoint, monkeypatch):
    monkeypatch.setitem(METHODS, LongestEdges.name, LongestEdges)
    assert available_methods(symgnn_checkpoint)[-1] == "longest"
    assert build_method("longest", read_settings(LongestEdges, ["power=3"]), symgnn_checkpoint).power == 3.0
    assert title_of("longest") == "Longest edges"
    listed = CliRunner().invoke(app, ["explain", "--methods"], env={"COLUMNS": "120"})
    assert listed.exit_code == 0
    (line,) = [line for line in listed.output.splitlines() if "longest" in line]
    assert "Longest edges" in line
    assert "power=1.0" in line
