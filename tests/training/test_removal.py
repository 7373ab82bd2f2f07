"""Edges removed while training: pairs go as a whole, locally, and the loss weighs the atoms that lost some."""

from dataclasses import replace

import pytest
import torch

from symgnn.errors import InputError
from symgnn.graph.atom_graph import build_graph
from symgnn.training.config import TrainingConfig
from symgnn.training.loop import train
from symgnn.training.removal import PART, remove_edges, weighted_loss
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def graph():
    return build_graph(make_random_glass(3000, seed=5), 4.0)


def test_pairs_are_removed_as_a_whole_around_the_places(graph):
    torch.manual_seed(1)
    touched = []
    for places in (1, 4):
        weight = remove_edges(graph, places)
        assert set(weight.tolist()) <= {0.0, 1.0}
        assert torch.equal(weight, weight[graph.pair_edge][graph.pair])
        lost = torch.zeros(graph.n_atoms).index_add(0, graph.target, 1 - weight) > 0
        touched.append(int(lost.sum()))
    assert 0 < touched[0] < 0.4 * graph.n_atoms
    assert touched[0] < touched[1]
    assert remove_edges(graph, 0).min() == 1


def test_shares_go_from_few_edges_to_all(graph):
    torch.manual_seed(0)
    shares = []
    for _ in range(60):
        weight = remove_edges(graph, 1)
        lost = torch.zeros(graph.n_atoms).index_add(0, graph.target, 1 - weight) / graph.in_degree
        shares.append(lost.max().item())
    assert min(shares) < 0.4
    assert max(shares) == 1
    assert sum(share == 1 for share in shares) < 40


def test_draws_follow_the_generator(graph):
    torch.manual_seed(3)
    first, second = remove_edges(graph, 3), remove_edges(graph, 3)
    torch.manual_seed(3)
    assert torch.equal(remove_edges(graph, 3), first)
    assert not torch.equal(first, second)


def test_the_loss_weighs_both_kinds_of_atoms(graph):
    weight = torch.ones(graph.n_edges)
    error = torch.full((graph.n_atoms,), 2.0)
    assert weighted_loss(graph, error, weight) == 4
    weight[graph.target == 7] = 0
    weight[graph.source == 7] = 0
    lost = torch.zeros(graph.n_atoms).index_add(0, graph.target, 1 - weight) > 0
    error[lost] = 5.0
    assert weighted_loss(graph, error, weight) == pytest.approx((1 - PART) * 4 + PART * 25)
    assert weighted_loss(graph, error, torch.zeros_like(weight)) == pytest.approx(
        error.square().mean().item()
    )


def test_training_with_removal_resumes_to_the_same_result(tmp_path):
    glasses = [
        replace(make_random_glass(80, seed), barriers=[1.0, 2.0] * 40, name=f"g{seed}") for seed in (1, 2)
    ]
    config = TrainingConfig(
        model="symgnn", settings={"width": 8, "heads": [1]}, max_epoch=4, eval_interval=2, edge_removal=2
    )

    def kill(epoch, max_epoch, scores):
        if epoch == 3:
            raise RuntimeError("killed")

    whole = train(config, glasses[:1], glasses[1], tmp_path / "whole")
    with pytest.raises(RuntimeError, match="killed"):
        train(config, glasses[:1], glasses[1], tmp_path / "killed", progress=kill)
    resumed = train(config, glasses[:1], glasses[1], tmp_path / "killed")
    plain = train(replace(config, edge_removal=0), glasses[:1], glasses[1], tmp_path / "plain")
    for name, values in whole.model.state_dict().items():
        assert torch.equal(values, resumed.model.state_dict()[name]), name
    assert whole.curve != plain.curve
    with pytest.raises(InputError, match="edge_removal -1 found"):
        replace(config, edge_removal=-1)
