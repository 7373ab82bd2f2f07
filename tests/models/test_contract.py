"""One contract for all models: what a scientist may rely on, whichever checkpoint is loaded.

Every entry of `MODELS` is tried, with non-trivial weights, as after some training, and some further settings of them.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from symgnn.errors import InputError
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph, batch_graphs, build_graph
from symgnn.models import MODELS, build_model
from symgnn.nn.orthogonal import LearnedOrthogonal, random_orthogonal
from tests.conftest import make_random_glass

SETTINGS = {  # small ones; a model that is not listed is tried with its default settings
    "committee": {
        "members": [
            {"model": "symgnn", "settings": {"heads": [2]}},
            {"model": "ridge", "settings": {"cutoff": 6.0, "inputs": ["pressure"]}},
        ]
    },
    "dimenet": {"width": 16, "n_blocks": 2},
    "faenet": {"width": 16},
    "equiformer": {"channels": (8, 4, 4), "depth": 2},
    "mgcn": {"width": 16},
    "mpnn": {"width": 16, "rank": 4},
    "schnet": {"width": 16},
    "ridge": {"cutoff": 6.0},
}
VARIANTS = {
    "ridge-physics": ("ridge", {"inputs": ["potential_energy", "pressure", "von_mises"]}),
    "symgnn-learned": ("symgnn", {"symmetrization": "learned"}),
    "symgnn-identity": ("symgnn", {"symmetrization": "identity"}),
    "symgnn-kept": ("symgnn", {"width": 16, "kept_coordination": [2.0, 3.5, 5.0]}),
}
CASES = {name: (name, SETTINGS.get(name, {})) for name in MODELS} | VARIANTS
TOLERANCE = 1e-4  # eV
FIELDS = ("potential_energy", "pressure", "von_mises", "log_mean_square_displacement")


def test_which_cases_claim_to_be_invariant():
    """The test of rotations and reflections holds each to what it says of itself."""
    claims = {name: build_model(model, settings).is_invariant for name, (model, settings) in CASES.items()}
    assert [name for name, claim in claims.items() if not claim] == ["symgnn-learned", "symgnn-identity"]
    members = [{"model": "symgnn", "settings": {"heads": [2], "symmetrization": "identity"}}]
    assert not build_model("committee", {"members": members}).is_invariant


def make_glass(n, seed):
    """A random glass with the per-atom properties that some models read."""
    glass = make_random_glass(n, seed)
    return glass.with_properties(
        **dict(zip(FIELDS, np.random.default_rng(seed).normal(size=(len(FIELDS), n)), strict=True))
    )


def graph_of(model, glass):
    if not glass.properties:
        glass = glass.with_properties(**{name: np.zeros(len(glass)) for name in FIELDS})
    return build_graph(glass, model.cutoff, model.inputs)


def make(name, settings):
    """A model whose weights, normalisation statistics and target scale are all away from their start."""
    torch.manual_seed(0)
    model = build_model(name, settings)
    model.set_target_scale(torch.tensor([1.3, 1.7, 2.1]))
    graph = graph_of(model, make_glass(150, seed=11))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for _ in range(5):
        loss = (model(graph) - graph.length.new_ones(graph.n_atoms) * 1.6).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for part in model.modules():
        if isinstance(part, LearnedOrthogonal):  # as far from uniform as training may take it
            torch.nn.init.constant_(part.log_spread, -2.0)
            torch.nn.init.constant_(part.logit, 1.0)
    return model.eval()


@pytest.fixture(scope="module", params=CASES, ids=list(CASES))
def case(request):
    return make(*CASES[request.param])


@pytest.fixture(scope="module")
def glass():
    return make_glass(120, seed=7)


@pytest.fixture(scope="module")
def graph(case, glass):
    return graph_of(case, glass)


def predict(model, graph, edge_weight=None):
    with torch.no_grad():
        return model(graph, edge_weight)


def assert_close(one, other):
    assert torch.allclose(one, other, atol=TOLERANCE, rtol=0)


def test_one_finite_number_per_atom(case, graph):
    out = predict(case, graph)
    assert out.shape == (graph.n_atoms,)
    assert torch.isfinite(out).all()
    assert out.std() > 10 * TOLERANCE, "a constant prediction would pass every invariance below"


def test_inference_is_deterministic(case, graph):
    assert torch.equal(predict(case, graph), predict(case, graph))


def test_batch_equals_single(case, graph):
    other = graph_of(case, make_glass(60, seed=8))
    together = predict(case, batch_graphs([graph, other]))
    assert_close(together[: graph.n_atoms], predict(case, graph))
    assert_close(together[graph.n_atoms :], predict(case, other))


def test_edge_weight_one_changes_nothing(case, graph):
    assert_close(predict(case, graph, torch.ones(graph.n_edges)), predict(case, graph))


def test_edge_weight_zero_is_removal(case, graph):
    if case.n_layers == 0:
        pytest.skip("reads no edges")
    keep = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0)) > 0.3
    masked = predict(case, graph, keep.float())
    assert_close(masked, predict(case, graph.edge_subgraph(keep)))
    assert (masked - predict(case, graph)).abs().max() > 10 * TOLERANCE, "removal must matter"


def test_all_edges_removed(case, graph):
    nothing = predict(case, graph, torch.zeros(graph.n_edges))
    assert torch.isfinite(nothing).all()
    assert_close(nothing, predict(case, graph.edge_subgraph(torch.zeros(graph.n_edges, dtype=torch.bool))))


def test_edge_weight_has_a_gradient(case, graph):
    if case.n_layers == 0:
        pytest.skip("reads no edges")
    weight = torch.full((graph.n_edges,), 0.7, requires_grad=True)
    case(graph, weight).sum().backward()
    assert torch.isfinite(weight.grad).all()
    assert (weight.grad != 0).float().mean() > 0.9
    atom, step = 3, 1e-2  # along a random direction, against a central difference of the float32 model
    direction = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(1))
    weight.grad = None
    case(graph, weight)[atom].backward()
    slope = (weight.grad * direction).sum()
    up, down = (predict(case, graph, weight.detach() + sign * step * direction)[atom] for sign in (1, -1))
    assert slope.item() == pytest.approx((up - down).item() / (2 * step), rel=0.05, abs=1e-3)


def test_only_edges_within_the_depth_matter(case):
    """An edge more than n_layers hops away cannot change an atom: what receptive fields rely on."""
    model = case
    if model.n_layers == 0:
        pytest.skip("reads no edges")
    line = Glass(
        [29, 40] * 6,
        np.c_[np.arange(12) * 0.56 * model.cutoff, np.zeros((12, 2))],
        np.zeros((3, 3)),
        [False] * 3,
    )
    graph = graph_of(model, line)
    near = torch.minimum(graph.source, graph.target) < model.n_layers
    assert_close(predict(model, graph)[:1], predict(model, graph, near.float())[:1])
    nearer = torch.minimum(graph.source, graph.target) < 1
    assert (predict(model, graph)[0] - predict(model, graph, nearer.float())[0]).abs() > 0


@pytest.fixture(scope="module")
def wide_glass():
    """Receptive fields of three layers are small parts of it."""
    return make_glass(400, seed=9)


@pytest.fixture(scope="module")
def fields(case, wide_glass):
    return receptive_fields(graph_of(case, wide_glass), [3, 77, 250], max(2, case.n_layers))


def untrimmed(fields):
    """The same fields, of which every layer works on all atoms and edges."""
    return replace(fields, graph=replace(fields.graph, hop_sizes=()))


def test_trimmed_layers_change_nothing(case, fields):
    """Barriers and gradients of the centres are those of the whole graph, with and without trimming."""
    model, whole = case, fields.whole
    weight = 0.5 + 0.5 * torch.rand(len(whole.pair_edge), generator=torch.Generator().manual_seed(0))
    own = weight[fields.pair_number].requires_grad_()
    weight.requires_grad_()
    expected = model(whole, weight[whole.pair])[fields.centers]
    for part in (fields, untrimmed(fields)):
        found = part.predict(model, own)
        assert torch.allclose(found, expected, rtol=0, atol=1e-6)
        if model.n_layers:
            slopes = torch.zeros_like(weight).index_add(
                0, fields.pair_number, torch.autograd.grad(found.sum(), own)[0]
            )
            slopes_expected = torch.autograd.grad(expected.sum(), weight, retain_graph=True)[0]
            assert torch.allclose(slopes, slopes_expected, rtol=0, atol=1e-6)
            assert slopes_expected.abs().max() > 1e-4


def test_prepared_changes_nothing(case, fields):
    """What is computed once for many weights gives the same numbers, gradients included."""
    model, graph = case, fields.graph
    with torch.no_grad():
        prepared = model.prepare(graph)
    for seed in range(2):
        weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(seed)).requires_grad_()
        found, expected = model(graph, weight, prepared), model(graph, weight)
        assert torch.allclose(found, expected, rtol=0, atol=1e-6)
        if model.n_layers:
            slopes = [torch.autograd.grad(out.sum(), weight)[0] for out in (found, expected)]
            assert torch.allclose(*slopes, rtol=0, atol=1e-6)


class Written(TorchDispatchMode):
    """Counts the numbers that tensor operations write."""

    numbers = 0

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        out = function(*arguments, **(options or {}))
        if not function.is_view:
            self.numbers += sum(part.numel() for part in tree_leaves(out) if isinstance(part, torch.Tensor))
        return out


def test_late_layers_work_on_what_can_reach_the_centres(case, fields, monkeypatch):
    """Every layer asks what it must work on, the result is for the last layer's atoms, and there is less to do."""
    model, trimmed, asked = case, AtomGraph.trimmed, set()

    def recorded(graph, layers_left):
        asked.add(layers_left)
        return trimmed(graph, layers_left)

    monkeypatch.setattr(AtomGraph, "trimmed", recorded)
    assert trimmed(fields.graph, 1).n_atoms < fields.graph.n_atoms
    n_barriers = len(predict(model, fields.graph))
    assert n_barriers == trimmed(fields.graph, 1).n_atoms, "every layer has to begin with BarrierModel.trim"
    assert asked >= set(range(1, model.n_layers)), "the first layer may work on all"
    work = []
    for graph in (fields.graph, untrimmed(fields).graph):
        predict(model, graph)  # what is kept for the next call
        with Written() as written:
            predict(model, graph)
        work.append(written.numbers)
    assert work[0] < 0.9 * work[1]


