"""Edges of a kind take over the strength of those that are removed around the same atom."""

import pytest
import torch

from symgnn.graph.atom_graph import batch_graphs, build_graph
from symgnn.nn.kept_coordination import PRIOR, KeptCoordination
from symgnn.nn.radial import cosine_cutoff
from tests.conftest import make_random_glass

CUTOFF = 5.0


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(150, seed=4), CUTOFF)


def kept(graph, weight=None, knots=(2.0, 3.5, 5.0)):
    strength = cosine_cutoff(graph.length, CUTOFF)
    element = (graph.species == 40).long()
    layer = KeptCoordination(knots=knots, n_elements=2, cutoff=CUTOFF)
    return strength, layer(graph, strength if weight is None else strength * weight, element)


def coordination(graph, strength, element):
    return torch.zeros(graph.n_atoms).index_add(
        0, graph.target, strength * (graph.species[graph.source] == element)
    )


def test_with_all_edges_nothing_changes(graph):
    strength, same = kept(graph)
    assert torch.equal(strength, same)


def test_coordination_by_element_is_kept(graph):
    weight = torch.ones(graph.n_edges)
    gone = torch.nonzero(graph.target == 8)[:3, 0]
    weight[gone] = 0
    strength, changed = kept(graph, weight)
    assert (changed[gone] == 0).all()
    assert torch.equal(changed[graph.target != 8], strength[graph.target != 8]), "other atoms lost nothing"
    for element in (29, 40):
        before, plain, after = (
            coordination(graph, values, element)[8] for values in (strength, strength * weight, changed)
        )
        assert abs(after - before) < 0.3 * abs(plain - before) or plain == before


def test_a_kind_is_replaced_by_itself(graph):
    """Far and near edges do not stand in for each other where the knots divide them."""
    near = graph.length < 3.0
    atom = int(torch.bincount(graph.target[near]).argmax())
    weight = torch.ones(graph.n_edges)
    weight[torch.nonzero((graph.target == atom) & near)[0, 0]] = 0
    strength, changed = kept(graph, weight, knots=(3.0, 3.01))
    far = (graph.target == atom) & (graph.length > 3.01)
    assert torch.equal(changed[far], strength[far])
    assert (
        changed[(graph.target == atom) & near].sum()
        > (strength * weight)[(graph.target == atom) & near].sum()
    )


def test_removed_by_weight_or_altogether_is_the_same(graph):
    keep = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0)) > 0.4
    by_weight = kept(graph, keep.float())[1]
    part = graph.edge_subgraph(keep)
    assert torch.allclose(by_weight[keep], kept(part)[1])
    again = part.edge_subgraph(torch.arange(part.n_edges) % 2 == 0)
    assert again.whole is graph
    both = batch_graphs([graph, part])
    assert torch.allclose(kept(both)[1][graph.n_edges :], kept(part)[1])
    assert torch.equal(kept(both)[1][: graph.n_edges], kept(graph)[0])


def test_what_is_left_alone_grows_within_bounds(graph):
    weight = torch.full((graph.n_edges,), 1e-6)
    strength, changed = kept(graph, weight)
    total = torch.zeros(graph.n_atoms).index_add(0, graph.target, strength)
    assert (changed <= (total[graph.target] + PRIOR) / PRIOR * 1e-6 * strength * 1.001).all()


@pytest.mark.parametrize("knots", [(3.0,), (4.0, 3.0), (3.0, 3.0)])
def test_knots_that_divide_nothing_are_refused(knots):
    with pytest.raises(ValueError, match="expected at least two lengths"):
        KeptCoordination(knots=knots, n_elements=2, cutoff=CUTOFF)
