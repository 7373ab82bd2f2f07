"""A committee predicts the mean of what its members predict."""

import pytest
import torch

from symgnn.errors import InputError
from symgnn.graph.atom_graph import build_graph
from symgnn.models import build_model
from symgnn.models.committee import average
from tests.conftest import make_random_glass

MEMBERS = [
    {"model": "symgnn", "settings": {"heads": [2, 1]}},
    {"model": "schnet", "settings": {"cutoff": 4.0}},
    {"model": "ridge", "settings": {}},
]


def trained(member, seed):
    """Weights and target scale away from their start, different for every member."""
    torch.manual_seed(seed)
    model = build_model(member["model"], member["settings"])
    model.set_target_scale(torch.randn(30) * (seed + 1) + seed)
    with torch.no_grad():
        model.decoder[-1].bias.fill_(0.3 * seed)
    return model.eval()


def test_mean_of_the_members():
    models = [trained(member, seed) for seed, member in enumerate(MEMBERS)]
    committee = average(models, MEMBERS)
    glass = make_random_glass(150, seed=3)
    graph = build_graph(glass, committee.cutoff)
    weight = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        single = [model(build_graph(glass, model.cutoff)) for model in models]
        assert torch.allclose(committee(graph), torch.stack(single).mean(0), atol=1e-5)
        masked = []
        for model in models:
            part, kept = graph.within(model.cutoff)
            masked.append(model(part, weight[kept]))
        assert torch.allclose(committee(graph, weight), torch.stack(masked).mean(0), atol=1e-5)
    assert (committee.cutoff, committee.n_layers) == (8.0, 3)


def test_members_that_do_not_fit():
    with pytest.raises(InputError, match="no members found"):
        build_model("committee", {"members": []})
    other = {"model": "symgnn", "settings": {"elements": ["Al", "Ni"]}}
    with pytest.raises(InputError, match="expected the same of all"):
        build_model("committee", {"members": [MEMBERS[0], other]})