def test_translation(case, glass, graph):
    moved = replace(glass, positions=glass.positions + np.array([3.1, -2.7, 40.0]))
    assert_close(predict(case, graph_of(case, moved)), predict(case, graph))


def test_choice_of_periodic_image(case, glass, graph):
    shift = np.random.default_rng(0).integers(-2, 3, (len(glass), 3)) @ glass.cell
    moved = replace(glass, positions=glass.positions + shift)
    assert_close(predict(case, graph_of(case, moved)), predict(case, graph))


def test_permutation_of_atoms(case, glass, graph):
    order = np.random.default_rng(0).permutation(len(glass))
    shuffled = replace(
        glass,
        species=glass.species[order],
        positions=glass.positions[order],
        properties={name: values[order] for name, values in glass.properties.items()},
    )
    assert_close(predict(case, graph_of(case, shuffled)), predict(case, graph)[order])


@pytest.mark.parametrize("kind", ["rotation", "reflection"])
def test_rotation_and_reflection(case, glass, graph, kind, record_property):
    model = case
    q = random_orthogonal(1, torch.Generator().manual_seed(2))[0].double().numpy()
    if (np.linalg.det(q) < 0) != (kind == "reflection"):
        q = -q
    turned = replace(glass, positions=glass.positions @ q.T, cell=glass.cell @ q.T)
    error = (predict(model, graph_of(model, turned)) - predict(model, graph)).abs().max().item()
    record_property("largest change in eV", error)
    if model.is_invariant:
        assert error < TOLERANCE
    else:
        assert error > TOLERANCE, "this model documents that it is not invariant"


def test_predictions_are_continuous_at_the_cutoff(case):
    """A neighbour that crosses the cutoff moves the prediction by less than a thousandth of an eV."""
    near, far = (
        predict(
            case,
            graph_of(
                case, Glass([29, 40, 29], [[0, 0, 0], [x, 0, 0], [0, 2.6, 0]], np.zeros((3, 3)), [0] * 3)
            ),
        )
        for x in (case.cutoff - 1e-3, case.cutoff + 1e-3)
    )
    assert (near - far).abs().max() < 1e-3


def test_isolated_atoms_get_a_number(case):
    lonely = graph_of(case, Glass([29, 40], [[0, 0, 0], [50, 0, 0]], np.zeros((3, 3)), [False] * 3))
    assert torch.isfinite(predict(case, lonely)).all()


def test_gradients_after_inference_mode(case, glass):
    """What a model keeps beside a graph for the next call must not be bound to inference."""
    whole = graph_of(case, glass)
    for graph in (whole, receptive_fields(whole, [3, 77], max(2, case.n_layers)).graph):
        with torch.inference_mode():
            case(graph)
        case.requires_grad_(True)(graph).sum().backward()
        case.zero_grad()


def test_unknown_element_is_refused(case):
    graph = graph_of(case, Glass([29, 13], [[0, 0, 0], [2.5, 0, 0]], np.zeros((3, 3)), [False] * 3))
    with pytest.raises(InputError, match=r"element Al found.*knows Cu, Zr only"):
        case(graph)


def test_every_parameter_gets_a_gradient(case, graph):
    model = case.train()
    model.zero_grad()
    (model(graph) - 1.5).square().mean().backward()
    model.eval()
    without = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().max() > 0]
    assert not without


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="model 'resnet' found"):
        build_model("resnet", {})
    with pytest.raises(InputError, match="setting 'depth' of model symgnn is unknown"):
        build_model("symgnn", {"depth": 3})
    with pytest.raises(InputError, match="multiple of the number of heads"):
        build_model("symgnn", {"heads": [3]})
